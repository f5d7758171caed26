"""The critics of `wgan`: what they are, and what they learn by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F


class Critics(nn.Module):
    """Perceptrons of leaky rectifiers (slope 0.2) that run as one; each sees some of the columns.

    Parameters
    ----------
    seen : sequence of sequences of int
        For each critic the columns that it sees.
    width : int
        The number of columns.
    hidden, layers : int
        Width and number of the hidden layers.
    bounded : bool
        Whether what a critic says keeps to a range of width 1.

    Notes
    -----
    The largest :math:`E D(x) - E D(y)` of critics with slopes of at most 1 is the Wasserstein distance. Rows of levels
    lie at least 1 apart, so that any function of them with a range of width 1 has such slopes: the largest difference
    of bounded critics is the total variation distance.
    """

    mask: Tensor

    def __init__(self, seen: Sequence[Sequence[int]], width: int, hidden: int, layers: int, bounded: bool) -> None:
        super().__init__()
        self.bounded = bounded
        mask = torch.zeros(len(seen), 1, width)
        for i, columns in enumerate(seen):
            mask[i, :, list(columns)] = 1
        self.register_buffer("mask", mask, persistent=False)
        widths = [width, *[hidden] * layers, 1]
        self.weights = nn.ParameterList(_uniform(a, len(seen), a, b) for a, b in pairwise(widths))
        self.biases = nn.ParameterList(_uniform(a, len(seen), 1, b) for a, b in pairwise(widths))

    def forward(self, rows: Tensor) -> Tensor:
        """Return what each critic says of rows, shape (n, width) or (critics, n, width); shape (critics, n)."""
        x = rows * self.mask
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            x = F.leaky_relu(torch.baddbmm(bias, x, weight), 0.2)
        said: Tensor = torch.baddbmm(self.biases[-1], x, self.weights[-1]).squeeze(-1)
        return torch.tanh(2 * said) / 2 if self.bounded else said


def _uniform(inputs: int, *shape: int) -> nn.Parameter:
    """Return weights as `nn.Linear` draws them."""
    return nn.Parameter((torch.rand(shape) * 2 - 1) / math.sqrt(inputs))


def distances(critics: Critics, real: Tensor, fake: Tensor) -> Tensor:
    """Return how far apart each critic holds real and fake rows, shape (critics,)."""
    apart: Tensor = critics(real).mean(-1) - critics(fake).mean(-1)
    return apart


def penalties(critics: Critics, real: Tensor, fake: Tensor, one_sided: bool, generator: Generator) -> Tensor:
    r"""Return :math:`E (\|\nabla_x D(x)\| - 1)^2` between real and fake rows, shape (critics,) (Gulrajani et al. 2017).

    Parameters
    ----------
    critics : Critics
        Each with its penalty.
    real, fake : Tensor, shape (n, width)
        Rows.
    one_sided : bool
        Whether slopes below 1 are free: what is asked of a critic is a slope of at most 1 (Petzka et al. 2018).
    generator : Generator
        Of the points between.
    """
    share = torch.rand(len(real), 1, generator=generator, device=generator.device)
    between = torch.lerp(fake, real, share).expand(len(critics.mask), -1, -1).clone().requires_grad_(True)
    (slope,) = torch.autograd.grad(critics(between).sum(), between, create_graph=True)
    excess: Tensor = slope.norm(dim=-1) - 1
    return ((excess.relu() if one_sided else excess) ** 2).mean(-1)
