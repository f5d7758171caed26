"""A tally of weighted draws: what a question asks for, over all of them and without each group of them.

The spread of the latter gives the error of the former, and of all that is computed from it (the delete-a-group
jackknife). Where all draws of a share agree they have no spread, though as many draws of something rare would look so
too; then one group is taken to lack as much as a share of `UNSEEN` draws, so that two errors cover 95 times in 100.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable

import torch
from torch import Tensor

from causaldsl.scm.asked import GROUPS, AnyVariable, Asked, ratio
from causaldsl.scm.formula import name_of
from causaldsl.scm.weights import Scales

UNSEEN = 1.5
"""The error of a share that no draw, or every one, has: that of so many draws among all."""


class Tally:
    """Sums of weights, group by group and cell by cell.

    Parameters
    ----------
    asked : Asked
        The question.
    """

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.by, self.over = asked.sizes(asked.by), asked.sizes(asked.over)
        rows, cells = math.prod(self.by), math.prod(self.by) * math.prod(self.over)
        self._over = torch.zeros(GROUPS, cells, dtype=torch.float64)
        self._under = torch.zeros(GROUPS, rows, dtype=torch.float64)
        self._squares = torch.zeros(GROUPS, rows, dtype=torch.float64)

    def add(self, column: Callable[[AnyVariable], Tensor], log_weight: Tensor, scales: Scales) -> None:
        """Count a batch in.

        Parameters
        ----------
        column : callable
            Returns a variable's values, shape (n,).
        log_weight : Tensor, shape (n,)
            The weights; `scales` has counted them in last.
        scales : Scales
            Brings them and those before on one scale.
        """
        asked, weight = self.asked, (log_weight - log_weight.max()).exp()
        row = self._cell(asked.by, column, weight)
        if asked.body is None:
            holding, cell = weight, self._cell(asked.over, column, weight)
            for event in asked.events:
                holding = holding * asked.holds(event, column(event.variable))
        else:
            columns = {name_of(v): column(v) for v in asked.read}
            holding, cell = weight * asked.value(columns, len(weight), weight.device), torch.zeros_like(row)
        own, faded = scales.own, scales.faded
        self._over = self._over * faded + _sums(holding, row * math.prod(self.over) + cell, self._over) * own
        self._under = self._under * faded + _sums(weight, row, self._under) * own
        self._squares = self._squares * faded**2 + _sums(weight**2, row, self._squares) * own**2

    def values(self) -> Tensor:
        """Return the numbers, shape (1 + GROUPS, levels of `by`, levels of `over`), as `Estimate` takes them."""
        under = _without_each(self._under).unsqueeze(-1)
        found = ratio(_without_each(self._over).reshape(1 + GROUPS, -1, math.prod(self.over)), under)
        if self.asked.body is None:
            worth = self._under.sum(0) ** 2 / self._squares.sum(0)
            found = self._with_an_error(found, worth.unsqueeze(-1).expand(found.shape[1:]))
        return found.reshape([1 + GROUPS, *self.by, *self.over])

    def _with_an_error(self, found: Tensor, worth: Tensor) -> Tensor:
        """Give shares that all draws agree in a spread; of which group it is depends on the question and the cell."""
        share = found[0].flatten()
        spread = torch.where(found[1:].isnan(), found[0], found[1:]).flatten(1)
        agreed = ((spread == share).all(0) & ~share.isnan()).nonzero().squeeze(-1)
        world = self.asked.world
        laws = [f"{name} := {law.expression}" for name, law in world.laws.items()]
        about = " ".join(map(str, (world.values, laws, *self.asked.events, *self.asked.given)))
        start = zlib.crc32(about.encode())
        gap = (UNSEEN / worth.flatten()[agreed]).clamp(max=0.5) * GROUPS / (GROUPS - 1)
        spread[(start + agreed) % GROUPS, agreed] += torch.where(share[agreed] > 0.5, -gap, gap)
        return torch.cat([found[:1], spread.reshape(found[1:].shape)])

    def _cell(
        self, variables: tuple[AnyVariable, ...], column: Callable[[AnyVariable], Tensor], like: Tensor
    ) -> Tensor:
        """Return the number of the combination of levels that each unit has, the last variable fastest."""
        found = torch.zeros(len(like), dtype=torch.long, device=like.device)
        for variable, size in zip(variables, self.asked.sizes(variables), strict=True):
            found = found * size + column(variable)
        return found


def _sums(weight: Tensor, cell: Tensor, like: Tensor) -> Tensor:
    """Sum weights group by group and cell by cell, shape (GROUPS, cells)."""
    cells = like.shape[1]
    group = torch.arange(len(weight), device=weight.device) % GROUPS
    sums = torch.zeros(GROUPS * cells, dtype=torch.float64, device=weight.device)
    return sums.scatter_add(0, group * cells + cell, weight).reshape(GROUPS, cells).to(like.device)


def _without_each(sums: Tensor) -> Tensor:
    """Return the sums over all groups, and without each; shape (1 + GROUPS, cells). Nothing is subtracted."""
    none = torch.zeros_like(sums[:1])
    before = torch.cat([none, sums.cumsum(0)])
    after = torch.cat([sums.flip(0).cumsum(0).flip(0), none])
    return torch.cat([before[-1:], before[:-1] + after[1:]])
