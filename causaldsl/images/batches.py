"""Batches of real pictures: as seen, or balanced label by label."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from causaldsl.errors import DataError
from causaldsl.plugins.protocols import PictureData


class Pictures:
    """Draws batches from a set of real pictures, with replacement.

    Parameters
    ----------
    data : PictureData
        Labels are binary.
    device : torch.device
        Where the batches go.
    """

    def __init__(self, data: PictureData, device: torch.device) -> None:
        if len(data.pictures) == 0 or len(data.pictures) != len(data.labels):
            raise DataError(f"there are {len(data.pictures)} pictures and {len(data.labels)} rows of labels")
        self.pictures, self.labels, self.device = (
            data.pictures,
            data.labels.to(device, torch.get_default_dtype()),
            device,
        )
        present = [(data.labels[:, j] == v).nonzero().flatten() for j in range(data.labels.shape[1]) for v in (0, 1)]
        kept = [rows.to(device) for rows in present if len(rows)]
        self._strata = torch.cat(kept) if kept else torch.arange(len(data.labels), device=device)
        self._sizes = torch.tensor([len(rows) for rows in kept] or [len(data.labels)], device=device)
        self._starts = self._sizes.cumsum(0) - self._sizes

    def __getitem__(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Return pictures in [-1, 1], shape (n, channels, height, width), and labels, shape (n, width)."""
        pixels = torch.from_numpy(self.pictures[rows.cpu().numpy()]).to(self.device)
        return pixels.to(torch.get_default_dtype()) / 127.5 - 1, self.labels[rows]

    def seen(self, n: int, generator: Generator) -> Tensor:
        """Draw `n` rows as they come."""
        return torch.randint(len(self.labels), (n,), generator=generator, device=self.device)

    def balanced(self, n: int, generator: Generator) -> Tensor:
        """Draw `n` rows, each for one label at random and one of its levels at random, among the rows that have it."""
        stratum = torch.randint(len(self._sizes), (n,), generator=generator, device=self.device)
        place = torch.rand(n, generator=generator, device=self.device, dtype=torch.float64) * self._sizes[stratum]
        return self._strata[self._starts[stratum] + place.long()]
