"""The data set `folder`: pictures of your own, and a table that says what is seen in each.

`--root DIR` holds one table (.csv, .tsv or .parquet), a row a picture, and the pictures, in folders as deep as you
like, or one .zip of them. A column of the table names the picture: `cats/1.png`; or `1.png`, or `1`, where no other
picture is called so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from causaldsl.datasets import table
from causaldsl.datasets.encoded import CentreCrop
from causaldsl.datasets.matching import resolved, with_pictures
from causaldsl.datasets.rows import all_there, first_rows
from causaldsl.datasets.stores import Archive, Folder, PictureStore
from causaldsl.errors import DataError, did_you_mean
from causaldsl.graph.domain import Image
from causaldsl.plugins.datasets import TABLES
from causaldsl.plugins.protocols import Data

FILE = "file"
_TABLE = table.TableOptions()


@dataclass(frozen=True)
class FolderOptions:
    """Options of `folder`.

    Parameters
    ----------
    table : str
        The table's name in the folder; without one, the only table that is there.
    file : str
        The column that names the picture; without one, `file`, or else the first. Where a graph has several image
        nodes, the column of each one's name does.
    train_rows : int
        Learn from so many rows, from the first on, and hold the others out; 0 learns from all.
    max_damaged : float
        The share of pictures that may be damaged.
    """

    table: str = ""
    file: str = ""
    train_rows: int = 0
    max_damaged: float = 0.01

    def __post_init__(self) -> None:
        if self.train_rows < 0 or not 0 <= self.max_damaged <= 1:
            raise ValueError("train_rows is not negative, and max_damaged lies between 0 and 1")


class PictureFolder:
    """The data set plugin `folder`."""

    options: ClassVar[type[FolderOptions]] = FolderOptions

    def columns(self, root: Path | None, options: FolderOptions) -> tuple[str, ...]:
        """Return the columns of the table but the one that names the picture; reads no more than its head.

        Raises
        ------
        DataError
            If there is no folder, no table, or no such column.
        """
        path = _table(root, options)
        names = table.plugin.columns(path, _TABLE)
        file = _file_column(path, names, options)
        return tuple(name for name in names if name != file)

    def check_image(self, image: Image, options: FolderOptions) -> None:  # noqa: ARG002
        """Refuse what is neither grey nor of three colours.

        Raises
        ------
        DataError
            If it is so.
        """
        CentreCrop.check(image)

    def open(
        self, root: Path | None, columns: Sequence[str], images: Mapping[str, Image], options: FolderOptions
    ) -> Data:
        """Read the table, and find the picture of each row.

        Parameters
        ----------
        root : Path
            The folder.
        columns : sequence of str
            Columns to load.
        images : mapping of str to Image
            Image nodes and their sizes; without any no picture is looked for.
        options : FolderOptions
            Table, column and parts.

        Returns
        -------
        Data
            `notes` says which rows lack a picture, and which pictures a row.

        Raises
        ------
        DataError
            If table or pictures are missing or damaged, two rows name one picture, or a column is not there.
        """
        path = _table(root, options)
        there = table.plugin.columns(path, _TABLE)
        file = _file_column(path, there, options)
        named = _columns_of(path, there, images, file)
        all_there(path.name, columns, [name for name in there if name != file])
        for image in images.values():
            self.check_image(image, options)
        read = table.plugin.open(path, list(dict.fromkeys([file, *named.values(), *columns])), {}, _TABLE).labels
        labels = {name: read[name] for name in columns}
        data = Data(path.parent.name, labels, parts=first_rows(path.name, len(read[file]), options.train_rows))
        if not images:
            return data
        store = _store(path.parent)
        files = {
            node: resolved(store.names, [str(cell) for cell in read[name].tolist()]) for node, name in named.items()
        }
        twice = [name for side in files.values() for name, times in Counter(side).items() if times > 1]
        if twice:
            raise DataError(f"{path.name} has more than one row for {twice[0]}", "a picture has one row")
        return with_pictures(data, store, files, images, CentreCrop, options.max_damaged)


plugin = PictureFolder()


def _table(root: Path | None, options: FolderOptions) -> Path:
    if root is None:
        raise DataError("the pictures are read from a folder", "name it with --root DIR")
    if not root.is_dir():
        raise DataError(f"there is no folder {root}", "--root names the folder that holds the table and the pictures")
    if options.table:
        return root / options.table
    found = sorted(path for path in root.iterdir() if path.suffix.lower() in TABLES and path.is_file())
    if len(found) != 1:
        names = ", ".join(path.name for path in found[:3])
        held = f"several tables: {names}" if found else "no table: no .csv, .tsv or .parquet file"
        raise DataError(f"{root} holds {held}", "name one: --data 'folder(table=\"labels.csv\")'")
    return found[0]


def _file_column(path: Path, names: Sequence[str], options: FolderOptions) -> str:
    """Return the column that names the picture."""
    if options.file and options.file not in names:
        hint = did_you_mean(options.file, names) or f"its columns are {', '.join(names)}"
        raise DataError(f"{path.name} has no column `{options.file}` that could name the picture", hint)
    return options.file or (FILE if FILE in names else names[0])


def _columns_of(path: Path, names: Sequence[str], images: Mapping[str, Image], file: str) -> dict[str, str]:
    """Return for each image node the column that names its pictures: where there are several, that of its own name.

    Raises
    ------
    DataError
        If one of several has no column.
    """
    if len(images) < 2:
        return dict.fromkeys(images, file)
    for node in images:
        if node not in names:
            hint = "where there are several image nodes, each has its files in the column of its own name"
            raise DataError(f"{path.name} has no column `{node}` that names its pictures", hint)
    return {node: node for node in images}


def _store(root: Path) -> PictureStore:
    """Return the pictures below a folder, or in the only archive in it."""
    folder = Folder(root, deep=True)
    if folder.names:
        return folder
    archives = [path for path in root.iterdir() if path.suffix.lower() == ".zip"]
    store = Archive(archives[0], deep=True) if len(archives) == 1 else folder
    if not store.names:
        raise DataError(f"{root} holds no picture, in folders or in one .zip", "or train with --labels-only")
    return store
