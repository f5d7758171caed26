"""Frechet distance of two sets of pictures in the features of some reader.

Called FD[features] with the features named; FID is the name of one such reader, which is not ours.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from causaldsl.measure.interval import Measured

Array = NDArray[np.float64]


def frechet(a: Array, b: Array) -> Measured:
    """Return the Frechet distance of two samples, each taken for a Gaussian.

    Parameters
    ----------
    a, b : ndarray, shape (n, features) and (m, features)
        Features, a row a picture; at least two rows.

    Returns
    -------
    Measured
        ||mean a - mean b||^2 + tr(A + B - 2 (A B)^(1/2)) of the covariances A and B. It is biased upwards in small
        samples, so quote it with n and beside the distance of two samples of the truth; the interval is about what
        other samples of as many rows would give, and knows nothing of that bias.

    Examples
    --------
    >>> frechet(np.array([[0.0], [2.0]]), np.array([[3.0], [5.0]])).value
    9.0

    Notes
    -----
    The standard error is that of the delta method: a row x of `a`, centred, moves the distance by
    2 (mean a - mean b).x + x.x - x.T x, less the mean of that, where T = A^(-1/2) (A^(1/2) B A^(1/2))^(1/2) A^(-1/2).
    With A = R'R, x = R'z and R S' = U s V' (S the root of B), x.T x = z.(U s U') z: no inverse is needed.
    """
    samples = [np.asarray(x, np.float64) for x in (a, b)]
    shift = samples[0].mean(0) - samples[1].mean(0)
    factors = [_factors(x) for x in samples]
    # tr (A B)^(1/2) is the sum of the singular values of R S', for any roots A = R'R and B = S'S
    left, values, right = np.linalg.svd(factors[0][1] @ factors[1][1].T, full_matrices=False)
    spread = sum(float((root**2).sum()) for _, root in factors)
    value = max(float(shift @ shift + spread - 2 * values.sum()), 0.0)
    variance = 0.0
    for x, (rows, _), turn, sign in zip(samples, factors, (left, right.T), (1, -1), strict=True):
        centred = x - x.mean(0)
        whitened = turn if rows is None else rows @ turn
        moves = 2 * sign * centred @ shift + (centred**2).sum(1) - (len(x) - 1) * (whitened**2 @ values)
        variance += float(moves.var()) / len(x)
    return Measured.about(value, math.sqrt(variance), min(map(len, samples)), least=0)


def _factors(x: Array) -> tuple[Array | None, Array]:
    """Return Q (None: the identity) and R with Q R the centred sample by (n - 1)^(1/2), so that R'R is its covariance.

    R has at most as many rows as columns.
    """
    centred = (x - x.mean(0)) / math.sqrt(len(x) - 1)
    if len(x) <= x.shape[1]:
        return None, centred
    q, r = np.linalg.qr(centred)
    return q, r
