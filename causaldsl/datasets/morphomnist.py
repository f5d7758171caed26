"""The data set `morphomnist`: handwritten digits and how thick, bright or slanted each is (castro2019).

The user brings the files (`--root DIR`), under MNIST's names, for `train`, `t10k` or both: pictures
`t10k-images-idx3-ubyte.gz`, labels `t10k-labels-idx1-ubyte.gz`, measures `t10k-morpho.csv`; without .gz as well. The
columns are `digit`, and those of the measures, such as `thickness` (pixels) and `intensity` (0 to 255).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from causaldsl.datasets import table
from causaldsl.datasets.idx import Bytes, idx_path, read_idx
from causaldsl.datasets.rows import all_there, first_rows
from causaldsl.errors import DataError
from causaldsl.graph.domain import Image
from causaldsl.plugins.protocols import Data

DIGIT = "digit"
SIDE = 28
"""Pixels of a picture's side in the files."""
SIZES = (28, 32)
"""Sides that it is given in: as it is, or with two black pixels around."""

_SETS = ("train", "t10k")
_TABLE = table.TableOptions()


@dataclass(frozen=True)
class MorphoMNISTOptions:
    """Options of `morphomnist`.

    Parameters
    ----------
    train_rows : int
        Learn from so many rows, from the first on, and hold the others out; 0 learns from all.
    """

    train_rows: int = 9_000

    def __post_init__(self) -> None:
        if self.train_rows < 0:
            raise ValueError("train_rows is not negative")


class MorphoMNIST:
    """The data set plugin `morphomnist`."""

    options: ClassVar[type[MorphoMNISTOptions]] = MorphoMNISTOptions

    def columns(self, root: Path | None, options: MorphoMNISTOptions) -> tuple[str, ...]:  # noqa: ARG002
        """Return `digit` and the names of the measures; reads no more than the head of their tables.

        Raises
        ------
        DataError
            If no folder is named, or a file is missing.
        """
        folder = _folder(root)
        return _columns([folder / f"{name}-morpho.csv" for name in _sets(folder)])

    def check_image(self, image: Image, options: MorphoMNISTOptions) -> None:  # noqa: ARG002
        """Refuse what is not grey, or of another size.

        Raises
        ------
        DataError
            If it is so.
        """
        if image.shape not in {(1, side, side) for side in SIZES}:
            shape = f"[{image.channels}, {image.height}, {image.width}]"
            raise DataError(f"morphomnist gives no pictures of shape {shape}", "ask for [1, 32, 32] or [1, 28, 28]")

    def open(
        self, root: Path | None, columns: Sequence[str], images: Mapping[str, Image], options: MorphoMNISTOptions
    ) -> Data:
        """Read all rows; those of `train` come before those of `t10k`.

        Parameters
        ----------
        root : Path
            The folder of the files.
        columns : sequence of str
            Columns to load.
        images : mapping of str to Image
            Image nodes and their sizes; a side of 32 has two black pixels around the picture.
        options : MorphoMNISTOptions
            Rows to learn from.

        Raises
        ------
        DataError
            If files are missing or damaged, do not fit together, or a column is not there.
        """
        folder = _folder(root)
        all_there("morphomnist", columns, self.columns(folder, options))
        for image in images.values():
            self.check_image(image, options)
        names = _sets(folder)
        read = [_labels(folder, name, columns) for name in names]
        rows = [len(one[DIGIT]) for one in read]
        labels = {name: np.concatenate([one[name] for one in read]) for name in columns}
        pictures: dict[str, Bytes] = {}
        if images:
            whole = np.concatenate([_pictures(folder, name, n) for name, n in zip(names, rows, strict=True)])
            pictures = {node: _framed(whole, image.height) for node, image in images.items()}
        return Data("morphomnist", labels, pictures, first_rows("morphomnist", sum(rows), options.train_rows))


plugin = MorphoMNIST()


def _folder(root: Path | None) -> Path:
    if root is None:
        raise DataError("morphomnist is read from a folder", "name it with --root DIR")
    if not root.is_dir():
        raise DataError(f"there is no folder {root}", "--root names the folder that holds t10k-morpho.csv")
    return root


def _sets(folder: Path) -> tuple[str, ...]:
    """Return which of `train` and `t10k` have measures."""
    found = tuple(name for name in _SETS if (folder / f"{name}-morpho.csv").is_file())
    if not found:
        hint = "Morpho-MNIST is never downloaded: put its files there yourself"
        raise DataError(f"{folder} holds no train-morpho.csv and no t10k-morpho.csv", hint)
    return found


def _columns(tables: Sequence[Path]) -> tuple[str, ...]:
    """Return the columns that all of the tables have."""
    heads = [table.plugin.columns(path, _TABLE) for path in tables]
    return (DIGIT, *(name for name in heads[0] if name != "index" and all(name in head for head in heads)))


def _labels(folder: Path, name: str, columns: Sequence[str]) -> dict[str, Any]:
    """Read the digits of `train` or `t10k`, and the columns of its measures that are asked for."""
    path = folder / f"{name}-morpho.csv"
    labels: dict[str, Any] = {DIGIT: read_idx(_idx(folder, f"{name}-labels-idx1-ubyte"), ())}
    rows = len(labels[DIGIT])
    numbers = ["index"] if "index" in table.plugin.columns(path, _TABLE) else []
    asked = [*numbers, *(column for column in columns if column != DIGIT)]
    if asked:
        labels |= table.plugin.open(path, asked, {}, _TABLE).labels
        if len(labels[asked[0]]) != rows:
            raise DataError(f"{path} has {len(labels[asked[0]]):,} rows, and there are {rows:,} digits")
    if numbers and not np.array_equal(labels["index"], np.arange(rows)):
        raise DataError(f"the rows of {path} are not in the order of the digits", "sort them by `index`, from 0 on")
    return labels


def _pictures(folder: Path, name: str, rows: int) -> Bytes:
    path = _idx(folder, f"{name}-images-idx3-ubyte")
    found = read_idx(path, (SIDE, SIDE))
    if len(found) != rows:
        raise DataError(f"{path} has {len(found):,} pictures, and there are {rows:,} digits", "copy it again")
    return found


def _idx(folder: Path, name: str) -> Path:
    path = idx_path(folder, name)
    if path is None:
        raise DataError(f"{folder} holds no {name}.gz", "labels and pictures are MNIST's files, under its names")
    return path


def _framed(pictures: Bytes, side: int) -> Bytes:
    edge = (side - SIDE) // 2
    return np.pad(pictures, ((0, 0), (edge, edge), (edge, edge)))[:, None]
