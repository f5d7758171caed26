"""A convolution network with random weights, the same on every machine."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

WIDTHS = (32, 64, 64)
"""Channels after each convolution; more follow of the last where pictures are large."""
SEED = 0


def random_network(channels: int, height: int, width: int) -> Callable[[Tensor], Tensor]:
    """Return a function from pictures to features, shape (n, 256).

    Parameters
    ----------
    channels, height, width : int
        The size of the pictures.

    Notes
    -----
    3x3 convolutions of stride 2, each with weights of variance 2 / inputs and a leaky rectifier, until the shorter side
    has four cells or less; then the mean over each quarter. The weights come from numpy's legacy generator, whose
    stream is frozen for good.
    """
    source = np.random.RandomState(SEED)
    weights: list[Tensor] = []
    before, side = channels, min(height, width)
    while side > 4 or not weights:
        after = WIDTHS[min(len(weights), len(WIDTHS) - 1)]
        drawn = source.standard_normal((after, before, 3, 3)) * np.sqrt(2 / (9 * before))
        weights.append(torch.from_numpy(drawn).float())
        before, side = after, (side + 1) // 2

    @torch.no_grad()
    def look(pictures: Tensor, batch: int = 512) -> Tensor:
        found = []
        for part in pictures.split(batch):
            seen = part
            for weight in weights:
                seen = F.leaky_relu(F.conv2d(seen, weight.to(part.device), stride=2, padding=1), 0.2)
            found.append(F.adaptive_avg_pool2d(seen, 2).flatten(1))
        return torch.cat(found)

    return look
