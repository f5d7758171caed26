"""Rows of do and given against a model and a judge whose every answer is known."""

from statistics import NormalDist

import pytest
import torch

import causaldsl as cd
from causaldsl.errors import RunError
from causaldsl.evaluate.rows import Event, mended, rows, shares, told
from tests.evaluate import plates


def are_one(*names):
    return {name: Event(name, 1, 1) for name in names}


def test_rows_read_the_exact_shares(model, judge):
    found = rows(model, "F", [judge], 20_000, 0)
    assert [(r.label, r.kind) for r in found] == [("A", "do"), ("A", "given"), ("B", "do"), ("B", "given")]
    for row in found:
        assert row.read == pytest.approx(row.exact, abs=0.015)
        assert row.effective == {"A": 1, "B": 1}
        assert all(low - 0.005 < row.exact[name] < high + 0.005 for name, (low, high) in row.intervals.items())
    done, seen = found[2].exact["A"], found[3].exact["A"]
    assert done == pytest.approx(float(model.joint().marginal("A")[1]))
    assert abs(done - seen) > 0.05, "seeing B tells of A, setting it does not"


def test_a_row_says_how_often_its_labels_are_read(model, judge):
    model.image("F").lie = True
    assert all(row.effective == {"A": 1, "B": 0} for row in rows(model, "F", [judge], 500, 0))


def test_an_unreliable_label_is_corrected(judge):
    judge.confusion[1] = torch.tensor([[0.9, 0.1], [0.2, 0.8]])
    judge.accuracy[1] = 0.85
    read = 0.3 * 0.8 + 0.7 * 0.1
    assert mended([0.3], Event("A", 1, 1), judge) == [0.3]
    assert mended([read, 0.1], Event("B", 1, 1), judge) == pytest.approx([0.3, 0])
    assert mended([1 - read], Event("B", 0, 0), judge) == pytest.approx([0.7])


def test_a_label_that_never_is_has_no_given_row(model, judge):
    model.controller["A"].table[:] = torch.tensor([[1.0, 0.0]])
    events = told(model, "F")
    with pytest.raises(RunError):
        shares(model, events["A"], "given", events)
    assert [(r.label, r.kind) for r in rows(model, "F", [judge], 100, 0)] == [("A", "do"), ("B", "do"), ("B", "given")]


def test_without_a_judge_a_row_holds_the_law_alone(model):
    found, events = rows(model, "F", [], 100, 0), told(model, "F")
    assert [row.exact for row in found] == [shares(model, events[r.label], r.kind, events) for r in found]
    assert all((row.read, row.effective, row.n) == ({}, {}, 0) for row in found)


@pytest.mark.parametrize("kind", ["do", "given"])
def test_each_label_with_a_table_has_its_exact_share(kind):
    equations = "X := normal(0, 1); A := bernoulli(0.3); B := bernoulli(0.2 + 0.5 * A); C := X + A > 0.5"
    known = cd.compile(cd.parse(f"binary A, B, C; real X; {equations}"))
    found = shares(known, Event("A", 1, 1), kind, are_one("B", "C", "A"))
    assert list(found) == ["B", "C", "A"]
    assert found["B"] == pytest.approx(0.7, abs=1e-6), "not of draws"
    assert found["A"] == 1
    assert found["C"] == pytest.approx(NormalDist().cdf(0.5), abs=0.01)


def test_a_share_without_a_table_is_of_draws():
    known = cd.compile(cd.parse("real X; binary A; X := normal(0, 1); A := X > 0.5"))
    p = 1 - NormalDist().cdf(0.5)
    assert shares(known, Event("A", 1, 1), "do", are_one("A")) == {"A": 1}
    both = cd.compile(cd.parse("real X; binary A, B; X := normal(0, 1); A := X > 0.5; B := X > 0"))
    assert shares(both, Event("A", 1, 1), "given", are_one("A", "B")) == {"A": 1, "B": 1}
    assert shares(both, Event("B", 1, 1), "given", are_one("A"))["A"] == pytest.approx(2 * p, abs=0.01)


def test_rows_of_a_label_with_more_levels():
    model, judge = plates.mixed_model(), plates.mixed_judge()
    found = rows(model, "F", [judge], 20_000, 0)
    assert [(r.label, r.level) for r in found[::2]] == [("D", "x"), ("D", "y"), ("D", "z"), ("A", 1)]
    assert [r.kind for r in found] == ["do", "given"] * 4
    for row in found:
        assert list(row.exact) == ["D=x", "D=y", "D=z", "A"]
        assert row.exact["D=x"] + row.exact["D=y"] + row.exact["D=z"] == pytest.approx(1)
        assert row.read == pytest.approx(row.exact, abs=0.015)
        assert row.effective == {"D": 1, "A": 1}
    assert found[2].exact == pytest.approx({"D=x": 0, "D=y": 1, "D=z": 0, "A": 0.5})
    seen = {"D=x": 0.2 * 0.1, "D=y": 0.3 * 0.5, "D=z": 0.5 * 0.9}
    assert found[7].exact == pytest.approx({**{k: p / sum(seen.values()) for k, p in seen.items()}, "A": 1})


def test_a_label_of_many_levels_has_no_rows_and_no_shares():
    known = cd.parse("categorical D {0..10}; binary A; image F[3, 32, 32]; D, A -> F")
    assert told(cd.compile(known), "F") == {"A": Event("A", 1, 1)}
