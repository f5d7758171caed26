"""fit, resume and the run folder."""

import json
import math
import re
import signal
from dataclasses import replace
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
import torch

import causaldsl as cd
from causaldsl.datasets.encode import encode
from causaldsl.errors import DataError, Interrupted, RunError, UsageError
from causaldsl.images.r3gan import R3GANPlugin
from causaldsl.train import loop
from causaldsl.train.config import read_config
from causaldsl.train.data import in_memory, mark_of, open_data
from causaldsl.train.files import read_tensors, write_tensors
from causaldsl.train.fit import dry_resume, resume
from causaldsl.train.progress import Silent
from causaldsl.train.run import CHECKPOINT, INITIAL, LOG, WEIGHTS
from tests.models import g1, random_model

SHORT = read_config(settings=["labels.steps=60", "images.steps=4", "images.batch=8"])
PICTURES = "binary A, B\nimage Face[3, 32, 32]\nA -> B\nA, B -> Face\nFace ~ r3gan(width=4, latent=4)\n"


@pytest.fixture(scope="module")
def frame():
    model, _ = random_model(g1(), 0)
    return model.sample(2000, seed=1).to_pandas()


@pytest.fixture(scope="module")
def pictures():
    rng = np.random.default_rng(0)
    a = rng.integers(0, 2, 64)
    return {"A": a, "B": a ^ (rng.random(64) < 0.2), "Face": rng.integers(0, 256, (64, 3, 32, 32), dtype=np.uint8)}


class StopAt(Silent):
    """Sends a signal after some step of a stage."""

    def __init__(self, stage, step, number=signal.SIGINT):
        self.where, self.number = (stage, step), number

    def stage(self, name, steps, start, batch):
        self.name = name

    def step(self, t, losses):
        if (self.name, t) == self.where:
            signal.raise_signal(self.number)


def same(a, b):
    a, b = a.model.state_dict(), b.model.state_dict()
    return a.keys() == b.keys() and all(torch.equal(a[k], b[k]) for k in a)


def test_a_run_can_be_opened_again(frame, tmp_path):
    model = cd.compile(g1())
    before = {k: v.clone() for k, v in model.state_dict().items()}
    run = cd.fit(model, frame, out=tmp_path / "a", config=SHORT)
    assert all(torch.equal(v, before[k]) for k, v in model.state_dict().items()), "fit trains a copy"
    again = cd.open_run(tmp_path / "a")
    assert again.complete
    assert again.graph == g1()
    assert same(run, again)
    assert torch.equal(run.sample(50, do={"Bald": 1})["Male"], again.sample(50, do={"Bald": 1})["Male"])
    assert {"tvd", "tvd_floor", "graph_gap", "method"} <= again.record["labels"].keys()
    assert [e["step"] for e in again.log()][:3] == [0, 1, 2]


def test_data_come_as_a_file_a_frame_or_a_dict(frame, tmp_path):
    frame.to_csv(tmp_path / "x.csv", index=False)
    columns = {name: frame[name].to_numpy() for name in frame}
    runs = [
        cd.fit(cd.compile(g1()), data, out=tmp_path / str(i), config=SHORT)
        for i, data in enumerate((str(tmp_path / "x.csv"), frame, columns))
    ]
    assert same(runs[0], runs[1])
    assert same(runs[1], runs[2])


def test_the_seed_is_recorded_and_none_draws_one(frame, tmp_path):
    config = read_config(settings=["labels.steps=1"])
    seeds = {cd.fit(cd.compile(g1()), frame, out=tmp_path / s, seed=None, config=config).config.seed for s in "ab"}
    assert len(seeds) == 2


