"""From pictures in their files to pictures in memory; damaged files are counted, named, and an error if many."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from causaldsl.datasets.encoded import DamagedError, Encoded, Pixels
from causaldsl.datasets.rows import Index, part_of, take
from causaldsl.errors import DataError, Diagnostic
from causaldsl.graph.domain import Image
from causaldsl.plugins.datasets import Dataset
from causaldsl.plugins.protocols import Data, Part, Pictures

_BLOCK = 64
"""Rows that a thread decodes at a time."""
_THREADS = 8
"""The most threads that decode: beyond, they wait for each other."""
_MEMORY_SHARE = 0.5
"""Of the machine's memory that pictures may take."""
_LIMIT = Path("/sys/fs/cgroup/memory.max")
"""What a container may take of it."""


@dataclass(frozen=True)
class Damage:
    """A file that is no picture, and why."""

    file: str
    why: str


def load(data: Dataset, columns: Collection[str], images: Mapping[str, Image], part: Part = "train") -> Data:
    """Open a data set, choose a part of it, and have its pictures where they can be drawn from at once.

    Parameters
    ----------
    data : Dataset
        As it was asked for.
    columns : collection of str
        Labels to load.
    images : mapping of str to Image
        Image nodes and their sizes.
    part : {"train", "valid", "test", "held_out", "all"}
        Which rows.

    Raises
    ------
    DataError
        If files are missing, too many are damaged, or the pictures would not fit into memory.
    """
    for image in images.values():
        data.check_image(image)
    return decoded(part_of(data.plugin.open(data.root, tuple(columns), images, data.options), part))


def decoded(data: Data) -> Data:
    """Decode all pictures that are still in their files, and leave out rows that have a damaged one.

    Raises
    ------
    DataError
        If more rows are damaged than their set allows (C710), or memory is too small (C711).
    """
    files = {name: pictures for name, pictures in data.pictures.items() if isinstance(pictures, Encoded)}
    if not files:
        return data
    rows = len(next(iter(files.values())))
    _check_memory(data.name, sum(int(np.prod(pictures.shape)) for pictures in files.values()))
    arrays = {name: np.empty(pictures.shape, np.uint8) for name, pictures in files.items()}
    blocks = [range(at, min(at + _BLOCK, rows)) for at in range(0, rows, _BLOCK)]
    with ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1)) as pool:
        found = list(pool.map(partial(fill, arrays, files), blocks))
    damaged = {row: damage for block in found for row, damage in block.items()}
    if not damaged:
        return replace(data, pictures={**data.pictures, **arrays})
    note = judged(tuple(damaged.values()), rows, files)
    kept = whole(rows, damaged)
    closed = {name: _without_gaps(array, kept) for name, array in arrays.items()}
    rest = take(data, kept)
    return replace(rest, pictures={**rest.pictures, **closed}, notes=(*data.notes, note))


def fill(arrays: Mapping[str, Pixels], files: Mapping[str, Encoded], rows: range) -> dict[int, Damage]:
    """Decode some rows into the rows of arrays; return which of them are damaged."""
    damaged = {}
    for row in rows:
        for name, pictures in files.items():
            try:
                arrays[name][row] = pictures.read(row)
            except DamagedError as error:
                damaged[row] = Damage(str(pictures.files[row]), str(error))
    return damaged


def whole(rows: int, damaged: Collection[int]) -> Index:
    """Return which of so many rows are not damaged, in their order."""
    sound = np.ones(rows, dtype=bool)
    sound[list(damaged)] = False
    return np.flatnonzero(sound)


def judged(damaged: Collection[Damage], rows: int, pictures: Mapping[str, Pictures]) -> str:
    """Say which files are damaged, or raise where they are too many.

    Raises
    ------
    DataError
        If their share of the rows is above what any of the pictures allow.
    """
    most = min(one.most_damaged for one in pictures.values() if isinstance(one, Encoded))
    first = min(damaged, key=lambda damage: damage.file)
    if len(damaged) > most * rows:
        message = f"{len(damaged):,} of {rows:,} pictures are damaged, such as {first.file}: {first.why}"
        hint = f"up to a share of {most:g} would be left out (the option `max_damaged`)"
        raise DataError([Diagnostic("C710", "error", message, None, hint)])
    return left_out({damage.file for damage in damaged}, "picture is damaged", "pictures are damaged")


def left_out(names: Collection[str], one: str, many: str) -> str:
    """Say how many were left out, and one example."""
    return f"left out: {len(names):,} {one if len(names) == 1 else many}, such as {min(names)}"


def _without_gaps(array: Pixels, rows: Index) -> Pixels:
    """Move rows to the front, where they are; a second copy might not fit."""
    for at, row in enumerate(rows):
        if at != row:
            array[at] = array[row]
    return array[: len(rows)]


def _check_memory(name: str, size: int) -> None:
    held = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else size * 4
    with suppress(OSError, ValueError):  # "max", where a container has no limit of its own
        held = min(held, int(_LIMIT.read_text()))
    if size > _MEMORY_SHARE * held:
        message = f"the pictures of {name} take {size / 2**30:.1f} GiB, and there are {held / 2**30:.1f} here"
        hint = "pack them and train from the folder: `causaldsl pack FILE --data .. --out FOLDER`"
        raise DataError([Diagnostic("C711", "error", message, None, hint)])
