"""The files of CelebA in the layouts found in the wild: where they are, and what they say, checked.

Attributes come as `list_attr_celeba.txt` (with or without the line that counts the rows), as `.csv`, or as a `.zip`
that holds either; the partition likewise. Pictures come as a folder `img_align_celeba/` or as `img_align_celeba.zip`.
Nothing is unpacked to disk, and an archive's claims are bounded before they are read.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from causaldsl.datasets.stores import Archive, Folder, PictureStore
from causaldsl.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

ATTRIBUTES, PARTITION, PICTURES = "list_attr_celeba", "list_eval_partition", "img_align_celeba"

_TABLE_BYTES = 256 << 20
"""More than a table may hold; CelebA's own has 27 MB."""


def table_path(root: Path, stem: str) -> Path | None:
    """Return the table `stem` in any of its layouts, or None."""
    candidates = (root / f"{stem}{suffix}" for suffix in (".txt", ".csv", ".zip"))
    return next((path for path in candidates if path.is_file()), None)


def attribute_path(root: Path) -> Path:
    """Return the table of attributes.

    Raises
    ------
    DataError
        If the folder or the table is not there.
    """
    if not root.is_dir():
        raise DataError(f"there is no folder {root}", "--root names the folder that holds list_attr_celeba.txt")
    path = table_path(root, ATTRIBUTES)
    if path is None:
        held = "is empty" if not any(root.iterdir()) else f"holds no {ATTRIBUTES}.txt, .csv or .zip"
        raise DataError(f"{root} {held}", "CelebA is never downloaded: put its files there yourself")
    return path


def attribute_names(root: Path) -> tuple[str, ...]:
    """Read the names of the attributes, and no more of the file than that."""
    path = attribute_path(root)
    with _opened(path) as file:
        _, names = _header(file, path)
    return names


def read_attributes(root: Path) -> pd.DataFrame:
    """Read the attributes: a row a picture, indexed by file name, values as written (-1 and 1, or 0 and 1).

    Raises
    ------
    DataError
        If the table is missing, damaged, or shorter than it says.
    """
    path = attribute_path(root)
    with _opened(path) as file:
        claimed, names = _header(file, path)
        rest = file.read()
    table = _parse(rest, path, names)
    if claimed is not None and claimed != len(table):
        raise DataError(f"{path.name} says that it has {claimed:,} rows and has {len(table):,}", "copy the file again")
    return table


def read_partition(root: Path) -> pd.Series[int] | None:
    """Read which part each picture belongs to (0 train, 1 validation, 2 test), or None where there is no such file."""
    path = table_path(root, PARTITION)
    if path is None:
        return None
    with _opened(path) as file:
        rest = file.read()
    if rest.startswith(b"image_id"):
        rest = rest[rest.index(b"\n") + 1 :]
    return _parse(rest, path, ("partition",))["partition"]


def picture_store(root: Path) -> PictureStore:
    """Return the store of pictures: the folder before the archive.

    Raises
    ------
    DataError
        If there is neither, or nothing in it.
    """
    folder, archive = root / PICTURES, root / f"{PICTURES}.zip"
    store: PictureStore
    if folder.is_dir():
        nested = folder / PICTURES
        place = nested if nested.is_dir() else folder
        store = Folder(place)
    elif archive.is_file():
        place = archive
        store = Archive(archive)
    else:
        raise DataError(
            f"{root} has no folder {PICTURES} and no {PICTURES}.zip",
            "the graph has an image: put the aligned pictures there, or train with --labels-only",
        )
    if not store.names:
        raise DataError(f"{place} holds no picture", "its pictures are called 000001.jpg and so on")
    return store


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a table, inside an archive where it is one."""
    if path.suffix != ".zip":
        if path.stat().st_size > _TABLE_BYTES:
            raise DataError(f"{path} is larger than {_TABLE_BYTES >> 20} MiB")
        with path.open("rb") as file:
            yield file
        return
    try:
        with zipfile.ZipFile(path) as archive:
            wanted = (f"{path.stem}.txt", f"{path.stem}.csv")
            inside = [info for info in archive.infolist() if info.filename.rsplit("/", 1)[-1] in wanted]
            if len(inside) != 1:
                raise DataError(f"{path} holds no {wanted[0]} or {wanted[1]}, or several")
            if inside[0].file_size > _TABLE_BYTES:
                raise DataError(f"{path} unpacks to more than {_TABLE_BYTES >> 20} MiB")
            with archive.open(inside[0]) as member:
                yield member
    except (zipfile.BadZipFile, EOFError) as error:
        raise DataError(f"{path} is no zip archive, or a damaged one", str(error)) from error


def _header(file: IO[bytes], path: Path) -> tuple[int | None, tuple[str, ...]]:
    """Read past the header: the claimed number of rows if it stands there, and the names of the attributes."""
    line = file.readline(1 << 16).decode("utf-8-sig", "replace").strip()
    claimed = int(line) if line.isdecimal() else None
    if claimed is not None:
        line = file.readline(1 << 16).decode("utf-8", "replace").strip()
    names = line.replace(",", " ").split()
    if names and names[0] == "image_id":
        names = names[1:]
    if not names or any(name.lstrip("-").isdecimal() for name in names):
        raise DataError(f"{path} does not begin with the names of the attributes", f"its first line is {line[:60]!r}")
    return claimed, tuple(names)


def _parse(rest: bytes, path: Path, names: tuple[str, ...]) -> pd.DataFrame:
    """Parse the rows below a header: a file name, then a whole number for each name."""
    import pandas as pd

    kinds: dict[Hashable, str] = {"picture": "str", **dict.fromkeys(names, "int8")}
    comma = b"," in rest[: rest.find(b"\n") if b"\n" in rest else None]
    try:
        table = pd.read_csv(
            io.BytesIO(rest),
            sep="," if comma else r"\s+",
            header=None,
            names=["picture", *names],
            index_col="picture",
            dtype=kinds,
        )
    except (ValueError, pd.errors.ParserError) as error:
        raise DataError(f"{path} is damaged, or no table of CelebA", str(error).splitlines()[0]) from error
    if table.index.has_duplicates:
        twice = table.index[table.index.duplicated()][0]
        raise DataError(f"{path} has more than one row for {twice}")
    return table
