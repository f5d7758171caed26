"""The randomness of one part of a batch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from causaldsl.errors import UsageError
from causaldsl.scm.image import ImageModel


@dataclass(frozen=True)
class Draw:
    """Random numbers for some rows of a batch: they are drawn for the whole batch, and the part keeps its own.

    So a batch that is split, among ranks or one part after another, meets the same numbers as the whole.

    Parameters
    ----------
    generator : Generator
        Of the step; each part has one of its own, in the same state.
    batch : int
        Rows of the whole batch.
    rows : slice
        Those of the part.
    """

    generator: Generator
    batch: int
    rows: slice

    def noise(self, model: ImageModel) -> Tensor:
        """Draw a model's exogenous noise for each row, shape (n, latent)."""
        return model.noise(self.batch, self.generator)[self.rows]

    def uniform(self, *shape: int) -> Tensor:
        """Draw uniform numbers in [0, 1) for each row, shape (n, *shape)."""
        return torch.rand(self.batch, *shape, generator=self.generator, device=self.generator.device)[self.rows]

    def normal(self, *shape: int) -> Tensor:
        """Draw standard normal numbers for each row, shape (n, *shape)."""
        return torch.randn(self.batch, *shape, generator=self.generator, device=self.generator.device)[self.rows]

    def integers(self, low: int, high: int) -> Tensor:
        """Draw a whole number from `low` to `high` for each row, shape (n, 1)."""
        drawn = torch.randint(low, high + 1, (self.batch, 1), generator=self.generator, device=self.generator.device)
        return drawn[self.rows]


def parts(batch: int, ranks: int, rank: int, accumulate: int) -> list[slice]:
    """Split a batch evenly among ranks, and each rank's share into parts; return the rows of each part of one rank.

    Raises
    ------
    UsageError
        If it cannot be split evenly.

    Examples
    --------
    >>> parts(8, ranks=2, rank=1, accumulate=2)
    [slice(4, 6, None), slice(6, 8, None)]
    """
    size, rest = divmod(batch, ranks * accumulate)
    if rest or not size:
        split = f"{ranks} ranks" + f" with images.accumulate={accumulate}" * (accumulate > 1)
        raise UsageError(
            f"a batch of {batch} pictures cannot be split evenly among {split}",
            f"set images.batch to a multiple of {ranks * accumulate}",
        )
    first = rank * accumulate
    return [slice(i * size, (i + 1) * size) for i in range(first, first + accumulate)]
