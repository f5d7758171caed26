"""Losses of `causalgan`: pure functions from tensors to a scalar (kocaoglu2018).

With optimal critic, Labeler and Anti-Labeler, k = 1, an output a combination of labels and `log_ratio`, the generator's
loss is KL(P_generated(picture, labels) || P_data(picture, labels)), so its only minimum is the true law.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from causaldsl.images.losses import average

LEAST = 1e-6
"""Softened labels are kept so far from 0 and 1, that their logits are finite."""


def critic_loss(
    real: Tensor, fake: Tensor, real_weights: Tensor | None = None, fake_weights: Tensor | None = None
) -> Tensor:
    """Return the critic's loss, -E log D(real) - E log(1 - D(fake)), from its logits, shape (n,)."""
    return average(F.softplus(-real), real_weights) + average(F.softplus(fake), fake_weights)


def non_saturating(fake: Tensor, weights: Tensor | None = None) -> Tensor:
    """Return -E log D(fake), from the critic's logits, shape (n,)."""
    return average(F.softplus(-fake), weights)


def log_ratio(fake: Tensor, weights: Tensor | None = None) -> Tensor:
    """Return E log((1 - D(fake)) / D(fake)), from the critic's logits, shape (n,): the theorem's form."""
    return average(-fake, weights)


def swapped_label_loss(logits: Tensor, labels: Tensor, weights: Tensor | None = None) -> Tensor:
    """Return the cross entropy with its arguments swapped: -E [p log label + (1 - p) log(1 - label)], p as read.

    Parameters
    ----------
    logits : Tensor, shape (n, labels)
        What a labeler reads; p is their sigmoid.
    labels : Tensor, shape (n, labels), in (0, 1)
        Softened labels.
    weights : Tensor, shape (n,), optional
        What each row counts.

    Notes
    -----
    The reference implementation's choice. It is linear in p, so it is no scoring rule: its minimum is p at 0 or 1.
    """
    return average(F.binary_cross_entropy_with_logits(logit(labels), logits.sigmoid(), reduction="none"), weights)


def trust(t: float, tau: float) -> float:
    """Return k, the weight of the Anti-Labeler in the generator's loss: exp(-t / tau), or 1 for ever if tau is 0.

    Parameters
    ----------
    t : float
        One for two steps of the generator.
    tau : float
        Time constant.

    Examples
    --------
    >>> trust(0, 3000), round(trust(3000, 3000), 3), trust(3000, 0)
    (1.0, 0.368, 1.0)
    """
    return math.exp(-t / tau) if tau else 1.0


def soften(labels: Tensor, uniform: Tensor, inward: float, outward: float) -> Tensor:
    """Blur labels: 0 and 1 become .3 and .7, moved towards .5 by up to .2 and outwards by up to .3.

    Parameters
    ----------
    labels : Tensor, shape (n, labels), in {0, 1}
        The labels.
    uniform : Tensor, shape (n, labels, 2), in [0, 1)
        Uniform noise, one for each move.
    inward, outward : float
        Rates of the two exponential laws, truncated to [0, .2] and [0, .3]; infinite for no move.

    Returns
    -------
    Tensor, shape (n, labels)
        In [0, .5] where the label is 0, in [.5, 1] where it is 1: a labeler never sees certainty.
    """
    move = _truncated(uniform[..., 1], outward, 0.3) - _truncated(uniform[..., 0], inward, 0.2)
    return torch.where(labels > 0.5, 0.7 + move, 0.3 - move)


def _truncated(uniform: Tensor, rate: float, right: float) -> Tensor:
    """Turn uniform noise into an exponential law that is truncated to [0, right]."""
    if math.isinf(rate):
        return torch.zeros_like(uniform)
    return (-torch.log1p(uniform * math.expm1(-rate * right)) / rate).clamp_max(right)


def logit(shares: Tensor) -> Tensor:
    """Return finite logits of shares in [0, 1]."""
    return torch.logit(shares, LEAST)
