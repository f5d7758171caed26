"""Losses of the image models: pure functions from tensors to a scalar.

References
----------
.. [1] Huang, Gokaslan, Kuleshov, Tompkin, "The GAN is dead; long live the GAN! A Modern Baseline GAN", NeurIPS 2024.
.. [2] Mescheder, Geiger, Nowozin, "Which Training Methods for GANs do actually Converge?", ICML 2018.
.. [3] Kocaoglu, Snyder, Dimakis, Vishwanath, "CausalGAN: Learning Causal Implicit Generative Models with Adversarial
   Training", ICLR 2018.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def relativistic(winner: Tensor, loser: Tensor) -> Tensor:
    """Return the relativistic pairing loss: how much `winner` fails to be more real than its `loser`.

    Parameters
    ----------
    winner, loser : Tensor, shape (n,)
        The critic's logits. Its own loss has the real pictures win, the generator's has its pictures win.

    Returns
    -------
    Tensor, scalar
        Mean of log(1 + exp(loser - winner)) over the pairs; log 2 where no one can tell them apart [1]_.
    """
    return F.softplus(loser - winner).mean()


def gradient_penalty(logits: Tensor, pictures: Tensor) -> Tensor:
    """Return the zero-centred gradient penalty: R1 on real pictures, R2 on generated ones [1]_, [2]_.

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


def label_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Return a labeler's cross entropy, the mean over rows and labels.

    Parameters
    ----------
    logits : Tensor, shape (n, labels)
        What the labeler reads in pictures.
    labels : Tensor, shape (n, labels), in {0, 1}
        What the pictures were drawn from.

    Notes
    -----
    The Labeler has it on real pictures, the Anti-Labeler on generated ones, and the generator minimises the
    Labeler's minus `k` times the Anti-Labeler's on its own pictures [3]_.
    """
    return F.binary_cross_entropy_with_logits(logits, labels)
