"""What weighted draws are worth, batch after batch."""

from __future__ import annotations

import math

from torch import Tensor

LEAST = 30
"""Weighted draws that are worth fewer exact ones tell little."""


class Scales:
    """The weights of batch after batch, on one scale: what they sum to, and what they leave of the draws.

    Attributes
    ----------
    n : int
        The draws of all batches.
    faded, own : float
        What sums over the batches before, and over the last one, are to be multiplied by to be on one scale.
    share : float
        The last batch's share of all weights.
    """

    def __init__(self) -> None:
        self.n = 0
        self.faded, self.own, self.share = 1.0, 1.0, 0.0
        self._top, self._total, self._squares = -math.inf, 0.0, 0.0

    def add(self, log_weight: Tensor) -> bool:
        """Count a batch in; return whether any of its units weighs anything."""
        self.n += len(log_weight)
        highest = float(log_weight.max())
        if highest == -math.inf:
            return False
        weight, top = (log_weight - highest).exp(), max(self._top, highest)
        self.faded, self.own = math.exp(self._top - top), math.exp(highest - top)
        mass = float(weight.sum()) * self.own
        self._total = self._total * self.faded + mass
        self._squares = self._squares * self.faded**2 + float((weight**2).sum()) * self.own**2
        self._top, self.share = top, mass / self._total
        return True

    @property
    def worth(self) -> float:
        """The effective sample size, (sum w)^2 / sum w^2: how many exact draws are worth as much; 0 where none is."""
        return self._total**2 / self._squares if self._total > 0 else 0.0