@pytest.mark.parametrize("stage", [("labels: neural", 20), ("images: Face", 1), ("images: Face", 3)])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_resumes_to_the_run_never_stopped(pictures, tmp_path, monkeypatch, stage, number):
    for module in ("fit", "data"):
        monkeypatch.setattr(f"causaldsl.train.{module}.open_data", lambda *_: data)
    data = in_memory(pictures, cd.parse(PICTURES), {"Face": cd.parse(PICTURES)["Face"].domain})
    whole = cd.fit(cd.compile(cd.parse(PICTURES)), "faces", out=tmp_path / "a", config=SHORT)
    with pytest.raises(Interrupted, match="--resume"):
        cd.fit(
            cd.compile(cd.parse(PICTURES)), "faces", out=tmp_path / "b", config=SHORT, reporter=StopAt(*stage, number)
        )
    record = json.loads((tmp_path / "b" / "run.json").read_text())
    record["data"] = "faces"
    (tmp_path / "b" / "run.json").write_text(json.dumps(record))
    assert same(whole, resume(tmp_path / "b"))
    assert not (tmp_path / "b" / CHECKPOINT).exists()
    with pytest.raises(UsageError, match="is complete"):
        resume(tmp_path / "b")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda tensors: tensors.pop("learner/critic.constant"), "it lacks critic.constant"),
        (lambda tensors: tensors.update({"learner/critic.constant": torch.zeros(3)}), "size mismatch for constant"),
    ],
)
def test_a_checkpoint_of_another_learner_is_refused(pictures, tmp_path, monkeypatch, change, problem):
    for module in ("fit", "data"):
        monkeypatch.setattr(f"causaldsl.train.{module}.open_data", lambda *_: data)
    data = in_memory(pictures, cd.parse(PICTURES), {"Face": cd.parse(PICTURES)["Face"].domain})
    stop = StopAt("images: Face", 2, signal.SIGINT)
    with pytest.raises(Interrupted):
        cd.fit(cd.compile(cd.parse(PICTURES)), "faces", out=tmp_path / "b", config=SHORT, reporter=stop)
    tensors, about = read_tensors(tmp_path / "b" / CHECKPOINT)
    change(tensors)
    write_tensors(tmp_path / "b" / CHECKPOINT, tensors, about)
    for go_on in (resume, dry_resume):
        with pytest.raises(RunError, match=f"does not fit what trains images of Face: {problem}") as refused:
            go_on(tmp_path / "b")
        assert "another version" in refused.value.diagnostics[0].hint


def test_pictures_are_drawn_with_the_labels(pictures, tmp_path):
    run = cd.fit(cd.compile(cd.parse(PICTURES)), pictures, out=tmp_path / "a", config=SHORT)
    drawn = run.sample(5, do={"B": 1})
    assert drawn["Face"].shape == (5, 3, 32, 32)
    assert drawn["Face"].abs().max() <= 1
    seen = run.sample(5)
    assert torch.equal(seen["A"], drawn["A"]), "B is set; A is no effect of it"


