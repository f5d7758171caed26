"""The data set `digits`: 1,797 small handwritten digits that scikit-learn brings along, for tries without a download.

They have 8 by 8 pixels and 17 greys; a larger node gets each pixel as a square of equal ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from causaldsl.datasets.rows import all_there, first_rows
from causaldsl.errors import DataError, UsageError
from causaldsl.graph.domain import Image
from causaldsl.plugins.protocols import Data

COLUMNS = ("digit",)
SIDE = 8
_WHITE = 16


@dataclass(frozen=True)
class DigitsOptions:
    """Options of `digits`.

    Parameters
    ----------
    train_rows : int
        Learn from so many rows, from the first on, and hold the others out; 0 learns from all.
    """

    train_rows: int = 1_500

    def __post_init__(self) -> None:
        if self.train_rows < 0:
            raise ValueError("train_rows is not negative")


class Digits:
    """The data set plugin `digits`."""

    options: ClassVar[type[DigitsOptions]] = DigitsOptions

    def columns(self, root: Path | None, options: DigitsOptions) -> tuple[str, ...]:  # noqa: ARG002
        """Return `digit`."""
        return COLUMNS

    def check_image(self, image: Image, options: DigitsOptions) -> None:  # noqa: ARG002
        """Refuse what is not grey, not square, or no multiple of 8 pixels.

        Raises
        ------
        DataError
            If it is so.
        """
        if image.channels != 1 or image.height != image.width or image.height % SIDE:
            shape = f"[{image.channels}, {image.height}, {image.width}]"
            raise DataError(f"digits gives no pictures of shape {shape}", "ask for [1, 32, 32], or [1, 8, 8]")

    def open(
        self, root: Path | None, columns: Sequence[str], images: Mapping[str, Image], options: DigitsOptions
    ) -> Data:
        """Read the digits and, for each image node, their pictures enlarged to its size.

        Raises
        ------
        DataError
            If scikit-learn is not installed, or a column is not there.
        UsageError
            If a root is named.
        """
        if root is not None:
            raise UsageError("digits brings its pictures along", "leave --root out")
        all_there("digits", columns, COLUMNS)
        for image in images.values():
            self.check_image(image, options)
        try:
            from sklearn.datasets import load_digits
        except ImportError as error:
            raise DataError("digits needs scikit-learn", "pip install 'causaldsl[digits]'") from error
        held = load_digits()
        greys = (held.images * (255 / _WHITE)).round().astype(np.uint8)
        pictures = {
            node: greys.repeat(image.height // SIDE, axis=1).repeat(image.width // SIDE, axis=2)[:, None]
            for node, image in images.items()
        }
        labels = {name: held.target.astype(np.int64) for name in columns}
        return Data("digits", labels, pictures, first_rows("digits", len(greys), options.train_rows))


plugin = Digits()
