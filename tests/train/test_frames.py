"""The same table as pandas, polars, numpy and files have it: one law for all, and missing values by row and column."""

import importlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from causaldsl.datasets.encode import encode
from causaldsl.errors import DataError, UsageError
from causaldsl.graph.read import read_text
from causaldsl.train.data import open_data

GRAPH = read_text("binary A; categorical C {lo, mid, hi}; categorical D {0..4}; real X")
FRAME = pd.DataFrame(
    {
        "X": [0.5, -1.0, 2.0, 3.25],
        "D": [4, 0, 2, 1],
        "C": ["hi", "lo", "mid", "lo"],
        "A": [1, 0, 1, 0],
        "Extra": list("wxyz"),
    }
)
EXPECTED = {"A": [1, 0, 1, 0], "C": [2, 0, 1, 0], "D": [4, 0, 2, 1], "X": [0.5, -1.0, 2.0, 3.25]}


def needed(name: str) -> ModuleType:
    pytest.importorskip(name)
    return importlib.import_module(name)


def read(data: object, drop: bool = False) -> dict[str, list[float]]:
    found = open_data(data, None, GRAPH, True, drop)
    return {name: column.tolist() for name, column in encode(found.labels, GRAPH).items()}


@pytest.mark.parametrize(
    "data",
    [
        FRAME,
        FRAME.set_index(pd.Index([7, 7, 9, 1])),
        FRAME.astype({"A": "Int8", "D": "Int64", "X": "Float64", "C": "string"}),
        FRAME.astype({"A": "boolean", "D": float, "C": "category"}),
        FRAME.assign(C=pd.Categorical(FRAME.C, categories=["hi", "mid", "lo", "never"]), A=FRAME.A.astype(object)),
        FRAME.astype(str),
        {name: FRAME[name].to_numpy() for name in FRAME},
        {name: FRAME[name].tolist() for name in FRAME},
        np.array(
            [*zip(*(FRAME[n] for n in "ACDX"), strict=True)], [("A", "i1"), ("C", "U3"), ("D", "i8"), ("X", "f8")]
        ),
        {**FRAME, "A": np.ma.array([1, 0, 1, 0], mask=False)},
    ],
    ids=["plain", "index", "nullable", "boolean", "category", "texts", "arrays", "lists", "structured", "masked"],
)
def test_one_table_in_many_shapes(data: object) -> None:
    assert read(data) == EXPECTED


def test_polars() -> None:
    pl = needed("polars")
    frame = pl.DataFrame({name: FRAME[name].tolist() for name in FRAME})
    assert read(frame) == EXPECTED
    levels = pl.Enum(["mid", "hi", "lo"])
    assert read(frame.with_columns(pl.col("C").cast(levels), pl.col("A").cast(pl.Boolean))) == EXPECTED
    holed = frame.with_columns(pl.Series("A", [1, None, 1, 0]), pl.Series("C", ["hi", "lo", "mid", None]))
    with pytest.raises(DataError, match="row 2: `A` is missing"):
        read(holed)
    with pytest.raises(DataError, match="no row of `A` has the level `0`"):
        read(holed, drop=True)


def with_hole(kind: str) -> object:
    holed = FRAME.astype({"C": object})
    holed.loc[1, "C" if kind == "text" else "A"] = None
    if kind == "masked":
        return {**FRAME, "A": np.ma.array([1, 0, 1, 0], mask=[False, True, False, False])}
    if kind == "category":
        return FRAME.assign(C=pd.Categorical(["hi", None, "mid", "lo"]))
    return holed.astype({"A": "Int64"}) if kind == "nullable" else holed


@pytest.mark.parametrize("kind", ["text", "number", "nullable", "category", "masked"])
def test_what_is_missing_is_named_or_left_out(kind: str) -> None:
    name = "C" if kind in ("text", "category") else "A"
    with pytest.raises(DataError, match=f"row 2: `{name}` is missing"):
        read(with_hole(kind))
    assert read(with_hole(kind), drop=True)["X"] == [0.5, 2.0, 3.25]


def test_what_has_no_names_is_no_table() -> None:
    with pytest.raises(UsageError, match="not ndarray\n  hint: name the columns"):
        read(FRAME.to_numpy())


@pytest.mark.parametrize("change", ["plain", "nullable", "category", "boolean"])
def test_parquet(tmp_path: Path, change: str) -> None:
    needed("pyarrow")
    kinds = {
        "plain": {},
        "nullable": {"A": "Int8", "X": "Float64"},
        "category": {"C": "category"},
        "boolean": {"A": bool},
    }
    FRAME.astype(kinds[change]).to_parquet(tmp_path / "x.parquet")
    assert read(tmp_path / "x.parquet") == EXPECTED


def test_faults_of_parquet(tmp_path: Path) -> None:
    needed("pyarrow")
    holed = FRAME.astype({"A": "Int64"})
    holed.loc[3, "A"] = pd.NA
    holed.to_parquet(tmp_path / "holed.parquet")
    with pytest.raises(DataError, match="row 4: `A` is missing"):
        read(tmp_path / "holed.parquet")
    assert read(tmp_path / "holed.parquet", drop=True)["D"] == [4, 0, 2]
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(DataError, match=r"bad\.parquet is damaged"):
        read(tmp_path / "bad.parquet")
    FRAME[:0].to_parquet(tmp_path / "empty.parquet")
    with pytest.raises(DataError, match="has no rows"):
        read(tmp_path / "empty.parquet")
    FRAME.drop(columns="C").to_parquet(tmp_path / "lacking.parquet")
    with pytest.raises(DataError, match="no column `C`"):
        read(tmp_path / "lacking.parquet")


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_csv_as_windows_and_r_write_it(tmp_path: Path, ending: str, mark: str) -> None:
    rows = ["X,D,C,A", "0.5,4.0,hi,TRUE", "-1,0.0,lo,FALSE", '2,2.0,"mid",TRUE', "3.25,1.0,lo,FALSE", ""]
    (tmp_path / "x.csv").write_text(mark + ending.join(rows), encoding="utf-8", newline="")
    assert read(tmp_path / "x.csv") == EXPECTED
    (tmp_path / "na.csv").write_text(ending.join([*rows[:-1], "NA,2,hi,TRUE", "1,NA,hi,FALSE"]), newline="")
    with pytest.raises(DataError, match="row 6: `D` is missing"):
        read(tmp_path / "na.csv")
    assert read(tmp_path / "na.csv", drop=True) == EXPECTED


def test_a_picture_needs_a_label():
    graph = read_text("image F[1, 32, 32]")
    with pytest.raises(UsageError, match="pictures are learned with labels"):
        open_data({"F": np.zeros((8, 1, 32, 32), np.uint8)}, None, graph, labels_only=False)
