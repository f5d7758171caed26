"""Units as they would have been, against what the model answers about them."""

import pytest
import torch

from causaldsl.evaluate.otherwise import otherwise
from tests.evaluate.units import small_labels


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return small_labels(tmp_path_factory.mktemp("runs") / "a")


def test_each_unit_has_its_next_level_and_keeps_what_is_not_below(run):
    units = run.sample(20, seed=3)
    columns, notes = otherwise(run, units, "C", 2)
    assert columns["C"].tolist() == ((units["C"] + 1) % 3).repeat_interleave(2).tolist()
    assert columns["A"].tolist() == units["A"].repeat_interleave(2).tolist()
    assert columns["R"].tolist() == pytest.approx(units["R"].repeat_interleave(2).tolist())
    assert "keeps its noise" in notes[0]


def test_how_often_a_label_stays_is_what_the_run_answers(run):
    units = run.sample(40, seed=3)
    columns, _ = otherwise(run, units, "A", 4000)
    stays = (columns["B"].view(40, -1) == units["B"][:, None]).double().mean(1)
    for i in range(0, 40, 7):
        a, b, c = (int(units[name][i]) for name in "ABC")
        question = f"P(B[A={1 - a}]={b} | A={a}, B={b}, C={c + 2})"
        assert stays[i].item() == pytest.approx(run.ask(question).value, abs=0.03), question


def test_a_real_label_goes_to_the_further_of_two_quantiles(run):
    units = run.sample(50, seed=3)
    columns, _ = otherwise(run, units, "R", 1)
    low, high = (torch.quantile(units["R"], q) for q in (0.1, 0.9))
    below = units["R"] < torch.quantile(units["R"], 0.5)
    assert torch.allclose(columns["R"], torch.where(below, high, low))
    assert torch.equal(columns["B"], units["B"])
