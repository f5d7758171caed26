"""What an equation's noise must have been, given the value that was seen.

A real node: one draw, the pivot, is solved for. It stands where every operation between it and the whole equation can
be undone (`a + X*normal(0, s)`, `exp(normal(m, s))`); all other draws are made as if nothing had been seen, and each
unit is weighted by the density of the value given them. A discrete node: among the outcomes that its draws may have
together one is drawn that gives the value seen, and each draw's uniform from the part of [0, 1) that has its outcome.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Generator, Tensor

from causaldsl.graph.domain import Discrete
from causaldsl.graph.expression import Call, Chain, Draw, Expression, Negative, fold
from causaldsl.scm.formula import Formula
from causaldsl.scm.laws import PRECISION, drawn, outcomes

_INVERTIBLE = ("exp", "log", "sqrt", "tanh", "sigmoid")
CHUNK = 2**22
"""Units times outcomes that are looked at together."""
REGION_CELLS = 2**20
"""The most cells of a table of answers: regions of noise by combinations of causes."""


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
        return None if formula.outcomes is None else _choose(formula, values, seen, noise, generator)
    path = path_to_pivot(formula.expression)
    if path is None:
        return None
    return _invert(formula, path, values, seen, noise)


def _invert(
    formula: Formula, path: tuple[int, ...], values: Mapping[str, Tensor], seen: Tensor, noise: Tensor
) -> tuple[Tensor, Tensor]:
    """Solve for the pivot at the end of a path."""
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
    assert isinstance(node, Draw)
    pivot, log_density = solve(node, operands[id(node)], value)
    noise = noise.clone()
    noise[:, node.number] = pivot
    log_weight = log_density + log_slope
    return noise, torch.where(log_weight.isnan(), -torch.inf, log_weight)


def _choose(
    formula: Formula, values: Mapping[str, Tensor], seen: Tensor, noise: Tensor, generator: Generator
) -> tuple[Tensor, Tensor]:
    """Draw the outcomes of all draws, among those that give what was seen."""
    n, size = len(seen), max(1, CHUNK // (formula.outcomes or 1))
    ticks = torch.rand(n, 1, generator=generator, device=generator.device, dtype=PRECISION)
    found, masses = [], []
    for start in range(0, n, size):
        rows = slice(start, start + size)
        causes = {cause: values[cause][rows] for cause in formula.causes}
        weight, index, grid = formula.gone_through(causes, len(seen[rows]), seen.device)
        agrees = torch.where(index == seen[rows].unsqueeze(-1), weight, 0).cumsum(-1)
        mass = agrees[:, -1:]
        found.append(grid[(agrees <= ticks[rows] * mass).sum(-1).clamp_max(len(grid) - 1)])
        masses.append(mass.squeeze(-1))
    chosen, noise = torch.cat(found), noise.clone()

    def draw(node: Draw, parts: Sequence[Tensor]) -> Tensor:
        outcome = chosen[:, node.number].long()
        noise[:, node.number] = inside(node, parts, outcome, noise[:, node.number])
        return outcome.to(PRECISION)

    fold(formula.expression, formula.visitor(values, draw, seen.device))
    return noise, torch.cat(masses).log()


def regions(
    formula: Formula, values: Mapping[str, Tensor], n: int, device: torch.device
) -> tuple[Tensor, Tensor] | None:
    """Cut the noise of a discrete node into regions in which it answers every combination of its causes alike.

    Parameters
    ----------
    formula : Formula
        The equation.
    values : mapping of str to Tensor, shape (n,)
        All combinations of its causes' level indices.
    n : int
        How many there are.
    device : torch.device
        Where.

    Returns
    -------
    weights : Tensor of float64, shape (regions,)
    answers : Tensor of int64, shape (n, regions)
        None instead of both where there are infinitely many, too many, or a region whose answer is no value.
    """
    if formula.outcomes is None:
        return None
    cells = {cause: values[cause].unsqueeze(-1) for cause in formula.causes}
    weights = torch.ones(1, dtype=PRECISION, device=device)
    middle = torch.full((1, len(formula.draws)), 0.5, dtype=PRECISION, device=device)

    def draw(node: Draw, parts: Sequence[Tensor]) -> Tensor:
        return drawn(node.law, parts, middle[:, node.number])

    for node in _inner_first(formula.expression):
        evaluate = formula.visitor(cells, draw, device)
        ends = torch.stack(torch.broadcast_tensors(*(fold(p, evaluate) for p in node.parameters)), -1)
        if node.law == "categorical":
            ends = ends.cumsum(-1) / ends.sum(-1, keepdim=True)
        cuts = torch.cat([ends.flatten().clamp(0, 1), ends.new_tensor([0.0, 1.0])])
        cuts = cuts[~cuts.isnan()].unique()
        if n * len(weights) * (len(cuts) - 1) > REGION_CELLS:
            return None
        parts = (cuts[1:] + cuts[:-1]) / 2
        weights = (weights.unsqueeze(-1) * cuts.diff()).flatten()
        middle = middle.repeat_interleave(len(parts), 0)
        middle[:, node.number] = parts.repeat(len(middle) // len(parts))
    answers = formula.encoded(fold(formula.expression, formula.visitor(cells, draw, device)).expand(n, len(weights)))
    return (weights, answers.long()) if bool(formula.inside(answers).all()) else None


def _inner_first(root: Expression) -> list[Draw]:
    """Return the draws of an expression, each after those that its parameters hold."""
    found: list[Draw] = []

    def visit(node: Expression, parts: Sequence[None]) -> None:  # noqa: ARG001
        if isinstance(node, Draw):
            found.append(node)

    fold(root, visit)
    return found


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
    return fold(root, _path)


def _path(node: Expression, parts: Sequence[tuple[int, ...] | None]) -> tuple[int, ...] | None:
    if isinstance(node, Draw):
        return () if node.law in _SOLVE else None
    passes = (
        (isinstance(node, Chain) and node.rest[0][0] in ("+", "-", "*", "/"))
        or isinstance(node, Negative)
        or (isinstance(node, Call) and node.function in _INVERTIBLE)
    )
    if passes:
        for i, part in enumerate(parts):
            if part is not None:
                return (i, *part)
    return None


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


def inside(draw: Draw, parameters: Sequence[Tensor], outcome: Tensor, noise: Tensor) -> Tensor:
    """Squeeze a uniform into the part of [0, 1) that gives an outcome of `bernoulli` or `categorical`."""
    if draw.law == "bernoulli":
        p = parameters[0].clamp(0, 1)
        low, high = torch.where(outcome == 1, 0.0, p), torch.where(outcome == 1, p, 1.0)
    else:
        ends = torch.stack(torch.broadcast_tensors(*parameters), -1).cumsum(-1)
        ends = (ends / ends[..., -1:]).expand(*outcome.shape, outcomes(draw))
        high = ends.gather(-1, outcome.unsqueeze(-1)).squeeze(-1)
        low = torch.where(outcome == 0, 0.0, ends.gather(-1, (outcome - 1).clamp_min(0).unsqueeze(-1)).squeeze(-1))
    squeezed = low + noise * (high - low)
    return torch.minimum(squeezed, torch.nextafter(high, torch.zeros_like(high)).clamp_min(0))
