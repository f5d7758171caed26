"""Real nodes that come about on the real line, and the maps between it and a domain."""

from __future__ import annotations

import math
from abc import abstractmethod

import torch
from torch import Generator, Tensor

from causaldsl.graph.domain import Real
from causaldsl.plugins.protocols import NodeShape
from causaldsl.scm.encoding import Encoder
from causaldsl.scm.mechanism import Mechanism


class OnTheLine(Mechanism):
    r"""A real node that comes about on the real line, standardised, and is mapped into its domain by h.

    h is affine (standardisation) on the whole line; on an interval or a half-line it also maps the line into the
    domain (logistic, exponential), so that no value leaves it. On the line the node is :math:`f(x, n)`, increasing in
    its noise n, which is standard normal; a subclass says f and its inverse.
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
        line, _ = to_line(values.double(), self.domain)
        self.location.copy_(line.mean())
        self.scale.copy_(line.std(correction=0).clamp_min(1e-6))

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
