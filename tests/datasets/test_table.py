"""Tables: columns by name, typed as they read, and every fault with its place."""

from pathlib import Path

import numpy as np
import pytest

from causaldsl.datasets import table
from causaldsl.datasets.table import TableOptions, plugin
from causaldsl.errors import DataError
from causaldsl.graph.domain import Image
from causaldsl.plugins.protocols import DatasetPlugin

GOOD = 'Age,Sick,Hair,Code\n31,True,black,007\n4.5,False,"dark, blond",012\n\n'


def written(folder: Path, text: str, name: str = "units.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def test_columns_are_read_by_name_and_typed(tmp_path: Path) -> None:
    path = written(tmp_path, "\ufeff" + GOOD.replace("\n", "\r\n"))
    assert plugin.columns(path, TableOptions()) == ("Age", "Sick", "Hair", "Code")
    data = plugin.open(path, ("Hair", "Age", "Sick", "Code"), {}, TableOptions())
    assert data.name == "units.csv"
    assert data.pictures == {}
    assert {name: column.tolist() for name, column in data.labels.items()} == {
        "Hair": ["black", "dark, blond"],
        "Age": [31.0, 4.5],
        "Sick": [True, False],
        "Code": ["007", "012"],
    }
    assert plugin.open(written(tmp_path, "A\n1\n0\n"), ("A",), {}, TableOptions()).labels["A"].dtype == np.int64
    assert plugin.open(written(tmp_path, "A\n1_000\n0\n"), ("A",), {}, TableOptions()).labels["A"].tolist() == [
        "1_000",
        "0",
    ]


def test_tabs_separate_a_tsv(tmp_path: Path) -> None:
    path = written(tmp_path, "A\tB\n1\tx\n", "units.tsv")
    assert plugin.open(path, ("B",), {}, TableOptions()).labels["B"].tolist() == ["x"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Age,Hair\n\n3,black,x\n", "units.csv, line 3: 3 cells, and 2 columns"),
        ("Age,Hair\n3\n", "units.csv, line 2: 1 cells"),
        ("Age,Age\n3,3\n", "more than one column `Age`"),
        ("Age,Hair\n", "no rows"),
        ("", "is empty"),
        ("Age,Size\n1,2\n", "no column `Hair`"),
        ('Age,Hair\n1,"bl', "is no table in UTF-8, or a damaged one"),
    ],
)
def test_faults_have_their_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        plugin.open(written(tmp_path, text), ("Age", "Hair"), {}, TableOptions())


def test_bytes_that_are_no_text_are_an_error(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_bytes(b"Age\n1\n\xff\xfe\n")
    with pytest.raises(DataError, match="no table in UTF-8"):
        plugin.open(path, ("Age",), {}, TableOptions())


def test_na_is_a_text_like_any_other(tmp_path: Path) -> None:
    assert plugin.open(written(tmp_path, "A\nNA\nNone\n"), ("A",), {}, TableOptions()).labels["A"].tolist() == [
        "NA",
        "None",
    ]


def test_hints(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    with pytest.raises(DataError, match="did you mean `Hair`"):
        plugin.open(path, ("Hairs",), {}, TableOptions())
    with pytest.raises(DataError, match="--labels-only"):
        plugin.open(path, ("Age",), {"Face": Image(3, 32, 32)}, TableOptions())
    with pytest.raises(DataError, match="--root"):
        plugin.columns(None, TableOptions())
    with pytest.raises(DataError, match="there is no file"):
        plugin.columns(tmp_path / "nothing.csv", TableOptions())
    with pytest.raises(DataError, match=r"no \.csv, \.tsv or \.parquet"):
        plugin.columns(written(tmp_path, GOOD, "units.xlsx"), TableOptions())


def test_parquet_without_an_engine_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "find_spec", lambda name: None)
    with pytest.raises(DataError, match="pip install pyarrow"):
        plugin.columns(written(tmp_path, "", "units.parquet"), TableOptions())


def test_the_plugin_is_one() -> None:
    assert isinstance(plugin, DatasetPlugin)
