"""Learning by likelihood: every node of a kind at once, on the distinct rows of its parents and itself."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from causaldsl.mechanisms.latent_blocks import blocks_of
from causaldsl.plugins.protocols import Schedule
from causaldsl.scm.controller import Controller
from causaldsl.scm.randomness import generator_at
from causaldsl.scm.state import gather, scatter

STEPS, STEPS_WITH_LATENTS = 800, 2000
FULL_BATCH = 4096
"""A node with at most so many distinct rows sees them all in every step, weighted by their counts."""


@dataclass(frozen=True)
class Rows:
    """The distinct rows of one node: parents, shape (m, parents), values and their shares of the data, shape (m,)."""

    parents: Tensor
    values: Tensor
    shares: Tensor


class LikelihoodLearner:
    """Maximise the mean log likelihood of nodes by Adam with a cosine schedule.

    The likelihood factorises over nodes, so each learns from the real values of its parents; depth does not matter,
    and nodes of one shape run as one batch wherever they stand in the graph. Nodes that share unobserved causes learn
    together, those causes summed out (`causaldsl.mechanisms.latent_blocks`).

    Parameters
    ----------
    name : str
        Shown in progress and logs.
    controller : Controller
        Holds the mechanisms.
    nodes : sequence of str
        Those to train.
    rows : mapping of str to Tensor, shape (n,)
        The data.
    schedule : Schedule
        Defaults: 800 steps, 2,000 where there are latents, batches of 4,096 rows, learning rate 0.02.
    prior : float
        Precision of a normal prior, around zero, of each weight; it tells where rows are few.
    """

    def __init__(
        self,
        name: str,
        controller: Controller,
        nodes: Sequence[str],
        rows: Mapping[str, Tensor],
        schedule: Schedule,
        prior: float = 0.0,
    ) -> None:
        self.name = name
        self.controller = controller
        blocks = blocks_of(controller, rows)
        self.blocks = [block for block in blocks if set(block.members) & set(nodes)]
        joint = {name for block in self.blocks for name in block.members}
        self.steps = schedule.steps or (STEPS_WITH_LATENTS if joint else STEPS)
        self.batch = schedule.batch or FULL_BATCH
        self.seed = schedule.seed
        self.rate = schedule.learning_rate or 0.02
        self.rows: dict[str, Rows] = {}
        for block in self.blocks:
            block.prepare()
        alone = [node for node in nodes if node not in joint]
        for node in alone:
            parents, values = controller.parents(node, rows), rows[node]
            if not controller[node].shape.parents:
                parents = torch.zeros(len(values), 0, device=values.device)
            values = values.to(torch.get_default_dtype())
            controller[node].prepare(parents, values)
            self.rows[node] = distinct(parents, values)
        self.batches = controller.alike(alone)
        self.padded = [
            pad([self.rows[n] for n in names]) if all(len(self.rows[n].shares) <= self.batch for n in names) else None
            for names in self.batches
        ]
        self.cumulative = {n: r.shares.double().cumsum(0) for n, r in self.rows.items() if len(r.shares) > self.batch}
        self.networks = {"nodes": controller.subset(dict.fromkeys((*nodes, *joint)))}  # a block learns as a whole
        decay = prior / len(next(iter(rows.values())))  # the gradient of the log prior, a row
        self.optimiser = torch.optim.Adam(
            self.networks["nodes"].parameters(), lr=self.rate, weight_decay=decay, fused=True
        )

    def step(self, t: int) -> dict[str, float]:
        """Take one step on all nodes; return the mean negative log likelihood a row, in nats."""
        self.optimiser.param_groups[0]["lr"] = self.rate * 0.5 * (1 + math.cos(math.pi * t / self.steps)) + 1e-5
        generator = generator_at(self.seed, t, "likelihood", self.controller.device)
        loss = torch.zeros((), device=self.controller.device)
        for names, padded in zip(self.batches, self.padded, strict=True):
            parents, values, shares = padded or pad([self._draw(name, generator) for name in names])
            log_p = self.controller.run(names, "log_prob", parents, values)
            loss = loss - (torch.stack(shares) * log_p).sum()
        for block in self.blocks:
            loss = loss - block.log_likelihood(generator)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return {"nll": float(loss.detach())}

    def _draw(self, name: str, generator: torch.Generator) -> Rows:
        rows = self.rows[name]
        if name not in self.cumulative:
            return rows
        ticks = torch.rand(self.batch, generator=generator, device=generator.device, dtype=torch.float64)
        index = torch.searchsorted(self.cumulative[name], ticks).clamp_max(len(rows.shares) - 1)
        share = torch.full((self.batch,), 1 / self.batch, device=ticks.device)
        return Rows(rows.parents[index], rows.values[index], share)

    def state(self) -> dict[str, Tensor]:
        """Return networks and optimiser."""
        return gather(self.networks, {"nodes": self.optimiser})

    def load_state(self, state: Mapping[str, Tensor]) -> None:
        """Take back what `state` returned."""
        scatter(state, self.networks, {"nodes": self.optimiser})


def distinct(parents: Tensor, values: Tensor) -> Rows:
    """Return the distinct rows of a node and their shares, in a fixed order."""
    code = torch.zeros(len(values), dtype=torch.int64, device=values.device)
    for column in (*parents.unbind(-1), values):
        levels, index = torch.unique(column, return_inverse=True)
        code = torch.unique(code * len(levels) + index, return_inverse=True)[1]
    counts = torch.bincount(code)
    first = torch.empty_like(counts).scatter_(0, code, torch.arange(len(code), device=code.device))
    return Rows(parents[first], values[first], counts.to(values.dtype) / len(values))


def pad(rows: Sequence[Rows]) -> tuple[list[Tensor], list[Tensor], list[Tensor]]:
    """Bring nodes to one number of rows by repeating the first with share zero."""
    m = max(len(r.shares) for r in rows)
    index = [torch.arange(m, device=r.shares.device) % len(r.shares) for r in rows]
    live = [torch.arange(m, device=r.shares.device) < len(r.shares) for r in rows]
    return (
        [r.parents[i] for r, i in zip(rows, index, strict=True)],
        [r.values[i] for r, i in zip(rows, index, strict=True)],
        [r.shares[i] * keep for r, i, keep in zip(rows, index, live, strict=True)],
    )


@torch.no_grad()
def log_likelihood(controller: Controller, rows: Mapping[str, Tensor]) -> Tensor:
    """Return the log likelihood of each row of the label columns, latents summed out, shape (n,), in nats.

    Raises
    ------
    RunError
        If a mechanism has no likelihood.
    """
    blocks = blocks_of(controller, rows)
    joint = {name for block in blocks for name in block.members}
    some = next(iter(rows.values()))
    total = torch.zeros(len(some), dtype=torch.float64, device=some.device)
    for block in blocks:
        total += block.each().double()
    for name in controller.nodes:
        if name in joint or name not in rows:
            continue
        mechanism = controller[name]
        parents = controller.parents(name, rows)
        if not mechanism.shape.parents:
            parents = torch.zeros(len(some), 0, dtype=mechanism.precision, device=some.device)
        total += mechanism.log_prob(parents, rows[name].to(mechanism.precision)).double()
    return total
