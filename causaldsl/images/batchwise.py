"""Layers that look at a whole batch; where ranks share it, they look at all of it together."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from causaldsl.images.precision import widened
from causaldsl.scm.ranks import ALONE


class Batchwise(nn.Module):
    """A layer whose output for a row depends on the other rows; its learner says which ranks have them."""

    ranks = ALONE


class BatchNorm(Batchwise, nn.BatchNorm2d):
    """Batch normalisation over the rows of all ranks: torch's own where there is one rank, on any device."""

    def forward(self, features: Tensor) -> Tensor:
        """Normalise each channel by its mean and variance over the batch, or by the running ones once trained."""
        if self.ranks.size == 1 or not self.training:
            normalised: Tensor = super().forward(features)
            return normalised
        wide = widened(features)
        count = wide.numel() // wide.shape[1] * self.ranks.size
        mean = self.ranks.total(wide.sum((0, 2, 3))) / count
        centred = wide - mean[:, None, None]
        variance = self.ranks.total(centred.square().sum((0, 2, 3))) / count
        self._remember(mean.detach(), variance.detach() * (count / (count - 1)))
        scale = self.weight * (variance + self.eps).rsqrt()
        return (centred * scale[:, None, None] + self.bias[:, None, None]).to(features.dtype)

    @torch.no_grad()
    def _remember(self, mean: Tensor, variance: Tensor) -> None:
        """Move the running mean and variance towards those of the batch."""
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        assert self.momentum is not None
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance, self.momentum)
        self.num_batches_tracked += 1
