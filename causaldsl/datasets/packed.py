"""The folder of a packed data set: which files it has, what they hold, and whether they still do.

index.json        what there is: images, columns, shards, and a sha256 of each file
image0-00000.npy  pictures of the first image node: uint8, shape (rows of the shard, channels, height, width)
label-000.npy     a column, a value a row
parts.npy         for each row 0 to learn from it, 1 to validate, 2 to test

Names in an index are names in its folder and nothing else; no file is unpickled, and none is read further than the
index says.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import mmap
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from causaldsl.errors import DataError, Diagnostic
from causaldsl.plugins.datasets import PACKED

FORMAT = 1
PARTS = "parts.npy"
PLAN = "packing.json"
"""Lies in the folder as long as the packing is unfinished."""

_INDEX_BYTES = 256 << 20
_NAME = re.compile(r"[a-z0-9]+(-[0-9]+)?\.npy")
COLUMN_KINDS = "biufU"
"""numpy's letters for what a column may hold: truth values, numbers, texts."""


@dataclass(frozen=True)
class File:
    """A file of a packed data set.

    Parameters
    ----------
    name : str
        In the folder.
    bytes : int
        Its size.
    sha256 : str
        Of its content.
    """

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Shard:
    """Some rows of the pictures.

    Parameters
    ----------
    rows : int
        How many.
    files : tuple of File
        One an image node, in the order of the index.
    """

    rows: int
    files: tuple[File, ...]


@dataclass(frozen=True)
class Index:
    """What a packed data set holds.

    Parameters
    ----------
    data : str
        What was packed, as it was asked for.
    rows : int
        Rows in all.
    images : mapping of str to (channels, height, width)
        By image node.
    shards : tuple of Shard
        In the order of the rows.
    columns : mapping of str to File
        The labels.
    parts : File or None
        Which part each row belongs to.
    flips : bool
        Whether a mirrored picture is as good as the picture.
    notes : tuple of str
        What the reader should know.
    damaged : tuple of (str, str)
        Files that were left out, and why.
    """

    data: str
    rows: int
    images: dict[str, tuple[int, int, int]]
    shards: tuple[Shard, ...]
    columns: dict[str, File]
    parts: File | None
    flips: bool
    notes: tuple[str, ...]
    damaged: tuple[tuple[str, str], ...]

    @property
    def files(self) -> tuple[File, ...]:
        """All files but the index."""
        rest = () if self.parts is None else (self.parts,)
        return (*(file for shard in self.shards for file in shard.files), *self.columns.values(), *rest)


def damage(message: str, hint: str = "copy or pack it again") -> DataError:
    """Return what is raised where a packed data set is not what it should be."""
    return DataError([Diagnostic("C712", "error", message, None, hint)])


def read_index(folder: Path) -> Index:
    """Read the index of a packed data set, and check that it makes sense.

    Raises
    ------
    DataError
        If there is none, it is damaged or of a newer format (C712), or the packing is unfinished (C713).
    """
    path = folder / PACKED
    if not path.is_file():
        if (folder / PLAN).exists():
            message = f"the packing of {folder} is unfinished"
            raise DataError([Diagnostic("C713", "error", message, None, "run the same `causaldsl pack` again")])
        raise DataError(f"{folder} is no packed data set: it has no {PACKED}")
    try:
        if path.stat().st_size > _INDEX_BYTES:
            raise ValueError("it is too large")
        document = json.loads(path.read_bytes())
        if document["format"] > FORMAT:
            raise DataError(f"{folder} has the format {document['format']}, from a newer causaldsl", "upgrade it")
        return _checked(_index(document))
    except (ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError) as error:
        why = f"it has no {error}" if isinstance(error, KeyError) else str(error)
        raise damage(f"{path} is damaged: {why}") from error


