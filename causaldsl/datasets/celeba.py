"""The data set `celeba`: CelebA's attributes, and its aligned pictures where the graph has an image.

The user brings the files (`--root DIR`); `celeba_files` says in which layouts, `celeba_pictures` how they are cropped.
Labels -1 and 1 become 0 and 1. The partition file says which rows are learned from, or the option `train_rows`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from causaldsl.datasets.celeba_files import (
    PARTITION,
    attribute_names,
    picture_store,
    read_attributes,
    read_partition,
)
from causaldsl.datasets.celeba_pictures import CROPS, HALF_SIZE, Crop
from causaldsl.datasets.matching import with_pictures
from causaldsl.datasets.rows import all_there, first_rows
from causaldsl.errors import DataError
from causaldsl.graph.domain import Image
from causaldsl.plugins.protocols import Data

if TYPE_CHECKING:
    import pandas as pd

Bytes = np.ndarray[Any, np.dtype[np.uint8]]

_NO_PART = 3


@dataclass(frozen=True)
class CelebAOptions:
    """Options of `celeba`.

    Parameters
    ----------
    crop : {"face", "whole_width", "centre"} or (left, top, right, bottom)
        What is kept of a picture; numbers are pixels of the half-size picture, 89 by 109.
    train_rows : int
        Learn from so many rows, from the first on, and hold the others out; 0 leaves it to the partition file.
    max_damaged : float
        The share of pictures that may be damaged.
    """

    crop: Literal["face", "whole_width", "centre"] | tuple[float, ...] = "face"
    train_rows: int = 0
    max_damaged: float = 0.01

    def __post_init__(self) -> None:
        width, height = HALF_SIZE
        if len(self.box) != 4 or not all(isinstance(edge, int | float) for edge in self.box):
            raise ValueError(f"crop is one of {', '.join(CROPS)} or [left, top, right, bottom]")
        left, top, right, bottom = self.box
        if not (0 <= left < right <= width and 0 <= top < bottom <= height):
            raise ValueError(f"crop lies within a picture of {width} by {height} pixels")
        if self.train_rows < 0 or not 0 <= self.max_damaged <= 1:
            raise ValueError("train_rows is not negative, and max_damaged lies between 0 and 1")

    @property
    def box(self) -> tuple[float, ...]:
        """Left, top, right and bottom."""
        return CROPS[self.crop] if isinstance(self.crop, str) else self.crop


class CelebA:
    """The data set plugin `celeba`."""

    options: ClassVar[type[CelebAOptions]] = CelebAOptions

    def columns(self, root: Path | None, options: CelebAOptions) -> tuple[str, ...]:  # noqa: ARG002
        """Return the names of the attributes; reads no more than the head of the table.

        Raises
        ------
        DataError
            If no folder is named, or the table is missing or damaged.
        """
        return attribute_names(_folder(root))

    def check_image(self, image: Image, options: CelebAOptions) -> None:
        """Refuse what is not red, green and blue, or would stretch faces.

        Raises
        ------
        DataError
            If it is so.
        """
        left, top, right, bottom = options.box
        stretch = (image.width / image.height) / ((right - left) / (bottom - top))
        if image.channels != 3 or not 0.95 < stretch < 1.05:
            shape = f"[{image.channels}, {image.height}, {image.width}]"
            hint = "ask for three channels, and a shape as that of the crop: the named ones are squares"
            raise DataError(f"celeba gives no pictures of shape {shape}", hint)

    def open(
        self, root: Path | None, columns: Sequence[str], images: Mapping[str, Image], options: CelebAOptions
    ) -> Data:
        """Read the rows of the table, all parts, and find their pictures.

        Parameters
        ----------
        root : Path
            The folder of the files.
        columns : sequence of str
            Attributes to load.
        images : mapping of str to Image
            Image nodes and their sizes; without any no picture is looked for.
        options : CelebAOptions
            Crop and parts.

        Returns
        -------
        Data
            Labels in {0, 1}; `notes` says what was left out.

        Raises
        ------
        DataError
            If files are missing or damaged, a column is not there, or an image is of an impossible shape.
        """
        folder = _folder(root)
        all_there(f"celeba in {folder}", columns, attribute_names(folder))
        for image in images.values():
            self.check_image(image, options)
        table = read_attributes(folder)
        parts, notes = _parts(table, folder, options.train_rows)
        labels = {name: _binary(table[name]) for name in columns}
        data = Data("celeba", labels, parts=parts, flips=True, notes=notes)
        if not images:
            return data
        left, top, right, bottom = options.box
        files = [str(file) for file in table.index]
        return with_pictures(
            data,
            picture_store(folder),
            dict.fromkeys(images, files),
            images,
            lambda image: Crop(image, (left, top, right, bottom)),
            options.max_damaged,
        )


plugin = CelebA()


def _folder(root: Path | None) -> Path:
    if root is None:
        raise DataError("celeba is read from a folder", "name it with --root DIR")
    return root


def _parts(table: pd.DataFrame, folder: Path, train_rows: int) -> tuple[Bytes | None, tuple[str, ...]]:
    """Return which part each row belongs to, and what to note about it."""
    if train_rows:
        return first_rows(f"celeba in {folder}", len(table), train_rows), ()
    partition = read_partition(folder)
    if partition is None:
        return None, (f"there is no {PARTITION} file: all {len(table):,} rows are learned from",)
    parts = partition.reindex(table.index, fill_value=_NO_PART).to_numpy().astype(np.uint8)
    lost = table.index[parts == _NO_PART]
    return parts, (f"left out: {len(lost):,} rows are in no partition, such as {lost[0]}",) if len(lost) else ()


def _binary(column: pd.Series[int]) -> Bytes:
    """Turn -1 and 1, or 0 and 1, into 0 and 1."""
    values = column.to_numpy()
    wrong = (np.abs(values) > 1) | ((values == 0) & (values.min() < 0))
    if wrong.any():
        at = int(wrong.argmax())
        hint = "attributes are -1 and 1, or 0 and 1"
        raise DataError(f"row {column.index[at]} of celeba has the {column.name} {values[at]}", hint)
    return (values > 0).astype(np.uint8)
