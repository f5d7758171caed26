"""Distances between the rows of two samples, a part at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
PART = 1000
"""Rows at a time."""


def distances(a: Array, b: Array | None = None) -> Iterator[tuple[slice, Array]]:
    """Yield the Euclidean distances of some rows of `a` to all rows of `b`, until all rows are done.

    Parameters
    ----------
    a, b : ndarray, shape (n, features) and (m, features)
        The samples; without `b` the distances are those within `a`, of a row to itself exactly 0.

    Yields
    ------
    rows : slice
        Which rows of `a`.
    found : ndarray, shape (rows, m)
        Their distances.

    Examples
    --------
    >>> [(_, found)] = distances(np.array([[0.0], [3.0]]), np.array([[4.0]]))
    >>> found.tolist()
    [[4.0], [1.0]]
    """
    centre = a.mean(0)  # large means would cost digits below
    left = a - centre
    right = left if b is None else b - centre
    squares = (right**2).sum(1)
    for at in range(0, len(left), PART):
        part = left[at : at + PART]
        found = np.maximum((part**2).sum(1)[:, None] + squares - 2 * part @ right.T, 0)
        if b is None:
            found[np.arange(len(part)), at + np.arange(len(part))] = 0
        yield slice(at, at + len(part)), np.sqrt(found)
