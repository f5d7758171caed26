"""Real pictures imagined otherwise, by a model and a judge whose every answer is known."""

import numpy as np
import pytest
import torch

from causaldsl.errors import UsageError
from causaldsl.evaluate import evaluation
from causaldsl.evaluate.counterfactuals import counterfactuals
from causaldsl.evaluate.evaluation import evaluate
from causaldsl.evaluate.real import Real
from causaldsl.evaluate.tables import tables
from causaldsl.plugins.defaults import shape_of
from causaldsl.scm.model import CausalModel
from causaldsl.scm.pictures import to_bytes
from causaldsl.train.config import Config
from causaldsl.train.run import open_run, planned_run
from tests.evaluate import plates
from tests.evaluate.runs import TEXT, small_run

REST = 0.4
"""What is in the last pixel of real pictures; no plate draws it."""


class Traced(plates.Plate):
    """Paints its noise too, where it can be read back."""

    abducts = True

    def forward(self, labels, noise):
        picture = super().forward(labels, noise)
        picture[:, :, 2:] = 1 / 255  # a byte's value
        picture[:, 0, 1] = noise.clamp(-2, 2) / 2
        return picture

    def abduct(self, pictures, labels):
        return pictures[:, 0, 1, :1] * 2


class MixedTraced(plates.MixedPlate):
    abducts = True

    def abduct(self, pictures, labels):
        return torch.zeros(len(pictures), 1)


def run_of(plate, graph, labels, tmp_path):
    model = CausalModel(graph, labels.controller, {"F": plate})
    return planned_run(tmp_path, model, Config(), "in memory", False, None)


def real_of(run, n, seed):
    """Draw what stands for the data: in bytes, as data are, with something that no plate draws."""
    drawn = run.sample(n, seed=seed)
    pictures = drawn["F"].clone()
    pictures[:, 0, -1, -1] = REST
    causes = run.graph["F"].parents
    return Real(np.asarray(to_bytes(pictures)), {name: drawn[name] for name in run.graph.columns}, tuple(causes))


@pytest.fixture
def run(tmp_path):
    return run_of(Traced(shape_of(plates.GRAPH, plates.GRAPH["F"])), plates.GRAPH, plates.model(), tmp_path)


def test_a_model_that_does_as_it_is_told(run):
    found = counterfactuals(run, "F", [plates.judge()], real_of(run, 1200, 1), 100, 0)
    assert (found["n"], found["held_out"], found["features"]) == (100, False, "random")
    for cause in found["causes"]:
        assert (cause["read"]["value"], cause["others"]["value"], cause["others"]["before"]) == (1, 1, 1)
        assert cause["minimality"]["value"] < cause["anew"]["value"]
    cycles = {(one["cycles"], one["whole"]): one for one in found["composition"]}
    assert set(cycles) == {(1, True), (1, False), (10, True), (10, False)}
    for whole in (cycles[1, True], cycles[10, True]):
        assert whole["pixels"]["value"] < 1e-4
        assert whole["features"]["value"] < 1e-4
    lost = (127.5 * REST + 29 * 0.5) / 32**2  # the rest, and half a byte where the first row is grey
    assert cycles[1, False]["pixels"]["value"] == pytest.approx(lost, rel=0.05)
    assert cycles[1, False]["features"]["value"] > 1e-3
    assert cycles[10, False]["pixels"]["n"] == 5
    assert found["realism"]["n"] == 100
    assert found["realism"]["value"] < found["realism"]["anew"] + found["realism"]["floor"]


def test_what_is_held_out_is_imagined(run):
    learned, held_out = real_of(run, 300, 1), real_of(run, 40, 2)
    real = Real(learned.pictures, learned.columns, learned.causes, held_out)
    found = counterfactuals(run, "F", [plates.judge()], real, 100, 0)
    assert (found["n"], found["held_out"]) == (40, True)
    assert counterfactuals(run, "F", [plates.judge()], real_of(run, 12, 1), 100, 0) == {}, "too few"


def test_a_cause_that_is_drawn_wrong_is_not_read_and_the_others_are(run):
    real = real_of(run, 600, 1)
    run.model.image("F").lie = True
    found = counterfactuals(run, "F", [plates.judge()], real, 100, 0)
    a, b = found["causes"]
    assert (a["cause"], a["read"]["value"]) == ("A", 1)
    assert b["read"]["value"] < 0.1
    assert b["others"]["value"] == 1
    assert b["others"]["before"] == 1


def test_levels_and_reals(tmp_path):
    model = plates.mixed_model()
    plate = MixedTraced(shape_of(model.graph, model.graph["F"]), 1)
    run = run_of(plate, model.graph, model, tmp_path)
    drawn = real_of(run, 900, 1)
    scaled = {**drawn.columns, "T": drawn.columns["T"].clamp(0, 4)}
    real = Real(drawn.pictures, scaled, drawn.causes)
    found = counterfactuals(run, "F", [plates.mixed_judge()], real, 80, 0)
    causes = {one["cause"]: one for one in found["causes"]}
    assert list(causes) == ["D", "A", "T"]
    assert causes["D"]["read"]["value"] == 1
    assert "read" not in causes["T"]
    assert causes["T"]["error"]["guess"] > 0.5
    assert causes["T"]["others"]["value"] == 1
    shown = tables({**evaluation_of(run), "imagined": found})
    assert [row[0] for row in shown["imagined"].rows] == ["D", "A", "T"]
    assert shown["imagined"].rows[2][1].startswith("off by")
    assert len(shown["composition"].rows) == 9


def evaluation_of(run):
    """An evaluation in which nothing was measured."""
    effective = {"labels": {}, "by_judge": {}, "intervals": {}}
    nothing = {key: [] for key in ("rows", "rare", "diversity")}
    return {**nothing, "effectiveness": effective, "judges": {}, "errors": {}, "features": {}}


def test_an_evaluation_has_it_where_there_is_an_encoder(tmp_path, monkeypatch):
    run = small_run(tmp_path / "run", text=TEXT.replace("latent=4", "latent=4, encoder=true"))
    found = evaluate(run, n=40)
    assert found["imagined"]["n"] == 8
    assert [one["cause"] for one in found["imagined"]["causes"]] == ["Male", "Mustache"]
    assert found["notes"] == []
    assert evaluate(open_run(run.folder)) == found, "it is kept"

    def untold(*_):
        raise UsageError("its noise cannot be told")

    monkeypatch.setattr(evaluation, "counterfactuals", untold)
    again = evaluate(run, n=20)
    assert again["imagined"] == {}
    assert again["notes"] == ["no picture is imagined otherwise: its noise cannot be told"]
