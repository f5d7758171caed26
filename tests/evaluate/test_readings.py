"""Readings against a model and a judge whose every answer is known."""

from statistics import NormalDist

import pytest
import torch

from causaldsl.evaluate.readings import effectiveness
from causaldsl.measure.interval import wilson
from tests.evaluate import plates


def test_a_model_that_draws_what_is_asked_is_fully_effective(model, judge):
    found = effectiveness(model, "F", [judge], 200, 0)
    assert found.mean.value == 1
    assert found.labels == {"A": 1, "B": 1}
    said = found.as_json()
    assert said["interval"] == pytest.approx(wilson(1, 200)), "no picture differs from another"
    assert said["intervals"]["A"] == pytest.approx(wilson(1, 200))


def test_the_lower_figure_is_quoted(model, judge):
    model.image("F").lie = True
    found = effectiveness(model, "F", [judge], 200, 0)
    assert found.labels == {"A": 1, "B": 0}
    assert found.mean.value == 0.5


def test_of_two_judges_the_lower_counts(model, judge):
    other = plates.judge()
    other.kind, other.forward = "robust", lambda pictures: torch.ones(len(pictures), 2)  # sees both labels everywhere
    found = effectiveness(model, "F", [judge, other], 1000, 0)
    assert found.by_judge["plain"] == {"A": 1, "B": 1}
    assert found.labels == found.by_judge["robust"]
    low, high = found.as_json()["interval"]
    assert low < 0.5 < high
    assert high - low == pytest.approx(2 * 1.96 * (0.125 / 1000) ** 0.5, rel=0.05), "the mean of two coins"


def test_levels_and_reals_are_asked_for_and_read():
    model, judge = plates.mixed_model(), plates.mixed_judge()
    found = effectiveness(model, "F", [judge], 3000, 0)
    assert found.labels == {"D": 1, "A": 1}
    assert found.mean.value == 1, "reals are no part of it"
    error = found.errors["T"].as_json()
    assert error["value"] == pytest.approx(0, abs=1e-4)
    assert error["guess"] == pytest.approx(2 * NormalDist().pdf(0) * 2, rel=0.05), "of a normal law"
    model.image("F").lie = 0.5
    far = effectiveness(model, "F", [judge], 3000, 0)
    error = far.errors["T"].as_json()
    assert error["value"] == error["by_judge"]["plain"] == pytest.approx(0.5, abs=1e-4)
    assert error["n"] == 3000
    other = plates.mixed_judge()
    other.kind, other.scale[0], other.location[0] = "robust", 0, 3  # guesses
    greater = effectiveness(model, "F", [judge, other], 3000, 0).errors["T"].as_json()
    assert greater["value"] == pytest.approx(error["guess"], rel=0.05), "the greater error is quoted"
    low, high = greater["interval"]
    assert high - low == pytest.approx(2 * 1.96 * 2 * (1 - 2 / 3.14159) ** 0.5 / 3000**0.5, rel=0.05)


def test_without_a_judge_nothing_is_read(model):
    nothing = effectiveness(model, "F", [], 10, 0)
    assert nothing.as_json() == {"mean": None, "labels": {}, "by_judge": {}, "n": 10, "interval": None, "intervals": {}}
