"""Draw the faces: nine labels in, portraits out; the same seed gives the same bytes."""

from __future__ import annotations

from typing import Any

import numpy as np

from causaldsl.datasets.faces_canvas import Canvas
from causaldsl.datasets.faces_portrait import paint
from causaldsl.datasets.faces_sitter import LABELS, seat

_STACK = 128
"""Portraits that are painted at once; also the unit of randomness, so changing it changes the pictures."""
_GRAIN = 0.02
"""Standard deviation of the noise of a pixel's channel."""


def draw(
    labels: np.ndarray[Any, Any], size: int = 32, seed: int = 0, first: int = 0
) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Draw a portrait for each row of labels.

    Parameters
    ----------
    labels : ndarray, shape (n, 9), in {0, 1}
        In the order of `LABELS`.
    size : int
        Height and width in pixels, a multiple of 32.
    seed : int
        Everything that the labels leave open follows from (`seed`, number of the row).
    first : int
        Number of the first row, so that a long series can be drawn in pieces.

    Returns
    -------
    ndarray of uint8, shape (n, 3, size, size)
        The portraits.

    Raises
    ------
    ValueError
        If the labels or the size are of another shape.

    Examples
    --------
    >>> draw(np.ones((2, 9)), size=32).shape
    (2, 3, 32, 32)
    """
    labels = np.asarray(labels)
    if labels.ndim != 2 or labels.shape[1] != len(LABELS):
        raise ValueError(f"labels have {len(LABELS)} columns, a row a portrait; not the shape {labels.shape}")
    if size < 32 or size % 32:
        raise ValueError(f"the size of a portrait is a multiple of 32, not {size}")
    pictures = np.empty((len(labels), 3, size, size), np.uint8)
    done = 0
    while done < len(labels):
        stack, skip = divmod(first + done, _STACK)
        part = labels[done : done + _STACK - skip]
        whole = np.zeros((_STACK, len(LABELS)), labels.dtype)
        whole[skip : skip + len(part)] = part
        drawn = _draw_stack(whole, size, np.random.default_rng((seed, stack)))
        pictures[done : done + len(part)] = drawn[skip : skip + len(part)]
        done += len(part)
    return pictures


def _draw_stack(labels: np.ndarray[Any, Any], size: int, rng: np.random.Generator) -> np.ndarray[Any, Any]:
    sitter = seat(labels, rng)
    canvas = Canvas.blank(size, sitter.pose)
    paint(canvas, sitter)
    rgb = canvas.rgb * (1 + 0.12 * sitter.glow)
    rgb += _GRAIN * rng.standard_normal(rgb.shape, dtype=np.float32)
    return np.clip(rgb * 255 + 0.5, 0, 255).astype(np.uint8).transpose(3, 0, 1, 2)
