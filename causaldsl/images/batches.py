"""Batches of real pictures: as seen, or balanced cause by cause and level by level."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from causaldsl.errors import DataError
from causaldsl.images.causes import Causes
from causaldsl.plugins.protocols import PictureData
from causaldsl.scm.pictures import from_bytes


class Pictures:
    """Draws batches from a set of real pictures, with replacement.

    Parameters
    ----------
    data : PictureData
        The pictures and their labels.
    causes : Causes
        What the labels are.
    device : torch.device
        Where the batches go.
    """

    def __init__(self, data: PictureData, causes: Causes, device: torch.device) -> None:
        if len(data.pictures) == 0 or len(data.pictures) != len(data.labels):
            raise DataError(f"there are {len(data.pictures)} pictures and {len(data.labels)} rows of labels")
        default = torch.get_default_dtype()
        self.pictures, self.labels, self.device = data.pictures, data.labels.to(device, default), device
        strata, shares = zip(*causes.strata(self.labels), strict=True)
        self._strata = torch.cat(strata)
        ends = torch.tensor(shares, device=device, dtype=torch.float64).cumsum(0)
        self._bounds = ends[:-1] / ends[-1]
        self._sizes = torch.tensor([len(rows) for rows in strata], device=device)
        self._starts = self._sizes.cumsum(0) - self._sizes

    def __getitem__(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Return pictures in [-1, 1], shape (n, channels, height, width), and labels, shape (n, width)."""
        pixels = torch.from_numpy(self.pictures[rows.cpu().numpy()]).to(self.device)
        return from_bytes(pixels), self.labels[rows]

    def seen(self, n: int, generator: Generator) -> Tensor:
        """Draw `n` rows as they come."""
        return torch.randint(len(self.labels), (n,), generator=generator, device=self.device)

    def balanced(self, n: int, generator: Generator) -> Tensor:
        """Draw `n` rows, each for one cause at random and one of its levels at random, among the rows that have it."""
        stratum = torch.bucketize(self._draw(n, generator), self._bounds, right=True)
        place = self._draw(n, generator) * self._sizes[stratum]
        return self._strata[self._starts[stratum] + place.long()]

    def _draw(self, n: int, generator: Generator) -> Tensor:
        return torch.rand(n, generator=generator, device=self.device, dtype=torch.float64)
