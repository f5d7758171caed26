"""Products, sums and ratios of estimands, simplified where that changes no value.

- Products are flat and never hold 1. Factors come first, then ratios, then sums, so that a sum can be read to the end.
- A variable that only one factor mentions, left of its bar, is summed out of that factor: `sum_{Z} P(Y, Z | X)` is
  `P(Y | X)`, and `sum_{Z} P(Z | X)` is 1.
- Two factors that the chain rule joins are joined where a variable can then be summed out:
  `sum_{Z} P(Y | X, Z) P(Z | X)` is `P(Y | X)`.
- What does not depend on a variable stands outside its sum, and independent sums stand beside each other.
- Equal factors cancel in a ratio, and `P(X, Y | Z) / P(X | Z)` is `P(Y | X, Z)`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from causaldsl.graph.identification.estimand import (
    ONE,
    UNDEFINED,
    ZERO,
    Among,
    Estimand,
    Factor,
    Product,
    Ratio,
    Sum,
    Symbol,
    Term,
    Zero,
)

_DEEPEST = 20
Place = tuple[int, ...]
"""Where a factor stands among the others."""


def product(factors: Iterable[Estimand]) -> Estimand:
    """Return a product.

    Examples
    --------
    >>> x, y = Symbol("X"), Symbol("Y")
    >>> str(product([ONE, Factor((x,)), product([Factor((y,), (x,))])]))
    'P(X) P(Y | X)'
    """
    flat = [part for factor in factors for part in factors_of(factor)]
    if any(isinstance(part, Zero) for part in flat):
        return ZERO
    flat.sort(key=_rank)
    return flat[0] if len(flat) == 1 else Product(tuple(flat)) if flat else ONE


def factors_of(estimand: Estimand) -> tuple[Estimand, ...]:
    """Return the factors of a product, or the one thing that anything else is."""
    return estimand.factors if isinstance(estimand, Product) else (estimand,)


def _rank(factor: Estimand) -> int:
    return 0 if isinstance(factor, Factor) else 1 if isinstance(factor, Ratio) else 2


def total(symbols: Iterable[Symbol], body: Estimand, depth: int = 0) -> Estimand:
    """Return the sum of an estimand over variables that it depends on.

    Parameters
    ----------
    symbols : iterable of Symbol
        The variables, in the order in which they shall stand.
    body : Estimand
        What is summed; each variable is free in it.
    depth : int
        Within how many sums of the same sum it stands; deep ones are not simplified any further.

    Examples
    --------
    >>> x, y, z = map(Symbol, "XYZ")
    >>> str(total([z], product([Factor((y,), (x, z)), Factor((z,))])))
    'sum_{Z} P(Y | X, Z) P(Z)'
    >>> str(total([z, y], product([Factor((y,), (x, z)), Factor((z,)), Factor((x,))])))
    'P(X)'
    """
    over = list(symbols)
    factors: dict[Place, Estimand] = {(i,): part for i, part in enumerate(factors_of(body))}
    users: dict[Symbol, set[Place]] = {symbol: set() for symbol in over}
    for i, factor in factors.items():
        for symbol in users.keys() & factor.free:
            users[symbol].add(i)
    todo = list(reversed(over))
    while todo:
        symbol = todo.pop()
        if symbol not in users:
            continue
        merged = _without(symbol, [factors[i] for i in sorted(users[symbol])], depth)
        if merged is not None:
            gone = users.pop(symbol)
            touched = {other for i in gone for other in users.keys() & factors[i].free}
            for i in gone:
                del factors[i]
            for other in touched:
                users[other] -= gone
            for j, part in enumerate(factors_of(merged)):
                factors[place := (*min(gone), j)] = part
                for other in users.keys() & part.free:
                    users[other].add(place)
            todo += sorted(touched, key=over.index, reverse=True)
    left = [symbol for symbol in over if symbol in users]
    ordered = {i: factors[i] for i in sorted(factors)}
    return product(_grouped(left, ordered, users))


def _without(symbol: Symbol, factors: Sequence[Estimand], depth: int) -> Estimand | None:
    """Return the sum over a variable of all that mentions it, if that is as simple as what is summed, else None."""
    match factors:
        case [Factor(of=of) as one] if symbol in of:
            rest = tuple(term for term in of if term != symbol)
            return Factor(rest, one.given, one.do) if rest else ONE
        case [Factor() as a, Factor() as b]:
            joined = chained(a, b) or chained(b, a)
            return None if joined is None else _without(symbol, [joined], depth)
        case [Sum(body=body) as one] if depth < _DEEPEST and one.over == one.bound:
            return total([*one.bound, symbol], body, depth + 1)
    return None


def chained(effect: Factor, cause: Factor) -> Factor | None:
    """Return `P(Y, X | Z)` for `P(Y | X, Z)` and `P(X | Z)`, and None for factors that do not fit.

    Examples
    --------
    >>> x, y, z = map(Symbol, "XYZ")
    >>> str(chained(Factor((y,), (x, z)), Factor((x,), (z,))))
    'P(X, Y | Z)'
    """
    fits = (
        set(effect.given) == {*cause.of, *cause.given}
        and len(effect.given) == len(cause.of) + len(cause.given)
        and set(effect.do) == set(cause.do)
    )
    return Factor(cause.of + effect.of, cause.given, cause.do) if fits else None


def _grouped(
    left: Sequence[Symbol], factors: dict[Place, Estimand], users: dict[Symbol, set[Place]]
) -> Iterator[Estimand]:
    """Yield a sum for each group of factors that share summed variables, and the others as they are."""
    uses: dict[Place, list[Symbol]] = defaultdict(list)
    for symbol in left:
        for i in users[symbol]:
            uses[i].append(symbol)
    seen: set[Place] = set()
    for i in factors:
        if i in seen:
            continue
        group, todo, bound = {i}, [i], set[Symbol]()
        while todo:
            for symbol in uses[todo.pop()]:
                if symbol not in bound:
                    bound.add(symbol)
                    todo += users[symbol] - group
                    group |= users[symbol]
        seen |= group
        body = product(factors[j] for j in sorted(group))
        yield Sum(tuple(s for s in left if s in bound), body) if bound else body


def restricted(over: tuple[Among, ...], body: Estimand) -> Estimand:
    """Return the sum of an estimand over some values of variables.

    Examples
    --------
    >>> x, y = map(Symbol, "XY")
    >>> str(restricted((Among(y, ((">", 1),)),), Ratio(Factor((y,)), Factor((x,)))))
    '(sum_{Y > 1} P(Y)) / P(X)'
    """
    if any(variable.levels == () for variable in over):
        return ZERO
    if isinstance(body, Ratio) and body.denominator.free.isdisjoint(variable.symbol for variable in over):
        return Ratio(restricted(over, body.numerator), body.denominator)
    return Sum(over, body) if over else body


def ratio(numerator: Estimand, denominator: Estimand) -> Estimand:
    """Return a ratio.

    Examples
    --------
    >>> x, y, z = map(Symbol, "XYZ")
    >>> str(ratio(product([Factor((x, y), (z,)), Factor((z,))]), Factor((x,), (z,))))
    'P(Y | X, Z) P(Z)'
    """
    if (
        isinstance(numerator, Ratio)
        and isinstance(denominator, Ratio)
        and numerator.denominator == denominator.denominator
    ):
        numerator, denominator = numerator.numerator, denominator.numerator
    if isinstance(denominator, Zero):
        return UNDEFINED
    if isinstance(numerator, Zero):
        return ZERO
    above, below = list(factors_of(numerator)), list(factors_of(denominator))
    common = Counter(above) & Counter(below)
    above, below = _less(above, common), _less(below, common)
    for i, under in enumerate(below):
        for j, over in enumerate(above):
            if isinstance(over, Factor) and isinstance(under, Factor) and _conditions(over, under):
                of = tuple(term for term in over.of if term not in under.of)
                above[j] = Factor(of, _joined(under.of, over.given), over.do)
                below[i] = ONE
                break
    top, bottom = product(above), product(below)
    return top if bottom is ONE else Ratio(top, bottom)


def _conditions(over: Factor, under: Factor) -> bool:
    """Whether `P(X, Y | Z) / P(X | Z)` is what stands there."""
    same = set(over.given) == set(under.given) and set(over.do) == set(under.do)
    return same and set(under.of) < set(over.of)


def _joined(first: tuple[Term, ...], second: tuple[Term, ...]) -> tuple[Term, ...]:
    return (*first, *(term for term in second if term not in first))


def _less(factors: Sequence[Estimand], gone: Counter[Estimand]) -> list[Estimand]:
    """Return factors without some, each taken away as often as it is counted."""
    still = Counter(gone)
    kept = []
    for factor in factors:
        if still[factor] > 0:
            still[factor] -= 1
        else:
            kept.append(factor)
    return kept
