"""The evaluation of a run: what it holds, when it is kept, and what is left out where it cannot be measured."""

import json

import numpy as np
import pytest

from causaldsl.errors import UsageError
from causaldsl.evaluate import evaluation
from causaldsl.evaluate.evaluation import KINDS, RESULTS, evaluate, judge_path, run_judges
from causaldsl.evaluate.judge import Judge
from causaldsl.evaluate.real import lessons
from causaldsl.plugins.protocols import Data
from causaldsl.train.files import write_json
from causaldsl.train.run import RECORD, open_run
from tests.evaluate.runs import TEXT, small_run


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    return small_run(tmp_path_factory.mktemp("runs") / "run")


@pytest.fixture
def run(trained):
    (trained.folder / RESULTS).unlink(missing_ok=True)
    return open_run(trained.folder)


def test_what_it_holds(run):
    found = evaluate(run, n=40)
    assert set(found["effectiveness"]["labels"]) == {"Male", "Mustache"}
    assert {(row["label"], row["kind"]) for row in found["rows"]} >= {("Male", "do"), ("Mustache", "given")}
    assert found["judges"]["plain"]["n"] == 100
    assert set(found["judges"]["robust"]["intervals"]) == {"Male", "Mustache"}
    rare = {tuple(c["labels"].items()): c for c in found["rare"]}
    woman = rare[("Male", 0), ("Mustache", 1)]
    assert woman["rows"] < 10
    assert woman["n"] == 10
    assert list(found["features"]) == ["robust", "plain", "random"]
    for features in found["features"].values():
        assert features["fd"]["value"] > features["fd"]["floor"] > 0
        assert features["coverage"]["n"] == 40
    assert [(d["label"], d["level"], d["features"], d["n"]) for d in found["diversity"]] == [
        ("Male", 1, "robust", 10),
        ("Mustache", 1, "robust", 10),
    ]
    assert found["notes"] == []
    assert json.loads((run.folder / RESULTS).read_text()) == json.loads(json.dumps(found))


def test_it_is_kept_until_something_else_is_asked_for(run, monkeypatch):
    first = evaluate(run, n=20, features=("random",))
    monkeypatch.setattr(evaluation.Evaluator, "measure", lambda self, run, n, features: {"n": n, "features": features})
    kept = json.loads((run.folder / RESULTS).read_text())
    assert evaluate(run) == kept
    assert evaluate(run, n=20, features=("random",)) == kept
    assert first["n"] == 20
    assert evaluate(run, n=30) == {"n": 30, "features": evaluation.FEATURES}
    (run.folder / RESULTS).write_text(json.dumps({**kept, "format": evaluation.FORMAT - 1}))
    assert evaluate(run)["n"] == evaluation.PICTURES, "an older one is measured anew"


def test_that_of_an_unfinished_run_is_not_kept(run):
    write_json(run.folder / RECORD, {**run.record, "complete": False})
    try:
        evaluate(open_run(run.folder), n=20, features=("random",))
        assert not (run.folder / RESULTS).exists()
    finally:
        write_json(run.folder / RECORD, {**run.record, "complete": True})


def test_without_its_data_what_needs_none_is_measured(run):
    write_json(run.folder / RECORD, {**run.record, "data": str(run.folder / "gone.csv")})
    try:
        found = evaluate(open_run(run.folder), n=20)
    finally:
        write_json(run.folder / RECORD, run.record)
    assert found["effectiveness"]["n"] == 20
    assert len(found["rows"]) > 2
    assert (found["rare"], found["diversity"], set(found["features"].values())) == ([], [], {None})
    assert "gone.csv" in found["notes"][0]
    assert not (run.folder / RESULTS).exists(), "the data may come back"


def test_features_that_do_not_exist(run):
    with pytest.raises(UsageError, match="no feature plugin `inception`"):
        evaluate(run, n=20, features=("inception",))


def test_judges_are_measured_on_what_the_data_hold_out(run, monkeypatch):
    rng = np.random.default_rng(0)

    def rows(n, parts):
        labels = {name: rng.integers(0, 2, n) for name in ("Male", "Mustache")}
        return Data("x", labels, {"Face": rng.integers(0, 256, (n, 3, 32, 32), dtype=np.uint8)}, parts)

    learned, held_out = rows(60, np.zeros(60, np.uint8)), rows(20, np.ones(20, np.uint8))
    monkeypatch.setattr("causaldsl.evaluate.real.data_of", lambda *_, part, **__: {"held_out": held_out}[part])
    (pictures, labels), (test, truth) = lessons(run, learned, "Face", {"Male": 2})
    assert (len(pictures), len(test)) == (60, 20)
    assert sorted(labels["Male"]) == sorted(learned.labels["Male"])
    assert sorted(truth["Male"]) == sorted(held_out.labels["Male"])
    held_out.labels["Male"][:] = 1
    assert lessons(run, learned, "Face", {"Male": 2})[1] is None, "nothing can be measured there"
    monkeypatch.setattr("causaldsl.evaluate.evaluation.data_of", lambda *_, **__: learned)
    for kind in KINDS:
        judge_path(run, kind).rename(run.folder / f"{kind}.kept")
    try:
        held_out.labels["Male"][:] = rng.integers(0, 2, 20)
        assert [judge.tested for judge in run_judges(run, "Face", lambda _: None)] == [20, 20]
    finally:
        for kind in KINDS:
            (run.folder / f"{kind}.kept").rename(judge_path(run, kind))


def test_pictures_that_are_not_judged_are_named(tmp_path):
    text = TEXT.replace("Male, Mustache -> Face", "image Back[3, 32, 32]\nMale, Mustache -> Face, Back")
    run = small_run(tmp_path / "run", text=text + "Back ~ r3gan(width=4, latent=4)\n")
    first = evaluate(run, n=20)
    assert first["notes"] == ["the pictures of `Face` are judged, not those of `Back`"]
    assert evaluate(run, n=20, image="Face") == first
    seen = {kind: judge_path(run, kind).read_bytes() for kind in KINDS}
    for kind in KINDS:
        judge = Judge.load(judge_path(run, kind))
        judge.save(judge_path(run, kind, "Back"))
    second = evaluate(run, n=20, image="Back")
    assert (second["image"], second["notes"]) == ("Back", ["the pictures of `Back` are judged, not those of `Face`"])
    assert second["features"] != first["features"]
    assert evaluate(run, image="Back") == second
    assert evaluate(run) == first, "each is kept"
    assert seen == {kind: judge_path(run, kind).read_bytes() for kind in KINDS}
    with pytest.raises(UsageError, match=r"`Bakc` is no image node(.|\n)*did you mean `Back`"):
        evaluate(run, image="Bakc")


def test_features_are_looked_for_before_anything_is_trained(run, monkeypatch):
    monkeypatch.setattr(evaluation, "Evaluator", None)
    with pytest.raises(UsageError, match="no feature plugin `inception`"):
        evaluate(run, n=20, features=("inception",))


def test_a_judge_of_pictures_of_another_size_is_trained_anew(run, monkeypatch):
    kept = {kind: judge_path(run, kind).read_bytes() for kind in KINDS}
    Judge("plain", {"Male": 2, "Mustache": 2}, 64).save(judge_path(run, "plain"))
    trained = []

    def train(kind, levels, pictures, *_, **__):
        trained.append((kind, pictures.shape[-1]))
        return Judge(kind, levels, 32)

    monkeypatch.setattr(evaluation, "train_judge", train)
    try:
        run_judges(run, "Face", lambda _: None)
        assert trained == [("plain", 32)]
    finally:
        for kind, content in kept.items():
            judge_path(run, kind).write_bytes(content)
