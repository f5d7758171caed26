"""Sums of estimands, simplified where that changes no value.

- A variable that only one factor mentions, left of its bar, is summed out of that factor: `sum_{Z} P(Y, Z | X)` is
  `P(Y | X)`, and `sum_{Z} P(Z | X)` is 1.
- Two factors that the chain rule joins are joined where a variable can then be summed out:
  `sum_{Z} P(Y | X, Z) P(Z | X)` is `P(Y | X)`.
- A variable that only another sum mentions is summed within that one.
- What does not depend on a variable stands outside its sum, and independent sums stand beside each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from causaldsl.graph.identification.algebra import chained, factors_of, product
from causaldsl.graph.identification.estimand import ONE, Estimand, Factor, Sum, Symbol

_DEEPEST = 20
"""Within how many sums a sum is still simplified."""


def total(symbols: Iterable[Symbol], body: Estimand, depth: int = 0) -> Estimand:
    """Return the sum of an estimand over variables that it depends on.

    Parameters
    ----------
    symbols : iterable of Symbol
        The variables, in the order in which they shall stand.
    body : Estimand
        What is summed; each variable is free in it.
    depth : int
        Within how many sums of the same sum it stands.

    Examples
    --------
    >>> x, y, z = map(Symbol, "XYZ")
    >>> str(total([z], product([Factor((y,), (x, z)), Factor((z,))])))
    'sum_{Z} P(Y | X, Z) P(Z)'
    >>> str(total([z, y], product([Factor((y,), (x, z)), Factor((z,)), Factor((x,))])))
    'P(X)'
    """
    over = list(symbols)
    terms = _Terms(over, body)
    terms.drop(list(terms.factors))
    todo = list(reversed(over))
    while todo:
        symbol = todo.pop()
        places = sorted(terms.users.get(symbol, ()))
        match [terms.factors[place] for place in places]:
            case [Factor() as a, Factor() as b]:
                joined = chained(a, b) or chained(b, a)
                if joined is not None:
                    todo += terms.replace(places, joined)
            case [Sum(body=inner) as one] if depth < _DEEPEST and one.over == one.bound:
                del terms.users[symbol]
                todo += terms.replace(places, total([*one.bound, symbol], inner, depth + 1))
    return product(terms.grouped([symbol for symbol in over if symbol in terms.users]))


class _Terms:
    """The factors of a sum, and which of them mention which variable.

    Parameters
    ----------
    over : iterable of Symbol
        The variables that are summed over.
    body : Estimand
        What is summed.
    """

    def __init__(self, over: Iterable[Symbol], body: Estimand) -> None:
        self.factors: dict[int, Estimand] = {}
        self.users: dict[Symbol, set[int]] = {symbol: set() for symbol in over}
        self.ranks: list[int] = []  # where a factor is written among the others
        for i, factor in enumerate(factors_of(body)):
            self._add(factor, i)

    def _add(self, factor: Estimand, rank: int) -> int:
        place = len(self.ranks)
        self.ranks.append(rank)
        self.factors[place] = factor
        for symbol in factor.free:
            if symbol in self.users:
                self.users[symbol].add(place)
        return place

    def _remove(self, place: int) -> list[Symbol]:
        """Take a factor away, and return the variables that it mentioned."""
        mentioned = [symbol for symbol in self.factors.pop(place).free if symbol in self.users]
        for symbol in mentioned:
            self.users[symbol].discard(place)
        return mentioned

    def replace(self, places: list[int], by: Estimand) -> list[Symbol]:
        """Put an estimand for factors, and return the variables for which there may be more to do."""
        touched = [symbol for place in places for symbol in self._remove(place)]
        rank = min(self.ranks[place] for place in places)
        added = [self._add(factor, rank) for factor in factors_of(by)]
        users = [user for symbol in touched for user in self.users.get(symbol, ())]
        return list(dict.fromkeys([*touched, *self.drop([*added, *users])]))

    def drop(self, places: list[int]) -> list[Symbol]:
        """Sum variables out of factors that alone mention them, and return those that others mention less often now."""
        touched: list[Symbol] = []
        todo = list(reversed(places))
        while todo:
            place = todo.pop()
            factor = self.factors.get(place)
            if not isinstance(factor, Factor):
                continue
            gone = {s for s in factor.of if isinstance(s, Symbol) and len(self.users.get(s, ())) == 1}
            if not gone:
                continue
            rest = tuple(term for term in factor.of if term not in gone)
            left = self._remove(place)
            for symbol in gone:
                del self.users[symbol]
            if rest:
                self.factors[place] = Factor(rest, factor.given, factor.do)
                for symbol in left:
                    if symbol not in gone:
                        self.users[symbol].add(place)
            else:
                touched += (symbol for symbol in left if symbol not in gone)
                todo += (user for symbol in left for user in self.users.get(symbol, ()))
        return [symbol for symbol in touched if symbol in self.users]

    def grouped(self, left: list[Symbol]) -> Iterator[Estimand]:
        """Yield a sum for each group of factors that share summed variables, and the others as they are."""
        yield from (Sum((symbol,), ONE) for symbol in left if not self.users[symbol])  # as many as it has values
        uses: dict[int, list[Symbol]] = defaultdict(list)
        for symbol in left:
            for place in self.users[symbol]:
                uses[place].append(symbol)
        seen: set[int] = set()
        written = sorted(self.factors, key=lambda place: (self.ranks[place], place))
        for place in written:
            if place in seen:
                continue
            group, todo, bound = {place}, [place], set[Symbol]()
            while todo:
                for symbol in uses[todo.pop()]:
                    if symbol not in bound:
                        bound.add(symbol)
                        todo += self.users[symbol] - group
                        group |= self.users[symbol]
            seen |= group
            members = sorted(group, key=lambda member: (self.ranks[member], member))
            body = product(self.factors[member] for member in members)
            yield Sum(tuple(symbol for symbol in left if symbol in bound), body) if bound else body
