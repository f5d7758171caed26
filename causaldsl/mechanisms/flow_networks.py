"""The network of `flow`."""

from __future__ import annotations

from torch import Tensor
from zuko.transforms import MonotonicRQSTransform

from causaldsl.mechanisms.flow import FlowOptions
from causaldsl.mechanisms.neural_networks import network
from causaldsl.mechanisms.on_the_line import OnTheLine
from causaldsl.plugins.protocols import NodeShape

BOUND = 5.0
"""The spline bends what lies within so many standard deviations; beyond, the tails are normal."""


class SplineFlow(OnTheLine):
    r"""A real node: :math:`y = h(m(x) + s(x)\, g_x^{-1}(n))`, n normal noise.

    g is a monotonic rational-quadratic spline (durkan2019).
    """

    coupling = "a monotone flow: units keep their rank"

    def __init__(self, shape: NodeShape, options: FlowOptions) -> None:
        super().__init__(shape)
        self.bins = options.bins
        self.network = network(self.encoder.width, options.hidden, options.layers, 3 * options.bins + 1)

    def from_noise(self, parents: Tensor, noise: Tensor) -> Tensor:
        """Bend the noise, then scale and shift it."""
        mean, log_scale, spline = self._bent(parents)
        bent: Tensor = spline.inv(noise)
        return mean + log_scale.exp() * bent

    def to_noise(self, parents: Tensor, standard: Tensor) -> tuple[Tensor, Tensor]:
        """Undo it."""
        mean, log_scale, spline = self._bent(parents)
        n, log_slope = spline.call_and_ladj((standard - mean) * (-log_scale).exp())
        return n, log_slope - log_scale

    def _bent(self, parents: Tensor) -> tuple[Tensor, Tensor, MonotonicRQSTransform]:
        """Return m, log s and g of each row."""
        found = self.network(self.encoder(parents))
        mean, log_scale, widths, heights, slopes = found.split([1, 1, self.bins, self.bins, self.bins - 1], dim=-1)
        spline = MonotonicRQSTransform(widths, heights, slopes, bound=BOUND)
        return mean.squeeze(-1), log_scale.squeeze(-1).clamp(-7.0, 7.0), spline
