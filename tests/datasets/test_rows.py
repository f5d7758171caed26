"""Rows of a data set: parts, and what is taken is not copied where it lies on disk."""

import numpy as np
import pytest

from causaldsl.datasets.rows import Rows, part_of, take
from causaldsl.errors import DataError
from causaldsl.plugins.protocols import Data

PICTURES = np.random.default_rng(0).integers(0, 256, (10, 1, 2, 3), dtype=np.uint8)
DATA = Data("tens", {"A": np.arange(10)}, {"Face": PICTURES}, np.array([0, 1, 2, 3, 0, 1, 2, 3, 0, 0], np.uint8))


@pytest.mark.parametrize(
    ("part", "rows"),
    [
        ("train", [0, 4, 8, 9]),
        ("valid", [1, 5]),
        ("test", [2, 6]),
        ("held_out", [1, 2, 5, 6]),
        ("all", list(range(10))),
    ],
)
def test_a_part_is_its_rows_everywhere(part, rows) -> None:
    found = part_of(DATA, part)
    assert found.labels["A"].tolist() == rows
    assert np.array_equal(found.pictures["Face"], PICTURES[rows])
    assert found.parts is not None
    assert np.array_equal(found.parts, DATA.parts[rows])


def test_a_part_without_rows_is_an_error() -> None:
    whole = Data("tens", DATA.labels, DATA.pictures)
    assert part_of(whole, "train") is whole
    with pytest.raises(DataError, match="tens has no rows of the part `held_out`"):
        part_of(whole, "held_out")


def test_rows_of_what_is_not_in_memory_are_taken_lazily_once(tmp_path) -> None:
    np.save(tmp_path / "p.npy", PICTURES)
    data = Data("tens", {}, {"Face": np.load(tmp_path / "p.npy", mmap_mode="r")})
    once = take(data, np.array([7, 3, 5, 1])).pictures["Face"]
    twice = take(take(data, np.array([7, 3, 5, 1])), np.array([3, 0])).pictures["Face"]
    assert isinstance(twice, Rows)
    assert isinstance(twice.pictures, np.memmap)
    assert np.array_equal(once[np.array([1, 0, 1])], PICTURES[[3, 7, 3]])
    assert np.array_equal(twice[:], PICTURES[[1, 7]])
    assert twice.shape == (2, 1, 2, 3)