def test_an_existing_folder_is_not_touched(frame, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="exists"):
        cd.fit(cd.compile(g1()), frame, out=tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda f: f.drop(columns="Bald").rename(columns={"Mustache": "Moustache"}), DataError, "no column `Bald`"),
        (lambda f: f.rename(columns={"Mustache": "Moustache"}), DataError, "did you mean `Moustache`"),
        (lambda f: f.assign(Bald=f["Bald"].where(f.index != 6, 3)), DataError, "row 7: `Bald` has no level `3`"),
        (lambda f: f.assign(Bald=2 * f["Bald"] - 1), DataError, "recode"),
        (lambda f: f.assign(Bald=f["Bald"].astype(float).where(f.index != 2)), DataError, "row 3: `Bald` is missing"),
        (lambda f: f.iloc[:0], DataError, "no rows"),
        (lambda _: 3, UsageError, "data is a name"),
        (lambda _: "facse", UsageError, "did you mean `faces`"),
        (lambda _: "none.csv", UsageError, "no file none.csv"),
    ],
)
def test_bad_data_are_named_before_a_folder_is_made(frame, tmp_path, change, error, message):
    with pytest.raises(error, match=message):
        cd.fit(cd.compile(g1()), change(frame), out=tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_a_loss_that_is_not_finite_stops_the_run(frame, tmp_path):
    model = cd.compile(g1())
    with torch.no_grad():
        next(model.controller["Bald"].parameters()).fill_(math.inf)
    with pytest.raises(RunError, match="not finite at step 0"):
        cd.fit(model, frame, out=tmp_path / "a", config=SHORT)


def test_a_training_that_collapses_stops_and_leaves_its_last_good_checkpoint(pictures, tmp_path):
    settings = [
        "labels.steps=5",
        "images.steps=200",
        "images.batch=8",
        "images.learning_rate=3",
        "checkpoint_seconds=0",
    ]
    with pytest.raises(RunError, match="stopped at step") as stopped:
        cd.fit(cd.compile(cd.parse(PICTURES)), pictures, out=tmp_path / "a", config=read_config(settings=settings))
    checkpoint = tmp_path / "a" / CHECKPOINT
    assert f"the last good checkpoint is {checkpoint}; train again with a lower" in str(stopped.value)
    since = int(re.search(r"learned nothing since step (\d+)", str(stopped.value))[1])
    assert read_tensors(checkpoint)[1]["step"] == str(since)


def test_damage_is_named(frame, tmp_path):
    cd.fit(cd.compile(g1()), frame, out=tmp_path / "a", config=SHORT)
    weights = tmp_path / "a" / WEIGHTS
    whole = weights.read_bytes()
    for damaged in (whole[:-20], b"", b"\x00" * 64):
        weights.write_bytes(damaged)
        with pytest.raises(RunError, match="is damaged"):
            cd.open_run(tmp_path / "a")
    weights.write_bytes(whole)
    record = json.loads((tmp_path / "a" / "run.json").read_text())
    (tmp_path / "a" / "run.json").write_text(json.dumps({**record, "format": 99}))
    with pytest.raises(RunError, match="format 99"):
        cd.open_run(tmp_path / "a")
    with pytest.raises(UsageError, match="is no run"):
        cd.open_run(tmp_path / "none")


def test_a_full_disk_says_so_and_keeps_the_checkpoint(frame, tmp_path, monkeypatch):
    written = loop.save_checkpoint

    def full(run, stage, step, state):
        written(run, stage, step, state)
        raise RunError("cannot write checkpoint.safetensors: No space left on device")

    monkeypatch.setattr(loop, "save_checkpoint", full)
    config = read_config(settings=["labels.steps=60", "checkpoint_seconds=0"])
    frame.to_csv(tmp_path / "x.csv", index=False)
    with pytest.raises(RunError, match="No space left"):
        cd.fit(cd.compile(g1()), tmp_path / "x.csv", out=tmp_path / "a", config=config)
    monkeypatch.undo()
    assert resume(tmp_path / "a").complete


def test_a_log_whose_last_line_was_cut_is_read(frame, tmp_path):
    run = cd.fit(cd.compile(g1()), frame, out=tmp_path / "a", config=SHORT)
    lines = len(run.log())
    with (run.folder / LOG).open("a") as file:
        file.write('{"stage": "lab')
    assert len(run.log()) == lines


def test_reals_and_levels_train_too(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"C": rng.choice(["x", "y", "z"], 300), "X": rng.normal(size=300)})
    graph = cd.parse("categorical C {x, y, z}; real X; C -> X")
    run = cd.fit(cd.compile(graph), frame, out=tmp_path / "a", config=SHORT)
    assert tuple(run.record["labels"]["columns"]) == ("C",)
    assert set(run.sample(100).to_pandas()["C"]) == {"x", "y", "z"}


def test_rows_with_missing_values_are_left_out_if_asked(tmp_path):
    (tmp_path / "x.csv").write_text("A,Age\n1,3\n,4\n0,\n1,5\n0,7\n")
    model = cd.compile(cd.parse("binary A; real Age; A -> Age"))
    with pytest.raises(DataError, match="row 2: `A` is missing"):
        cd.fit(model, tmp_path / "x.csv", tmp_path / "refused")
    found = open_data(tmp_path / "x.csv", None, model.graph, True, drop_missing=True)
    assert found.labels["A"].tolist() == [1, 1, 0]
    assert found.notes == ("left out 2 of 5 rows, in which a value is missing (A 1, Age 1)",)
    config = read_config(None, ["labels.steps=3"])
    run = cd.fit(model, tmp_path / "x.csv", tmp_path / "run", drop_missing=True, config=config)
    assert run.record["drop_missing"]


