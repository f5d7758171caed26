"""Rare combinations: found by counting, asked for, and read."""

from itertools import combinations, product

import numpy as np
import torch

from causaldsl.evaluate.rare import RARE, Combination, ask_combination, rare_combinations
from tests.evaluate.plates import judge, model


def test_they_are_counted():
    rng = np.random.default_rng(0)
    rows = 2000
    data = {"A": rng.random(rows) < 0.02, "B": rng.random(rows) < 0.3, "C": rng.integers(0, 3, rows)}
    data["B"] &= ~data["A"]
    levels = {name: torch.as_tensor(column.astype(np.int64)) for name, column in data.items()}
    found = rare_combinations(levels, most=100)
    expected = {}
    for a, b in combinations(data, 2):
        for x, y in product(range(int(data[a].max()) + 1), range(int(data[b].max()) + 1)):
            count = int(((data[a] == x) & (data[b] == y)).sum())
            if count < RARE * rows:
                expected[(a, x, b, y)] = count
    assert {(*pair[0], *pair[1]): c.rows for c in found for pair in [tuple(c.labels.items())]} == expected
    assert found[0] == Combination({"A": 1, "B": 1}, 0)
    assert [c.rows for c in found] == sorted(expected.values())
    assert rare_combinations(levels, most=2) == found[:2]


def test_both_labels_have_to_be_read():
    plates = model()
    found = ask_combination(plates, "F", [judge()], Combination({"A": 0, "B": 1}, 0), 50, 0)
    assert (found.value, found.n) == (1, 50)
    plates.image("F").lie = True
    assert ask_combination(plates, "F", [judge()], Combination({"A": 0, "B": 1}, 0), 50, 0).value == 0
