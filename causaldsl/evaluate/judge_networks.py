"""The two architectures of judges, and the wear that pictures undergo before the robust one sees them."""

from __future__ import annotations

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F


def plain_network(channels: int, size: int, labels: int) -> nn.Sequential:
    """Build strided 3x3 convolutions with batch normalisation down to at most 6x6 cells, then one linear layer."""
    layers: list[nn.Module] = []
    before, width, side = channels, 24, size
    while side > 6:
        layers += [nn.Conv2d(before, width, 3, 2, 1, bias=False), nn.BatchNorm2d(width), nn.LeakyReLU(0.1)]
        before, width, side = width, min(2 * width, 96), side // 2
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(before * side * side, labels))


def robust_network(channels: int, size: int, labels: int) -> nn.Sequential:
    """Build overlapping patches of an eighth of the picture, then residual blocks on 8x8 and 4x4 cells."""
    patch = size // 8
    return nn.Sequential(
        nn.Conv2d(channels, 48, patch + patch // 2, patch, patch // 4),
        _Residual(48),
        _Residual(48),
        nn.AvgPool2d(2),
        nn.Conv2d(48, 96, 1),
        _Residual(96),
        nn.SiLU(),
        nn.Flatten(),
        nn.Linear(96 * 16, labels),
    )


class _Residual(nn.Module):
    """Two 3x3 convolutions beside a way straight through."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.way = nn.Sequential(
            nn.GroupNorm(8, width),
            nn.SiLU(),
            nn.Conv2d(width, width, 3, 1, 1),
            nn.SiLU(),
            nn.Conv2d(width, width, 3, 1, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = x + self.way(x)
        return found


def smooth(pictures: Tensor) -> Tensor:
    """Blur by the mean of 3 by 3 pixels; the edges are repeated outwards."""
    return F.avg_pool2d(F.pad(pictures, (1, 1, 1, 1), mode="replicate"), 3, stride=1)


def shift(pictures: Tensor, generator: Generator, reach: int) -> Tensor:
    """Move each picture by up to `reach` pixels along both axes; the edges are repeated inwards."""
    n, _, height, width = pictures.shape
    moves = torch.randint(-reach, reach + 1, (2, n, 1), generator=generator)
    rows = (torch.arange(height) + moves[0]).clamp(0, height - 1).to(pictures.device)
    columns = (torch.arange(width) + moves[1]).clamp(0, width - 1).to(pictures.device)
    whose = torch.arange(n, device=pictures.device)[:, None, None]
    return pictures.permute(0, 2, 3, 1)[whose, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def wear(pictures: Tensor, generator: Generator, noise: float = 0.1) -> Tensor:
    """Shift each picture by up to a sixteenth, blur it, and add Gaussian noise of this standard deviation.

    Parameters
    ----------
    pictures : Tensor, shape (n, channels, height, width), in [-1, 1]
        The pictures.
    generator : Generator
        Source of the shifts and the noise, on the CPU.
    noise : float
        Standard deviation of the noise.
    """
    worn = smooth(shift(pictures, generator, pictures.shape[-1] // 16))
    return worn + noise * torch.randn(worn.shape, generator=generator).to(worn.device)
