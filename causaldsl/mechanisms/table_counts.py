"""The module of `table`."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from causaldsl.graph.domain import Discrete
from causaldsl.mechanisms.table import TableOptions
from causaldsl.plugins.protocols import NodeShape
from causaldsl.scm.mechanism import DiscreteMechanism


class CountedTable(DiscreteMechanism):
    r"""How often each level was seen with each combination of the causes' levels.

    :math:`P(y | x) = (n_{xy} + a) / \sum_{y'} (n_{xy'} + a)`, the mean of the posterior under a Dirichlet prior with
    a pseudo-count a in each cell. Before it has learned it holds every level equally likely.
    """

    counts: Tensor

    def __init__(self, shape: NodeShape, options: TableOptions) -> None:
        super().__init__(shape)
        self.prior = options.prior
        self.sizes = [len(d.levels) for _, d in shape.parents if isinstance(d, Discrete)]
        self.register_buffer("counts", torch.zeros(math.prod(self.sizes), len(self.domain.levels)))

    def solve(self, parents: Tensor, values: Tensor) -> float:
        """Count; return the mean negative log likelihood a row."""
        levels = len(self.domain.levels)
        cells = self.cell(parents) * levels + values.long()
        counts = torch.bincount(cells, minlength=self.counts.numel()).reshape(self.counts.shape)
        self.counts.copy_(counts)
        return -float(torch.where(counts > 0, counts * self.log_law(), 0.0).double().sum()) / len(values)

    def log_law(self) -> Tensor:
        """Return the log probabilities of all cells, shape (parent combinations, levels)."""
        smooth = self.counts + self.prior
        total = smooth.sum(-1, keepdim=True)
        return torch.where(total > 0, smooth / total, 1 / smooth.shape[-1]).log()

    def log_probabilities(self, parents: Tensor) -> Tensor:
        """Look each row of `parents` up."""
        return self.log_law()[self.cell(parents)]

    def cell(self, parents: Tensor) -> Tensor:
        """Return the number of each row's combination of levels, the last parent's running fastest, shape (n,)."""
        index = torch.zeros(parents.shape[:-1], dtype=torch.long, device=parents.device)
        for column, size in enumerate(self.sizes):
            index = index * size + parents[..., column].long()
        return index
