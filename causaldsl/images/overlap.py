"""Overlap weights: the law under which a label is independent of the others, as far as the data hold both."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from causaldsl.graph.domain import Categorical, Real
from causaldsl.images.causes import Causes
from causaldsl.scm.encoding import columns


class Overlap:
    def __init__(self, causes: Causes, labels: Tensor, share: Tensor, ridge: float = 1e-4) -> None:
        self.causes = causes
        self.fits = []
        for domain, at in columns(causes.domains):
            if isinstance(domain, Real):
                self.fits.append(None)
                continue
            others, levels = self._others(labels, at), self._levels(labels, domain, at)
            size = len(domain.levels) if isinstance(domain, Categorical) else 2
            matrix = torch.zeros(others.shape[1], size, dtype=labels.dtype, requires_grad=True)
            fit = torch.optim.LBFGS([matrix], max_iter=100, line_search_fn="strong_wolfe")

            def closure():
                fit.zero_grad()
                loss = (
                    F.cross_entropy(others @ matrix, levels, reduction="none") * share
                ).sum() + ridge * matrix.square().sum()
                loss.backward()
                return loss

            fit.step(closure)
            matrix = matrix.detach()
            self.fits.append((matrix, 1.0))
            self.fits[-1] = (matrix, float((self._weight(labels, domain, at, matrix) * share).sum()))

    def _levels(self, labels, domain, at):
        return labels[:, at].argmax(1) if isinstance(domain, Categorical) else labels[:, at.start].long()

    def _others(self, labels, at):
        told = self.causes.signs(labels)
        others = torch.cat([told[:, : at.start], told[:, at.stop :], torch.ones_like(told[:, :1])], 1)
        d = others.shape[1] - 1
        i, j = torch.triu_indices(d, d, 1)
        return torch.cat([others, others[:, i] * others[:, j]], 1)

    def _weight(self, labels, domain, at, matrix):
        inverse = (-(self._others(labels, at) @ matrix).log_softmax(1)).softmax(1)
        return inverse.gather(1, self._levels(labels, domain, at)[:, None]).squeeze(1)

    def __call__(self, labels: Tensor) -> Tensor:
        weights = []
        for (domain, at), fit in zip(columns(self.causes.domains), self.fits, strict=True):
            weights.append(
                torch.ones_like(labels[:, 0]) if fit is None else self._weight(labels, domain, at, fit[0]) / fit[1]
            )
        return torch.stack(weights, 1)
