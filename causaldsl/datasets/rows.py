"""Some rows of a data set: a part of it, or those that are whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from causaldsl.datasets.encoded import Encoded
from causaldsl.errors import DataError, did_you_mean
from causaldsl.plugins.protocols import Data, Part, Pictures

Index = np.ndarray[Any, np.dtype[np.int64]]

PARTS: dict[Part, tuple[int, ...]] = {"train": (0,), "valid": (1,), "test": (2,), "held_out": (1, 2)}
"""The numbers of each part in `Data.parts`; a row with another number is in `all` alone."""


class Rows:
    """Some rows of pictures that are not in memory.

    Parameters
    ----------
    pictures : Pictures
        All of them.
    rows : ndarray of int
        Which.
    """

    def __init__(self, pictures: Pictures, rows: Index) -> None:
        self.pictures, self.chosen = pictures, rows

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, channels, height, width)."""
        return len(self), *self.pictures.shape[1:]

    def __len__(self) -> int:
        return len(self.chosen)

    def __getitem__(self, rows: Any) -> np.ndarray[Any, np.dtype[np.uint8]]:
        return self.pictures[self.chosen[rows]]


def all_there(where: str, wanted: Sequence[str], there: Sequence[str]) -> None:
    """Check that a data set has all columns that are asked for.

    Raises
    ------
    DataError
        If it has not; the nearest name is said.
    """
    for name in wanted:
        if name not in there:
            hint = did_you_mean(name, there) or f"its columns are {', '.join(there)}"
            raise DataError(f"{where} has no column `{name}`", hint)


def first_rows(where: str, rows: int, train_rows: int) -> np.ndarray[Any, np.dtype[np.uint8]] | None:
    """Return the parts where the first rows are learned from and the others are held out; None where 0 asks for all.

    Raises
    ------
    DataError
        If it has not so many rows.
    """
    if train_rows > rows:
        raise DataError(f"{where} has {rows:,} rows, fewer than train_rows={train_rows}")
    return np.where(np.arange(rows) < train_rows, 0, 2).astype(np.uint8) if train_rows else None


def take(data: Data, rows: Index) -> Data:
    """Return some rows of a data set; pictures that are not in memory stay where they are.

    Parameters
    ----------
    data : Data
        n rows.
    rows : ndarray of int in [0, n)
        Which, in their new order.
    """
    labels = {name: np.asarray(column)[rows] for name, column in data.labels.items()}
    pictures = {name: _taken(one, rows) for name, one in data.pictures.items()}
    return replace(data, labels=labels, pictures=pictures, parts=None if data.parts is None else data.parts[rows])


def part_of(data: Data, part: Part) -> Data:
    """Return the rows of one part.

    Raises
    ------
    DataError
        If there are none.
    """
    if part == "all" or (part == "train" and data.parts is None):
        return data
    rows = np.flatnonzero(np.isin(data.parts, PARTS[part])) if data.parts is not None else np.empty(0, np.int64)
    if not len(rows):
        hint = "every row is learned from" if data.parts is None else None
        raise DataError(f"the data set {data.name} has no rows of the part `{part}`", hint)
    return take(data, rows)


def _taken(pictures: Pictures, rows: Index) -> Pictures:
    if len(rows) == len(pictures) and np.array_equal(rows, np.arange(len(rows))):
        return pictures
    if isinstance(pictures, Encoded):
        return pictures.rows(rows)
    if isinstance(pictures, Rows):
        return Rows(pictures.pictures, pictures.chosen[rows])
    in_memory = isinstance(pictures, np.ndarray) and not isinstance(pictures, np.memmap)
    return pictures[rows] if in_memory else Rows(pictures, rows)
