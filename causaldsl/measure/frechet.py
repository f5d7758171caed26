"""Frechet distance of two sets of pictures in the features of some reader, and the spread of one set.

Called FD[features] with the features named; FID is the name of one such reader, which is not ours.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def frechet(a: Array, b: Array) -> float:
    """Return the Frechet distance of two samples, each taken for a Gaussian.

    Parameters
    ----------
    a, b : ndarray, shape (n, features) and (m, features)
        Features, a row a picture; at least two rows.

    Returns
    -------
    float
        ||mean a - mean b||^2 + tr(A + B - 2 (A B)^(1/2)) of the covariances A and B. It is biased upwards in small
        samples, so quote it with n and beside the distance of two samples of the truth.

    Examples
    --------
    >>> frechet(np.array([[0.0], [2.0]]), np.array([[3.0], [5.0]]))
    9.0
    """
    first, second = (np.asarray(x, np.float64) for x in (a, b))
    shift = first.mean(0) - second.mean(0)
    roots = [_root(x) for x in (first, second)]
    # tr (A B)^(1/2) is the sum of the singular values of A^(1/2) B^(1/2), for any roots A = R'R
    overlap = np.linalg.svd(roots[0] @ roots[1].T, compute_uv=False).sum()
    spread = sum(float((root**2).sum()) for root in roots)
    return max(float(shift @ shift + spread - 2 * overlap), 0.0)


def _root(x: Array) -> Array:
    """Return R of at most as many rows as columns with R'R the covariance of a sample's columns."""
    centred = (x - x.mean(0)) / np.sqrt(len(x) - 1)
    return np.asarray(np.linalg.qr(centred, mode="r")) if len(x) > x.shape[1] else centred


def spread(x: Array) -> float:
    """Return the mean distance of two rows of a sample, shape (n, features), drawn without replacement.

    Examples
    --------
    >>> spread(np.array([[0.0], [3.0], [6.0]]))
    4.0
    """
    rows = np.asarray(x, np.float64)
    norms = (rows**2).sum(1)
    squared = np.maximum(norms[:, None] + norms - 2 * rows @ rows.T, 0)
    np.fill_diagonal(squared, 0)
    n = len(rows)
    return float(np.sqrt(squared).sum() / (n * (n - 1)))
