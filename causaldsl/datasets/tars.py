"""Shards of samples as WebDataset writes them: .tar files in which `NAME.png` and `NAME.json` belong together.

They are read where they lie. Nothing is unpacked, so no name and no link in them leads anywhere; a label is read up to
a limit, a picture when it is asked for; and an archive that ends too early is an error, not a shorter one.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from causaldsl.datasets.stores import bounded, is_picture
from causaldsl.errors import DataError

LABELS = ("json", "cls")
"""The endings of what is a label."""
LABEL_BYTES = 1 << 20
"""More than the labels of one sample may hold."""


@dataclass(frozen=True)
class Place:
    """Where the content of a file lies in a shard: `size` bytes from `offset` on."""

    shard: Path
    offset: int
    size: int


@dataclass
class Sample:
    """The files of one name.

    Parameters
    ----------
    name : str
        Its shard and its own: `train-000.tar/cats/1`.
    picture : Place or None
        Its first picture.
    labels : dict of str to bytes
        The content of its labels, by ending.
    """

    name: str
    picture: Place | None = None
    labels: dict[str, bytes] = field(default_factory=dict)


class Tars:
    """A store of the pictures in shards, by their samples' names.

    Parameters
    ----------
    places : mapping of str to Place
        Where each picture lies.
    """

    def __init__(self, places: Mapping[str, Place]) -> None:
        self._places = dict(places)
        self.names = frozenset(places)

    def read(self, name: str) -> bytes:
        """Return one picture's file."""
        place = self._places[name]
        bounded(b"", name, place.size)
        with place.shard.open("rb") as file:
            file.seek(place.offset)
            return file.read(place.size)


def samples(shard: Path) -> Iterator[Sample]:
    """Yield the samples of a shard in their order; the files of one lie side by side.

    Raises
    ------
    DataError
        If it is no .tar file, a damaged one, or has a sample twice.
    """
    seen: set[str] = set()
    sample: Sample | None = None
    for name, ending, place, content in _files(shard):
        if sample is None or sample.name != name:
            if sample is not None:
                yield sample
            if name in seen:
                raise DataError(f"{name} stands twice in its shard", "the files of a sample lie side by side")
            seen.add(name)
            sample = Sample(name)
        if content is None:
            sample.picture = sample.picture or place
        elif ending in sample.labels:
            raise DataError(f"{name} has more than one .{ending}")
        else:
            sample.labels[ending] = content
    if sample is not None:
        yield sample


def _files(shard: Path) -> Iterator[tuple[str, str, Place, bytes | None]]:
    """Yield the name, ending and place of each file that matters, and the content of a label."""
    try:
        with tarfile.open(shard, "r:") as archive:
            for info in archive:
                folder, slash, file = info.name.rpartition("/")
                stem, _, ending = file.partition(".")
                label = ending.lower() in LABELS
                if not info.isreg() or info.issparse() or not stem or not (label or is_picture(f"x.{ending}")):
                    continue
                if label and info.size > LABEL_BYTES:
                    raise DataError(f"{info.name} in {shard} is larger than {LABEL_BYTES >> 10} KiB")
                reader = archive.extractfile(info) if label else None
                place = Place(shard, info.offset_data, info.size)
                content = None if reader is None else reader.read()
                yield f"{shard.name}/{folder}{slash}{stem}", ending.lower(), place, content
            end = archive.offset
        with shard.open("rb") as file_:
            file_.seek(end)
            mark = file_.read(tarfile.BLOCKSIZE)
    except (tarfile.TarError, OSError, EOFError, ValueError, OverflowError, MemoryError, RecursionError) as error:
        raise DataError(f"{shard} is no .tar file, or a damaged one", str(error) or type(error).__name__) from error
    if mark != bytes(tarfile.BLOCKSIZE):
        raise DataError(f"{shard} is damaged, or ends too early, at byte {end:,}", "copy it again")
