"""The data set `shards`: what `causaldsl pack` has written, read where it lies.

Pictures are mapped, not loaded: a set may be larger than memory, opening one takes no time, and all processes of a
machine that train from it share one copy in the page cache. Opening checks every file's name, size and header, and the
sha256 of the labels; `causaldsl pack --verify DIR` reads the pictures too.
"""

from __future__ import annotations

import mmap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from causaldsl.datasets.packed import Index, column, mapped, read_index
from causaldsl.datasets.rows import all_there
from causaldsl.errors import DataError
from causaldsl.graph.domain import Image
from causaldsl.plugins.protocols import Data

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


class Sharded:
    """Pictures in mapped shards.

    A batch is read in the order in which its rows lie on disk, and the kernel is told of all of them before the first
    is copied, so that a cold disk fetches them side by side.

    Parameters
    ----------
    shards : sequence of (mmap, ndarray of uint8, shape (rows, channels, height, width))
        In the order of the rows.
    """

    def __init__(self, shards: Sequence[tuple[mmap.mmap, Pixels]]) -> None:
        self._maps = [content for content, _ in shards]
        self._shards = [pictures for _, pictures in shards]
        self._ends = np.cumsum([len(pictures) for pictures in self._shards])
        self._starts = self._ends - [len(pictures) for pictures in self._shards]
        self._image = self._shards[0].shape[1:]
        self._row_bytes = int(np.prod(self._image))
        if hasattr(mmap, "MADV_RANDOM"):
            for content in self._maps:
                content.madvise(mmap.MADV_RANDOM)

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, channels, height, width)."""
        return len(self), *self._image

    def __len__(self) -> int:
        return int(self._ends[-1])

    def __getitem__(self, rows: Any) -> Pixels:
        chosen = np.arange(len(self))[rows]
        order = np.argsort(chosen, kind="stable")
        where = np.searchsorted(self._ends, chosen[order], side="right")
        inside = chosen[order] - self._starts[where]
        places = list(zip(order.tolist(), where.tolist(), inside.tolist(), strict=True))
        self._announce(places)
        found = np.empty((len(chosen), *self._image), np.uint8)
        for to, shard, row in places:
            found[to] = self._shards[shard][row]
        return found

    def _announce(self, places: list[tuple[int, int, int]]) -> None:
        """Tell the kernel which pages are about to be read."""
        if not hasattr(mmap, "MADV_WILLNEED"):
            return
        for _, shard, row in places:
            content = self._maps[shard]
            begin = len(content) - self._shards[shard].nbytes + row * self._row_bytes
            page = begin - begin % mmap.PAGESIZE
            content.madvise(mmap.MADV_WILLNEED, page, begin - page + self._row_bytes)


@dataclass(frozen=True)
class ShardsOptions:
    """Options of `shards`: none; what was packed is as it was packed."""


class Shards:
    """The data set plugin `shards`; its root is the folder."""

    options: ClassVar[type[ShardsOptions]] = ShardsOptions

    def columns(self, root: Path | None, options: ShardsOptions) -> tuple[str, ...]:  # noqa: ARG002
        """Return the names of the columns that were packed."""
        return tuple(read_index(_folder(root)).columns)

    def open(
        self,
        root: Path | None,
        columns: Sequence[str],
        images: Mapping[str, Image],
        options: ShardsOptions,  # noqa: ARG002
    ) -> Data:
        """Read the labels and map the pictures.

        Raises
        ------
        DataError
            If a file is missing or damaged, a column or an image was not packed, or it was packed at another size.
        """
        folder = _folder(root)
        index = read_index(folder)
        all_there(str(folder), columns, tuple(index.columns))
        return Data(
            name=folder.name,
            labels={name: column(folder, index.columns[name], index.rows) for name in columns},
            pictures={
                node: _pictures(folder, index, node, image, alone=len(images) == 1) for node, image in images.items()
            },
            parts=None if index.parts is None else column(folder, index.parts, index.rows).astype(np.uint8),
            flips=index.flips,
            notes=index.notes,
        )


plugin = Shards()


def _folder(root: Path | None) -> Path:
    if root is None:
        raise DataError("a packed data set is read from its folder", "name it: --data FOLDER")
    return root


def _pictures(folder: Path, index: Index, node: str, image: Image, alone: bool) -> Sharded:
    """Map the pictures of a node; where there is one image on both sides its name does not matter."""
    packed = list(index.images)
    if alone and len(packed) == 1:
        place = 0
    elif node in packed:
        place = packed.index(node)
    else:
        hint = f"pictures of {', '.join(packed)} were packed" if packed else "it was packed with --labels-only"
        raise DataError(f"{folder} has no pictures for `{node}`", hint)
    shape = index.images[packed[place]]
    if shape != image.shape:
        hint = "pack them again, from a graph that asks for this size"
        raise DataError(f"{folder} has pictures of shape {list(shape)}, and `{node}` is {image}", hint)
    return Sharded([mapped(folder, shard.files[place], (shard.rows, *shape)) for shard in index.shards])
