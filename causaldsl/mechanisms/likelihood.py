"""Learning by likelihood: every node of a kind at once, on the distinct rows of its parents and itself."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from causaldsl.graph.domain import Discrete
from causaldsl.mechanisms.distinct import distinct
from causaldsl.mechanisms.latent_blocks import blocks_of
from causaldsl.plugins.protocols import Schedule
from causaldsl.scm.controller import Controller
from causaldsl.scm.randomness import generator_at
from causaldsl.scm.stacked import NodeMoments, Stacked
from causaldsl.scm.state import gather, scatter

STEPS, STEPS_OF_LEVELS, STEPS_WITH_LATENTS = 800, 400, 2000
FULL_BATCH = 4096
"""Alike nodes with at most so many distinct rows each see them all in every step, weighted by their counts."""

BETAS, FULL_BETAS = (0.9, 0.999), (0.9, 0.95)
"""Of Adam. A gradient of all rows has no noise to be averaged, and its first steps are best forgotten soon."""


@dataclass(frozen=True)
class Rows:
    """The distinct rows of `k` alike nodes, as many each: those of a node that has fewer end in rows of share zero.

    Parameters
    ----------
    parents : Tensor, shape (k, m, parents)
        The causes' values.
    values : Tensor, shape (k, m)
        The nodes' own.
    shares : Tensor, shape (k, m)
        The share of the data that has each; they sum to 1 for each node.
    """

    parents: Tensor
    values: Tensor
    shares: Tensor


class LikelihoodLearner:
    """Maximise the mean log likelihood of nodes by Adam with a cosine schedule.

    The likelihood factorises over nodes, so each learns from the real values of its parents; depth does not matter,
    and alike nodes run as one batch wherever they stand in the graph, their weights stacked. Nodes that share
    unobserved causes learn together, those causes summed out (`causaldsl.mechanisms.latent_blocks`).

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
        Defaults: 800 steps, 400 where nodes and causes are all discrete, 2,000 where there are latents; batches of
        4,096 rows; learning rate 0.02.
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
        joint = dict.fromkeys(name for block in self.blocks for name in block.members)
        steps = STEPS_WITH_LATENTS if joint else _steps(controller, nodes)
        self.schedule = schedule = schedule.filled(steps, FULL_BATCH, 0.02)
        self.steps, self.batch, self.rate = schedule.steps, schedule.batch, schedule.learning_rate
        self.seed = schedule.seed
        for block in self.blocks:
            block.prepare()
        alone = [node for node in nodes if node not in joint]
        for node in alone:
            controller[node].prepare(_causes(controller, node, rows), rows[node].to(torch.get_default_dtype()))
        batches = controller.alike(alone)
        self.rows = [pad([rows_of(controller, node, rows) for node in names]) for names in batches]
        self.cumulative = [rows.shares.double().cumsum(-1) for rows in self.rows]
        self.stacks = [Stacked([controller[node] for node in names]) for names in batches]
        self.learning = [*self.stacks, *(Stacked([controller[name]]) for name in joint)]
        self.networks = {"nodes": controller.subset(dict.fromkeys((*nodes, *joint)))}  # a block learns as a whole
        decay = prior / len(next(iter(rows.values())))  # the gradient of the log prior, a row
        full = not self.blocks and all(rows.shares.shape[-1] <= self.batch for rows in self.rows)
        self.optimiser = torch.optim.Adam(
            [weight for stack in self.learning for weight in stack.parameters],
            lr=self.rate,
            betas=FULL_BETAS if full else BETAS,
            weight_decay=decay,
            fused=True,
        )

    def step(self, t: int) -> dict[str, float]:
        """Take one step on all nodes; return the mean negative log likelihood a row, in nats."""
        self.optimiser.param_groups[0]["lr"] = self.rate * 0.5 * (1 + math.cos(math.pi * t / self.steps)) + 1e-5
        loss = self.loss(generator_at(self.seed, t, "likelihood", self.controller.device))
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        if t + 1 == self.steps:
            for stack in self.stacks:
                stack.release()
        return {"nll": float(loss.detach())}

    def loss(self, generator: Generator) -> Tensor:
        """Return the mean negative log likelihood a row: of all rows, or of as many as a step can hold."""
        loss = torch.zeros((), device=self.controller.device)
        for stack, rows, cumulative in zip(self.stacks, self.rows, self.cumulative, strict=True):
            some = rows if rows.shares.shape[-1] <= self.batch else drawn(rows, cumulative, self.batch, generator)
            loss = loss - (some.shares * stack("log_prob", some.parents, some.values)).sum()
        for block in self.blocks:
            loss = loss - block.log_likelihood(generator)
        return loss

    def state(self) -> dict[str, Tensor]:
        """Return networks and optimiser."""
        return gather(self.networks, {"nodes": NodeMoments.of(self.optimiser, self.learning)})

    def load_state(self, state: Mapping[str, Tensor]) -> None:
        """Take back what `state` returned."""
        moments = NodeMoments()
        scatter(state, self.networks, {"nodes": moments})
        moments.give(self.optimiser, self.learning)


