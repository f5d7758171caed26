"""Estimands as numbers: a table for each, computed from the table of the joint law.

Every factor is a table with an axis a variable, taken from the joint law by summing and dividing. A sum multiplies what
mentions its variable and adds up along that axis, one variable after the other, so that tables stay as small as the
estimand allows. What the data never show is not a number: `P(Y | X, Z)` is nan where `P(X, Z)` is 0. Zero times nan is
0, so that such a cell spoils no answer to which it adds nothing, and all the others visibly.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from causaldsl.errors import UsageError
from causaldsl.graph.domain import quoted
from causaldsl.graph.identification.estimand import (
    Among,
    Cases,
    Estimand,
    Factor,
    Fixed,
    Product,
    Ratio,
    Sum,
    Symbol,
    Zero,
    fold_once,
)

if TYPE_CHECKING:
    from causaldsl.graph.identification.identification import Identification

Cells = NDArray[np.float64]
Experiment = Callable[[Mapping[str, int]], "Tabulated"]
"""What gives the joint law under an intervention: nodes, and the level that each is set to."""


@dataclass(frozen=True, eq=False)
class Tabulated:
    """A table with named axes.

    Parameters
    ----------
    names : tuple of str
        One an axis; those of a joint law are nodes, those of an answer variables such as `X` or `X'`.
    values : array of float64, shape (levels of the first, levels of the second, ..)
        The cells.

    Raises
    ------
    UsageError
        If there are not as many names as axes, or a name stands twice.
    """

    names: tuple[str, ...]
    values: Cells = field(repr=False)

    def __post_init__(self) -> None:
        values: Cells = np.asarray(self.values, dtype=np.float64)
        object.__setattr__(self, "names", tuple(self.names))
        object.__setattr__(self, "values", values)
        if len(set(self.names)) != values.ndim or len(self.names) != values.ndim:
            names = ", ".join(self.names) or "none"
            raise UsageError(f"a table of {values.ndim} axes, and names: {names}", "each axis has its own name")

    def marginal(self, names: Sequence[str]) -> Cells:
        """Sum over all axes but some; the axes come in the order asked for."""
        missing = [name for name in names if name not in self.names]
        if missing:
            raise UsageError(f"the table has no axis `{missing[0]}`", f"it has {', '.join(self.names)}")
        kept = [self.names.index(name) for name in names]
        rest = tuple(i for i in range(self.values.ndim) if i not in kept)
        cells: Cells = self.values.sum(axis=rest)
        order = sorted(kept)
        return cells.transpose([order.index(i) for i in kept])


def tabulated(names: Iterable[str], values: ArrayLike) -> Tabulated:
    """Return a table from anything that numpy takes for an array."""
    return Tabulated(tuple(names), np.asarray(values, dtype=np.float64))


@dataclass(frozen=True, eq=False)
class _Part:
    """A table whose axes are variables."""

    axes: tuple[Symbol, ...]
    cells: Cells


def evaluate(root: Estimand, law: Tabulated, experiment: Experiment | None = None) -> Tabulated:
    """Compute an estimand.

    Parameters
    ----------
    root : Estimand
        The estimand.
    law : Tabulated
        The joint law of the nodes that are seen; it sums to 1.
    experiment : callable, optional
        Gives the joint law where nodes are set, for factors with `do`.

    Returns
    -------
    Tabulated
        One axis a free variable, in the order of the law's axes; no axis for a number. nan where the law has no cases
        that the estimand needs.

    Raises
    ------
    UsageError
        If the law has no axis for a node, a value has no level, or a factor needs an experiment and there is none.

    Examples
    --------
    >>> x, y, z = map(Symbol, "XYZ")
    >>> law = tabulated("XZ", [[0.1, 0.4], [0.2, 0.3]])
    >>> conditional = evaluate(Factor((z,), (x,)), law)
    >>> conditional.names, conditional.values.round(3).tolist()
    (('X', 'Z'), [[0.2, 0.8], [0.4, 0.6]])
    """
    levels = dict(zip(law.names, law.values.shape, strict=True))

    def visit(node: Estimand, parts: Sequence[Sequence[_Part]]) -> Sequence[_Part]:
        """Return tables whose product is the value of a part."""
        match node:
            case Factor(do=()):
                return [_factor(node, law)]
            case Factor():
                return [_experimental(node, levels, experiment)]
            case Sum(over=over):
                return _summed(over, parts[0], levels)
            case Product():
                return [part for factor in parts for part in factor]
            case Ratio():
                return [_divided(_multiplied(parts[0]), _multiplied(parts[1]))]
            case Cases(symbol=symbol):
                return [_stacked(symbol, [_multiplied(part) for part in parts])]
            case Zero():
                return [_Part((), np.zeros(()))]
        raise NotImplementedError(type(node).__name__)

    whole = _multiplied(fold_once(root, visit))
    order = sorted(whole.axes, key=lambda s: (law.names.index(s.node), s.primes))
    cells = whole.cells.transpose([whole.axes.index(symbol) for symbol in order])
    return Tabulated(tuple(map(str, order)), cells)


def answers(found: Identification, law: Tabulated) -> Cells:
    """Compute the answer to a question for every value of what may be chosen freely.

    Returns
    -------
    array of float64
        One axis a name that the question leaves open, in its order, then one a node that may be chosen freely.
    """
    if found.estimand is None:
        raise UsageError(f"there is nothing to evaluate: {found.reason}")
    table = evaluate(found.estimand, law)
    axes = [*(str(symbol) for _, symbol in found.variables), *map(quoted, found.arbitrary)]
    nodes = [*(symbol.node for _, symbol in found.variables), *found.arbitrary]
    order = [table.names.index(name) for name in axes if name in table.names]
    cells = table.values.transpose(order)[tuple(slice(None) if name in table.names else None for name in axes)]
    levels = dict(zip(law.names, law.values.shape, strict=True))
    if unknown := [name for name in nodes if name not in levels]:
        raise UsageError(f"the law has no axis for `{unknown[0]}`", f"it has {', '.join(levels)}")
    return np.broadcast_to(cells, [levels[name] for name in nodes])


def answer(found: Identification, law: Tabulated) -> Tabulated:
    """Compute the answer to a question, averaged over what may be chosen freely."""
    cells = answers(found, law)
    for name in reversed(found.arbitrary):
        weights = np.where(np.isnan(cells), 0.0, law.marginal([name]))
        with np.errstate(invalid="ignore"):
            cells = (np.where(weights > 0, cells, 0.0) * weights).sum(axis=-1) / weights.sum(axis=-1)
    return Tabulated(found.query.open, cells)


def _factor(factor: Factor, law: Tabulated) -> _Part:
    """Return `P(Y | X)` from a joint law."""
    given = len(factor.given)
    cells = law.marginal([term.node for term in (*factor.given, *factor.of)])
    if given:
        cells = quotient(cells, cells.sum(axis=tuple(range(given, cells.ndim)), keepdims=True))
    return _at((*factor.given, *factor.of), cells)


def _experimental(factor: Factor, levels: Mapping[str, int], experiment: Experiment | None) -> _Part:
    """Return `P(Y | do(X), Z)` from the joint laws under all interventions on X."""
    if experiment is None:
        raise UsageError(f"`{factor}` is known from an experiment only", "a law of what is seen does not hold it")
    inner = Factor(factor.of, factor.given)
    set_to = [term.node for term in factor.do]
    shape = tuple(levels[name] for name in set_to)
    rows = [
        _factor(inner, experiment(dict(zip(set_to, map(int, setting), strict=True)))) for setting in np.ndindex(*shape)
    ]
    stacked = np.stack([row.cells for row in rows]).reshape(*shape, *rows[0].cells.shape)
    return _at(factor.do, stacked, rows[0].axes)


def _at(terms: Sequence[Symbol | Fixed], cells: Cells, more: tuple[Symbol, ...] = ()) -> _Part:
    """Take fixed terms at their levels; the other axes stay, and a variable that stands twice has one axis."""
    index: list[int | slice] = []
    for i, term in enumerate(terms):
        if isinstance(term, Symbol):
            index.append(slice(None))
        elif term.level is None or term.level >= cells.shape[i]:
            raise UsageError(f"the table has no level for `{term}`")
        else:
            index.append(term.level)
    return _Part(tuple(term for term in terms if isinstance(term, Symbol)) + more, cells[tuple(index)])


def _summed(over: tuple[Symbol | Among, ...], parts: Sequence[_Part], levels: Mapping[str, int]) -> Sequence[_Part]:
    """Sum over variables, those first that the smallest tables mention."""
    left = list(over)
    while left:
        sizes = []
        for variable in left:
            symbol = variable.symbol if isinstance(variable, Among) else variable
            axes = {axis for part in parts if symbol in part.axes for axis in part.axes}
            sizes.append(math.prod(levels[axis.node] for axis in axes))
        variable = left.pop(sizes.index(min(sizes)))
        symbol = variable.symbol if isinstance(variable, Among) else variable
        users = [part for part in parts if symbol in part.axes]
        joined = _multiplied(users) if users else _Part((symbol,), np.ones(levels[symbol.node]))
        at = joined.axes.index(symbol)
        cells = joined.cells
        if isinstance(variable, Among):
            if variable.levels is None:
                raise UsageError(f"the table has no levels for `{variable}`")
            cells = cells.take(variable.levels, axis=at)
        summed = _Part(joined.axes[:at] + joined.axes[at + 1 :], cells.sum(axis=at))
        parts = [part for part in parts if symbol not in part.axes] + [summed]
    return parts


def _multiplied(parts: Sequence[_Part]) -> _Part:
    """Multiply tables; zero times nan is zero."""
    axes = tuple(dict.fromkeys(axis for part in parts for axis in part.axes))
    product: Cells = np.ones(())
    for part in parts:
        cells = _spread(part, axes)
        zero = (product == 0) | (cells == 0)
        product = np.where(zero, 0.0, product * cells)
    full = [next(p.cells.shape[p.axes.index(a)] for p in parts if a in p.axes) for a in axes]
    return _Part(axes, np.broadcast_to(product, full))


def _divided(above: _Part, below: _Part) -> _Part:
    axes = tuple(dict.fromkeys(above.axes + below.axes))
    return _Part(axes, quotient(_spread(above, axes), _spread(below, axes)))


def _stacked(symbol: Symbol, parts: Sequence[_Part]) -> _Part:
    """Put tables behind each other, along an axis of their own."""
    axes = tuple(dict.fromkeys(axis for part in parts for axis in part.axes))
    return _Part((symbol, *axes), np.stack(np.broadcast_arrays(*(_spread(part, axes) for part in parts))))


def _spread(part: _Part, axes: Sequence[Symbol]) -> Cells:
    """Return a table's cells with one axis for each of some variables, of length 1 where it has none."""
    own = sorted(range(len(part.axes)), key=lambda i: axes.index(part.axes[i]))
    cells = part.cells.transpose(own)
    return cells[tuple(slice(None) if axis in part.axes else None for axis in axes)]


def quotient(above: Cells, below: Cells) -> Cells:
    """Divide; what is divided by 0 is nan."""
    with np.errstate(divide="ignore", invalid="ignore"):
        cells: Cells = np.where(below == 0, np.nan, above / below)
    return cells
