"""The causes of a picture, encoded: how they are told to networks, read back from pictures, and balanced.

Encoded (see `causaldsl.scm.encoding`) a binary cause is a column of 0 and 1, a categorical one a column a level, a real
one its standardised value. A labeler has an output a column.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from causaldsl.graph.domain import Categorical, Domain, Real
from causaldsl.images.losses import average, label_loss
from causaldsl.scm.encoding import columns, width


class Causes:
    """The causes of one image node.

    Parameters
    ----------
    domains : sequence of Domain
        Binary, categorical or real, in the order of the columns.
    """

    def __init__(self, domains: Sequence[Domain]) -> None:
        self.domains = tuple(domains)
        self.width = sum(map(width, self.domains))
        self.mixed = any(isinstance(d, Real | Categorical) for d in self.domains)
        self.levelled = [float(not isinstance(d, Real)) for d in self.domains for _ in range(width(d))]

    def signs(self, labels: Tensor) -> Tensor:
        """Map levels in {0, 1} to {-1, 1}, so that both speak equally loud; reals stay as they are."""
        if not self.mixed:
            return 2 * labels - 1
        levelled = labels.new_tensor(self.levelled)
        return labels * (1 + levelled) - levelled

    def loss(self, read: Tensor, labels: Tensor, weights: Tensor | None = None) -> Tensor:
        """Return how wrongly causes are read in pictures; the mean over rows and causes.

        Parameters
        ----------
        read : Tensor, shape (n, width)
            Logits of levels, and reals themselves.
        labels : Tensor, shape (n, width)
            What the pictures were drawn from.
        weights : Tensor, shape (n,), optional
            What each row counts.

        Notes
        -----
        Cross entropy of levels; for reals the absolute error in standard deviations, whose pull does not fade before
        the value is met.
        """
        if not self.mixed:
            return label_loss(read, labels, weights)
        parts = []
        for domain, at in columns(self.domains):
            if isinstance(domain, Categorical):
                loss = average(-(labels[:, at] * read[:, at].log_softmax(1)).sum(1), weights)
            elif isinstance(domain, Real):
                loss = average((read[:, at] - labels[:, at]).abs(), weights)
            else:
                loss = label_loss(read[:, at], labels[:, at], weights)
            parts.append(loss)
        return torch.stack(parts).mean()

    def values(self, read: Tensor) -> Tensor:
        """Return the most likely levels, and reals as read, encoded as labels are; shape (n, width)."""
        parts = []
        for domain, at in columns(self.domains):
            if isinstance(domain, Categorical):
                parts.append(F.one_hot(read[:, at].argmax(1), at.stop - at.start).to(read.dtype))
            elif isinstance(domain, Real):
                parts.append(read[:, at])
            else:
                parts.append((read[:, at] > 0).to(read.dtype))
        return torch.cat(parts, dim=1) if parts else read

    def strata(self, labels: Tensor) -> list[tuple[Tensor, float]]:
        """Return the rows that have each level of each cause, and the level's share of a balanced batch.

        Every cause has the same share, and so has every level that occurs; a real cause has one stratum of all rows.

        Parameters
        ----------
        labels : Tensor, shape (n, width)
            The encoded causes of the rows.
        """
        everything = torch.arange(len(labels), device=labels.device)
        found = []
        for domain, at in columns(self.domains):
            if isinstance(domain, Real):
                found.append((everything, 1.0))
                continue
            has = labels[:, at].T if isinstance(domain, Categorical) else (1 - labels[:, at.start], labels[:, at.start])
            levels = [rows for column in has if len(rows := (column == 1).nonzero().flatten())]
            found += [(rows, 1 / len(levels)) for rows in levels]
        return found or [(everything, 1.0)]
