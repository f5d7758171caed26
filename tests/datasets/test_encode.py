"""Encoding: levels by index, reals as floats, nothing guessed, every fault with row, column and value."""

import numpy as np
import pytest
import torch

from causaldsl.datasets.encode import encode, missing
from causaldsl.errors import DataError
from causaldsl.graph.read import read_text

GRAPH = read_text("binary Sick; categorical Hair {black, brown}; categorical Digit {-1..3}; real Dose in [0, 10]")
COLUMNS = {
    "Extra": np.array(["left", "out", "too"]),
    "Dose": np.array([0, 10, 2]),
    "Hair": np.array(["brown", "black", "brown"]),
    "Digit": np.array([-1.0, 3.0, 0.0]),
    "Sick": np.array([1, 0, 1]),
}


def encoded(**other: object) -> dict[str, torch.Tensor]:
    return encode(COLUMNS | {name: np.asarray(column) for name, column in other.items()}, GRAPH)


def test_columns_come_in_the_order_of_the_graph() -> None:
    found = encoded()
    assert list(found) == ["Sick", "Hair", "Digit", "Dose"]
    assert {name: column.tolist() for name, column in found.items()} == {
        "Sick": [1, 0, 1],
        "Hair": [1, 0, 1],
        "Digit": [0, 4, 1],
        "Dose": [0.0, 10.0, 2.0],
    }
    assert found["Sick"].dtype == found["Hair"].dtype == torch.int64
    assert found["Dose"].dtype == torch.float32


@pytest.mark.parametrize(
    "column",
    [
        [1, 0, 1],
        [1.0, 0.0, 1.0],
        ["1", "0", "1"],
        ["1.0", "0", "1e0"],
        [True, False, True],
        ["TRUE", "FALSE", "TRUE"],
        ["true", "false", "True"],
    ],
)
def test_what_a_binary_node_takes(column: list[object]) -> None:
    assert encoded(Sick=column)["Sick"].tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    "column", [[1, -1, 1], ["1", "-1", "1"], ["yes", "no", "yes"], [1, 2, 1], [1, 0.5, 1], ["01", "0", "1"]]
)
def test_what_a_binary_node_does_not_guess(column: list[object]) -> None:
    with pytest.raises(DataError, match=r"row [12]: `Sick` has no level `.*`\n  hint: a binary column holds 0 and 1"):
        encoded(Sick=column)


def test_booleans_are_levels_by_name_elsewhere() -> None:
    graph = read_text("categorical Sick {False, True}")
    assert encode({"Sick": np.array([True, False])}, graph)["Sick"].tolist() == [1, 0]
    with pytest.raises(DataError, match="`Digit` has no level `True`"):
        encoded(Digit=[True, False, True])


@pytest.mark.parametrize(
    ("name", "column", "message"),
    [
        ("Hair", ["brown", "blck", "zzz"], r"row 2: `Hair` has no level `blck`\n  hint: did you mean `black`"),
        ("Hair", ["brown", "red", "zzz"], r"row 2: `Hair` has no level `red`\n  hint: the levels are black, brown"),
        ("Hair", np.array(["brown", "black", None], object), "row 3: `Hair` is missing"),
        ("Digit", [0, np.nan, 1], "row 2: `Digit` is missing"),
        ("Dose", [0, 1, np.nan], "row 3: `Dose` is missing"),
        ("Dose", ["0", "NA", "much"], "row 2: `Dose` is missing\n  hint: fill it in"),
        ("Dose", [0, 1, np.inf], "row 3: `Dose` is inf, and values are finite"),
        ("Dose", np.array(["2020-01-01"] * 3, "datetime64[D]"), "row 1: `Dose` is `2020-01-01`, which is not a number"),
        ("Dose", np.array([1 + 1j] * 3), r"row 1: `Dose` is `\(1\+1j\)`, which is not a number"),
        ("Sick", ["1", "0", "NA"], "row 3: `Sick` is missing"),
        ("Digit", ["1", "0.5", "2"], "row 2: `Digit` has no level `0.5`"),
        ("Dose", [0, 10.5, 1], r"row 2: `Dose` is 10.5, outside its domain `real in \[0, 10\]`"),
        ("Dose", ["1", "much", "2"], "row 2: `Dose` is `much`, which is not a number"),
        ("Dose", [1, 2], "`Dose` has 2 rows, and `Sick` has 3"),
        ("Dose", [[1], [2], [3]], "`Dose` is no column"),
    ],
)
def test_faults_name_row_column_and_value(name: str, column: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        encoded(**{name: column})


def test_a_column_that_is_not_there() -> None:
    with pytest.raises(DataError, match=r"no column `Sick`\n  hint: did you mean `sick`"):
        encode({"sick": COLUMNS["Sick"]}, GRAPH)


def test_a_node_without_a_domain() -> None:
    with pytest.raises(DataError, match="the domain of `A` is not stated"):
        encode({"A": np.array([1])}, read_text("node A"))


def test_a_level_that_no_row_has_is_an_error() -> None:
    with pytest.raises(DataError, match="no row of `Hair` has the level `black`\n  hint: take the level out"):
        encoded(Hair=["brown", "brown", "brown"])


def test_what_is_missing() -> None:
    domain = GRAPH["Hair"].domain
    assert missing(np.array(["brown", "", None, "nan"], object), domain).tolist() == [False, True, True, True]
    assert missing(np.array([1.0, np.nan]), None).tolist() == [False, True]
    assert missing(np.array(["None", "x"]), read_text("categorical C {None, x}")["C"].domain).tolist() == [False, False]


def test_a_level_may_be_called_like_what_is_missing() -> None:
    graph = read_text("categorical A {NA, null, 1}")
    column = np.array(["1", "NA", "null"])
    assert encode({"A": column}, graph)["A"].tolist() == [2, 0, 1]
    assert not missing(column, graph["A"].domain).any()
