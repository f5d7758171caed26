"""Intervals of shares."""

from __future__ import annotations

import math


def wilson(share: float, n: int, z: float = 1.96) -> tuple[float, float]:
    """Return Wilson's interval of a share that was counted in `n` draws.

    Parameters
    ----------
    share : float
        Counted, in [0, 1].
    n : int
        Draws, at least one.
    z : float
        Half-width in standard errors; 1.96 covers the truth 95 times in 100.

    Examples
    --------
    >>> low, high = wilson(0.0, 100)
    >>> low, round(high, 4)
    (0.0, 0.037)

    Notes
    -----
    It holds all p from which the counted share lies within z standard errors, sqrt(p (1 - p) / n); unlike that of Wald
    it is never empty, nor outside [0, 1].
    """
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)
