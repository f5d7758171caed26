"""The networks of `neural`."""

from __future__ import annotations

from itertools import pairwise
from typing import cast

import torch
from torch import Tensor, nn

from causaldsl.graph.domain import Binary
from causaldsl.mechanisms.logits import log_levels
from causaldsl.mechanisms.neural import NeuralOptions
from causaldsl.mechanisms.neural_pictures import encoder_of
from causaldsl.mechanisms.on_the_line import AdditiveNoise
from causaldsl.plugins.protocols import NodeShape
from causaldsl.scm.mechanism import DiscreteMechanism


def network(inputs: int, hidden: int, layers: int, outputs: int) -> nn.Sequential:
    """Return a multilayer perceptron; without inputs it is a bias, which is all that a root needs."""
    if inputs == 0:
        return nn.Sequential(Bias(outputs))
    widths = [inputs, *[hidden] * layers]
    body = [m for a, b in pairwise(widths) for m in (nn.Linear(a, b), nn.SiLU())]
    return nn.Sequential(*body, nn.Linear(widths[-1], outputs))


class Bias(nn.Module):
    """A learned constant."""

    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, inputs: Tensor) -> Tensor:
        """Repeat the constant for each row of `inputs`, shape (n, 0)."""
        return self.bias.expand(*inputs.shape[:-1], -1)


class NeuralDiscrete(DiscreteMechanism):
    """A binary or categorical node: a network gives the levels' probabilities."""

    def __init__(self, shape: NodeShape, options: NeuralOptions) -> None:
        super().__init__(shape)
        self.encoder = encoder_of(shape, options.hidden)
        outputs = 1 if isinstance(shape.domain, Binary) else len(self.domain.levels)
        self.network = network(self.encoder.width, options.hidden, options.layers, outputs)

    @torch.no_grad()
    def prepare(self, parents: Tensor, values: Tensor) -> None:
        """Standardise real parents, and start from the shares of the levels, half a row added to each."""
        self.encoder.prepare(parents)
        counts = torch.bincount(values.long(), minlength=len(self.domain.levels)).double() + 0.5
        start = counts.log() - counts.sum().log()
        bias = cast(Tensor, self.network[-1].bias)
        bias.copy_(start[1:] - start[:1] if len(bias) == 1 else start)

    def log_probabilities(self, parents: Tensor) -> Tensor:
        """Return the log probability of each level, shape (n, levels)."""
        return log_levels(self.network(self.encoder(parents)))


class NeuralReal(AdditiveNoise):
    """A real node: a network gives the mean and the scale of its noise."""

    def __init__(self, shape: NodeShape, options: NeuralOptions) -> None:
        super().__init__(shape)
        self.encoder = encoder_of(shape, options.hidden)
        self.network = network(self.encoder.width, options.hidden, options.layers, 2)

    def moments(self, parents: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log scale of the standardised value on the line, each of shape (n,)."""
        mean, log_scale = self.network(self.encoder(parents)).unbind(-1)
        return mean, log_scale.clamp(-7.0, 7.0)
