"""What norm-free networks of pictures are made of: small strided convolutions, initialised to keep the variance."""

from __future__ import annotations

import math
from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional as F

SLOPE = 0.2
"""Of the leaky ReLU, everywhere."""


def activate(features: Tensor) -> Tensor:
    """Leaky ReLU."""
    return F.leaky_relu(features, SLOPE)


def he(layer: nn.Linear | nn.Conv2d | nn.ConvTranspose2d, fan_in: int, gain: float = 1.0) -> None:
    """Initialise a layer so that it keeps the variance of activations that went through `activate`."""
    nn.init.normal_(layer.weight, std=gain * math.sqrt(2 / (1 + SLOPE**2) / fan_in))
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)


def linear(inputs: int, outputs: int, gain: float = 1.0) -> nn.Linear:
    """Return a fully connected layer."""
    layer = nn.Linear(inputs, outputs)
    he(layer, inputs, gain)
    return layer


def conv(inputs: int, outputs: int, gain: float = 1.0) -> nn.Conv2d:
    """Return a 3x3 convolution that keeps the size."""
    layer = nn.Conv2d(inputs, outputs, 3, padding=1)
    he(layer, 9 * inputs, gain)
    return layer


def down(inputs: int, outputs: int) -> nn.Conv2d:
    """Return a convolution that halves height and width."""
    layer = nn.Conv2d(inputs, outputs, 4, stride=2, padding=1)
    he(layer, 16 * inputs)
    return layer


def up(inputs: int, outputs: int) -> nn.ConvTranspose2d:
    """Return a convolution that doubles height and width."""
    layer = nn.ConvTranspose2d(inputs, outputs, 4, stride=2, padding=1)
    he(layer, 4 * inputs)  # of the 16 taps, 4 meet at an output
    return layer


def channels(size: int, width: int) -> list[int]:
    """Return the channels at half the size, a quarter, ... down to 4x4: `width`, doubled a halving, at most 8 times.

    Examples
    --------
    >>> channels(32, 32)
    [32, 64, 128]
    """
    return [width * min(2**i, 8) for i in range(int(math.log2(size)) - 2)]


class Reader(nn.Module):
    """A picture to a vector of features: halve down to 4x4, then one fully connected layer.

    Parameters
    ----------
    colours : int
        Channels of the picture.
    size : int
        Its height and width.
    width : int
        Channels at half the size.
    outputs : int
        Number of features.
    """

    def __init__(self, colours: int, size: int, width: int, outputs: int) -> None:
        super().__init__()
        widths = channels(size, width)
        self.body = nn.ModuleList(down(a, b) for a, b in pairwise([colours, *widths]))
        self.head = linear(16 * widths[-1], outputs)

    def forward(self, pictures: Tensor) -> Tensor:
        """Read features, shape (n, outputs)."""
        features = pictures
        for layer in self.body:
            features = activate(layer(features))
        read: Tensor = self.head(features.flatten(1))
        return read
