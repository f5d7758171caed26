"""The likelihood of nodes that share unobserved causes: the latents are summed out.

    log p(v) = log sum_u prod_U p(u | causes) prod_V p(v | causes, u)

over all combinations of the latents' levels. Latents that share an effect, or cause one another, form a block with
their effects; the likelihood factorises over blocks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from causaldsl.errors import UsageError
from causaldsl.graph.domain import Discrete
from causaldsl.mechanisms.distinct import distinct
from causaldsl.scm.controller import Controller

COMBINATION_LIMIT = 2**12
"""The most combinations of a block's latents' levels that are summed over."""
CELL_LIMIT = 2**20
"""The most rows times combinations in a step."""


class Block:
    """Some latents and all their effects.

    Parameters
    ----------
    controller : Controller
        Holds the mechanisms.
    latents, nodes : sequence of str
        The latents of the block, and what they cause.
    rows : mapping of str to Tensor, shape (n,)
        The data.
    """

    def __init__(
        self, controller: Controller, latents: Sequence[str], nodes: Sequence[str], rows: Mapping[str, Tensor]
    ) -> None:
        self.controller = controller
        self.members = (*latents, *nodes)
        sizes = [len(d.levels) for name in latents if isinstance(d := controller[name].shape.domain, Discrete)]
        self.combinations = math.prod(sizes)
        if len(sizes) < len(latents) or self.combinations > COMBINATION_LIMIT:
            raise UsageError(
                f"the latents {', '.join(latents)} have too many values together to be summed out",
                f"give them levels, at most {COMBINATION_LIMIT:,} combinations: `latent U : binary`",
            )
        read = dict.fromkeys(p for name in self.members for p, _ in controller[name].shape.parents if p not in latents)
        columns = {name: rows[name] for name in dict.fromkeys((*nodes, *read))}
        self.nodes = tuple(nodes)
        self.columns = columns
        found = distinct(columns.values())
        first, self.shares, self.number = found.first, found.shares, found.number
        grid = torch.cartesian_prod(*(torch.arange(size, device=first.device) for size in sizes))
        self.grid = dict(zip(latents, grid.reshape(-1, len(latents)).unbind(-1), strict=True))
        self.rows = {name: column[first] for name, column in columns.items()}
        self.cumulative = self.shares.double().cumsum(0)

    def prepare(self) -> None:
        """Let the mechanisms of the nodes see the data once; of a latent cause they see zeros."""
        for name in self.nodes:
            values = self.columns[name].to(torch.get_default_dtype())
            unseen = torch.zeros_like(values)
            causes = [parent for parent, _ in self.controller[name].shape.parents]
            parents = [self.columns[cause].to(values.dtype) if cause in self.columns else unseen for cause in causes]
            self.controller[name].prepare(torch.stack(parents, -1), values)

    @torch.no_grad()
    def each(self) -> Tensor:
        """Return the log likelihood of every row of the data, shape (n,)."""
        size = max(1, CELL_LIMIT // self.combinations)
        parts = [
            self._rows_log_likelihood({name: column[at : at + size] for name, column in self.rows.items()})
            for at in range(0, len(self.shares), size)
        ]
        return torch.cat(parts)[self.number]

    def log_likelihood(self, generator: torch.Generator) -> Tensor:
        """Return the mean log likelihood a row of the data: of all distinct rows, or of as many as a step can hold."""
        rows, shares = self.rows, self.shares
        most = max(1, CELL_LIMIT // self.combinations)
        if len(shares) > most:
            ticks = torch.rand(most, generator=generator, device=generator.device, dtype=torch.float64)
            index = torch.searchsorted(self.cumulative, ticks).clamp_max(len(shares) - 1)
            rows = {name: column[index] for name, column in rows.items()}
            shares = torch.full((most,), 1 / most, device=ticks.device)
        return (shares * self._rows_log_likelihood(rows)).sum()

    def _rows_log_likelihood(self, rows: Mapping[str, Tensor]) -> Tensor:
        m = len(next(iter(rows.values())))
        values = {name: column.repeat_interleave(self.combinations) for name, column in rows.items()}
        values |= {name: levels.repeat(m) for name, levels in self.grid.items()}
        log_p = torch.zeros(m * self.combinations, device=self.shares.device)
        for name in self.members:
            mechanism = self.controller[name]
            parents = self.controller.parents(name, values)
            log_p = log_p + mechanism.log_prob(parents, values[name].to(mechanism.precision)).to(log_p.dtype)
        return log_p.reshape(m, -1).logsumexp(-1)


def blocks_of(controller: Controller, rows: Mapping[str, Tensor], known: bool = False) -> list[Block]:
    """Return the blocks in which something is learned, in order of declaration; if asked, those that are known too."""
    graph = controller.graph
    latents = [name for name in controller.nodes if graph[name].latent]
    block_of: dict[str, set[str]] = {}
    for latent in latents:
        joined = {latent, *(c for c in graph.children[latent] if c in controller.nodes)}
        for member in list(joined):
            joined |= block_of.get(member, set())
        for member in joined:
            block_of[member] = joined
    found = []
    for members in {id(block): block for block in block_of.values()}.values():
        ordered = [name for name in controller.nodes if name in members]
        unseen = [name for name in ordered if graph[name].latent]
        seen = [name for name in ordered if name not in unseen]
        if any(_learns(controller, name) for name in members) or (known and seen):
            found.append(Block(controller, unseen, seen, rows))
    return found


def _learns(controller: Controller, name: str) -> bool:
    return any(True for _ in controller[name].parameters())
