"""Which data a run learns from: a data set's name, a file, a frame, or a dict of arrays."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from causaldsl.errors import DataError, UsageError, did_you_mean
from causaldsl.graph.domain import Image
from causaldsl.graph.ir import CausalGraph
from causaldsl.plugins.datasets import dataset
from causaldsl.plugins.protocols import Data


def open_data(data: Any, root: Path | None, graph: CausalGraph, labels_only: bool) -> Data:
    """Load what a graph needs.

    Parameters
    ----------
    data : str, Path, data frame or mapping of str to array
        A data set's name, a file of a table, a pandas or polars frame, or columns by name (an image node's pictures as
        uint8 of shape (n, channels, height, width)).
    root : Path, optional
        Folder of the data set.
    graph : CausalGraph
        Its columns and its image are asked for.
    labels_only : bool
        Whether pictures are left out.

    Raises
    ------
    DataError
        If a column or the pictures are missing, or files are damaged.
    UsageError
        If the data set does not exist.
    """
    image = None
    if graph.images and not labels_only:
        if len(graph.images) > 1:
            raise UsageError("models with several image nodes cannot be trained yet", "train with --labels-only")
        domain = graph[graph.images[0]].domain
        assert isinstance(domain, Image)
        image = domain
    if isinstance(data, str | Path):
        plugin, root = dataset(str(data), root)
        found = plugin.open(root, graph.columns, image)
    else:
        found = in_memory(data, graph, image)
    missing = [name for name in graph.columns if name not in found.labels]
    if missing:
        raise DataError(
            f"the data have no column `{missing[0]}`", did_you_mean(missing[0], found.labels) or _columns(found)
        )
    if image is not None and found.pictures is None:
        raise DataError(
            f"the data set {found.name} has no pictures for `{graph.images[0]}`", "train with --labels-only"
        )
    if not len(next(iter(found.labels.values()), ())):
        raise DataError(f"the data set {found.name} has no rows")
    return found


def in_memory(data: Any, graph: CausalGraph, image: Image | None) -> Data:
    """Take the columns, and the pictures, of a data frame or a dict of arrays."""
    columns: Mapping[str, Any]
    if isinstance(data, Mapping):
        columns = data
    elif hasattr(data, "columns") and hasattr(data, "__getitem__"):
        columns = {str(name): data[name] for name in data.columns}
    else:
        raise UsageError(f"data is a name, a path, a data frame or a dict of arrays, not {type(data).__name__}")
    arrays = {name: np.asarray(column) for name, column in columns.items()}
    pictures = arrays.pop(graph.images[0], None) if image is not None else None
    lengths = {name: len(column) for name, column in arrays.items() if name in graph.columns}
    if len(set(lengths.values())) > 1:
        raise DataError(f"the columns differ in length: {lengths}")
    if pictures is not None and image is not None and (pictures.dtype != np.uint8 or pictures.shape[1:] != image.shape):
        raise DataError(
            f"`{graph.images[0]}` is {pictures.dtype} of shape {pictures.shape}; expected uint8 (n, "
            f"{', '.join(map(str, image.shape))})"
        )
    return Data("in memory", arrays, pictures)


def _columns(data: Data) -> str:
    shown = list(data.labels)[:12]
    return f"its columns are {', '.join(shown)}{', ...' if len(data.labels) > len(shown) else ''}"
