"""The networks of `neural`."""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from causaldsl.graph.domain import Binary, Real
from causaldsl.mechanisms.neural import NeuralOptions
from causaldsl.plugins.protocols import NodeShape
from causaldsl.scm.encoding import Encoder
from causaldsl.scm.mechanism import DiscreteMechanism, Mechanism


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
        self.encoder = Encoder(tuple(d for _, d in shape.parents))
        outputs = 1 if isinstance(shape.domain, Binary) else len(self.domain.levels)
        self.network = network(self.encoder.width, options.hidden, options.layers, outputs)

    def prepare(self, parents: Tensor, values: Tensor) -> None:  # noqa: ARG002
        """Standardise real parents."""
        self.encoder.prepare(parents)

    def log_probabilities(self, parents: Tensor) -> Tensor:
        """Return the log probability of each level, shape (n, levels)."""
        logits = self.network(self.encoder(parents))
        if isinstance(self.domain, Binary):
            return torch.cat([F.logsigmoid(-logits), F.logsigmoid(logits)], dim=-1)
        return F.log_softmax(logits, dim=-1)


class NeuralReal(Mechanism):
    r"""A real node: :math:`y = h(m(x) + s(x) n)` with a network for m and s, and n standard normal.

    h is affine (standardisation) on the whole line; on an interval or a half-line it also maps the line into the
    domain (logistic, exponential), so that no value leaves it.
    """

    coupling = "additive noise"
    location: Tensor
    scale: Tensor

    def __init__(self, shape: NodeShape, options: NeuralOptions) -> None:
        super().__init__(shape)
        assert isinstance(shape.domain, Real)
        self.domain = shape.domain
        self.encoder = Encoder(tuple(d for _, d in shape.parents))
        self.network = network(self.encoder.width, options.hidden, options.layers, 2)
        self.register_buffer("location", torch.zeros(()))
        self.register_buffer("scale", torch.ones(()))

    def prepare(self, parents: Tensor, values: Tensor) -> None:
        """Standardise real parents, and the node's own value on the line."""
        self.encoder.prepare(parents)
        line, _ = to_line(values.double(), self.domain)
        self.location.copy_(line.mean())
        self.scale.copy_(line.std(correction=0).clamp_min(1e-6))

    def noise(self, n: int, generator: Generator) -> Tensor:
        """Draw a standard normal a unit, shape (n, 1)."""
        return torch.randn(n, 1, generator=generator, device=generator.device)

    def moments(self, parents: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log scale of the standardised value on the line, each of shape (n,)."""
        mean, log_scale = self.network(self.encoder(parents)).unbind(-1)
        return mean, log_scale.clamp(-7.0, 7.0)

    def forward(self, parents: Tensor, noise: Tensor) -> Tensor:
        """Return the node's values, shape (n,), inside the domain."""
        mean, log_scale = self.moments(parents)
        standard = mean + log_scale.exp() * noise[..., 0]
        return from_line(self.location + self.scale * standard, self.domain)

    def abduct(
        self,
        parents: Tensor,
        values: Tensor,
        noise: Tensor,  # noqa: ARG002
        generator: Generator,  # noqa: ARG002
    ) -> tuple[Tensor, Tensor]:
        """Solve for the noise."""
        mean, log_scale = self.moments(parents)
        line, _ = to_line(values.to(self.location.dtype), self.domain)
        found = ((line - self.location) / self.scale - mean) * (-log_scale).exp()
        return found.unsqueeze(-1), self.log_prob(parents, values.to(self.location.dtype)).double()

    def log_prob(self, parents: Tensor, values: Tensor) -> Tensor:
        """Return the log density, shape (n,), in the units of the data."""
        mean, log_scale = self.moments(parents)
        line, log_slope = to_line(values, self.domain)
        n = ((line - self.location) / self.scale - mean) * (-log_scale).exp()
        return -0.5 * n**2 - log_scale - self.scale.log() + log_slope - 0.5 * math.log(2 * math.pi)


EDGE = 1e-6
"""Values at the very end of an interval are read as this share of its width inside it."""


def to_line(values: Tensor, domain: Real) -> tuple[Tensor, Tensor]:
    """Map values of a domain to the real line; also return the log slope of the map there."""
    if math.isfinite(domain.low) and math.isfinite(domain.high):
        span = domain.high - domain.low
        share = ((values - domain.low) / span).clamp(EDGE, 1 - EDGE)
        return torch.logit(share), -(share * (1 - share)).log() - math.log(span)
    if math.isfinite(domain.low) or math.isfinite(domain.high):
        distance = (values - domain.low if math.isfinite(domain.low) else domain.high - values).clamp_min(EDGE)
        return distance.log(), -distance.log()
    return values, torch.zeros_like(values)


def from_line(line: Tensor, domain: Real) -> Tensor:
    """Map the real line into a domain; the inverse of `to_line`."""
    if math.isfinite(domain.low) and math.isfinite(domain.high):
        return domain.low + (domain.high - domain.low) * torch.sigmoid(line)
    if math.isfinite(domain.low):
        return domain.low + line.exp()
    if math.isfinite(domain.high):
        return domain.high - line.exp()
    return line
