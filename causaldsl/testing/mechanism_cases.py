"""What the laws of mechanisms are tried on: a node of some shape, with its causes' values, its noise, rows of data."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import torch
from torch import Generator, Tensor

from causaldsl.errors import RunError
from causaldsl.graph.domain import Discrete, Domain, Real
from causaldsl.graph.ir import CausalGraph, Node
from causaldsl.mechanisms.constant import ConstantOptions
from causaldsl.mechanisms.constant import plugin as constant
from causaldsl.plugins.protocols import Learner, MechanismPlugin, NodeShape, Schedule
from causaldsl.scm.controller import Controller
from causaldsl.scm.mechanism import Mechanism

ROWS, MANY = 256, 4000
"""Units evaluated, and units of which shares are counted."""


@dataclass(frozen=True)
class Case:
    """A kind of mechanism, and a node that it is built for."""

    plugin: MechanismPlugin
    options: Any
    shape: NodeShape

    def built(self, seed: int = 0, name: str = "") -> Mechanism:
        """Build the mechanism; its weights are those of the seed."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            mechanism: Mechanism = self.plugin.build(replace(self.shape, name=name or self.shape.name), self.options)
        return mechanism

    @cached_property
    def mechanism(self) -> Mechanism:
        """The mechanism, as built."""
        return self.built()

    def parents(self, n: int) -> Tensor:
        """Return values of the causes, shape (n, number of parents)."""
        columns = [anything(domain, n, i) for i, (_, domain) in enumerate(self.shape.parents)]
        return (torch.stack(columns, -1) if columns else torch.zeros(n, 0)).to(self.mechanism.precision)

    def settings(self) -> Tensor:
        """Return some distinct rows of `parents`."""
        return self.parents(MANY).unique(dim=0)[:8] if self.shape.parents else self.parents(1)

    def noise(self, n: int, seed: int = 0) -> Tensor:
        """Draw the noise of `n` units."""
        return self.mechanism.noise(n, Generator().manual_seed(seed))

    @torch.no_grad()
    def values(self, n: int, seed: int = 0) -> Tensor:
        """Return the node's values for `parents(n)` and `noise(n)`."""
        values: Tensor = self.mechanism(self.parents(n), self.noise(n, seed))
        return values

    def log_prob(self) -> Tensor | None:
        """Return the log density of `values(ROWS)`, where the kind has one."""
        try:
            return self.mechanism.log_prob(self.parents(ROWS), self.values(ROWS)).detach()
        except RunError:
            return None


def anything(domain: Domain, n: int, seed: int) -> Tensor:
    """Return values of a domain, shape (n,), float; of a discrete one each level, one after the other."""
    if isinstance(domain, Discrete):
        levels: Tensor = torch.arange(n).div(3**seed, rounding_mode="floor") % len(domain.levels)
        return levels.float()
    assert isinstance(domain, Real)
    normal = torch.randn(n, generator=Generator().manual_seed(seed))
    low, high = max(domain.low, -3.0), min(domain.high, 3.0)
    values: Tensor = low + (high - low) * normal.sigmoid()
    return normal if math.isinf(domain.low) and math.isinf(domain.high) else values


def learner_of(case: Case, seed: int) -> tuple[Learner | None, Controller]:
    """Return what trains two nodes of a case, built with a seed, on rows that mechanisms of its kind made."""
    names, controller = controller_of(case, (seed, seed + 1))
    domains = {name: controller[name].shape.domain for name in controller.nodes}
    parents = case.parents(ROWS)
    rows = {name: parents[:, i] for i, (name, _) in enumerate(case.shape.parents)}
    rows |= {name: case.values(ROWS, i) for i, name in enumerate(names)}
    typed = {k: v.long() if isinstance(domains[k], Discrete) else v for k, v in rows.items()}
    return case.plugin.learner(controller, names, typed, Schedule(seed=3, steps=4, batch=64)), controller


def controller_of(case: Case, seeds: tuple[int, ...]) -> tuple[tuple[str, ...], Controller]:
    """Return nodes of a case's shape, a seed of weights a node, and what holds them with the causes that they share."""
    causes = {name: NodeShape(name, domain, ()) for name, domain in case.shape.parents}
    names = tuple(f"{case.shape.name}{i}" for i in range(len(seeds)))
    graph = CausalGraph(
        (
            *(Node(name, shape.domain) for name, shape in causes.items()),
            *(Node(name, case.shape.domain, tuple(causes)) for name in names),
        )
    )
    mechanisms = {name: constant.build(shape, ConstantOptions(_some(shape.domain))) for name, shape in causes.items()}
    mechanisms |= {name: case.built(seed, name) for name, seed in zip(names, seeds, strict=True)}
    return names, Controller(graph, mechanisms)


def _some(domain: Domain) -> float | str:
    """Return a value of a domain."""
    if isinstance(domain, Discrete):
        return domain.levels[0]
    assert isinstance(domain, Real)
    return min(max(0.0, domain.low), domain.high)
