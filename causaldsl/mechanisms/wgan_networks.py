"""The generators of `wgan`'s discrete nodes."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

import torch
from torch import Generator, Tensor, nn

from causaldsl.graph.domain import Binary, Categorical, Discrete
from causaldsl.mechanisms.wgan import WganOptions
from causaldsl.plugins.protocols import NodeShape
from causaldsl.scm.encoding import Encoder
from causaldsl.scm.mechanism import Mechanism

TABLE_DRAWS = 8192
"""Noise draws from which a node's table is counted."""
ROUNDS = 64
"""How often noise is drawn again for units whose value it does not make; each time more for each that is left."""


@cache
def table_noise(width: int) -> Tensor:
    """Return the noise from which tables are counted, the same for all nodes, shape (TABLE_DRAWS, width).

    It is a scrambled Sobol sequence: shares counted over it are about twice as near as over independent draws.
    """
    return torch.quasirandom.SobolEngine(width, scramble=True, seed=0).draw(TABLE_DRAWS) * 2 - 1


def leaky(inputs: int, hidden: int, layers: int, outputs: int) -> nn.Sequential:
    """Return a perceptron of leaky rectifiers (slope 0.2), as the paper has them."""
    widths = [inputs, *[hidden] * layers]
    body = [m for a, b in pairwise(widths) for m in (nn.Linear(a, b), nn.LeakyReLU(0.2))]
    return nn.Sequential(*body, nn.Linear(widths[-1], outputs))


def hardened(soft: Tensor) -> Tensor:
    """Return the level that a soft value stands for, encoded, with the soft value's gradient (straight-through)."""
    top = soft > 0.5 if soft.shape[-1] == 1 else soft == soft.amax(-1, keepdim=True)
    return top.to(soft.dtype) + soft - soft.detach()


class WganDiscrete(Mechanism):
    """A binary or categorical node: a network turns parents and noise into a level, without any probability.

    Binary: one logit, the level is its sign. Categorical: a score a level, the level is the highest.
    """

    tabulates = True
    origin = f"tabulated({TABLE_DRAWS} draws)"

    def __init__(self, shape: NodeShape, options: WganOptions) -> None:
        super().__init__(shape)
        assert isinstance(shape.domain, Binary | Categorical)
        self.options, settings = options, options.settings
        self.domain = shape.domain
        self.encoder = Encoder(tuple(d for _, d in shape.parents))
        outputs = 1 if isinstance(shape.domain, Binary) else len(shape.domain.levels)
        self.network = leaky(options.noise + self.encoder.width, settings.hidden, settings.layers, outputs)
        table_noise(options.noise)  # drawn here: under `torch.vmap` nothing can be

    def prepare(self, parents: Tensor, values: Tensor) -> None:  # noqa: ARG002
        """Standardise real parents."""
        self.encoder.prepare(parents)

    def noise(self, n: int, generator: Generator) -> Tensor:
        """Draw uniforms in [-1, 1], shape (n, noise)."""
        return torch.rand(n, self.options.noise, generator=generator, device=generator.device) * 2 - 1

    def scores(self, encoded: Tensor, noise: Tensor) -> Tensor:
        """Return the logit, shape (n, 1), or a score a level, shape (n, levels), for encoded parents."""
        result: Tensor = self.network(torch.cat([noise, encoded], dim=-1))
        return result

    def soft(self, encoded: Tensor, noise: Tensor) -> Tensor:
        """Return the relaxed value: a probability, shape (n, 1), for binary; a softmax, shape (n, levels), else."""
        scores = self.scores(encoded, noise)
        return torch.sigmoid(scores) if scores.shape[-1] == 1 else torch.softmax(scores, dim=-1)

    def forward(self, parents: Tensor, noise: Tensor) -> Tensor:
        """Return level indices, shape (n,), as float."""
        scores = self.scores(self.encoder(parents), noise)
        return (scores[..., 0] > 0).to(scores.dtype) if scores.shape[-1] == 1 else scores.argmax(-1).to(scores.dtype)

    def log_probabilities(self, parents: Tensor) -> Tensor:
        """Count levels over fixed draws of the noise; shape (n, levels), error about 0.003 each at most."""
        noise = table_noise(self.options.noise).to(parents.device)
        levels = torch.arange(len(self.domain.levels), device=parents.device)
        rows = [self(row.expand(TABLE_DRAWS, -1), noise).unsqueeze(-1).eq(levels).double().mean(0) for row in parents]
        return torch.stack(rows).log().to(parents.dtype)

    def abduct(self, parents: Tensor, values: Tensor, noise: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        """Draw the noise of each unit again and again until it makes the unit's value.

        The table says how likely the value was. Of real causes there is none: then the first draw has to do.
        """
        if not all(isinstance(domain, Discrete) for _, domain in self.shape.parents):
            return super().abduct(parents, values, noise, generator)
        log_weight = self._log_shares(parents, values)
        found = noise.clone()
        left = (self(parents, noise) != values).nonzero().squeeze(-1)
        for _ in range(ROUNDS):
            if not len(left):
                break
            tries = math.ceil(max(len(noise), TABLE_DRAWS) / len(left))
            drawn = self.noise(tries * len(left), generator)
            made = self(parents[left].repeat_interleave(tries, 0), drawn).reshape(-1, tries)
            agrees = made == values[left].unsqueeze(-1)
            met = agrees.any(-1)
            found[left[met]] = drawn.reshape(len(left), tries, -1)[met, agrees[met].int().argmax(-1)]
            left = left[~met]
        log_weight[left] = -torch.inf
        return found, log_weight

    def _log_shares(self, parents: Tensor, values: Tensor) -> Tensor:
        """Return the log probability of each unit's value, float64; each combination of causes is looked up once."""
        if parents.shape[-1] == 0:
            cells, cell = parents[:1], torch.zeros_like(values).long()
        else:
            cells, cell = parents.unique(dim=0, return_inverse=True)
        return self.log_probabilities(cells)[cell, values.long()].double()
