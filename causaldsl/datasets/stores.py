"""Where pictures lie: a folder or a zip archive, read by name, whatever it holds.

Nothing is unpacked to disk, no name leads out of its folder, and what a file claims to be is bounded before it is read.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from causaldsl.errors import DataError

PICTURE_BYTES = 32 << 20
"""More than the file of one picture may hold."""
ENDINGS = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".gif", ".tif", ".tiff", ".pgm", ".ppm")


class PictureStore(Protocol):
    """Files of pictures by name; it can be sent to another process."""

    @property
    def names(self) -> frozenset[str]:
        """The names of its files, such as `000001.jpg`."""
        ...

    def read(self, name: str) -> bytes:
        """Return one file.

        Raises
        ------
        OSError
            If it cannot be read, or is larger than a picture is.
        """
        ...


@dataclass(frozen=True)
class Folder:
    """The pictures in a folder and, where `deep`, in its folders: `cats/1.png`."""

    place: Path
    deep: bool = False
    names: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", frozenset(self._names()))

    def read(self, name: str) -> bytes:
        """Return one file."""
        with (self.place / name).open("rb") as file:
            content = file.read(PICTURE_BYTES + 1)
        return bounded(content, name, len(content))

    def _names(self) -> Iterator[str]:
        folders = [""]
        while folders:
            inside = folders.pop()
            with os.scandir(self.place / inside) as entries:
                for entry in entries:
                    if self.deep and entry.is_dir(follow_symlinks=False):
                        folders.append(f"{inside}{entry.name}/")
                    elif is_picture(entry.name) and entry.is_file():
                        yield f"{inside}{entry.name}"


class Archive:
    """The pictures in a zip archive, under their names as they stand there, or without the folders before them."""

    def __init__(self, place: Path, deep: bool = False) -> None:
        try:
            self._file = zipfile.ZipFile(place)
        except (zipfile.BadZipFile, EOFError) as error:
            raise DataError(f"{place} is no zip archive, or a damaged one", str(error)) from error
        self.place, self.deep = place, deep
        self._members = {
            info.filename if deep else info.filename.rsplit("/", 1)[-1]: info
            for info in self._file.infolist()
            if is_picture(info.filename.rsplit("/", 1)[-1]) and not info.filename.startswith("__MACOSX/")
        }
        self.names = frozenset(self._members)

    def read(self, name: str) -> bytes:
        """Return one file."""
        info = self._members[name]
        bounded(b"", name, info.file_size)
        try:
            with self._file.open(info) as member:  # whatever the archive says of its size
                content = member.read(PICTURE_BYTES + 1)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
            raise OSError(f"{name} cannot be unpacked: {error}") from error
        return bounded(content, name, len(content))

    def __reduce__(self) -> tuple[Any, ...]:
        return Archive, (self.place, self.deep)


def is_picture(name: str) -> bool:
    """Tell by its name whether a file is a picture."""
    return name.lower().endswith(ENDINGS) and not name.startswith(".")


def bounded(content: bytes, name: str, size: int) -> bytes:
    """Return the content of a picture's file.

    Raises
    ------
    OSError
        If it is larger than a picture is.
    """
    if size > PICTURE_BYTES:
        raise OSError(f"{name} is larger than {PICTURE_BYTES >> 20} MiB")
    return content
