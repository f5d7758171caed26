"""Real nodes that come about on the real line, and the maps between it and a domain."""

from __future__ import annotations

import math
from abc import abstractmethod

import torch
from torch import Generator, Tensor

from causaldsl.graph.domain import Real
from causaldsl.plugins.protocols import NodeShape
from causaldsl.scm.encoding import CONSTANT, Encoder
from causaldsl.scm.mechanism import Mechanism


class OnTheLine(Mechanism):
    r"""A real node that comes about on the real line, standardised, and is mapped into its domain by h.

    h is affine (standardisation) on the whole line; on an interval or a half-line it also maps the line into the
    domain (logistic, exponential), so that no value leaves it. On the line the node is :math:`f(x, n)`, increasing in
    its noise n, which is standard normal; a subclass says f and its inverse. What lies at the very end of a half-line,
    such as zeros, is read as a millionth of what is typical, or less where the values differ by more orders.
    """

    location: Tensor
    scale: Tensor

    def __init__(self, shape: NodeShape) -> None:
        super().__init__(shape)
        assert isinstance(shape.domain, Real)
        self.domain = shape.domain
        self.encoder = Encoder(tuple(d for _, d in shape.parents))
        self.register_buffer("location", torch.zeros(()))
        self.register_buffer("scale", torch.ones(()))

    @abstractmethod
    def from_noise(self, parents: Tensor, noise: Tensor) -> Tensor:
        """Return f, the standardised value on the line; all of shape (n,)."""

    @abstractmethod
    def to_noise(self, parents: Tensor, standard: Tensor) -> tuple[Tensor, Tensor]:
        """Return the noise of a standardised value, and the log slope of the noise in it."""

    def prepare(self, parents: Tensor, values: Tensor) -> None:
        """Standardise real parents, and the node's own value on the line."""
        self.encoder.prepare(parents)
        line = inner(values.double(), self.domain)
        self.location.copy_(line.mean())
        self.scale.copy_(spread(line))

    def noise(self, n: int, generator: Generator) -> Tensor:
        """Draw a standard normal a unit, shape (n, 1)."""
        return torch.randn(n, 1, generator=generator, device=generator.device)

    def forward(self, parents: Tensor, noise: Tensor) -> Tensor:
        """Return the node's values, shape (n,), inside the domain."""
        return from_line(self.location + self.scale * self.from_noise(parents, noise[..., 0]), self.domain)

    def abduct(
        self,
        parents: Tensor,
        values: Tensor,
        noise: Tensor,  # noqa: ARG002
        generator: Generator,  # noqa: ARG002
    ) -> tuple[Tensor, Tensor]:
        """Solve for the noise."""
        found, log_p = self._inverted(parents, values.to(self.location.dtype))
        return found.unsqueeze(-1), log_p.double()

    def log_prob(self, parents: Tensor, values: Tensor) -> Tensor:
        """Return the log density, shape (n,), in the units of the data."""
        return self._inverted(parents, values)[1]

    def standardised(self, values: Tensor) -> tuple[Tensor, Tensor]:
        """Return values on the line, standardised, and the log slope of that."""
        line, log_slope = to_line(values, self.domain)
        if half(self.domain):
            line = line.clamp_min(self.location - (LOWEST * self.scale).clamp_min(-math.log(EDGE)))
            log_slope = -line
        return (line - self.location) / self.scale, log_slope - self.scale.log()

    def _inverted(self, parents: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        standard, log_slope = self.standardised(values)
        n, further = self.to_noise(parents, standard)
        return n, -0.5 * n**2 - 0.5 * math.log(2 * math.pi) + log_slope + further


class AdditiveNoise(OnTheLine):
    r"""A real node of which f is :math:`m(x) + s(x) n`; a subclass says m and s."""

    coupling = "additive noise"

    @abstractmethod
    def moments(self, parents: Tensor) -> tuple[Tensor, Tensor]:
        """Return m and log s, each of shape (n,)."""

    def from_noise(self, parents: Tensor, noise: Tensor) -> Tensor:
        """Scale and shift the noise."""
        mean, log_scale = self.moments(parents)
        return mean + log_scale.exp() * noise

    def to_noise(self, parents: Tensor, standard: Tensor) -> tuple[Tensor, Tensor]:
        """Undo it."""
        mean, log_scale = self.moments(parents)
        return (standard - mean) * (-log_scale).exp(), -log_scale


EDGE = 1e-6
"""Values at the very end of an interval are read as this share of its width inside it, of a half-line of the typical
distance from its end."""
LOWEST = 10.0
"""But no value within so many standard deviations of the distances' logarithms is taken for one at the very end."""


def half(domain: Real) -> bool:
    """Tell whether a domain has one end."""
    return math.isfinite(domain.low) != math.isfinite(domain.high)


def inner(values: Tensor, domain: Real) -> Tensor:
    """Return values on the line, without those at the end of a half-line; if they all are, two that are not."""
    if not half(domain):
        return to_line(values, domain)[0]
    distance = values - domain.low if math.isfinite(domain.low) else domain.high - values
    return distance[distance > 0].log() if bool((distance > 0).any()) else distance.new_tensor([-1.0, 1.0])


def spread(line: Tensor) -> Tensor:
    """Return the standard deviation, or a millionth of the size of values that are all the same."""
    size = line.abs().mean()
    return torch.maximum(line.std(correction=0), CONSTANT * torch.where(size > 0, size, 1.0))


def to_line(values: Tensor, domain: Real) -> tuple[Tensor, Tensor]:
    """Map values of a domain to the real line; also return the log slope of the map there."""
    if math.isfinite(domain.low) and math.isfinite(domain.high):
        span = domain.high - domain.low
        share = ((values - domain.low) / span).clamp(EDGE, 1 - EDGE)
        return torch.logit(share), -(share * (1 - share)).log() - math.log(span)
    if half(domain):
        distance = values - domain.low if math.isfinite(domain.low) else domain.high - values
        distance = distance.clamp_min(torch.finfo(values.dtype).tiny)
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
