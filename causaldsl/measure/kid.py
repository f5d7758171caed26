"""Kernel distance of two sets of pictures: the squared maximum mean discrepancy of a cubic kernel, unbiased."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from causaldsl.measure.interval import Measured

Array = NDArray[np.float64]
BLOCKS = 20
"""Blocks of rows that are left out one by one, for the standard error."""


def kid(a: Array, b: Array, blocks: int = BLOCKS) -> Measured:
    """Return the kernel distance of two samples.

    Parameters
    ----------
    a, b : ndarray, shape (n, features) and (m, features)
        Features, a row a picture, in no order; four rows at least.
    blocks : int
        Into how many blocks each sample is cut; fewer where there are not two rows a block.

    Returns
    -------
    Measured
        Unbiased, so that for two samples of one law it is around 0, below it too.

    Examples
    --------
    >>> x = np.arange(8.0)[:, None]
    >>> kid(x, x + 9, blocks=2).value > 0
    True

    Notes
    -----
    With k(x, y) = (x.y / features + 1)^3: the mean of k over pairs of two rows of `a`, plus that of `b`, less twice
    that over pairs of a row each (binkowski2018). The standard error is the jackknife's over blocks: block i of both
    samples is left out, block by block.
    """
    samples = [np.asarray(x, np.float64) for x in (a, b)]
    blocks = min(blocks, *(len(x) // 2 for x in samples))
    cuts = [np.linspace(0, len(x), blocks + 1).astype(int) for x in samples]
    sizes = [np.diff(cut) for cut in cuts]
    within = [_block_sums(x, x, cut, cut) - np.diag(_own(x, cut)) for x, cut in zip(samples, cuts, strict=True)]
    across = _block_sums(samples[0], samples[1], cuts[0], cuts[1])

    def value(keep: NDArray[np.bool_]) -> float:
        inner = 0.0
        for sums, size in zip(within, sizes, strict=True):
            n = int(size[keep].sum())
            inner += float(sums[np.ix_(keep, keep)].sum()) / (n * (n - 1))
        n, m = (int(size[keep].sum()) for size in sizes)
        return inner - 2 * float(across[np.ix_(keep, keep)].sum()) / (n * m)

    left_out = np.array([value(np.arange(blocks) != block) for block in range(blocks)])
    error = math.sqrt((blocks - 1) * float(left_out.var()))
    return Measured.about(value(np.ones(blocks, bool)), error, min(map(len, samples)))


def _block_sums(a: Array, b: Array, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Array:
    """Sum the kernel over each block of rows of `a` and of `b`, shape (blocks, blocks)."""
    parts = [
        np.add.reduceat(_kernel(a[start:end] @ b.T, a.shape[1]).sum(0), columns[:-1]) for start, end in pairwise(rows)
    ]
    return np.stack(parts)


def _own(x: Array, cut: NDArray[np.int64]) -> Array:
    """Sum the kernel of each row with itself over each block."""
    return np.asarray(np.add.reduceat(_kernel((x**2).sum(1), x.shape[1]), cut[:-1]))


def _kernel(products: Array, features: int) -> Array:
    return np.asarray((products / features + 1) ** 3)
