"""How far the pictures of one set lie apart, and how that compares with real ones."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from causaldsl.measure.distances import distances
from causaldsl.measure.interval import Measured

Array = NDArray[np.float64]


def spread(x: Array) -> Measured:
    """Return the mean distance of two rows of a sample, shape (n, features), drawn without replacement; n > 2.

    Examples
    --------
    >>> spread(np.array([[0.0], [3.0], [6.0]])).value
    4.0

    Notes
    -----
    The standard error is the jackknife's: without row i the mean is (n mean - 2 h_i) / (n - 2), where h_i is the mean
    distance of row i to the others.
    """
    value, error = _spread(x)
    return Measured.about(value, error, len(x), least=0)


def diversity(drawn: Array, real: Array) -> Measured:
    """Return the spread of drawn pictures by that of real ones: 1 where they are as diverse.

    Parameters
    ----------
    drawn, real : ndarray, shape (n, features) and (m, features)
        Features, a row a picture; three rows at least. Real ones that are all equal give an infinite figure.

    Examples
    --------
    >>> diversity(np.array([[0.0], [3.0], [6.0]]), np.array([[0.0], [6.0], [12.0]])).value
    0.5
    """
    (value, error), (truth, doubt) = _spread(drawn), _spread(real)
    if truth == 0:
        return Measured(math.inf, 0, math.inf, len(drawn))
    return Measured.about(value / truth, math.hypot(error, value / truth * doubt) / truth, len(drawn), least=0)


def _spread(x: Array) -> tuple[float, float]:
    """Return the mean distance of two rows, and its standard error."""
    rows = np.asarray(x, np.float64)
    n = len(rows)
    mean = np.concatenate([found.sum(1) for _, found in distances(rows)]) / (n - 1)
    return float(mean.mean()), math.sqrt((n - 1) / n * 4 / (n - 2) ** 2 * float(((mean - mean.mean()) ** 2).sum()))
