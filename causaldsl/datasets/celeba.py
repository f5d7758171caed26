"""The data set `celeba`: CelebA's attributes, and its aligned pictures where the graph has an image.

The user brings the files (`--root DIR`); `celeba_files` says in which layouts, `celeba_pictures` how they are cropped.
Labels -1 and 1 become 0 and 1. By default the rows are those of the training partition.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from causaldsl.datasets.celeba_files import (
    PARTITION,
    attribute_names,
    picture_store,
    read_attributes,
    read_partition,
)
from causaldsl.datasets.celeba_pictures import load_pictures
from causaldsl.errors import DataError, did_you_mean
from causaldsl.graph.domain import Image
from causaldsl.plugins.protocols import Data

if TYPE_CHECKING:
    import pandas as pd

Part = Literal["train", "valid", "test", "all"]
_NUMBERS = {"train": 0, "valid": 1, "test": 2}


class CelebA:
    """The data set plugin `celeba`."""

    def columns(self, root: Path | None) -> tuple[str, ...]:
        """Return the names of the attributes; reads no more than the head of the table.

        Raises
        ------
        DataError
            If no folder is named, or the table is missing or damaged.
        """
        return attribute_names(_folder(root))

    def open(self, root: Path | None, columns: Sequence[str], image: Image | None) -> Data:
        """Load the rows of the training partition; see `open_part`."""
        return self.open_part(root, columns, image, "train")

    def open_part(self, root: Path | None, columns: Sequence[str], image: Image | None, part: Part) -> Data:
        """Load the rows of one partition.

        Parameters
        ----------
        root : Path
            The folder of the files.
        columns : sequence of str
            Attributes to load.
        image : Image, optional
            Size of the pictures; None loads labels alone and looks for no picture.
        part : {"train", "valid", "test", "all"}
            Which rows; without a partition file "train" is every row, and "valid" and "test" are an error.

        Returns
        -------
        Data
            Labels in {0, 1}; `notes` says what was left out.

        Raises
        ------
        DataError
            If files are missing or damaged, a column is not there, the image is no square of three channels, or more
            than one picture in a hundred is damaged.
        """
        folder = _folder(root)
        names = attribute_names(folder)
        for name in columns:
            if name not in names:
                hint = did_you_mean(name, names) or f"its labels are {', '.join(names)}"
                raise DataError(f"celeba in {folder} has no label `{name}`", hint)
        if image is not None and (image.channels != 3 or image.height != image.width):
            shape = f"[{image.channels}, {image.height}, {image.width}]"
            raise DataError(f"celeba gives no pictures of shape {shape}", "ask for three channels and a square")

        whole = read_attributes(folder)
        table, notes = _rows_of(whole, folder, part)
        pictures = None
        if image is not None:
            files = [str(name) for name in table.index]
            pictures, kept, more = load_pictures(picture_store(folder), files, set(whole.index), image.height)
            table, notes = table.iloc[kept], [*notes, *more]
        labels = {name: _binary(table[name]) for name in columns}
        return Data("celeba", labels, pictures, flips=True, notes=tuple(notes))


plugin = CelebA()


def _folder(root: Path | None) -> Path:
    if root is None:
        raise DataError("celeba is read from a folder", "name it with --root DIR")
    return root


def _rows_of(table: pd.DataFrame, folder: Path, part: Part) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows of a partition, and what to note about them."""
    if part == "all":
        return table, []
    partition = read_partition(folder)
    if partition is None:
        if part != "train":
            raise DataError(f"{folder} has no {PARTITION}.txt, .csv or .zip to say which rows are `{part}`")
        return table, [f"there is no {PARTITION} file: all {len(table):,} rows are used"]
    rows = table[table.index.isin(partition.index[partition == _NUMBERS[part]])]
    if rows.empty:
        raise DataError(f"celeba in {folder} has no rows of the part `{part}`")
    lost = table.index[~table.index.isin(partition.index)]
    return rows, [f"left out: {len(lost):,} rows are in no partition, such as {lost[0]}"] if len(lost) else []


def _binary(column: pd.Series[int]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Turn -1 and 1, or 0 and 1, into 0 and 1."""
    values = column.to_numpy()
    wrong = (np.abs(values) > 1) | ((values == 0) & (values.min() < 0))
    if wrong.any():
        at = int(wrong.argmax())
        hint = "attributes are -1 and 1, or 0 and 1"
        raise DataError(f"row {column.index[at]} of celeba has the {column.name} {values[at]}", hint)
    return (values > 0).astype(np.uint8)