READ = """binary A, B, C, D
image F[1, 32, 32]
image G[1, 32, 32]
A -> F -> B -> C
F, B -> D
B, C -> G
F ~ r3gan(width=4, latent=4)
G ~ r3gan(width=4, latent=4)
"""


@pytest.fixture(scope="module")
def scans():
    rng = np.random.default_rng(0)
    levels = {name: rng.integers(0, 2, 64) for name in "ABCD"}
    return {**levels, **{name: rng.integers(0, 256, (64, 1, 32, 32), dtype=np.uint8) for name in "FG"}}


def test_pictures_that_labels_depend_on_are_trained_and_drawn_with_them(scans, tmp_path):
    run = cd.fit(cd.compile(cd.parse(READ)), scans, tmp_path / "a", config=SHORT)
    assert list(run.record["stages"]) == ["labels: neural", "readers: neural", "images: F", "images: G"]
    assert run.record["labels"]["columns"] == ("A",)
    drawn = run.sample(12, given={"D": 1})
    assert drawn["F"].shape == drawn["G"].shape == (12, 1, 32, 32)
    assert list(drawn) == ["A", "B", "C", "D", "F", "G"]
    again = cd.open_run(tmp_path / "a").sample(12, given={"D": 1})
    assert all(torch.equal(drawn[name], again[name]) for name in drawn)
    assert 0 <= run.ask("P(B=1 | do(A=1))", draws=200).value <= 1


def test_a_training_stopped_among_the_readers_resumes(scans, tmp_path, monkeypatch):
    graph = cd.parse(READ)
    data = in_memory(scans, graph, {name: graph[name].domain for name in "FG"})
    for module in ("fit", "data"):
        monkeypatch.setattr(f"causaldsl.train.{module}.open_data", lambda *_: data)
    whole = cd.fit(cd.compile(graph), "faces", tmp_path / "a", config=SHORT)
    with pytest.raises(Interrupted, match="--resume"):
        cd.fit(cd.compile(graph), "faces", tmp_path / "b", config=SHORT, reporter=StopAt("readers: neural", 30))
    record = json.loads((tmp_path / "b" / "run.json").read_text())
    (tmp_path / "b" / "run.json").write_text(json.dumps({**record, "data": "faces"}))
    assert same(whole, resume(tmp_path / "b"))


def test_labels_below_a_picture_cannot_be_learned_without_it(scans, tmp_path):
    with pytest.raises(UsageError, match="`B` is caused by the picture `F`"):
        cd.fit(cd.compile(cd.parse(READ)), scans, tmp_path / "a", labels_only=True)


