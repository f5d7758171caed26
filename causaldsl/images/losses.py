"""Losses that image models share: pure functions from tensors to a scalar.

Each is the mean over rows. Where `weights` are given, rows count by them: with the probabilities of all cells of a
small world a loss is its own expectation, exactly, which is how the theorems about them are tested.

References
----------
R1 and R2 (mescheder2018), the relativistic pairing (huang2024), the Labeler and the Anti-Labeler (kocaoglu2018).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def average(values: Tensor, weights: Tensor | None = None) -> Tensor:
    """Return the mean over rows, and over what a row holds; 0 where it holds nothing.

    Parameters
    ----------
    values : Tensor, shape (n, ...)
        A picture's, or a label's.
    weights : Tensor, shape (n,), optional
        What each row counts; equally, if None.
    """
    if values.numel() == 0:
        return values.sum()
    if weights is None:
        return values.mean()
    return (values.flatten(1).mean(1) if values.dim() > 1 else values) @ weights


def relativistic(winner: Tensor, loser: Tensor) -> Tensor:
    """Return the relativistic pairing loss: how much `winner` fails to be more real than its `loser`.

    Parameters
    ----------
    winner, loser : Tensor, shape (n,)
        The critic's logits. Its own loss has the real pictures win, the generator's has its pictures win.

    Returns
    -------
    Tensor, scalar
        Mean of log(1 + exp(loser - winner)) over the pairs; log 2 where no one can tell them apart (huang2024).
    """
    return F.softplus(loser - winner).mean()


def gradient_penalty(logits: Tensor, pictures: Tensor) -> Tensor:
    """Return the zero-centred gradient penalty: R1 on real pictures, R2 on generated ones (mescheder2018).

    Parameters
    ----------
    logits : Tensor, shape (n,)
        The critic's, a function of the pictures row by row.
    pictures : Tensor, shape (n, channels, height, width)
        Leaves that require a gradient.

    Returns
    -------
    Tensor, scalar
        Mean of ||d logit / d picture||^2; can itself be differentiated by the critic's parameters.
    """
    (gradient,) = torch.autograd.grad(logits.sum(), pictures, create_graph=True)
    return gradient.square().flatten(1).sum(1).mean()


def label_loss(logits: Tensor, labels: Tensor, weights: Tensor | None = None) -> Tensor:
    """Return a labeler's cross entropy, each label read by itself; the mean over rows and labels.

    Parameters
    ----------
    logits : Tensor, shape (n, labels)
        What the labeler reads in pictures.
    labels : Tensor, shape (n, labels), in [0, 1]
        What the pictures were drawn from.
    weights : Tensor, shape (n,), optional
        What each row counts.

    Notes
    -----
    The Labeler has it on real pictures, the Anti-Labeler on generated ones, and the generator minimises the Labeler's
    minus `k` times the Anti-Labeler's on its own pictures (kocaoglu2018). Labels that are read one by one pin down each
    label's posterior and not how labels hang together in a picture; `joint_label_loss` does.
    """
    return average(F.binary_cross_entropy_with_logits(logits, labels, reduction="none"), weights)


def joint_label_loss(logits: Tensor, labels: Tensor, weights: Tensor | None = None) -> Tensor:
    """Return the cross entropy of a labeler with an output for each combination of d labels.

    Parameters
    ----------
    logits : Tensor, shape (n, 2 ** d)
        Of the combinations, the last label fastest.
    labels : Tensor, shape (n, d), in [0, 1]
        Probabilities of independent labels; certain where they are 0 and 1.
    weights : Tensor, shape (n,), optional
        What each row counts.
    """
    shares = labels.new_ones(len(labels), 1)
    for label in labels.T:
        shares = torch.stack([shares * (1 - label[:, None]), shares * label[:, None]], 2).flatten(1)
    return average(-(shares * logits.log_softmax(1)).sum(1), weights)
