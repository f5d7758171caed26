"""Abduction: the units, with their noise, that agree with what was seen.

What was seen of discrete nodes whose causes all have tables is met exactly: these nodes and their causes are drawn
from their joint posterior, and each node's noise from its law given its value and its causes'. The rest is met by
weights, one node after the other, causes first: the noise of a node that was seen is drawn, or solved for, given its
value, and the unit weighs the value's density (likelihood weighting). So it goes for discrete nodes too whose posterior
no table holds. Where the causes were seen too, all draws weigh the same and are exact. Where the weights leave little
of the draws, more batches of them are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Generator, Tensor

from causaldsl.errors import RunError, UsageError
from causaldsl.graph.domain import Real
from causaldsl.graph.ir import CausalGraph
from causaldsl.scm import inversion
from causaldsl.scm.controller import Controller, Values
from causaldsl.scm.exact import Law, LawTooLargeError, tabulable_nodes
from causaldsl.scm.formula import Formula
from causaldsl.scm.infeasible import spelled
from causaldsl.scm.world import World

Evidence = Mapping[str, int | float | Tensor]
"""What was seen: levels' indices, real numbers; of all nodes together they may differ from unit to unit, shape (n,).

A picture is pixels side by side, shape (n, pixels), or (1, pixels) for all units."""

BATCHES = 64
"""The most batches of units that are drawn to meet rare evidence."""
CELLS = 2**28
"""The most values of nodes that are drawn in all of them together."""
ROUNDING = 1e-4
"""Logarithms of weights that differ by no more are the same."""


@dataclass(frozen=True)
class Units:
    """Units drawn from a world, weighted so that they agree with what was seen there.

    Parameters
    ----------
    noise : mapping of str to Tensor, shape (n, width)
        Each node's exogenous noise.
    values : mapping of str to Tensor, shape (n,)
        What the nodes are in that world.
    log_weight : Tensor of float64, shape (n,)
        All zero where every unit is an exact draw.
    settled : bool
        Whether no draw of a unit weighs more than another: of whatever was seen by weight the causes were seen too.
    failed : sequence of str
        The node at whose value the last draw was lost, after those of its causes that were seen; empty where one is
        left.
    """

    noise: Values
    values: Values
    log_weight: Tensor
    settled: bool
    failed: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether the units need no weights; all of them are draws of one unit."""
        return not bool(self.log_weight.any()) or (self.settled and bool(alike(self.log_weight)))

    @property
    def weight(self) -> Tensor:
        """The weights, the largest being 1."""
        top = self.log_weight.max()
        return (self.log_weight - top).exp() if bool(top.isfinite()) else torch.zeros_like(self.log_weight)

    def resampled(self, n: int, generator: Generator) -> Tensor:
        """Draw `n` of the units in proportion to their weights; their numbers, shape (n,)."""
        cumulated = self.weight.cumsum(0)
        ticks = torch.rand(n, generator=generator, device=generator.device, dtype=torch.float64)
        found = torch.searchsorted(cumulated, ticks * cumulated[-1], right=True)
        return found.clamp_max(int(self.weight.nonzero()[-1]))


def alike(log_weight: Tensor) -> Tensor:
    """Tell whether weights, shape (..., n), are all the same up to rounding, and none is zero; shape (...)."""
    spread = log_weight.amax(-1) - log_weight.amin(-1)
    return log_weight.isfinite().all(-1) & (spread <= ROUNDING)


@torch.no_grad()
def abduct(controller: Controller, n: int, generator: Generator, world: World, seen: Evidence) -> Units:
    """Draw `n` units of a world that agree with what was seen in it, once weighted; it may be that none does.

    Raises
    ------
    RunError
        If what was seen of discrete nodes has probability zero, and a table says so.
    UsageError
        If a real node was seen whose noise cannot be inferred.
    """
    controller.refresh()
    tabled = tabulable_nodes(controller, world)
    exact = {name: int(level) for name, level in seen.items() if name in tabled and not isinstance(level, Tensor)}
    drawn = _drawn_exactly(controller, world, exact, n, generator)
    noise = controller.noise(n, generator)
    log_weight = torch.zeros(n, dtype=torch.float64, device=controller.device)
    values: Values = {}
    settled, failed = True, tuple[str, ...]()
    for name in (name for name in world.after.order if name in controller.nodes):
        asked = None if name not in seen else _column(seen[name], n, controller.device)
        weight = _come_about(controller, world, name, asked, drawn.get(name), values, noise, generator)
        if weight is not None:
            log_weight = log_weight + weight
            causes = world.after[name].parents
            settled &= name not in world.laws and all(c in seen or c in world.values for c in causes)
            if not failed and not bool(log_weight.isfinite().any()):
                failed = (*(c for c in causes if c in seen), name)
    return Units(noise, {name: values[name] for name in controller.nodes}, log_weight, settled, failed)


