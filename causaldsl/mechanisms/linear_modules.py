"""The modules of `linear`."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from causaldsl.graph.domain import Binary
from causaldsl.mechanisms.distinct import distinct
from causaldsl.mechanisms.linear import LinearOptions
from causaldsl.mechanisms.logits import log_levels
from causaldsl.mechanisms.on_the_line import AdditiveNoise
from causaldsl.plugins.protocols import NodeShape
from causaldsl.scm.encoding import Encoder
from causaldsl.scm.mechanism import DiscreteMechanism

START = 0.1
"""Standard deviation of the weights before they have learned anything: unobserved causes need some to begin with."""


class LinearReal(AdditiveNoise):
    r"""A real node: :math:`y = h(w x + b + s n)`, x the causes encoded (reals standardised, levels one-hot)."""

    def __init__(self, shape: NodeShape, options: LinearOptions) -> None:
        super().__init__(shape)
        self.ridge = options.ridge
        self.weight = nn.Parameter(START * torch.randn(self.encoder.width))
        self.bias = nn.Parameter(torch.zeros(()))
        self.log_scale = nn.Parameter(torch.zeros(()))

    def moments(self, parents: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log scale of the standardised value on the line, each of shape (n,)."""
        mean = self.encoder(parents) @ self.weight + self.bias
        return mean, self.log_scale.clamp(-7.0, 7.0).expand(mean.shape)

    def solve(self, parents: Tensor, values: Tensor) -> float:
        """Take the least squares; return the mean negative log likelihood a row."""
        x = F.pad(self.encoder(parents).double(), (0, 1), value=1.0)
        y = self.standardised(values.double())[0]
        penalty = torch.full((x.shape[1],), self.ridge, dtype=x.dtype, device=x.device)
        penalty[-1] = 0.0
        found = torch.linalg.pinv(x.T @ x + penalty.diag(), hermitian=True) @ (x.T @ y)
        self.weight.copy_(found[:-1])
        self.bias.copy_(found[-1])
        self.log_scale.copy_((y - x @ found).square().mean().clamp_min(1e-12).log() / 2)
        return -float(self.log_prob(parents, values.to(self.scale.dtype)).double().mean())


class Logistic(DiscreteMechanism):
    """A binary or categorical node: a logit, or one a level, is linear in the causes, without interactions."""

    def __init__(self, shape: NodeShape, options: LinearOptions) -> None:
        super().__init__(shape)
        self.ridge = options.ridge
        self.encoder = Encoder(tuple(d for _, d in shape.parents))
        outputs = 1 if isinstance(shape.domain, Binary) else len(self.domain.levels)
        self.weight = nn.Parameter(START * torch.randn(self.encoder.width, outputs))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def prepare(self, parents: Tensor, values: Tensor) -> None:  # noqa: ARG002
        """Standardise real parents."""
        self.encoder.prepare(parents)

    def log_probabilities(self, parents: Tensor) -> Tensor:
        """Return the log probability of each level, shape (n, levels)."""
        return log_levels(self.encoder(parents) @ self.weight + self.bias)

    def solve(self, parents: Tensor, values: Tensor) -> float:
        """Climb to the likelihood's one optimum; return the mean negative log likelihood a row."""
        rows = distinct([*parents.unbind(-1), values])
        causes, levels = parents[rows.first], values[rows.first].long()
        x = self.encoder(causes).double()
        best = regress(x, levels, rows.shares.double(), self.bias.numel(), self.ridge / len(values))
        self.weight.copy_(best[:-1])
        self.bias.copy_(best[-1])
        return -float((rows.shares * self.log_prob(causes, levels)).double().sum())


def regress(x: Tensor, levels: Tensor, shares: Tensor, outputs: int, ridge: float) -> Tensor:
    """Return the coefficients of a logistic regression, by the limited-memory BFGS method.

    Parameters
    ----------
    x : Tensor of float64, shape (m, width)
        Encoded causes, a row a distinct combination of causes and level.
    levels : Tensor of int64, shape (m,)
        Level indices.
    shares : Tensor of float64, shape (m,)
        The weight of each row; they sum to 1.
    outputs : int
        Logits: 1 for two levels, else one a level.
    ridge : float
        Weight of half the squared coefficients.

    Returns
    -------
    Tensor of float64, shape (width + 1, outputs)
        The last row is that of the constant.
    """
    x = F.pad(x, (0, 1), value=1.0)
    found = torch.zeros(x.shape[1], outputs, dtype=x.dtype, device=x.device).requires_grad_()
    search = torch.optim.LBFGS(
        [found], max_iter=1000, tolerance_grad=1e-9, tolerance_change=1e-14, line_search_fn="strong_wolfe"
    )

    def objective() -> Tensor:
        search.zero_grad()
        log_p = log_levels(x @ found).gather(-1, levels.unsqueeze(-1)).squeeze(-1)
        loss = ridge / 2 * found.square().sum() - (shares * log_p).sum()
        loss.backward()
        return loss

    search.step(objective)
    return found.detach()
