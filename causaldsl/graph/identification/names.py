"""The names of bound variables: a value put for a variable is never captured, and no sum hides a variable that is seen.

The algorithms build estimands in which every variable has its node's own name and an inner sum may hide an outer
variable, as in `sum_{M} P(M | X) sum_{X} P(Y | X, M) P(X)`: right, and easily misread. `renamed` gives each bound
variable as few primes as tell it from those that can be seen where it is bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from causaldsl.graph.identification.estimand import (
    Among,
    Cases,
    Estimand,
    Factor,
    Product,
    Ratio,
    Sum,
    Symbol,
    Term,
)
from causaldsl.graph.identification.spelling import LONGEST, size


def renamed(root: Estimand, rank: Mapping[str, int], terms: Mapping[Symbol, Term] | None = None) -> Estimand:
    """Put terms for free variables, name the bound ones apart, and order what stands in factors.

    Parameters
    ----------
    root : Estimand
        An estimand. One whose text would be too long for reading is returned as it is, if there are no terms to put.
    rank : mapping of str to int
        The order in which nodes shall stand.
    terms : mapping of Symbol to Symbol or Fixed, optional
        What to put for free variables; the others stay.

    Examples
    --------
    >>> x, m, y = map(Symbol, "XMY")
    >>> inner = Sum((x,), Product((Factor((y,), (m, x)), Factor((x,)))))
    >>> hiding = Sum((m,), Product((Factor((m,), (x,)), inner)))
    >>> str(renamed(hiding, {"X": 0, "M": 1, "Y": 2}))
    "sum_{M} P(M | X) sum_{X'} P(Y | X', M) P(X')"
    """
    terms = terms or {}
    if not terms and size(root) > LONGEST:
        return root
    seen = {symbol: terms.get(symbol, symbol) for symbol in root.free}
    results: list[Estimand] = []
    todo: list[tuple[Estimand, Mapping[Symbol, Term], Mapping[str, int], bool]] = [
        (root, seen, _highest(seen.values()), False)
    ]
    while todo:
        node, names, primes, ready = todo.pop()
        if isinstance(node, Sum) and not ready:
            names, primes = dict(names), dict(primes)
            for symbol in node.bound:
                primes[symbol.node] = primes.get(symbol.node, -1) + 1
                names[symbol] = Symbol(symbol.node, primes[symbol.node])
        if ready or not node.parts:
            at = len(results) - len(node.parts)
            results[at:] = [_rebuilt(node, results[at:], names, rank)]
        else:
            todo.append((node, names, primes, True))
            todo += [(part, names, primes, False) for part in reversed(node.parts)]
    return results[0]


def _highest(terms: Iterable[Term]) -> dict[str, int]:
    """Return for each node the most primes that a variable of it has."""
    highest: dict[str, int] = {}
    for term in terms:
        if isinstance(term, Symbol):
            highest[term.node] = max(term.primes, highest.get(term.node, 0))
    return highest


def _rebuilt(node: Estimand, parts: list[Estimand], names: Mapping[Symbol, Term], rank: Mapping[str, int]) -> Estimand:
    match node:
        case Factor():
            return Factor(*(_ordered(terms, names, rank) for terms in (node.of, node.given, node.do)))
        case Sum(over=over):
            return Sum(tuple(_bound(variable, names) for variable in over), parts[0])
        case Product():
            return Product(tuple(parts))
        case Cases(symbol=symbol, values=values):
            return Cases(_renamed(symbol, names), values, tuple(parts))
        case Ratio():
            return Ratio(parts[0], parts[1])
        case _:
            return node


def _ordered(terms: tuple[Term, ...], names: Mapping[Symbol, Term], rank: Mapping[str, int]) -> tuple[Term, ...]:
    found = [names[term] if isinstance(term, Symbol) else term for term in terms]
    return tuple(sorted(found, key=lambda term: rank[term.node]))


def _bound(variable: Symbol | Among, names: Mapping[Symbol, Term]) -> Symbol | Among:
    if isinstance(variable, Among):
        return replace(variable, symbol=_renamed(variable.symbol, names))
    return _renamed(variable, names)


def _renamed(symbol: Symbol, names: Mapping[Symbol, Term]) -> Symbol:
    name = names[symbol]
    assert isinstance(name, Symbol)
    return name
