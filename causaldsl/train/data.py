"""Which data a run learns from: a data set's name, a file, a frame, or a dict of arrays."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor

from causaldsl.datasets.decoding import load
from causaldsl.datasets.encode import missing
from causaldsl.datasets.rows import part_of, take
from causaldsl.errors import DataError, UsageError, did_you_mean
from causaldsl.graph.domain import Image
from causaldsl.graph.ir import CausalGraph
from causaldsl.plugins.datasets import Dataset, dataset
from causaldsl.plugins.protocols import Data, Part, Pictures

if TYPE_CHECKING:
    from causaldsl.train.run import Run

IN_MEMORY = "in memory"
"""What data that are no data set, file or folder are called."""


def open_data(
    data: Any,
    root: Path | None,
    graph: CausalGraph,
    labels_only: bool,
    drop_missing: bool = False,
    part: Part = "train",
) -> Data:
    """Load what a graph needs.

    Parameters
    ----------
    data : str, Path, Dataset, data frame or mapping of str to array
        A data set's name, with options or without; a file of a table; the folder of a packed data set; what one of
        these stands for; a pandas or polars frame; a structured array; or columns by name (an image node's pictures as
        uint8 of shape (n, channels, height, width)).
    root : Path, optional
        Folder of the data set.
    graph : CausalGraph
        Its columns and its images are asked for.
    labels_only : bool
        Whether pictures are left out.
    drop_missing : bool
        Leave out rows in which a label is missing, and note how many; where False they are errors later on.
    part : {"train", "valid", "test", "held_out", "all"}
        Which rows of a data set that says so; data in memory are all for training.

    Raises
    ------
    DataError
        If a column or the pictures are missing, or files are damaged.
    UsageError
        If the data set does not exist, or the graph has pictures alone.
    """
    if graph.images and not graph.columns:
        raise UsageError("pictures are learned with labels, and the graph has none", "declare a cause of the picture")
    images: dict[str, Image] = {}
    for name in () if labels_only else graph.images:
        domain = graph[name].domain
        assert isinstance(domain, Image)
        images[name] = domain
    if isinstance(data, str | Path):
        data = dataset(str(data), root)
    if isinstance(data, Dataset):
        found = load(data, graph.columns, images, part)
    else:
        found = part_of(in_memory(data, graph, images), part)
    missing = [name for name in graph.columns if name not in found.labels]
    if missing:
        raise DataError(
            f"the data have no column `{missing[0]}`", did_you_mean(missing[0], found.labels) or _columns(found)
        )
    for name in images.keys() - found.pictures.keys():
        raise DataError(f"the data set {found.name} has no pictures for `{name}`", "train with --labels-only")
    if drop_missing:
        found = _complete(found, graph)
    if not len(next(iter(found.labels.values()), ())):
        raise DataError(f"the data set {found.name} has no rows" + " without a missing value" * drop_missing)
    return found


def require_labels_suffice(graph: CausalGraph) -> None:
    """Refuse a graph in which a label is caused by a picture: without pictures it cannot be learned.

    Raises
    ------
    UsageError
        It names the first of them.
    """
    for name in graph.columns:
        for cause in graph[name].parents:
            if cause in graph.images:
                raise UsageError(
                    f"`{name}` is caused by the picture `{cause}` and cannot be learned from labels alone",
                    "train with the pictures, without --labels-only",
                )


def data_of(run: Run, labels_only: bool, part: Part = "train") -> Data:
    """Load again what a run learned from, or another part of it; rows with missing labels left out if they were.

    Raises
    ------
    DataError, UsageError
        As `open_data` does, and if they were in memory.
    RunError
        If the data set no longer has an option that the run recorded.
    """
    if run.record["data"] == IN_MEMORY:
        raise UsageError("the run learned from arrays in memory, which are not kept")
    root = None if run.record["root"] is None else Path(run.record["root"])
    asked = dataset(run.record["data"], root, run.record.get("data_options"))
    return open_data(asked, root, run.graph, labels_only, bool(run.record.get("drop_missing")), part)


MARKED = 256
"""Pictures of a node that the mark of data is of, evenly spaced."""


def mark_of(rows: Mapping[str, Tensor], pictures: Mapping[str, Pictures]) -> str:
    """Return a number that differs where data do: all labels, as encoded, and some of the pictures of each node."""
    digest = hashlib.sha256()
    for name, column in rows.items():
        digest.update(f"{name} {len(column)}".encode() + column.numpy().tobytes())
    for name, some in pictures.items():
        digest.update(f"{name} {tuple(some.shape)}".encode())
        digest.update(np.asarray(some[np.linspace(0, len(some) - 1, MARKED).astype(int)]).tobytes())
    return digest.hexdigest()


def _complete(data: Data, graph: CausalGraph) -> Data:
    """Return the rows in which no label is missing."""
    absent = {name: missing(np.asarray(data.labels[name]), graph[name].domain) for name in graph.columns}
    keep = ~np.any(list(absent.values()), axis=0) if absent else np.ones(0, dtype=bool)
    if keep.all():
        return data
    data = replace(data, labels={name: data.labels[name] for name in graph.columns})
    where = ", ".join(f"{name} {int(gone.sum()):,}" for name, gone in absent.items() if gone.any())
    note = f"left out {int((~keep).sum()):,} of {len(keep):,} rows, in which a value is missing ({where})"
    return replace(take(data, np.flatnonzero(keep)), notes=(*data.notes, note))


def in_memory(data: Any, graph: CausalGraph, images: Mapping[str, Image]) -> Data:
    """Take the columns, and the pictures, of a data frame or a dict of arrays."""
    columns: Mapping[str, Any]
    if isinstance(data, Mapping):
        columns = data
    elif isinstance(data, np.ndarray) and data.dtype.names:
        columns = {name: data[name] for name in data.dtype.names}
    elif hasattr(data, "columns") and hasattr(data, "__getitem__"):
        columns = {str(name): data[name] for name in data.columns}
    else:
        raise UsageError(
            f"data is a name, a path, a data frame or a dict of arrays, not {type(data).__name__}",
            'name the columns: `{"A": .., "B": ..}`',
        )
    arrays = {name: _array(column) for name, column in columns.items()}
    pictures = {name: arrays.pop(name) for name in images if name in arrays}
    for name, found in pictures.items():
        if found.dtype != np.uint8 or found.shape[1:] != images[name].shape:
            expected = f"expected uint8 (n, {', '.join(map(str, images[name].shape))})"
            raise DataError(f"`{name}` is {found.dtype} of shape {found.shape}; {expected}")
    used = {**{name: arrays[name] for name in graph.columns if name in arrays}, **pictures}
    lengths = {name: len(column) for name, column in used.items() if column.ndim}
    if len(set(lengths.values())) > 1:
        raise DataError(f"the columns differ in length: {lengths}")
    return Data(IN_MEMORY, arrays, pictures)


def _array(column: Any) -> np.ndarray[Any, Any]:
    """Return a column as an array; what is masked is missing."""
    if np.ma.isMaskedArray(column) and np.ma.is_masked(column):
        filled = np.array(column.data, dtype=object)
        filled[np.ma.getmaskarray(column)] = None
        return filled
    return np.asarray(column)


def _columns(data: Data) -> str:
    shown = list(data.labels)[:12]
    return f"its columns are {', '.join(shown)}{', ...' if len(data.labels) > len(shown) else ''}"
