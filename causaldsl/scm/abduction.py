"""Abduction: the units, with their noise, that agree with what was seen.

What was seen of discrete nodes whose causes all have tables is met exactly: these nodes and their causes are drawn
from their joint posterior, and each node's noise from its law given its value and its causes'. The rest is met by
weights, one node after the other, causes first: the noise of a node that was seen is drawn, or solved for, given its
value, and the unit weighs the value's density (likelihood weighting). So it goes for discrete nodes too whose posterior
no table holds. Where the weights leave little of the draws, more batches of them are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from causaldsl.errors import RunError, UsageError
from causaldsl.graph.domain import Categorical, Discrete, Real, quoted
from causaldsl.scm import inversion
from causaldsl.scm.controller import Controller, Values
from causaldsl.scm.exact import Law, LawTooLargeError, tabulable_nodes
from causaldsl.scm.formula import Formula
from causaldsl.scm.world import World

Evidence = Mapping[str, int | float | Tensor]
"""What was seen: levels' indices, real numbers; of all nodes together they may differ from unit to unit, shape (n,)."""

BATCHES = 64
"""The most batches of units that are drawn to meet rare evidence."""
CELLS = 2**28
"""The most values of nodes that are drawn in all of them together."""


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
    """

    noise: Values
    values: Values
    log_weight: Tensor

    @property
    def exact(self) -> bool:
        """Whether the units need no weights."""
        return not bool(self.log_weight.any())

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
    for name in (name for name in world.after.order if name in controller.nodes):
        asked = None if name not in seen else _column(seen[name], n, controller.device)
        law = world.laws.get(name)
        if name in world.values:
            values[name] = controller.typed(name, torch.full((n,), float(world.values[name]), device=controller.device))
            if asked is not None:
                log_weight = torch.where(values[name] == asked, log_weight, -torch.inf)
            continue
        if law is None and name in drawn:
            values[name] = drawn[name]
            noise[name], _ = _noise_of(controller, name, values, noise[name], generator)
            continue
        if law is None and asked is not None:
            values[name] = controller.typed(name, asked)
            noise[name], weight = _noise_of(controller, name, values, noise[name], generator)
            log_weight = log_weight + weight
            continue
        if law is None:
            values |= controller.natural([name], noise, values)
            continue
        soft_noise = law.noise(n, generator)
        if name in law.causes:
            if asked is not None and (undone := inversion.natural(law, values, asked, soft_noise)) is not None:
                noise[name], weight = _natural(controller, name, values, undone, noise[name], generator)
                log_weight = log_weight + weight
                values[name] = controller.typed(name, asked)
                continue
            values |= controller.natural([name], noise, values)
        values[name], weight = _under(law, values, drawn.get(name), asked, soft_noise, generator)
        values[name] = controller.typed(name, values[name])
        log_weight = log_weight + weight
    return Units(noise, {name: values[name] for name in controller.nodes}, log_weight)


def _column(value: float | Tensor, n: int, device: torch.device) -> Tensor:
    """Return what was seen as a column, shape (n,), float64."""
    return value if isinstance(value, Tensor) else torch.full((n,), float(value), dtype=torch.float64, device=device)


def batches(controller: Controller, n: int, generator: Generator, world: World, seen: Evidence) -> Iterator[Units]:
    """Yield batches of `n` units that agree with what was seen, see `abduct`, as long as more may be drawn."""
    most = max(1, min(BATCHES, CELLS // (n * max(1, len(controller.nodes)))))
    for _ in range(most):
        yield abduct(controller, n, generator, world, seen)


def none_agrees(n: int, seen: str) -> RunError:
    """Return what is to be said where no draw agrees with what was seen."""
    return RunError(f"none of {n:,} draws agrees with {seen}", "it has probability zero in this model, or nearly")


def shown(controller: Controller, seen: Evidence) -> str:
    """Spell evidence as the language does."""
    parts = []
    for name, value in seen.items():
        domain = controller[name].shape.domain
        level = domain.levels[int(value)] if isinstance(domain, Discrete) else f"{value:g}"
        named = isinstance(domain, Categorical) and not domain.is_range
        parts.append(f"{quoted(name)}={quoted(level) if named else level}")
    return ", ".join(parts)


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