def test_a_run_killed_before_its_first_checkpoint_goes_on_from_the_model_it_was_given(frame, tmp_path, monkeypatch):
    """The weights that `fit` was given are another seed's than its own."""
    frame.to_csv(tmp_path / "d.csv", index=False)
    model = cd.compile(g1(), seed=7)
    whole = cd.fit(model, tmp_path / "d.csv", out=tmp_path / "a", config=SHORT, seed=5)
    assert not (tmp_path / "a" / INITIAL).exists()

    def killed(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("causaldsl.train.fit.drive", killed)
    with pytest.raises(KeyboardInterrupt):
        cd.fit(model, tmp_path / "d.csv", out=tmp_path / "b", config=SHORT, seed=5)
    monkeypatch.undo()
    assert not (tmp_path / "b" / CHECKPOINT).exists()
    assert same(whole, resume(tmp_path / "b"))


def test_pictures_of_another_number_are_refused(pictures, tmp_path):
    few = {**pictures, "Face": pictures["Face"][:50], "Else": [1, 2, 3]}
    for labels in (few, {**few, "A": [None, *few["A"][1:].tolist()]}):
        with pytest.raises(DataError, match="differ in length"):
            cd.fit(cd.compile(cd.parse(PICTURES)), labels, out=tmp_path / "run", config=SHORT, drop_missing=True)
    rest = {**pictures, "A": [None, *pictures["A"][1:].tolist()], "Else": [1, 2, 3]}
    run = cd.fit(cd.compile(cd.parse(PICTURES)), rest, out=tmp_path / "run", config=SHORT, drop_missing=True)
    assert run.complete, "a column that nothing asks for may be of any length"


class Encoders:
    """What trains an encoder, and chooses steps of its own."""

    def __init__(self, learner):
        self.learner = learner

    def __call__(self, model, data, options, schedule):
        self.seen.append(schedule.steps)
        found = self.learner(model, data, options, schedule)
        found.schedule = replace(schedule, steps=1)
        return found

    seen: ClassVar[list[int]] = []


def test_the_encoder_goes_by_the_schedule_of_the_pictures(pictures, tmp_path, monkeypatch):
    monkeypatch.setattr(R3GANPlugin, "inverse", Encoders(R3GANPlugin().inverse))
    text = PICTURES.replace("latent=4", "latent=4, encoder=true")
    run = cd.fit(cd.compile(cd.parse(text)), pictures, out=tmp_path / "run", config=SHORT)
    assert Encoders.seen == [4]
    assert run.record["schedules"]["images: Face"]["steps"] == 4


def test_data_that_have_changed_are_not_gone_on_with(frame, tmp_path):
    frame.to_csv(tmp_path / "d.csv", index=False)
    stopped = StopAt("labels: neural", 20)
    with pytest.raises(Interrupted):
        cd.fit(cd.compile(g1()), tmp_path / "d.csv", out=tmp_path / "run", config=SHORT, reporter=stopped)
    frame.iloc[::2].to_csv(tmp_path / "d.csv", index=False)
    with pytest.raises(DataError, match="are not those that it was begun with"):
        resume(tmp_path / "run")
    frame.assign(unused=1).to_csv(tmp_path / "d.csv", index=False)
    assert resume(tmp_path / "run").complete, "a column that nothing asks for is no part of them"


def test_the_mark_of_data_sees_labels_and_pictures(pictures):
    graph = cd.parse(PICTURES)
    images = {"Face": graph["Face"].domain}
    other = {"A": 1 - pictures["A"], "Face": 255 - pictures["Face"]}
    data = [pictures, *({**pictures, name: column} for name, column in other.items())]
    found = [in_memory(one, graph, images) for one in (*data, dict(pictures))]
    marks = [mark_of(encode(one.labels, graph), one.pictures) for one in found]
    assert len(set(marks)) == 3
    assert marks[-1] == marks[0]


@pytest.mark.parametrize("steps", [1, 30])
def test_weights_that_are_not_finite_are_never_kept(pictures, tmp_path, steps):
    """The loss of a step is finite, and the step is too long."""
    text = PICTURES.replace("r3gan(width=4, latent=4)", "causalbegan(width=4, latent=4)")
    settings = ["labels.steps=20", f"images.steps={steps}", "images.batch=8", "images.learning_rate=1e38"]
    config = read_config(settings=[*settings, "checkpoint_seconds=0"])
    with pytest.raises(RunError, match=r"images: Face: a weight is not finite after step 0(.|\n)*last good checkpoint"):
        cd.fit(cd.compile(cd.parse(text)), pictures, out=tmp_path / "run", config=config)
    assert not (tmp_path / "run" / WEIGHTS).exists()
    tensors, about = read_tensors(tmp_path / "run" / CHECKPOINT)
    assert (about["stage"], about["step"]) == ("images: Face", "0")
    assert all(bool(t.isfinite().all()) for t in tensors.values())


def test_a_batch_that_cannot_be_split_is_refused_before_anything_is_learned(pictures, tmp_path):
    config = read_config(settings=["images.batch=8", "images.accumulate=3"])
    with pytest.raises(UsageError, match="8 pictures cannot be split evenly"):
        cd.fit(cd.compile(cd.parse(PICTURES)), pictures, out=tmp_path / "run", config=config)
    assert not (tmp_path / "run").exists()
