"""Total variation distance over a full joint, and the floors beside which it is read.

A distance measured on samples is never zero, even for the truth; and a graph that is wrong cannot come nearer to the
data than its own factorisation. So each TVD is shown with the floor of sampling and with the graph's own gap.
Every cell counts, those that the data never hold too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LARGEST = 2**62
"""No cell has a larger number."""


def tvd(p: Array, q: Array) -> float:
    """Return half the L1 distance of two laws over the same cells.

    Examples
    --------
    >>> tvd(np.array([0.5, 0.5]), np.array([1.0, 0.0]))
    0.5
    """
    return 0.5 * float(np.abs(p - q).sum())


def sample_tvd(a: Mapping[str, NDArray[np.integer]], b: Mapping[str, NDArray[np.integer]]) -> float:
    """Return the TVD of two samples' joints, for joints that are too large for a table.

    Parameters
    ----------
    a, b : mapping of str to ndarray of int, shape (n,)
        Columns of the same names.
    """
    cut = len(next(iter(a.values())))
    cell, count = np.zeros(cut + len(next(iter(b.values()))), dtype=np.int64), 1
    for name in a:
        column = np.concatenate([a[name], b[name]])
        levels = int(column.max()) + 1
        if count * levels > LARGEST:
            cell, count = _numbered(cell)
        cell, count = cell * levels + column, count * levels
    cell, count = _numbered(cell)
    p = np.bincount(cell[:cut], minlength=count) / cut
    q = np.bincount(cell[cut:], minlength=count) / (len(cell) - cut)
    return tvd(p, q)


def _numbered(cell: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """Return cells numbered among those that occur, and how many those are."""
    found, number = np.unique(cell, return_inverse=True)
    return number, len(found)


def empirical(columns: Sequence[NDArray[np.integer]], sizes: Sequence[int]) -> Array:
    """Return the joint of a sample, shape `sizes`."""
    cell = np.ravel_multi_index([np.asarray(c) for c in columns], tuple(sizes))
    counts = np.bincount(cell, minlength=int(np.prod(sizes))).reshape(tuple(sizes))
    return counts / len(cell)


def floor(p: Array, n: int, repeats: int = 20, seed: int = 0) -> float:
    """Return the mean TVD to `p` of `n` draws from `p` itself: no perfect model reads lower on average."""
    rng = np.random.default_rng(seed)
    flat = p.ravel() / p.sum()
    return float(np.mean([tvd(rng.multinomial(n, flat) / n, flat) for _ in range(repeats)]))


def factorised(p: Array, parents: Sequence[Sequence[int]]) -> Array:
    """Return the likelihood optimum of a graph: the product of the conditionals of `p`, one dimension a node.

    Parameters
    ----------
    p : ndarray, shape (levels, levels, ...)
        A joint, such as the data's.
    parents : sequence of sequences of int
        For each dimension those of its parents. Where a combination of parents has no mass, levels are equally likely.
    """
    found = np.ones_like(p)
    axes = range(p.ndim)
    for child in axes:
        family = {child, *parents[child]}
        counts = p.sum(axis=tuple(a for a in axes if a not in family), keepdims=True)
        mass = counts.sum(axis=child, keepdims=True)
        found = found * np.divide(counts, mass, out=np.full_like(counts, 1 / p.shape[child]), where=mass > 0)
    return found