def _come_about(
    controller: Controller,
    world: World,
    name: str,
    asked: Tensor | None,
    drawn: Tensor | None,
    values: Values,
    noise: Values,
    generator: Generator,
) -> Tensor | None:
    """Add a node's values, and its noise where its value tells of it; return the log weight of what was seen of it.

    None where nothing was seen of it, or it was drawn from its posterior.
    """
    if name in world.values:
        values[name] = controller.typed(name, torch.full_like(noise[name][:, 0], float(world.values[name])))
        return None if asked is None else torch.where(values[name] == asked, 0.0, -torch.inf).double()
    law = world.laws.get(name)
    if law is None:
        if drawn is None and asked is None:
            values |= controller.natural([name], noise, values)
            return None
        values[name] = drawn if drawn is not None else controller.typed(name, cast(Tensor, asked))
        noise[name], weight = _noise_of(controller, name, values, noise[name], generator)
        return weight if drawn is None else None
    soft_noise = law.noise(len(noise[name]), generator)
    if name in law.causes:
        if asked is not None and (undone := inversion.natural(law, values, asked, soft_noise)) is not None:
            noise[name], weight = _natural(controller, name, values, undone, noise[name], generator)
            values[name] = controller.typed(name, asked)
            return weight
        values |= controller.natural([name], noise, values)
    found, weight = _under(law, values, drawn, asked, soft_noise, generator)
    values[name] = controller.typed(name, found)
    return weight if drawn is None and asked is not None else None


def _column(value: float | Tensor, n: int, device: torch.device) -> Tensor:
    """Return what was seen as a column, shape (n,), float64; a picture as rows of pixels, one alone repeated."""
    if isinstance(value, Tensor):
        return value.expand(n, *value.shape[1:]).to(device)
    return torch.full((n,), float(value), dtype=torch.float64, device=device)


def batches(controller: Controller, n: int, generator: Generator, world: World, seen: Evidence) -> Iterator[Units]:
    """Yield batches of `n` units that agree with what was seen, see `abduct`, as long as more may be drawn.

    Where pictures are drawn with them, a batch holds fewer.
    """
    n = controller.at_once(n)
    most = max(1, min(BATCHES, CELLS // (n * max(1, controller.width))))
    for _ in range(most):
        yield abduct(controller, n, generator, world, seen)


def none_agrees(n: int, whole: str, graph: CausalGraph, seen: Evidence, failed: Sequence[str]) -> RunError:
    """Return the error that says at which value the last draw was lost.

    Parameters
    ----------
    n : int
        How many draws were made.
    whole : str
        All that was seen, in words.
    graph : CausalGraph
        The graph.
    seen : mapping of str to int or float
        What was seen of one unit.
    failed : sequence of str
        As `Units` has it.
    """
    message, hint = f"none of {n:,} draws agrees with {whole}", "it has probability zero in this model, or nearly"
    if not failed or len(seen) == 1:
        return RunError(message, hint)
    *causes, last = spelled(graph, {name: seen[name] for name in failed})
    return RunError(f"{message}: none has {last}{' where ' * bool(causes)}{', '.join(causes)}", hint)


def _drawn_exactly(controller: Controller, world: World, seen: Evidence, n: int, generator: Generator) -> Values:
    """Draw what was seen of tabled nodes, and their causes, from their posterior; nothing where no table holds it."""
    if not seen:
        return {}
    try:
        return Law(controller, world, {}).given({k: int(v) for k, v in seen.items()}).sample(n, generator)
    except LawTooLargeError:
        return {}


def _noise_of(
    controller: Controller, name: str, values: Values, noise: Tensor, generator: Generator
) -> tuple[Tensor, Tensor]:
    """Return a node's noise given its value and its causes', and the log density of the value."""
    mechanism = controller[name]
    parents = controller.parents(name, values) if mechanism.shape.parents else noise[:, :0].to(mechanism.precision)
    return mechanism.abduct(parents, values[name], noise, generator)


def _natural(
    controller: Controller,
    name: str,
    values: Values,
    undone: tuple[Tensor, Tensor],
    noise: Tensor,
    generator: Generator,
) -> tuple[Tensor, Tensor]:
    """Return a node's noise given its natural value, for which its new law was solved, and the log density."""
    value, log_slope = undone
    domain = controller[name].shape.domain
    assert isinstance(domain, Real)
    inside = (value >= domain.low) & (value <= domain.high)
    found = controller.typed(name, torch.where(inside, value, _some_value(domain)))
    noise, weight = _noise_of(controller, name, {**values, name: found}, noise, generator)
    weight = weight + log_slope
    return noise, torch.where(inside & ~weight.isnan(), weight, -torch.inf)


def _under(
    law: Formula, values: Values, drawn: Tensor | None, asked: Tensor | None, noise: Tensor, generator: Generator
) -> tuple[Tensor, Tensor]:
    """Return what a node is under a new law, and the log density of what was seen of it.

    Raises
    ------
    UsageError
        If a real node was seen, and its new law cannot be undone.
    """
    none = torch.zeros(len(noise), dtype=torch.float64, device=noise.device)
    if drawn is not None:
        return drawn, none
    if asked is None:
        return law(values, noise), none
    if (found := inversion.abduct(law, values, asked, noise, generator)) is not None:
        return asked, found[1]
    agrees = law(values, noise) == asked
    if isinstance(law.domain, Real) and law.causes and not bool(agrees.any()):
        raise UsageError(
            f"what was seen of `{law.name}` cannot be traced back through its new law, {law.name} := {law.expression}",
            "condition on other nodes",
        )
    return asked, torch.where(agrees, none, -torch.inf)


def _some_value(domain: Real) -> float:
    """Return a value of a domain."""
    return min(max(0.0, domain.low), domain.high)
