"""The network of `flow`."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from zuko.transforms import MonotonicRQSTransform

from causaldsl.mechanisms.flow import FlowOptions
from causaldsl.mechanisms.neural_networks import network
from causaldsl.mechanisms.on_the_line import OnTheLine, inner
from causaldsl.plugins.protocols import NodeShape
from causaldsl.scm.encoding import CONSTANT

BOUND = 5.0
"""The spline bends what lies within so many standard deviations; beyond, the tails are normal."""


class SplineFlow(OnTheLine):
    r"""A real node: :math:`y = h(t(m(x) + s(x)\, g_x^{-1}(n)))`, n normal noise.

    g is a monotonic rational-quadratic spline (durkan2019). t stretches tails, :math:`t(z) = \sinh(\tau z) / \tau`, so
    that all that the data hold lies where the spline bends; :math:`\tau` is the data's, 0 where no tail is long. Where
    one is, the node is standardised by its quartiles, which long tails leave alone.
    """

    coupling = "a monotone flow: units keep their rank"
    stretch: Tensor

    def __init__(self, shape: NodeShape, options: FlowOptions) -> None:
        super().__init__(shape)
        self.bins = options.bins
        self.network = network(self.encoder.width, options.hidden, options.layers, 3 * options.bins + 1)
        self.register_buffer("stretch", torch.zeros(()))

    def prepare(self, parents: Tensor, values: Tensor) -> None:
        """Standardise real parents, and the node's own value on the line; see how far its tails reach."""
        super().prepare(parents, values)
        if self._furthest(values) <= BOUND:
            self.stretch.fill_(0.0)
            return
        line = inner(values.double(), self.domain).sort().values
        low, middle, high = (line[len(line) * i // 4] for i in (1, 2, 3))
        if high - low > CONSTANT * middle.abs():
            self.location.copy_(middle)
            self.scale.copy_((high - low) / 1.349)  # of normal values the standard deviation
        self.stretch.fill_(stretching(self._furthest(values)))

    def from_noise(self, parents: Tensor, noise: Tensor) -> Tensor:
        """Bend the noise, then scale, shift and stretch it."""
        mean, log_scale, spline = self._bent(parents)
        value = mean + log_scale.exp() * spline.inv(noise)
        tau = torch.where(self.stretch > 0, self.stretch, 1.0)
        return torch.where(self.stretch > 0, torch.sinh(tau * value) / tau, value)

    def to_noise(self, parents: Tensor, standard: Tensor) -> tuple[Tensor, Tensor]:
        """Undo it."""
        mean, log_scale, spline = self._bent(parents)
        tau = torch.where(self.stretch > 0, self.stretch, 1.0)
        value = torch.where(self.stretch > 0, torch.asinh(tau * standard) / tau, standard)
        log_slope = torch.where(self.stretch > 0, -torch.log1p((tau * standard) ** 2) / 2, 0.0)
        n, bent = spline.call_and_ladj((value - mean) * (-log_scale).exp())
        return n, bent - log_scale + log_slope

    def _furthest(self, values: Tensor) -> float:
        return float(self.standardised(values.double())[0].abs().max())

    def _bent(self, parents: Tensor) -> tuple[Tensor, Tensor, MonotonicRQSTransform]:
        """Return m, log s and g of each row."""
        found = self.network(self.encoder(parents))
        mean, log_scale, widths, heights, slopes = found.split([1, 1, self.bins, self.bins, self.bins - 1], dim=-1)
        spline = MonotonicRQSTransform(widths, heights, slopes, bound=BOUND)
        return mean.squeeze(-1), log_scale.squeeze(-1).clamp(-7.0, 7.0), spline


def stretching(furthest: float) -> float:
    r"""Return the :math:`\tau` that brings a value to the spline's end, :math:`\sinh(5\tau)/\tau` = `furthest`.

    Examples
    --------
    >>> stretching(4.0)
    0.0
    >>> round(stretching(1000.0), 2)
    1.62
    """
    low, high = 0.0, 100.0
    if furthest <= BOUND:
        return low
    for _ in range(60):
        tau = (low + high) / 2
        low, high = (tau, high) if math.asinh(tau * furthest) > BOUND * tau else (low, tau)
    return high
