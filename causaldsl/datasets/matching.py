"""Which row of a table has which picture of a store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from pathlib import PurePosixPath

import numpy as np

from causaldsl.datasets.decoding import left_out
from causaldsl.datasets.encoded import Decode, Encoded
from causaldsl.datasets.rows import Index, take
from causaldsl.datasets.stores import PictureStore
from causaldsl.errors import DataError
from causaldsl.graph.domain import Image
from causaldsl.plugins.protocols import Data


def matched(store: PictureStore, files: Sequence[str], named: Collection[str]) -> tuple[Index, tuple[str, ...]]:
    """Find the rows that have a picture.

    Parameters
    ----------
    store : PictureStore
        Where the pictures lie.
    files : sequence of str
        The file of each row of the table.
    named : collection of str
        All files that the table names, these and those of other nodes.

    Returns
    -------
    rows : ndarray of int
        The places in `files` of those that are there.
    notes : tuple of str
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
        (store.names - set(named), "picture has no row", "pictures have no row"),
    ]
    return np.flatnonzero(there), tuple(left_out(*side) for side in sides if side[0])


def with_pictures(
    data: Data,
    store: PictureStore,
    files: Mapping[str, Sequence[str]],
    images: Mapping[str, Image],
    decoder: Callable[[Image], Decode],
    most_damaged: float,
) -> Data:
    """Return the rows of a data set that have their pictures, with these; its notes say what was left out.

    Parameters
    ----------
    data : Data
        A row a file, without pictures.
    store : PictureStore
        Where the pictures lie.
    files : mapping of str to sequence of str
        By image node, the file of each row.
    images : mapping of str to Image
        Image nodes and their sizes.
    decoder : callable
        Returns what decodes pictures of a size.
    most_damaged : float in [0, 1]
        The share of pictures that may be damaged.

    Raises
    ------
    DataError
        If no row has its pictures.
    """
    sides = list(dict.fromkeys(map(tuple, files.values())))
    found = [matched(store, side, {file for other in sides for file in other}) for side in sides]
    rows = reduce(np.intersect1d, [rows for rows, _ in found])
    if not len(rows):
        raise DataError(f"none of the {len(sides[0]):,} rows has a picture of every node")
    notes = dict.fromkeys(note for _, said in found for note in said)
    pictures = {
        node: Encoded(store, files[node], image, decoder(image), most_damaged) for node, image in images.items()
    }
    return replace(take(replace(data, pictures=pictures), rows), notes=(*data.notes, *notes))


def resolved(names: Collection[str], cells: Sequence[str]) -> list[str]:
    """Return the file that each cell of a table means, where there is but one; else the cell as it is.

    Parameters
    ----------
    names : collection of str
        Files with their folders: `cats/1.png`.
    cells : sequence of str
        A file as it stands there, or without its folders (`1.png`), or without its ending too (`1`).

    Examples
    --------
    >>> resolved(["cats/1.png", "cats/2.png", "dogs/2.png"], ["./cats/2.png", "1.png", "1", "2"])
    ['cats/2.png', 'cats/1.png', 'cats/1.png', '2']
    """
    known = [{name: name for name in names}, _unique(names, _bare), _unique(names, _stem)]
    plain = [cell.replace("\\", "/").removeprefix("./") for cell in cells]
    return [next((files[cell] for files in known if cell in files), cell) for cell in plain]


def _bare(name: str) -> str:
    return PurePosixPath(name).name


def _stem(name: str) -> str:
    return PurePosixPath(name).stem


def _unique(names: Collection[str], short: Callable[[str], str]) -> dict[str, str]:
    times = Counter(map(short, names))
    return {short(name): name for name in names if times[short(name)] == 1}
