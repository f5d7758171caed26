"""CelebA's pictures: cropped to the face, resized, and matched with the rows of the table.

Crops are given in pixels of the half-size picture, 89 by 109; the full-size one, 178 by 218, is cropped at twice these
places. The resizing filter is Pillow's antialiased bilinear one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from causaldsl.datasets.decoding import left_out
from causaldsl.datasets.encoded import Pixels, opened, pixels
from causaldsl.datasets.rows import Index
from causaldsl.datasets.stores import PictureStore
from causaldsl.errors import DataError
from causaldsl.graph.domain import Image

HALF_SIZE = (89, 109)
CROPS = {"face": (10, 18, 80, 88), "whole_width": (0, 10, 89, 99), "centre": (17.5, 27.5, 71.5, 81.5)}
"""Left, top, right and bottom: from brow to chin; the widest square; the centre, 108 pixels wide at full size."""


@dataclass(frozen=True)
class Crop:
    """Decodes an aligned picture of either size.

    Parameters
    ----------
    image : Image
        Size to resize to.
    box : (left, top, right, bottom)
        What is kept of the half-size picture.
    """

    image: Image
    box: tuple[float, float, float, float]

    def __call__(self, content: bytes, file: str) -> Pixels:
        """Decode one file, shape (3, height, width)."""
        with opened(content) as picture:
            scale = picture.width / HALF_SIZE[0]
            if picture.width > 8 * HALF_SIZE[0] or abs(picture.height / scale - HALF_SIZE[1]) > 1:
                raise DataError(
                    f"{file} has {picture.width} by {picture.height} pixels and is no aligned picture of CelebA",
                    "the aligned ones have 178 by 218, or half of that",
                )
            left, top, right, bottom = (edge * scale for edge in self.box)
            return pixels(picture, self.image, (left, top, right, bottom))


def matched(store: PictureStore, files: list[str]) -> tuple[Index, list[str]]:
    """Find the rows that have a picture.

    Parameters
    ----------
    store : PictureStore
        Where the pictures lie.
    files : list of str
        The file of each row of the table.

    Returns
    -------
    rows : ndarray of int
        The places in `files` of those that are there.
    notes : list of str
        How many rows have no picture, and pictures no row.

    Raises
    ------
    DataError
        If no row has a picture.
    """
    there = np.array([file in store.names for file in files], dtype=bool)
    if not there.any():
        example = min(store.names)
        raise DataError(f"none of the {len(files):,} rows has a picture", f"a row: {files[0]}; a picture: {example}")
    every_row = set(files)
    sides: list[tuple[Collection[str], str, str]] = [
        (every_row - store.names, "row has no picture", "rows have no picture"),
        (store.names - every_row, "picture has no row", "pictures have no row"),
    ]
    return np.flatnonzero(there), [left_out(*side) for side in sides if side[0]]
