"""The canvas under the faces: a stack of pictures painted at once, with anti-aliased edges.

Arrays carry the stack on their *last* axis, `(height, width, n)`: a property of the sitter, shape `(n,)`, broadcasts
against the coordinates without reshaping, and a window of the picture is a cheap slice with long contiguous runs.
Only sums, products, quotients, square roots and comparisons are used, which IEEE 754 rounds exactly: the bytes do not
depend on the vector unit or on how a stack is cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.floating[Any]]]

SHIFT = 0.05
"""Largest shift of a portrait, in half pictures."""
ZOOM = 0.05
"""Largest change of its scale."""
TILT = 0.05
"""Largest tangent of half the angle of its tilt (5.7 degrees)."""
TURN = 0.06
"""Largest sideways shift of the features by a turn of the head."""


@dataclass(frozen=True)
class Pose:
    """Where each sitter of a stack sits; all of shape (n,), symmetric about 0, bounded by the constants above."""

    right: Array
    down: Array
    zoom: Array
    tilt: Array


@dataclass(frozen=True)
class Canvas:
    """A stack of pictures, or a window of one, with coordinates that move with each sitter.

    Parameters
    ----------
    rgb : ndarray, shape (3, height, width, n)
        The pictures, in [0, 1]; painted in place.
    x, y : ndarray, shape (height, width, n)
        Coordinates of the pixels in the sitter's own frame: the upright, centred picture is [-1, 1] squared, y down.
    pixel : float
        Side of a pixel in that frame.
    """

    rgb: Array
    x: Array
    y: Array
    pixel: float

    @classmethod
    def blank(cls, size: int, pose: Pose) -> Canvas:
        """Lay out an unpainted canvas of `size` by `size` pixels for the sitters of `pose`."""
        axis = ((2 * np.arange(size, dtype=np.float32) + 1) / size - 1).astype(np.float32)
        across, down = axis[None, :, None] - pose.right, axis[:, None, None] - pose.down
        t = pose.tilt
        cos, sin = (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)
        scale = 1 / (1 + pose.zoom)
        x = (cos * scale) * across + (sin * scale) * down
        y = (cos * scale) * down - (sin * scale) * across
        return cls(np.zeros((3, *x.shape), np.float32), x, y, 2 / size)

    def window(self, left: float, top: float, right: float, bottom: float) -> Canvas:
        """Return the part of a whole canvas that can show this box of the sitter's frame, whatever the pose."""
        rows, columns = _reach(self.x.shape[0], left, top, right, bottom)
        return Canvas(self.rgb[:, rows, columns], self.x[rows, columns], self.y[rows, columns], self.pixel)

    def cover(self, distance: Array) -> Array:
        """Turn a signed distance (negative inside) into the share of each pixel that is covered, in [0, 1]."""
        covered: Array = np.clip(0.5 - distance * (1 / self.pixel), 0, 1)
        return covered

    def paint(self, alpha: Array, colour: Array) -> None:
        """Lay a colour over the pictures.

        Parameters
        ----------
        alpha : ndarray, shape (height, width, n)
            Opacity, in [0, 1].
        colour : ndarray, shape (3, n), (3, 1) or (3, height, width, n)
            The colour, in [0, 1].
        """
        for channel, value in zip(self.rgb, colour, strict=True):
            channel += alpha * (value - channel)


@lru_cache(maxsize=256)
def _reach(size: int, left: float, top: float, right: float, bottom: float) -> tuple[slice, slice]:
    """Return the rows and columns of the picture that a box of the frame can reach under any pose."""
    spots = []
    for x, y, t, zoom in product((left, right), (top, bottom), (-TILT, TILT), (1 - ZOOM, 1 + ZOOM)):
        cos, sin = (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)
        spots.append((zoom * (cos * y + sin * x), zoom * (cos * x - sin * y)))
    ends = []
    for low, high in ((min(s), max(s)) for s in zip(*spots, strict=True)):
        first = int((low - SHIFT + 1) * size / 2) - 1
        last = int((high + SHIFT + 1) * size / 2) + 2
        ends.append(slice(max(first, 0), min(last, size)))
    return ends[0], ends[1]


def ellipse(x: Array, y: Array, width: Array | float, height: Array | float) -> Array:
    """Signed distance (nearly) to an ellipse about the origin with these half axes."""
    u, v = x * (1 / width), y * (1 / height)
    distance: Array = (np.sqrt(u * u + v * v) - 1) * np.minimum(width, height, dtype=np.float32)
    return distance


def box(x: Array, y: Array, width: Array | float, height: Array | float, corner: Array | float = 0.0) -> Array:
    """Signed distance to a box about the origin with these half sides and rounded corners."""
    dx, dy = np.abs(x) - (width - corner), np.abs(y) - (height - corner)
    inside = np.minimum(np.maximum(dx, dy), 0)
    dx, dy = np.maximum(dx, 0), np.maximum(dy, 0)
    return inside + np.sqrt(dx * dx + dy * dy) - corner


def leaf(x: Array, y: Array, width: Array | float, height: Array | float, bend: Array | float = 0.0) -> Array:
    """Signed distance (nearly) to a leaf along the x axis that tapers to both tips, which `bend` raises (up is -y)."""
    u = x * (1 / width)
    u2 = u * u
    return np.abs(y + bend * u2) - height * (1 - u2)
