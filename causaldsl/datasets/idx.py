"""The idx files of MNIST and its kin, plain or gzipped: their header is checked before anything is read."""

from __future__ import annotations

import gzip
import zlib
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any, cast

import numpy as np

from causaldsl.errors import DataError

Bytes = np.ndarray[Any, np.dtype[np.uint8]]

_UNSIGNED = b"\x00\x00\x08"
_BYTES = 1 << 30
"""More than a file may hold; MNIST's own have 47 MB, EMNIST's 640."""


def idx_path(root: Path, name: str) -> Path | None:
    """Return the file `name` or `name.gz` in a folder, or None."""
    return next((path for path in (root / name, root / f"{name}.gz") if path.is_file()), None)


def read_idx(path: Path, item: tuple[int, ...]) -> Bytes:
    """Read an idx file of unsigned bytes.

    Parameters
    ----------
    path : Path
        The file; it is unpacked as it is read where it ends in .gz.
    item : tuple of int
        The shape that each of its items must have, () for labels.

    Returns
    -------
    ndarray of uint8, shape (n, *item)

    Raises
    ------
    DataError
        If it is no such file, a damaged one, or larger than 1 GiB.
    """
    try:
        with path.open("rb") as raw, _unpacked(raw, path) as file:
            head = file.read(4 * (2 + len(item)))
            size = np.frombuffer(head[4:], ">u4").tolist() if len(head) == 4 * (2 + len(item)) else []
            if head[:4] != _UNSIGNED + bytes([1 + len(item)]) or tuple(size[1:]) != item:
                held = f"items of shape {list(item)}" if item else "labels"
                raise DataError(f"{path} is no idx file of {held}", "MNIST's files are called as it calls them")
            expected = int(np.prod(size, dtype=object))
            if expected > _BYTES:
                raise DataError(f"{path} says that it holds {expected:,} bytes, more than {_BYTES >> 20} MiB")
            content = file.read(expected + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} is damaged: {error}", "copy it again") from error
    if len(content) != expected:
        held = "more" if len(content) > expected else f"{len(content):,}"
        raise DataError(f"{path} says that it holds {expected:,} bytes, and has {held}", "copy it again")
    return np.frombuffer(content, np.uint8).reshape(size)


def _unpacked(file: IO[bytes], path: Path) -> AbstractContextManager[IO[bytes]]:
    return cast("AbstractContextManager[IO[bytes]]", gzip.GzipFile(fileobj=file)) if path.suffix == ".gz" else file
