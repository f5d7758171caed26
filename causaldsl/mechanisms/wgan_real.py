"""The network of `wgan` for a real node."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Generator, Tensor, nn

from causaldsl.graph.domain import Real
from causaldsl.mechanisms.on_the_line import from_line, inner, spread
from causaldsl.mechanisms.wgan import WganOptions
from causaldsl.plugins.protocols import NodeShape
from causaldsl.scm.encoding import Encoder
from causaldsl.scm.mechanism import Mechanism


class WganReal(Mechanism):
    """A real node: a network of tanh layers turns parents and noise into a value, which has no density.

    The network's output is a standardised value on the line, as that of `neural` is, and is mapped into the domain. The
    noise of a value that was seen cannot be inferred, so the node can be conditioned on by no question.
    """

    location: Tensor
    scale: Tensor

    def __init__(self, shape: NodeShape, options: WganOptions) -> None:
        super().__init__(shape)
        assert isinstance(shape.domain, Real)
        self.options, settings = options, options.settings
        self.domain = shape.domain
        self.encoder = Encoder(tuple(d for _, d in shape.parents))
        self.own = Encoder((shape.domain,))
        self.network = smooth(options.noise + self.encoder.width, settings.hidden, settings.layers)
        self.register_buffer("location", torch.zeros(()))
        self.register_buffer("scale", torch.ones(()))

    def prepare(self, parents: Tensor, values: Tensor) -> None:
        """Standardise real parents, and the node's own value, on the line and as the critic sees it."""
        self.encoder.prepare(parents)
        self.own.prepare(values.unsqueeze(-1))
        line = inner(values.double(), self.domain)
        self.location.copy_(line.mean())
        self.scale.copy_(spread(line))

    def noise(self, n: int, generator: Generator) -> Tensor:
        """Draw uniforms in [-1, 1], shape (n, noise)."""
        return torch.rand(n, self.options.noise, generator=generator, device=generator.device) * 2 - 1

    def soft(self, encoded: Tensor, noise: Tensor) -> Tensor:
        """Return the encoded value, shape (n, 1), for encoded parents."""
        result: Tensor = self.own(self._made(encoded, noise))
        return result

    def forward(self, parents: Tensor, noise: Tensor) -> Tensor:
        """Return the node's values, shape (n,), inside the domain."""
        return self._made(self.encoder(parents), noise).squeeze(-1)

    def _made(self, encoded: Tensor, noise: Tensor) -> Tensor:
        standard = self.network(torch.cat([noise, encoded], dim=-1))
        return from_line(self.location + self.scale * standard, self.domain)


def smooth(inputs: int, hidden: int, layers: int) -> nn.Sequential:
    """Return a perceptron of tanh layers with one output."""
    widths = [inputs, *[hidden] * layers]
    body = [m for a, b in pairwise(widths) for m in (nn.Linear(a, b), nn.Tanh())]
    return nn.Sequential(*body, nn.Linear(widths[-1], 1))
