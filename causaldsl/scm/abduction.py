"""Abduction: the units, with their noise, that agree with what was seen.

What was seen of discrete nodes whose causes all have tables is met exactly: these nodes and their causes are drawn
from their joint posterior, and each node's noise from its law given its value and its causes'. The rest is met by
weights, one node after the other, causes first: the noise of a node that was seen is drawn, or solved for, given its
value, and the unit weighs the value's density (likelihood weighting). The effective sample size says what the weights
leave of the draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from causaldsl.errors import RunError
from causaldsl.scm import inversion
from causaldsl.scm.controller import Controller, Values
from causaldsl.scm.exact import Law, tabulable_nodes
from causaldsl.scm.formula import Formula
from causaldsl.scm.world import World

Evidence = Mapping[str, int | float]
"""What was seen: levels' indices, real numbers."""


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

    @property
    def ess(self) -> float:
        """The effective sample size: how many exact draws are worth as much."""
        return effective(self.weight)

    def resampled(self, n: int, generator: Generator) -> Tensor:
        """Draw `n` of the units in proportion to their weights; their numbers, shape (n,)."""
        if self.exact and n <= len(self.log_weight):
            return torch.arange(n, device=self.log_weight.device)
        return torch.multinomial(self.weight, n, replacement=True, generator=generator)


def effective(weight: Tensor) -> float:
    """Return the effective sample size of weights, (sum w)^2 / sum w^2; 0 where all are zero."""
    total = float(weight.sum())
    return total**2 / float((weight**2).sum()) if total > 0 else 0.0


@torch.no_grad()
def abduct(controller: Controller, n: int, generator: Generator, world: World, seen: Evidence) -> Units:
    """Draw `n` units of a world that agree with what was seen in it, once weighted.

    Raises
    ------
    RunError
        If what was seen has probability zero.
    UsageError
        If a real node was seen whose noise cannot be inferred.
    """
    controller.refresh()
    tabled = tabulable_nodes(controller, world)
    exact = {name: int(level) for name, level in seen.items() if name in tabled}
    drawn = Law(controller, world, {}).given(exact).sample(n, generator) if exact else {}
    noise = controller.noise(n, generator)
    log_weight = torch.zeros(n, dtype=torch.float64, device=controller.device)
    values: Values = {}
    for name in (name for name in world.after.order if name in controller.nodes):
        asked = None if name not in seen else torch.full((n,), float(seen[name]), device=controller.device).double()
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
        if law is None or name in law.causes:
            values |= controller.natural([name], noise, values)
        if law is not None:
            values[name], weight = _under(law, values, drawn.get(name), asked, n, generator)
            values[name] = controller.typed(name, values[name])
            log_weight = log_weight + weight
    if not bool((log_weight > -torch.inf).any()):
        shown = ", ".join(f"{name}={value:g}" for name, value in seen.items())
        raise RunError(
            f"none of {n:,} draws agrees with the evidence {shown}", "it has probability zero in this model, or nearly"
        )
    return Units(noise, {name: values[name] for name in controller.nodes}, log_weight)


def _noise_of(
    controller: Controller, name: str, values: Values, noise: Tensor, generator: Generator
) -> tuple[Tensor, Tensor]:
    """Return a node's noise given its value and its causes', and the log density of the value."""
    mechanism = controller[name]
    parents = controller.parents(name, values) if mechanism.shape.parents else noise[:, :0].to(mechanism.precision)
    return mechanism.abduct(parents, values[name], noise, generator)


def _under(
    law: Formula, values: Values, drawn: Tensor | None, asked: Tensor | None, n: int, generator: Generator
) -> tuple[Tensor, Tensor]:
    """Return what a node is under a new law, and the log density of what was seen of it."""
    noise = law.noise(n, generator)
    none = torch.zeros(n, dtype=torch.float64, device=noise.device)
    if drawn is not None:
        return drawn, none
    if asked is None:
        return law(values, noise), none
    if (found := inversion.abduct(law, values, asked, noise, generator)) is not None:
        return asked, found[1]
    return asked, torch.where(law(values, noise) == asked, none, -torch.inf)
