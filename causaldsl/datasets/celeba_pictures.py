"""CelebA's pictures: cropped to the face, resized, and matched with the rows of the table.

The crop is the square from (10, 18) to (80, 88) of the half-size picture, 89 by 109 pixels, that is from (20, 36) to
(160, 176) of the full-size one, 178 by 218: the face from brow to chin, with some hair. It is resized with Pillow's
antialiased bilinear filter.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from causaldsl.datasets.celeba_files import PictureStore
from causaldsl.errors import DataError

Pictures = np.ndarray[Any, np.dtype[np.uint8]]

_HALF_SIZE = (89, 109)
_CROP = (10, 18, 80, 88)
"""Left, top, right and bottom of the face in a picture of half size."""
_DAMAGED = 0.01
"""The largest share of pictures that may be damaged."""


def load_pictures(
    store: PictureStore, rows: Sequence[str], every_row: Collection[str], size: int
) -> tuple[Pictures, list[int], list[str]]:
    """Load the pictures of some rows of the table.

    Parameters
    ----------
    store : PictureStore
        Where the pictures lie.
    rows : sequence of str
        File names to load, in order.
    every_row : collection of str
        All file names of the table, so that pictures without a row can be reported.
    size : int
        Height and width to resize to.

    Returns
    -------
    pictures : ndarray of uint8, shape (n, 3, size, size)
        The pictures that could be read.
    kept : list of int, length n
        Their places in `rows`.
    notes : list of str
        What was left out, how often, and one example.

    Raises
    ------
    DataError
        If there is none, or more than one in a hundred is damaged, or they are no aligned pictures of CelebA.
    """
    there = [i for i, name in enumerate(rows) if name in store.names]
    if not there:
        example = min(store.names)
        raise DataError(f"none of the {len(rows):,} rows has a picture", f"a row: {rows[0]}; a picture: {example}")
    notes = []
    if missing := set(rows) - store.names:
        notes.append(_left_out(missing, "row has no picture", "rows have no picture"))
    if strays := store.names - set(every_row):
        notes.append(_left_out(strays, "picture has no row", "pictures have no row"))

    pictures = np.empty((len(there), 3, size, size), np.uint8)
    kept: list[int] = []
    damaged: dict[str, str] = {}
    for i in there:
        try:
            pictures[len(kept)] = _face(store.read(rows[i]), rows[i], size)
        except (OSError, UnidentifiedImageError, Image.DecompressionBombError, SyntaxError, ValueError) as error:
            damaged[rows[i]] = str(error)
        else:
            kept.append(i)
    if damaged:
        first, why = next(iter(damaged.items()))
        if len(damaged) > _DAMAGED * len(there):
            raise DataError(f"{len(damaged):,} of {len(there):,} pictures are damaged, such as {first}: {why}")
        notes.append(_left_out(damaged, "picture is damaged", "pictures are damaged"))
    return pictures[: len(kept)], kept, notes


def _face(file: bytes, name: str, size: int) -> Pictures:
    """Decode one file, shape (3, size, size)."""
    with Image.open(io.BytesIO(file)) as picture:
        scale = picture.width / _HALF_SIZE[0]
        if picture.width > 8 * _HALF_SIZE[0] or abs(picture.height / scale - _HALF_SIZE[1]) > 1:
            raise DataError(
                f"{name} has {picture.width} by {picture.height} pixels and is no aligned picture of CelebA",
                "the aligned ones have 178 by 218, or half of that",
            )
        left, top, right, bottom = (edge * scale for edge in _CROP)
        face = picture.convert("RGB").resize((size, size), Image.Resampling.BILINEAR, (left, top, right, bottom))
    return np.asarray(face, np.uint8).transpose(2, 0, 1)


def _left_out(names: Collection[str], one: str, many: str) -> str:
    return f"left out: {len(names):,} {one if len(names) == 1 else many}, such as {min(names)}"
