"""CelebA's pictures: cropped to the face, and resized.

Crops are given in pixels of the half-size picture, 89 by 109; the full-size one, 178 by 218, is cropped at twice these
places. The resizing filter is Pillow's antialiased bilinear one.
"""

from __future__ import annotations

from dataclasses import dataclass

from causaldsl.datasets.encoded import Pixels, opened, pixels
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
