"""Products and ratios of estimands, simplified where that changes no value; for sums see `sums`.

- Products are flat and never hold 1. Factors come first, then ratios, then sums, so that a sum can be read to the end.
- Equal factors cancel in a ratio, and `P(X, Y | Z) / P(X | Z)` is `P(Y | X, Z)`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

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
    Term,
    Zero,
)


def product(factors: Iterable[Estimand]) -> Estimand:
    """Return a product.

    Examples
    --------
    >>> from causaldsl.graph.identification.estimand import Symbol
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


def chained(effect: Factor, cause: Factor) -> Factor | None:
    """Return `P(Y, X | Z)` for `P(Y | X, Z)` and `P(X | Z)`, and None for factors that do not fit.

    Examples
    --------
    >>> from causaldsl.graph.identification.estimand import Symbol
    >>> x, y, z = map(Symbol, "XYZ")
    >>> str(chained(Factor((y,), (x, z)), Factor((x,), (z,))))
    'P(X, Y | Z)'
    """
    if len(effect.given) != len(cause.of) + len(cause.given) or set(effect.do) != set(cause.do):
        return None
    fits = set(effect.given) == {*cause.of, *cause.given}
    return Factor(cause.of + effect.of, cause.given, cause.do) if fits else None


def restricted(over: tuple[Among, ...], body: Estimand) -> Estimand:
    """Return the sum of an estimand over some values of variables.

    Examples
    --------
    >>> from causaldsl.graph.identification.estimand import Symbol
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
    >>> from causaldsl.graph.identification.estimand import Symbol
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