def column(folder: Path, file: File, rows: int) -> np.ndarray[Any, Any]:
    """Read a column, and check that it is the one that was packed."""
    content = (folder / file.name).read_bytes() if _has_size(folder, file) else b""
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise damage(f"{folder / file.name} is not what was packed: its sha256 differs")
    try:
        values: np.ndarray[Any, Any] = np.load(io.BytesIO(content), allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise damage(f"{folder / file.name} is damaged: {error}") from error
    if values.shape != (rows,) or values.dtype.kind not in COLUMN_KINDS:
        raise damage(f"{folder / file.name} is {values.dtype} of shape {values.shape}, and there are {rows:,} rows")
    return values


def mapped(folder: Path, file: File, shape: tuple[int, ...]) -> tuple[mmap.mmap, np.ndarray[Any, np.dtype[np.uint8]]]:
    """Map the pictures of a shard; other processes that map it share its memory.

    Returns
    -------
    map : mmap
        Of the whole file.
    pictures : ndarray of uint8
        A view of it, of the given shape.

    Raises
    ------
    DataError
        If the file is missing, of another size, or holds something else.
    """
    header = npy_header(shape)
    if _has_size(folder, file) and file.bytes == len(header) + int(np.prod(shape)):
        try:
            with (folder / file.name).open("rb") as opened:
                content = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        except OSError as error:
            hint = "allow more: `ulimit -n 4096`" if error.errno == errno.EMFILE else None
            raise DataError(f"cannot map {folder / file.name}: {error.strerror}", hint) from None
        if content[: len(header)] == header:
            return content, np.frombuffer(content, np.uint8, offset=len(header)).reshape(shape)
    raise damage(f"{folder / file.name} does not hold {shape[0]:,} pictures of shape {list(shape[1:])}")


def npy_header(shape: tuple[int, ...]) -> bytes:
    """Return how a .npy file of uint8 begins."""
    out = io.BytesIO()
    np.lib.format.write_array_header_1_0(out, {"descr": "|u1", "fortran_order": False, "shape": tuple(shape)})
    return out.getvalue()


def wrong(folder: Path, file: File) -> str | None:
    """Say what is wrong with a file, its content read to the end; None where it is what was packed."""
    try:
        with (folder / file.name).open("rb") as opened:
            found = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        return f"{file.name}: {(error.strerror or str(error)).lower()}"
    return None if found == file.sha256 else f"{file.name}: its sha256 differs"


def _has_size(folder: Path, file: File) -> bool:
    path = folder / file.name
    if not path.is_file():
        raise damage(f"{path} is missing")
    if path.stat().st_size != file.bytes:
        raise damage(f"{path} has {path.stat().st_size:,} bytes, and {file.bytes:,} were packed")
    return True


def _index(document: dict[str, Any]) -> Index:
    shards = tuple(Shard(int(s["rows"]), tuple(File(**f) for f in s["files"])) for s in document["shards"])
    images = {name: (int(c), int(h), int(w)) for name, (c, h, w) in document["images"].items()}
    return Index(
        data=str(document["data"]),
        rows=int(document["rows"]),
        images=images,
        shards=shards,
        columns={name: File(**file) for name, file in document["columns"].items()},
        parts=None if document["parts"] is None else File(**document["parts"]),
        flips=bool(document["flips"]),
        notes=tuple(map(str, document["notes"])),
        damaged=tuple((str(file), str(why)) for file, why in document["damaged"]),
    )


def _checked(index: Index) -> Index:
    for file in index.files:
        if not _NAME.fullmatch(file.name):
            raise ValueError(f"{file.name!r} is no name of its files")
    if any(side < 1 for shape in index.images.values() for side in shape) or any(s.rows < 1 for s in index.shards):
        raise ValueError("a size is not positive")
    if any(len(shard.files) != len(index.images) for shard in index.shards):
        raise ValueError("a shard lacks a file")
    if index.images and sum(shard.rows for shard in index.shards) != index.rows:
        raise ValueError("its shards have other rows than it says")
    return index
