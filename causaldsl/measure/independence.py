"""Tests of whether two columns are independent given others.

Discrete columns by the G test: G = 2 sum n log(n_abz n_z / (n_az n_bz)), which is about chi-squared where they are
independent, summed over the strata of z; strata in which a column has one level tell nothing and have no degree of
freedom. With a real column among them by the partial correlation of all that stands for a with all that stands for b,
z's part taken out by least squares: it sees linear dependence alone, and says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

Column = NDArray[np.int64] | NDArray[np.float64]
"""Level indices (integers) or real numbers (floats)."""


@dataclass(frozen=True)
class IndependenceTest:
    """How a test of independence came out.

    Parameters
    ----------
    statistic : float
        About chi-squared with `degrees` degrees of freedom where the columns are independent.
    degrees : int
        0 where the data tell nothing.
    p_value : float
        How often independent columns would look at least as dependent.
    strength : float
        How dependent they are: Cramer's V, or the absolute partial correlation; 0 to 1, whatever the number of rows.
    kind : {"G", "partial correlation"}
        Which test.
    """

    statistic: float
    degrees: int
    p_value: float
    strength: float
    kind: str


def independence(a: Column, b: Column, z: Sequence[Column]) -> IndependenceTest:
    """Test whether two columns are independent given others.

    Parameters
    ----------
    a, b : ndarray, shape (n,)
        The columns.
    z : sequence of ndarray, shape (n,)
        What is given.

    Examples
    --------
    >>> coin = np.arange(1000) % 2
    >>> independence(coin, coin, []).p_value < 1e-9
    True
    >>> independence(coin, np.arange(1000) // 2 % 2, []).p_value
    1.0
    """
    if all(np.issubdtype(column.dtype, np.integer) for column in (a, b, *z)):
        return _g_test(a, b, z)
    return _partial_correlation(a, b, z)


def _g_test(a: Column, b: Column, z: Sequence[Column]) -> IndependenceTest:
    stratum = np.zeros(len(a), dtype=np.int64)
    for column in z:
        stratum = np.unique(stratum * (int(column.max()) + 1) + column, return_inverse=True)[1].astype(np.int64)
    rows, columns = int(a.max()) + 1, int(b.max()) + 1
    strata = int(stratum.max()) + 1
    cell = (stratum * rows + a.astype(np.int64)) * columns + b.astype(np.int64)
    counts = np.bincount(cell, minlength=strata * rows * columns).reshape(strata, rows, columns).astype(float)
    by_a, by_b, by_z = counts.sum(2, keepdims=True), counts.sum(1, keepdims=True), counts.sum((1, 2), keepdims=True)
    expected = by_a * by_b / by_z
    seen = counts > 0
    g = 2 * float((counts[seen] * np.log(counts[seen] / expected[seen])).sum())
    freedom = ((by_a > 0).sum((1, 2)) - 1) * ((by_b > 0).sum((1, 2)) - 1)
    degrees = int(freedom.sum())
    strength = math.sqrt(max(g, 0.0) / len(a) / max(min(rows, columns) - 1, 1))
    return IndependenceTest(g, degrees, _chi_squared_tail(g, degrees), min(strength, 1.0), "G")


def _partial_correlation(a: Column, b: Column, z: Sequence[Column]) -> IndependenceTest:
    given = np.concatenate([np.ones((len(a), 1)), *(_standing_for(column) for column in z)], 1)

    def rest(column: Column) -> NDArray[np.float64]:
        standing = _standing_for(column)
        fitted: NDArray[np.float64] = standing - given @ np.linalg.lstsq(given, standing, rcond=None)[0]
        basis, singular, _ = np.linalg.svd(fitted, full_matrices=False)
        return basis[:, singular > 1e-9 * max(len(a), 1)]

    left, right = rest(a), rest(b)
    degrees = left.shape[1] * right.shape[1]
    if not degrees:
        return IndependenceTest(0.0, 0, 1.0, 0.0, "partial correlation")
    correlations = np.linalg.svd(left.T @ right, compute_uv=False).clip(0, 1 - 1e-15)
    free = len(a) - given.shape[1] - 0.5 * (left.shape[1] + right.shape[1] + 1)
    statistic = -free * float(np.log1p(-(correlations**2)).sum())  # Bartlett's
    strength = float(correlations.max())
    return IndependenceTest(statistic, degrees, _chi_squared_tail(statistic, degrees), strength, "partial correlation")


def _standing_for(column: Column) -> NDArray[np.float64]:
    """Return the numbers that stand for a column: itself, or an indicator a level but one."""
    if np.issubdtype(column.dtype, np.integer):
        return np.eye(int(column.max()) + 1)[column.astype(np.int64)][:, 1:]
    return column.astype(float).reshape(-1, 1)


def _chi_squared_tail(statistic: float, degrees: int) -> float:
    if degrees == 0:
        return 1.0
    half = torch.tensor([degrees / 2, max(statistic, 0.0) / 2], dtype=torch.float64)
    return float(torch.special.gammaincc(half[0], half[1]))
