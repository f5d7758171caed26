"""Random changes to pictures that keep their labels; all of them differentiable and made of plain indexing.

Shape (n, channels, height, width) in, the same out. Nothing interpolates, so that every backward pass is
deterministic on a GPU too. All randomness is drawn for the batch that the pictures are of.
"""

from __future__ import annotations

import torch
from torch import Tensor

from causaldsl.images.draw import Draw

_BASE = 32
"""Height in pixels at which a picture is smoothed once."""
_NOISE = 0.1
"""Standard deviation of the noise at that height."""


def shift(pictures: Tensor, reach: int, draw: Draw) -> Tensor:
    """Shift each picture by up to `reach` pixels a side; the border is repeated."""
    _, channels, height, width = pictures.shape

    def sources(size: int) -> Tensor:
        return (torch.arange(size, device=pictures.device) + draw.integers(-reach, reach)).clamp(0, size - 1)

    rows = sources(height)[:, None, :, None].expand(-1, channels, -1, width)
    columns = sources(width)[:, None, None, :].expand(-1, channels, height, -1)
    return pictures.gather(2, rows).gather(3, columns)


def flip(pictures: Tensor, draw: Draw) -> Tensor:
    """Mirror each picture, left to right, by the toss of a coin."""
    heads = draw.uniform(1, 1, 1) < 0.5
    return torch.where(heads, pictures.flip(3), pictures)


def smooth(pictures: Tensor) -> Tensor:
    """Smooth by the binomial 3x3 kernel (1 2 1) x (1 2 1) / 16; the border is repeated."""
    for axis in (2, 3):
        size = pictures.shape[axis]
        before = torch.cat([pictures.narrow(axis, 0, 1), pictures.narrow(axis, 0, size - 1)], axis)
        after = torch.cat([pictures.narrow(axis, 1, size - 1), pictures.narrow(axis, size - 1, 1)], axis)
        pictures = pictures / 2 + (before + after) / 4
    return pictures


def blemish(pictures: Tensor, draw: Draw) -> Tensor:
    """Shift, smooth and noise pictures before a labeler sees them.

    Each picture is shifted by up to a sixteenth of its height, smoothed by the toss of a coin, and overlaid with
    Gaussian noise. A pattern too faint or too fine for the eye does not survive it, so the generator cannot please the
    Labeler with one. What counts as fine grows with the picture: at `s` times 32 pixels it is smoothed `s` squared
    times, which widens the kernel `s` times, and the noise, .1 at 32 pixels, is `s` times as strong.
    """
    height = pictures.shape[2]
    scale = max(1.0, height / _BASE)
    pictures = shift(pictures, max(1, height // 16), draw)
    heads = draw.uniform(1, 1, 1) < 0.5
    smoothed = pictures
    for _ in range(round(scale**2)):
        smoothed = smooth(smoothed)
    pictures = torch.where(heads, smoothed, pictures)
    return pictures + _NOISE * scale * draw.normal(*pictures.shape[1:])
