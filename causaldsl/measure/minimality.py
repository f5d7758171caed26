"""Minimality of a counterfactual picture: that it has moved no further from what was seen than it had to."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from causaldsl.measure.distances import distances
from causaldsl.measure.interval import Measured

Array = NDArray[np.float64]
Levels = NDArray[np.int64]

FAR, NEAR = 0.8, 0.2
"""Weights of having moved too far and of having hardly moved (melistas2024)."""


def minimality(
    seen: Array, imagined: Array, was: Levels, would: Levels, real: Array, levels: Levels
) -> Measured | None:
    """Return the counterfactual latent divergence of pictures in which one cause was changed; less is better.

    Parameters
    ----------
    seen, imagined : ndarray, shape (n, features)
        Features of the pictures as they were seen, and as they were imagined.
    was, would : ndarray of int, shape (n,)
        The level of the cause as it was seen, and as it was set.
    real : ndarray, shape (m, features)
        Features of other real pictures.
    levels : ndarray of int, shape (m,)
        Their levels of the cause.

    Returns
    -------
    Measured or None
        The mean over those pictures for whose two levels there are real ones; None where that are fewer than two. Of
        pictures left as they were it is log(.8 + .2 e), .295; it is 0 at best and .865 at worst.

    Examples
    --------
    >>> real, levels = np.array([[0.0], [1.0], [5.0], [6.0]]), np.array([0, 0, 1, 1])
    >>> at, was, would = np.zeros((2, 1)), np.zeros(2, int), np.ones(2, int)
    >>> [round(minimality(at, at + d, was, would, real, levels).value, 3) for d in (0.0, 3.0, 9.0)]
    [0.295, 0.0, 0.865]

    Notes
    -----
    With d the distance of an imagined picture from the seen one, and S and S' those of real pictures that have the
    level set and the level seen, it is log(.8 exp P(S <= d) + .2 exp P(S' >= d)) (sanchez2022): an imagined picture
    lies nearer than real ones of its level, and further than those that differ without it.
    """
    moved = np.linalg.norm(imagined - seen, axis=1)
    found = []
    for rows, apart in distances(seen, real):
        here = levels[None, :]
        shares = [
            _share(apart >= moved[rows, None], here == was[rows, None]),
            _share(apart <= moved[rows, None], here == would[rows, None]),
        ]
        found.append(np.log(NEAR * np.exp(shares[0]) + FAR * np.exp(shares[1])))
    each = np.concatenate(found)
    each = each[np.isfinite(each)]
    if len(each) < 2:
        return None
    return Measured.about(float(each.mean()), float(each.std(ddof=1)) / math.sqrt(len(each)), len(each), least=0)


def _share(hits: NDArray[np.bool_], among: NDArray[np.bool_]) -> Array:
    """Return of each row the share of hits, nan where there is nothing to be among."""
    total = among.sum(1).astype(float)
    found: Array = np.divide((hits & among).sum(1), total, out=np.full(len(total), np.nan), where=total > 0)
    return found
