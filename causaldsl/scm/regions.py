"""The noise of a discrete equation: which of it gives what was seen, and which answers alike.

What was seen: among the outcomes that the equation's draws may have together one is drawn that gives it, and each
draw's uniform from the part of [0, 1) that has its outcome.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Generator, Tensor

from causaldsl.graph.expression import Draw, Expression, fold
from causaldsl.scm.formula import Formula
from causaldsl.scm.laws import PRECISION, drawn, outcomes

CHUNK = 2**22
"""Units times outcomes that are looked at together."""
REGION_CELLS = 2**20
"""The most cells of a table of answers: regions of noise by combinations of causes."""


def choose(
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