def rows_of(controller: Controller, node: str, rows: Mapping[str, Tensor]) -> Rows:
    """Return the distinct rows of one node and its causes, `k` being 1."""
    found = distinct([*(rows[parent] for parent, _ in controller[node].shape.parents), rows[node]])
    some = {name: rows[name][found.first] for name in (*(p for p, _ in controller[node].shape.parents), node)}
    values = some[node].to(torch.get_default_dtype())
    return Rows(_causes(controller, node, some).unsqueeze(0), values.unsqueeze(0), found.shares.unsqueeze(0))


def pad(rows: Sequence[Rows]) -> Rows:
    """Bring nodes to one number of rows by repeating theirs with share zero."""
    m = max(r.shares.shape[-1] for r in rows)
    index = [torch.arange(m, device=r.shares.device) % r.shares.shape[-1] for r in rows]
    extra = [m - r.shares.shape[-1] for r in rows]
    return Rows(
        torch.cat([r.parents[:, i] for r, i in zip(rows, index, strict=True)]),
        torch.cat([r.values[:, i] for r, i in zip(rows, index, strict=True)]),
        torch.cat([F.pad(r.shares, (0, e)) for r, e in zip(rows, extra, strict=True)]),
    )


def drawn(rows: Rows, cumulative: Tensor, m: int, generator: Generator) -> Rows:
    """Draw `m` rows a node by their shares; `cumulative` are those, summed up, in float64."""
    ticks = torch.rand(len(cumulative), m, generator=generator, device=generator.device, dtype=torch.float64)
    index = torch.searchsorted(cumulative, ticks * cumulative[:, -1:]).clamp_max(cumulative.shape[-1] - 1)
    parents = rows.parents.gather(1, index.unsqueeze(-1).expand(-1, -1, rows.parents.shape[-1]))
    return Rows(parents, rows.values.gather(1, index), torch.full_like(ticks, 1 / m, dtype=rows.shares.dtype))


def _causes(controller: Controller, node: str, rows: Mapping[str, Tensor]) -> Tensor:
    """Return the causes of a node as its mechanism takes them, shape (n, causes); (n, 0) for a root."""
    n = len(rows[node])
    return (
        controller.parents(node, rows)
        if controller[node].shape.parents
        else torch.zeros(n, 0, device=rows[node].device)
    )


def _steps(controller: Controller, nodes: Sequence[str]) -> int:
    """Return the default: steps on all distinct rows are surer than those on rows that are drawn."""
    shapes = [controller[node].shape for node in nodes]
    domains = (domain for shape in shapes for domain in (shape.domain, *(d for _, d in shape.parents)))
    return STEPS_OF_LEVELS if all(isinstance(domain, Discrete) for domain in domains) else STEPS


@torch.no_grad()
def log_likelihood(controller: Controller, rows: Mapping[str, Tensor]) -> Tensor:
    """Return the log likelihood of each row of the label columns, latents summed out, shape (n,), in nats.

    Raises
    ------
    RunError
        If a mechanism has no likelihood.
    UsageError
        If latents have too many values to be summed out.
    """
    blocks = blocks_of(controller, rows, known=True)
    joint = {name for block in blocks for name in block.members}
    some = next(iter(rows.values()))
    total = torch.zeros(len(some), dtype=torch.float64, device=some.device)
    for block in blocks:
        total += block.each().double()
    for name in controller.nodes:
        if name in joint or name not in rows:
            continue
        mechanism = controller[name]
        parents = _causes(controller, name, rows).to(mechanism.precision)
        total += mechanism.log_prob(parents, rows[name].to(mechanism.precision)).double()
    return total
