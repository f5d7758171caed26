"""Figures with intervals: of shares, of what has a standard error, and of differences."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

Z = 1.96
"""Half-width of an interval in standard errors: it covers the truth 95 times in 100."""


@dataclass(frozen=True)
class Measured:
    """A figure and how sure it is.

    Parameters
    ----------
    value : float
        What was found.
    low, high : float
        Its interval, which covers the truth about 95 times in 100.
    n : int
        Pictures, or rows, that it rests on.

    Examples
    --------
    >>> gain = Measured.share(0.75, 100) - Measured.share(0.5, 100)
    >>> gain.value, round(gain.low, 3), round(gain.high, 3)
    (0.25, 0.116, 0.372)
    """

    value: float
    low: float
    high: float
    n: int

    @classmethod
    def share(cls, value: float, n: int, z: float = Z) -> Measured:
        """Return a share that was counted in `n` draws, with Wilson's interval of half-width `z`."""
        low, high = wilson(value, n, z)
        return cls(value, low, high, n)

    @classmethod
    def shares(cls, value: float, variance: float, n: int) -> Measured:
        """Return the mean of `n` shares, each of a few trials of one draw, and of their variance.

        Its interval is Wilson's of as many single trials as would have a mean that varies as much, at least `n`.

        Examples
        --------
        >>> Measured.shares(0.5, 0.125, 100) == Measured(0.5, *wilson(0.5, 200), 100)
        True
        """
        trials = n * max(1.0, value * (1 - value) / variance) if variance else n
        low, high = wilson(value, trials)
        return cls(value, low, high, n)

    @classmethod
    def about(cls, value: float, error: float, n: int, least: float = -math.inf) -> Measured:
        """Return a figure with a standard error; its interval ends at `least`, the least that the figure can be."""
        return cls(value, max(value - Z * error, least), value + Z * error, n)

    @classmethod
    def of_json(cls, found: dict[str, Any]) -> Measured:
        """Read what `as_json` wrote."""
        low, high = found["interval"]
        return cls(found["value"], low, high, found["n"])

    def as_json(self) -> dict[str, Any]:
        """Render as `value`, `interval` and `n`."""
        return {"value": self.value, "interval": [self.low, self.high], "n": self.n}

    def __sub__(self, other: Measured) -> Measured:
        """Return the difference of two independent figures.

        Notes
        -----
        The interval adds the squares of the halves that face each other (Newcombe's for shares, MOVER in general); for
        halves that are even it is that of the root of the summed squares of both standard errors.
        """
        value = self.value - other.value
        down = math.hypot(self.value - self.low, other.high - other.value)
        up = math.hypot(self.high - self.value, other.value - other.low)
        return Measured(value, value - down, value + up, min(self.n, other.n))


def wilson(share: float, n: float, z: float = Z) -> tuple[float, float]:
    """Return Wilson's interval of a share that was counted in `n` draws.

    Parameters
    ----------
    share : float
        Counted, in [0, 1].
    n : float
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
    return (max(0.0, centre - half) if share > 0 else 0.0), (min(1.0, centre + half) if share < 1 else 1.0)
