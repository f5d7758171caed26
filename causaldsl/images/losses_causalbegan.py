"""Losses and margins of `causalbegan`: pure functions (kocaoglu2018, after berthelot2017).

The critic is an autoencoder: what it rebuilds well it takes for real. Three coefficients c1, c2, c3 in [0, 1] are moved
by three margins, so that none of the parts outruns the others: c1 weighs generated pictures in the critic, c2 their
labels, and c3 the labels in the generator, which rise only while pictures are good enough to be labelled.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from causaldsl.images.losses import average


def rebuilding(pictures: Tensor, rebuilt: Tensor) -> Tensor:
    """Return the autoencoder's loss L, the mean absolute difference of pictures and what is rebuilt of them."""
    return average((rebuilt - pictures).abs())


def squared_label_loss(logits: Tensor, labels: Tensor, weights: Tensor | None = None) -> Tensor:
    """Return the mean squared difference of labels and the probabilities that are read, shape (n, labels)."""
    return average((logits.sigmoid() - labels).square(), weights)


def absolute_label_loss(logits: Tensor, labels: Tensor, weights: Tensor | None = None) -> Tensor:
    """Return the mean absolute difference of labels and the probabilities that are read, shape (n, labels)."""
    return average((logits.sigmoid() - labels).abs(), weights)


@dataclass(frozen=True)
class Losses:
    """The four losses of a step: of pictures and of their labels, real and generated."""

    real: Tensor
    fake: Tensor
    real_labels: Tensor
    fake_labels: Tensor


def critic_loss(losses: Losses, c: Tensor) -> Tensor:
    """Return L(real) - c1 L(fake) + Llabel(real) - c2 Llabel(fake)."""
    return losses.real - c[0] * losses.fake + losses.real_labels - c[1] * losses.fake_labels


def generator_loss(losses: Losses, c: Tensor) -> Tensor:
    """Return L(fake) + c3 Llabel(fake)."""
    return losses.fake + c[2] * losses.fake_labels


def margins(losses: Losses, gamma: float, gamma_label: float, zeta: float) -> Tensor:
    """Return the margins b1, b2, b3.

    Parameters
    ----------
    losses : Losses
        Of the step.
    gamma, gamma_label : float
        Wanted ratios of L(fake) to L(real) and of Llabel(fake) to Llabel(real).
    zeta : float
        Wanted ratio of the positive parts of b2 and b1.

    Returns
    -------
    Tensor, shape (3,)
        b1 = gamma L(real) - L(fake), b2 = gamma_label Llabel(real) - Llabel(fake), b3 = zeta b1+ - b2+, where b+ is b
        or 0, whichever is larger.
    """
    b1 = gamma * losses.real - losses.fake
    b2 = gamma_label * losses.real_labels - losses.fake_labels
    return torch.stack([b1, b2, zeta * b1.relu() - b2.relu()])


def regulated(c: Tensor, b: Tensor, gains: Tensor) -> Tensor:
    """Return the coefficients after a step, c + gain * b, each kept in [0, 1]; all of shape (3,)."""
    return (c + gains * b).clamp(0, 1)


def convergence(losses: Losses, b: Tensor) -> Tensor:
    """Return BEGAN's measure of convergence, L(real) + |b1|: it falls while training succeeds."""
    return losses.real + b[0].abs()
