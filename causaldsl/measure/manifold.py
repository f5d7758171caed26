"""Precision, recall, density and coverage: do pictures lie among the real ones, and do they lie everywhere there.

A sample's manifold is the union of a ball around each row that reaches its k-th neighbour.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from causaldsl.measure.distances import distances
from causaldsl.measure.interval import Measured

Array = NDArray[np.float64]
NEIGHBOURS = 5


@dataclass(frozen=True)
class Manifold:
    """How two samples lie in each other.

    Parameters
    ----------
    precision : Measured
        Share of drawn rows in a ball of a real one (kynkaanniemi2019).
    recall : Measured
        Share of real rows in a ball of a drawn one.
    density : Measured
        Mean over the drawn rows of how many real balls hold it, by k (naeem2020). Where both laws are one it is 1
        on average; outliers among the real rows make precision large, but not density.
    coverage : Measured
        Share of real rows whose ball holds a drawn one; outliers among the drawn rows make recall large, but not
        coverage.
    """

    precision: Measured
    recall: Measured
    density: Measured
    coverage: Measured


def manifold(drawn: Array, real: Array, k: int = NEIGHBOURS) -> Manifold:
    """Measure how drawn rows lie among real ones.

    Parameters
    ----------
    drawn, real : ndarray, shape (n, features) and (m, features)
        Features, a row a picture; more than `k` rows each. Figures depend on both numbers: compare at equal ones.
    k : int
        Which neighbour a ball reaches.

    Returns
    -------
    Manifold
        Intervals are those of the rows that are counted; the other sample's balls are taken as they are.

    Examples
    --------
    >>> x = np.arange(20.0)[:, None]
    >>> found = manifold(x[5:15] + 0.1, x, k=1)
    >>> found.precision.value, found.recall.value
    (1.0, 0.55)
    """
    drawn, real = (np.asarray(x, np.float64) for x in (drawn, real))
    drawn_reach, real_reach = _reach(drawn, k), _reach(real, k)
    held = np.zeros(len(drawn))
    recalled, covered = np.zeros(len(real), bool), np.zeros(len(real), bool)
    for rows, found in distances(real, drawn):
        inside = found <= real_reach[rows, None]
        held += inside.sum(0)
        covered[rows] = inside.any(1)
        recalled[rows] = (found <= drawn_reach).any(1)
    n, m = len(drawn), len(real)
    return Manifold(
        Measured.share(float((held > 0).mean()), n),
        Measured.share(float(recalled.mean()), m),
        Measured.about(float(held.mean()) / k, float(held.std(ddof=1)) / k / math.sqrt(n), n, least=0),
        Measured.share(float(covered.mean()), m),
    )


def _reach(x: Array, k: int) -> Array:
    """Return the distance of each row to its k-th neighbour, shape (n,)."""
    return np.concatenate([np.partition(found, k, axis=1)[:, k] for _, found in distances(x)])
