"""What an equation's noise must have been, given the value that was seen.

A real node: one draw, the pivot, is solved for. It stands where every operation between it and the whole equation can
be undone (`a + X*normal(0, s)`, `exp(normal(m, s))`); all other draws are made as if nothing had been seen, and each
unit is weighted by the density of the value given them. A discrete node: see `causaldsl.scm.regions`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import torch
from torch import Generator, Tensor

from causaldsl.graph.domain import Discrete
from causaldsl.graph.expression import Call, Chain, Draw, Expression, Negative, Variable, fold, walk
from causaldsl.scm.formula import Formula
from causaldsl.scm.laws import PRECISION, drawn
from causaldsl.scm.regions import choose

_INVERTIBLE = ("exp", "log", "sqrt", "tanh", "sigmoid")


def abduct(
    formula: Formula, values: Mapping[str, Tensor], seen: Tensor, noise: Tensor, generator: Generator
) -> tuple[Tensor, Tensor] | None:
    """Turn noise as drawn before anything was seen into noise under which the equation gives what was seen.

    Parameters
    ----------
    formula : Formula
        The equation.
    values : mapping of str to Tensor, shape (n,)
        Its causes: level indices or real numbers.
    seen : Tensor, shape (n,)
        The node's level indices or real numbers.
    noise : Tensor, shape (n, draws)
        As `formula.noise` draws it.
    generator : Generator
        Which outcome, where several give what was seen.

    Returns
    -------
    noise : Tensor, shape (n, draws)
    log_weight : Tensor of float64, shape (n,)
        The log density of what was seen, given all draws but the one that is solved for.
        None instead of both where the equation cannot be undone.
    """
    if isinstance(formula.domain, Discrete):
        return None if formula.outcomes is None else choose(formula, values, seen, noise, generator)
    path = path_to_pivot(formula.expression)
    if path is None:
        return None
    return _invert(formula, path, values, seen, noise)


def natural(
    formula: Formula, values: Mapping[str, Tensor], seen: Tensor, noise: Tensor
) -> tuple[Tensor, Tensor] | None:
    """Solve a real node's new law for the node's natural value, its own name in the law.

    Parameters
    ----------
    formula : Formula
        The law.
    values, seen, noise
        As `abduct` takes them; of the node's own column nothing is read.

    Returns
    -------
    natural : Tensor of float64, shape (n,)
        What the node would have been; NaN where nothing gives what was seen.
    log_slope : Tensor of float64, shape (n,)
        Logarithm of the absolute derivative of that by what was seen.
        None instead of both where the law cannot be undone.
    """
    times = sum(isinstance(part, Variable) and part.name == formula.name for part in walk(formula.expression))
    path = fold(formula.expression, partial(_path, formula.name))
    if isinstance(formula.domain, Discrete) or path is None or times > 1:
        return None
    return _undone(formula, path, {**values, formula.name: seen}, seen, noise)[:2]


def _invert(
    formula: Formula, path: tuple[int, ...], values: Mapping[str, Tensor], seen: Tensor, noise: Tensor
) -> tuple[Tensor, Tensor]:
    """Solve for the pivot at the end of a path."""
    value, log_slope, node, parameters = _undone(formula, path, values, seen, noise)
    assert isinstance(node, Draw)
    pivot, log_density = solve(node, parameters, value)
    noise = noise.clone()
    noise[:, node.number] = pivot
    log_weight = log_density + log_slope
    return noise, torch.where(log_weight.isnan(), -torch.inf, log_weight)


def _undone(
    formula: Formula, path: tuple[int, ...], values: Mapping[str, Tensor], seen: Tensor, noise: Tensor
) -> tuple[Tensor, Tensor, Expression, Sequence[Tensor]]:
    """Undo all operations along a path; return the value at its end, the log slope, the part there and its operands."""
    operands: dict[int, Sequence[Tensor]] = {}
    evaluate = formula.visitor(values, lambda d, parts: drawn(d.law, parts, noise[:, d.number]), noise.device)

    def visit(node: Expression, parts: Sequence[Tensor]) -> Tensor:
        operands[id(node)] = parts
        return evaluate(node, parts)

    fold(formula.expression, visit)
    value, log_slope = seen.to(PRECISION), torch.zeros(len(seen), dtype=PRECISION, device=seen.device)
    node = formula.expression
    for operand in path:
        value, slope = undo(node, operand, operands[id(node)], value)
        log_slope = log_slope + slope
        node = node.children[operand]
    return value, log_slope, node, operands[id(node)]


def path_to_pivot(root: Expression) -> tuple[int, ...] | None:
    """Return the way from an equation to a continuous draw through operations that can be undone.

    Returns
    -------
    tuple of int or None
        At each operation the number of the operand that comes next; None where there is no such draw.

    Examples
    --------
    >>> from causaldsl.graph.expression import Constant
    >>> path_to_pivot(Chain(Constant(1), (("+", Draw("normal", (Constant(0), Constant(1)), 0)),)))
    (1,)
    """
    found: tuple[int, ...] | None = fold(root, partial(_path, None))
    return found


def _path(name: str | None, node: Expression, parts: Sequence[tuple[int, ...] | None]) -> tuple[int, ...] | None:
    """Extend the ways to a continuous draw, or to a node of some name."""
    if isinstance(node, Draw):
        return () if name is None and node.law in _SOLVE else None
    if isinstance(node, Variable):
        return () if node.name == name else None
    passes = (
        (isinstance(node, Chain) and node.rest[0][0] in ("+", "-", "*", "/"))
        or isinstance(node, Negative)
        or (isinstance(node, Call) and node.function in _INVERTIBLE)
    )
    found = [(i, *part) for i, part in enumerate(parts) if part is not None]
    return found[0] if passes and found else None


def undo(node: Expression, operand: int, parts: Sequence[Tensor], value: Tensor) -> tuple[Tensor, Tensor]:
    """Solve one operation for one of its operands.

    Parameters
    ----------
    node : Expression
        The operation.
    operand : int
        Which one is solved for.
    parts : sequence of Tensor
        The values of all operands; that of the one solved for is not looked at.
    value : Tensor
        What the operation gave.

    Returns
    -------
    found : Tensor
        The operand; NaN where there is none.
    log_slope : Tensor
        Logarithm of the absolute derivative of the operand by the value.
    """
    match node:
        case Negative():
            return -value, torch.zeros_like(value)
        case Call(function="exp"):
            return value.log(), -value.log()
        case Call(function="log"):
            return value.exp(), value
        case Call(function="sqrt"):
            return torch.where(value >= 0, value**2, torch.nan), (2 * value).log()
        case Call(function="tanh"):
            return torch.atanh(value), -torch.log1p(-(value**2))
        case Call(function="sigmoid"):
            return torch.logit(value), -(value * (1 - value)).log()
        case Chain(rest=rest) if rest[0][0] in ("+", "-"):
            signs = [1, *(1 if operator == "+" else -1 for operator, _ in rest)]
            others = sum((s * p for i, (s, p) in enumerate(zip(signs, parts, strict=True)) if i != operand), value * 0)
            return (value - others) * signs[operand], torch.zeros_like(value)
        case Chain(rest=rest):
            powers = [1, *(1 if operator == "*" else -1 for operator, _ in rest)]
            factor = value * 0 + 1
            for i, (power, part) in enumerate(zip(powers, parts, strict=True)):
                factor = factor if i == operand else factor * part**power
            if powers[operand] == 1:
                return value / factor, -factor.abs().log()
            return factor / value, factor.abs().log() - 2 * value.abs().log()
    raise AssertionError(node)


def solve(draw: Draw, parameters: Sequence[Tensor], value: Tensor) -> tuple[Tensor, Tensor]:
    """Return the noise under which a continuous law gives a value, and the log density of that value.

    Where it has none, the log density is -inf.
    """
    noise, log_density = _SOLVE[draw.law](value, *parameters)
    known = noise.isfinite() & ~log_density.isnan()
    return torch.where(known, noise, 0.5), torch.where(known, log_density, -torch.inf)


def _normal(value: Tensor, m: Tensor, s: Tensor) -> tuple[Tensor, Tensor]:
    noise = (value - m) / s
    return noise, -0.5 * noise**2 - s.log() - 0.5 * math.log(2 * math.pi)


def _uniform(value: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    noise = (value - a) / (b - a)
    return noise, torch.where((noise >= 0) & (noise < 1), -(b - a).log(), -torch.inf)


def _exponential(value: Tensor, rate: Tensor) -> tuple[Tensor, Tensor]:
    return -torch.expm1(-rate * value), torch.where(value >= 0, rate.log() - rate * value, -torch.inf)


def _laplace(value: Tensor, m: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    off = (value - m) / b
    return 0.5 - 0.5 * off.sign() * torch.expm1(-off.abs()), -off.abs() - (2 * b).log()


_SOLVE: dict[str, Callable[..., tuple[Tensor, Tensor]]] = {
    "normal": _normal, "uniform": _uniform, "exponential": _exponential, "laplace": _laplace,
}  # fmt: skip
