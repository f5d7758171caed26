"""Exact inference on the discrete part: one joint table, conditioned and read off.

The joint is the truncated factorisation: the product of all mechanisms' tables, those of intervened nodes replaced
by a point mass (Pearl 2009, eq. 3.10).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from causaldsl.errors import RunError, UsageError
from causaldsl.graph.domain import Discrete
from causaldsl.scm.controller import Controller, Values

CELL_LIMIT = 2**16
"""The largest joint table."""


@dataclass(frozen=True)
class Joint:
    """A joint distribution of discrete nodes.

    Parameters
    ----------
    names : tuple of str
        One a dimension of the table.
    table : Tensor of float64, shape (levels, levels, ...)
        Probabilities; they sum to the probability of what was conditioned on (1 where nothing was).
    """

    names: tuple[str, ...]
    table: Tensor

    @property
    def mass(self) -> float:
        """Sum of the table."""
        return float(self.table.sum())

    def given(self, evidence: Mapping[str, int]) -> Joint:
        """Keep the cells that agree with the evidence, and normalise.

        Raises
        ------
        RunError
            If the evidence has probability zero.
        """
        table = self.table
        for name, level in evidence.items():
            keep = torch.zeros(table.shape[self.names.index(name)], dtype=table.dtype, device=table.device)
            keep[level] = 1
            table = table * keep.view([-1 if n == name else 1 for n in self.names])
        mass = table.sum()
        if not mass > 0:
            shown = ", ".join(f"{name}={level}" for name, level in evidence.items())
            raise RunError(f"the evidence {shown} has probability zero in this model", "no unit can be drawn given it")
        return Joint(self.names, table / mass)

    def marginal(self, *names: str) -> Tensor:
        """Sum out all other nodes; the dimensions come in the order asked for."""
        kept = [self.names.index(name) for name in names]
        rest = [i for i in range(len(self.names)) if i not in kept]
        table = self.table.sum(rest) if rest else self.table
        order = sorted(kept)
        return table.permute([order.index(i) for i in kept]) if kept else table

    def sample(self, n: int, generator: Generator) -> Values:
        """Draw `n` units, exactly."""
        flat = self.table.flatten().cumsum(0)
        ticks = torch.rand(n, generator=generator, device=generator.device, dtype=torch.float64) * flat[-1]
        cells = torch.searchsorted(flat, ticks, right=True).clamp_max(len(flat) - 1)
        return dict(zip(self.names, torch.unravel_index(cells, self.table.shape), strict=True))


def tabulable_nodes(controller: Controller) -> tuple[str, ...]:
    """Return the nodes that are discrete with all their ancestors, in causal order."""
    found: list[str] = []
    for name in controller.graph.order:
        if name in controller.nodes and controller.tabulable(name):
            parents = [parent for parent, _ in controller[name].shape.parents]
            if all(parent in found for parent in parents):
                found.append(name)
    return tuple(found)


def joint(controller: Controller, do: Mapping[str, int] | None = None) -> Joint:
    """Return the joint of all tabulable nodes under an intervention.

    Raises
    ------
    UsageError
        If the table would have more than 2^16 cells.
    """
    do = do or {}
    names = tabulable_nodes(controller)
    sizes = [len(_discrete(controller, name).levels) for name in names]
    if math.prod(sizes) > CELL_LIMIT:
        raise UsageError(
            f"the joint table of {len(names)} nodes has {math.prod(sizes):,} cells, over the limit of {CELL_LIMIT:,}",
            "condition on fewer nodes, or use do",
        )
    at = {name: i for i, name in enumerate(names)}
    table = torch.ones([1] * len(names), dtype=torch.float64, device=controller.device)
    for name, size in zip(names, sizes, strict=True):
        if name in do:
            factor = torch.zeros(size, dtype=torch.float64, device=controller.device)
            factor[do[name]] = 1
            order = [name]
        else:
            parents = [
                (parent, len(d.levels)) for parent, d in controller[name].shape.parents if isinstance(d, Discrete)
            ]
            factor = controller.tables([name])[0].double().exp()
            factor = (factor / factor.sum(-1, keepdim=True)).reshape([*(levels for _, levels in parents), size])
            order = [*(parent for parent, _ in parents), name]
        sort = sorted(range(len(order)), key=lambda i: at[order[i]])
        spread = [1] * len(names)
        for i in sort:
            spread[at[order[i]]] = factor.shape[i]
        table = table * factor.permute(sort).reshape(spread)
    return Joint(names, table)


def _discrete(controller: Controller, name: str) -> Discrete:
    domain = controller[name].shape.domain
    assert isinstance(domain, Discrete)
    return domain
