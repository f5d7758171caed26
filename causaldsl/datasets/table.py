"""The data set `table`: the columns of a .csv, .tsv or .parquet file, a row a unit."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from causaldsl.datasets.rows import all_there
from causaldsl.errors import DataError
from causaldsl.graph.domain import Image
from causaldsl.plugins.protocols import Data

if TYPE_CHECKING:
    from _csv import Reader as Rows

    import pandas as pd

Column = np.ndarray[Any, Any]

_SEPARATORS = {".csv": ",", ".tsv": "\t"}
_ENGINES = ("pyarrow", "fastparquet")
_NO_NUMBER = re.compile(r"-?0\d|.*_")
"""Texts that Python reads as numbers and a table does not: `007`, `1_000`."""


@dataclass(frozen=True)
class TableOptions:
    """Options of `table`: none."""


class Table:
    """The data set plugin `table`; its root is the file."""

    options: ClassVar[type[TableOptions]] = TableOptions

    def columns(self, root: Path | None, options: TableOptions) -> tuple[str, ...]:  # noqa: ARG002
        """Return the names in the head of the file.

        Raises
        ------
        DataError
            If there is no such file, it is of another kind, or a name stands twice.
        """
        path = _file(root)
        if path.suffix.lower() == ".parquet":
            return tuple(map(str, _parquet(path, None).columns))
        with _rows(path) as rows:
            return _names(path, rows)

    def check_image(self, image: Image, options: TableOptions) -> None:  # noqa: ARG002
        """Refuse all pictures.

        Raises
        ------
        DataError
            Always.
        """
        raise DataError("a table holds no pictures", "`--data folder` reads them beside one; or train --labels-only")

    def open(
        self, root: Path | None, columns: Sequence[str], images: Mapping[str, Image], options: TableOptions
    ) -> Data:
        """Load columns by name; numbers as numbers, everything else as text; an empty cell is NaN or an empty text.

        Raises
        ------
        DataError
            If the file is missing or damaged, a column is not there, or an image is asked for.
        """
        path = _file(root)
        for image in images.values():
            self.check_image(image, options)
        all_there(path.name, columns, self.columns(path, options))
        read = _read_parquet if path.suffix.lower() == ".parquet" else _read_text
        return Data(path.name, read(path, columns))


plugin = Table()


def _file(root: Path | None) -> Path:
    if root is None:
        raise DataError("a table is read from a file", "name it: --data table --root FILE.csv, or --data FILE.csv")
    if not root.is_file():
        raise DataError(f"there is no file {root}")
    if root.suffix.lower() not in (*_SEPARATORS, ".parquet"):
        raise DataError(f"{root.name} is no .csv, .tsv or .parquet file")
    return root


def _read_text(path: Path, columns: Sequence[str]) -> dict[str, Column]:
    with _rows(path) as rows:
        names = _names(path, rows)
        places = [names.index(name) for name in columns]
        cells: list[list[str]] = [[] for _ in columns]
        for row in rows:
            if not row:  # a blank line
                continue
            if len(row) != len(names):
                raise DataError(f"{path.name}, line {rows.line_num}: {len(row)} cells, and {len(names)} columns")
            for place, column in zip(places, cells, strict=True):
                column.append(row[place])
    if not all(cells):
        raise DataError(f"{path.name} has no rows")
    return {name: _typed(np.array(column)) for name, column in zip(columns, cells, strict=True)}


@contextmanager
def _rows(path: Path) -> Iterator[Rows]:
    """Open a text table; a parse error anywhere below becomes a DataError."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield csv.reader(file, delimiter=_SEPARATORS[path.suffix.lower()], strict=True)
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path.name} is no table in UTF-8, or a damaged one", str(error)) from error


def _names(path: Path, rows: Rows) -> tuple[str, ...]:
    names = next(rows, [])
    if not any(names):
        raise DataError(f"{path.name} is empty", "its first line names the columns")
    twice = [name for i, name in enumerate(names) if name in names[:i]]
    if twice:
        raise DataError(f"{path.name} has more than one column `{twice[0]}`")
    return tuple(names)


def _typed(texts: Column) -> Column:
    """Return whole numbers, numbers or booleans where all cells read so, else the texts; empty cells are missing."""
    absent = texts == ""
    if absent.any():
        present = _typed(texts[~absent])
        if present.dtype.kind not in "if":
            return texts
        numbers = np.full(len(texts), np.nan)
        numbers[~absent] = present
        return numbers
    if set(texts.tolist()) <= {"True", "False"}:
        return np.array([text == "True" for text in texts])
    if any(map(_NO_NUMBER.match, texts.tolist())):
        return texts
    for kind in (np.int64, np.float64):
        try:
            return texts.astype(kind)
        except (ValueError, OverflowError):
            continue
    return texts


def _read_parquet(path: Path, columns: Sequence[str]) -> dict[str, Column]:
    table = _parquet(path, columns)
    if table.empty:
        raise DataError(f"{path.name} has no rows")
    return {name: table[name].to_numpy() for name in columns}


def _parquet(path: Path, columns: Sequence[str] | None) -> pd.DataFrame:
    import pandas as pd

    if not any(map(find_spec, _ENGINES)):
        raise DataError(f"{path.name} needs a reader of parquet files", f"pip install {_ENGINES[0]}, or give a .csv")
    try:
        return pd.read_parquet(path, columns=None if columns is None else list(columns))
    except Exception as error:  # engines raise errors of their own, which share no base
        raise DataError(f"{path.name} is damaged, or no parquet file", str(error).splitlines()[0]) from error
