"""The data set `webdataset`: pictures and labels in .tar shards, as WebDataset has them.

`--root` is one .tar file or a folder of them, taken in the order of their names. A sample is all files of one name: a
picture (`0001.jpg`), and its labels, an object in `0001.json` and a class in `0001.cls`, which is the column `cls`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from causaldsl.datasets.encoded import CentreCrop
from causaldsl.datasets.matching import with_pictures
from causaldsl.datasets.rows import all_there, first_rows
from causaldsl.datasets.tars import Sample, Tars, samples
from causaldsl.errors import DataError
from causaldsl.graph.domain import Image
from causaldsl.plugins.protocols import Data

CLASS = "cls"


@dataclass(frozen=True)
class WebDatasetOptions:
    """Options of `webdataset`.

    Parameters
    ----------
    train_rows : int
        Learn from so many rows, from the first on, and hold the others out; 0 learns from all.
    max_damaged : float
        The share of pictures that may be damaged.
    """

    train_rows: int = 0
    max_damaged: float = 0.01

    def __post_init__(self) -> None:
        if self.train_rows < 0 or not 0 <= self.max_damaged <= 1:
            raise ValueError("train_rows is not negative, and max_damaged lies between 0 and 1")


class WebDataset:
    """The data set plugin `webdataset`."""

    options: ClassVar[type[WebDatasetOptions]] = WebDatasetOptions

    def columns(self, root: Path | None, options: WebDatasetOptions) -> tuple[str, ...]:  # noqa: ARG002
        """Return the labels of the first sample that has any; reads no further than that.

        Raises
        ------
        DataError
            If there is no shard, it is damaged, or nothing in it has labels.
        """
        first = next((_labels(sample) for sample in _samples(root) if sample.labels), None)
        if not first:
            raise DataError(f"no sample in {root} has labels", "a sample has a NAME.json with an object, or a NAME.cls")
        return tuple(first)

    def check_image(self, image: Image, options: WebDatasetOptions) -> None:  # noqa: ARG002
        """Refuse what is neither grey nor of three colours.

        Raises
        ------
        DataError
            If it is so.
        """
        CentreCrop.check(image)

    def open(
        self, root: Path | None, columns: Sequence[str], images: Mapping[str, Image], options: WebDatasetOptions
    ) -> Data:
        """Read the labels of all shards, and find their pictures.

        Parameters
        ----------
        root : Path
            A shard, or a folder of shards.
        columns : sequence of str
            Labels to load.
        images : mapping of str to Image
            Image nodes and their sizes.
        options : WebDatasetOptions
            Parts.

        Raises
        ------
        DataError
            If shards are missing or damaged, or a sample lacks a label that is asked for.
        """
        all_there(str(root), columns, self.columns(root, options))
        for image in images.values():
            self.check_image(image, options)
        names: list[str] = []
        cells: dict[str, list[Any]] = {name: [] for name in columns}
        places = {}
        for sample in _samples(root):
            if sample.picture is not None:
                places[sample.name] = sample.picture
            if sample.labels:
                names.append(sample.name)
                labels = _labels(sample)
                for column, values in cells.items():
                    values.append(_cell(sample, labels, column))
        parts = first_rows(str(root), len(names), options.train_rows)
        data = Data("webdataset", {name: _column(values) for name, values in cells.items()}, parts=parts)
        if not images:
            return data
        if not places:
            raise DataError(f"{root} holds no picture", "the graph has an image; or train with --labels-only")
        return with_pictures(data, Tars(places), dict.fromkeys(images, names), images, CentreCrop, options.max_damaged)


plugin = WebDataset()


def _samples(root: Path | None) -> Iterator[Sample]:
    """Yield the samples of all shards, one shard after the other."""
    if root is None:
        raise DataError("a webdataset is read from its shards", "name the .tar file or its folder with --root")
    shards = sorted(root.glob("*.tar")) if root.is_dir() else [root]
    if not shards or not root.exists():
        raise DataError(f"there is no .tar file {'in ' if shards == [] else ''}{root}", "shards are never downloaded")
    return chain.from_iterable(map(samples, shards))


def _labels(sample: Sample) -> dict[str, Any]:
    """Return the labels of a sample by column."""
    try:
        found = json.loads(sample.labels.get("json", b"{}"))
        classes = {CLASS: _class(sample.labels[CLASS].decode().strip())} if CLASS in sample.labels else {}
    except (ValueError, RecursionError) as error:
        raise DataError(f"the labels of {sample.name} are damaged", str(error)) from error
    if not isinstance(found, dict):
        raise DataError(f"the .json of {sample.name} is no object", 'labels are written {"age": 31, "smiles": 1}')
    return found | classes


def _class(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdecimal() else text


def _cell(sample: Sample, labels: Mapping[str, Any], column: str) -> Any:
    if column not in labels:
        raise DataError(f"{sample.name} has no label `{column}`", f"it has {', '.join(labels)}")
    value = labels[column]
    if isinstance(value, list | dict):
        raise DataError(
            f"the label `{column}` of {sample.name} is no single value", "it is a number, a text or a truth"
        )
    return value


def _column(values: list[Any]) -> np.ndarray[Any, Any]:
    """Return numbers as numbers, truths as truths, all else as text; a null is NaN or an empty text."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool} and None not in values:
        return np.array(values)
    if kinds == {int} and None not in values and all(abs(value) < 1 << 63 for value in values):
        return np.array(values, np.int64)
    if kinds and kinds <= {int, float}:
        return np.array([np.nan if value is None else float(value) for value in values])
    return np.array(["" if value is None else str(value) for value in values])
