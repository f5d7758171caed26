"""The laws that equations draw from, each a function of its parameters and of noise that was drawn before them.

    normal(m, s) = m + s n               n is standard normal; the noise u of all others is uniform on [0, 1)
    uniform(a, b) = a + (b - a) u
    exponential(r) = -log(1 - u) / r
    laplace(m, b) = m - b sign(u - 1/2) log(1 - 2 |u - 1/2|)
    bernoulli(p) = 1 where u < p
    categorical(p0, p1, ..) = the first level at which the cumulated weights, made to sum to 1, exceed u

So another parameter meets the same noise, which is what makes counterfactuals defined. All is float64.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Generator, Tensor

from causaldsl.graph.expression import Draw

PRECISION = torch.float64


def noise_of(law: str, n: int, generator: Generator) -> Tensor:
    """Draw the noise of `n` draws of a law, shape (n,)."""
    source = torch.randn if law == "normal" else torch.rand
    return source(n, generator=generator, device=generator.device, dtype=PRECISION)


def drawn(law: str, parameters: Sequence[Tensor], noise: Tensor) -> Tensor:
    """Apply a law's parameters, which are valid, to its noise.

    Parameters
    ----------
    law : str
        Its name.
    parameters : sequence of Tensor, shape () or (n,)
        In the order of its call.
    noise : Tensor, shape (n,)
        As `noise_of` draws it.

    Returns
    -------
    Tensor, shape (n,)
        For `categorical` the index of the level.

    Examples
    --------
    >>> drawn("uniform", [torch.tensor(2.0), torch.tensor(4.0)], torch.tensor([0.0, 0.5]))
    tensor([2., 3.])
    """
    return _LAWS[law][0](noise, *parameters)


def valid(law: str, parameters: Sequence[Tensor]) -> Tensor:
    """Tell where a law has parameters that it can have: scales not negative, probabilities between 0 and 1."""
    return _LAWS[law][1](*parameters)


def _normal(n: Tensor, m: Tensor, s: Tensor) -> Tensor:
    return m + s * n


def _uniform(u: Tensor, a: Tensor, b: Tensor) -> Tensor:
    return a + (b - a) * u


def _exponential(u: Tensor, rate: Tensor) -> Tensor:
    return -torch.log1p(-u) / rate


def _laplace(u: Tensor, m: Tensor, b: Tensor) -> Tensor:
    off = u.clamp_min(torch.finfo(u.dtype).tiny) - 0.5
    return m - b * off.sign() * torch.log1p(-2 * off.abs())


def _bernoulli(u: Tensor, p: Tensor) -> Tensor:
    return (u < p).to(PRECISION)


def _categorical(u: Tensor, *weights: Tensor) -> Tensor:
    cumulated = torch.stack(torch.broadcast_tensors(*weights), -1).cumsum(-1)
    return (cumulated[..., :-1] <= u.unsqueeze(-1) * cumulated[..., -1:]).sum(-1).to(PRECISION)


def _place_and_scale(m: Tensor, scale: Tensor) -> Tensor:
    return m.isfinite() & (scale >= 0) & scale.isfinite()


def _interval(a: Tensor, b: Tensor) -> Tensor:
    return (a <= b) & a.isfinite() & b.isfinite()


def _rate(rate: Tensor) -> Tensor:
    return (rate > 0) & rate.isfinite()


def _probability(p: Tensor) -> Tensor:
    return (p >= 0) & (p <= 1)


def _weights(*weights: Tensor) -> Tensor:
    stacked = torch.stack(torch.broadcast_tensors(*weights), -1)
    total = stacked.sum(-1)
    return (stacked >= 0).all(-1) & (total > 0) & total.isfinite()


_LAWS: dict[str, tuple[Callable[..., Tensor], Callable[..., Tensor]]] = {
    "normal": (_normal, _place_and_scale),
    "uniform": (_uniform, _interval),
    "exponential": (_exponential, _rate),
    "laplace": (_laplace, _place_and_scale),
    "bernoulli": (_bernoulli, _probability),
    "categorical": (_categorical, _weights),
}
"""For each law what it makes of noise and parameters, and where parameters are valid."""


def outcomes(draw: Draw) -> int:
    """Return how many values a draw may take; 0 for infinitely many."""
    return {"bernoulli": 2, "categorical": len(draw.parameters)}.get(draw.law, 0)


def chance(law: str, parameters: Sequence[Tensor], outcome: Tensor) -> Tensor:
    """Return the probability of an outcome of `bernoulli` or `categorical`; the shapes broadcast."""
    if law == "bernoulli":
        (p,) = parameters
        return torch.where(outcome == 1, p, 1 - p)
    stacked = torch.stack(torch.broadcast_tensors(*parameters), -1)
    shape = torch.broadcast_shapes(stacked.shape[:-1], outcome.shape)
    law_ = (stacked / stacked.sum(-1, keepdim=True)).expand(*shape, -1)
    return law_.gather(-1, outcome.expand(shape).unsqueeze(-1)).squeeze(-1)
