"""A run keeps the options that it was begun with, whatever later versions of the plugins have for defaults."""

import json
import shutil
from dataclasses import dataclass, make_dataclass, replace

import numpy as np
import pytest

import causaldsl as cd
from causaldsl.errors import Interrupted, RunError
from causaldsl.images.r3gan import PRESETS, R3GANOptions
from causaldsl.plugins.registry import load
from causaldsl.train.config import read_config
from causaldsl.train.data import data_of
from causaldsl.train.fit import resume
from causaldsl.train.run import RECORD
from tests.train.packs import write
from tests.train.test_fit import StopAt, same

SHORT = read_config(settings=["labels.steps=20", "images.steps=4", "images.batch=8"])
GRAPH = cd.parse("binary A, B\nimage Face[3, 32, 32]\nA -> B\nA, B -> Face\nFace ~ r3gan(width=4)\n")


@dataclass(frozen=True)
class Later(R3GANOptions):
    """Options of a later version, in which defaults have changed and one option more has come."""

    latent: int = 6
    label_weight: float = 1.0
    lazy: int = 1
    sharpness: float = 0.0


def released(monkeypatch, options, group="images", name="r3gan"):
    """Have another version of a plugin installed."""
    monkeypatch.setattr(type(load(group, name)), "options", options)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packed")
    write(folder)
    return str(folder / "data")


@pytest.fixture(scope="module")
def whole(data, tmp_path_factory):
    """A run that saw no other version."""
    return cd.fit(cd.compile(GRAPH), data, tmp_path_factory.mktemp("whole") / "run", config=SHORT)


@pytest.mark.parametrize("stage", [("labels: neural", 5), ("images: Face", 1)])
def test_an_unfinished_run_goes_on_with_the_options_it_was_begun_with(whole, data, tmp_path, monkeypatch, stage):
    with pytest.raises(Interrupted):
        cd.fit(cd.compile(GRAPH), data, tmp_path / "run", config=SHORT, reporter=StopAt(*stage))
    released(monkeypatch, Later)
    preset = PRESETS[32]
    if stage[0].startswith("images"):  # a stage that has begun keeps its pace as well
        monkeypatch.setitem(PRESETS, 32, replace(preset, rate=10 * preset.rate, gamma=7))
    assert cd.compile(GRAPH).image("Face").latent == 6, "what is begun now has the new defaults"
    assert same(whole, resume(tmp_path / "run"))


def test_a_finished_run_keeps_its_architecture(whole, monkeypatch):
    drawn = whole.sample(3)["Face"]
    released(monkeypatch, Later)
    again = cd.open_run(whole.folder)
    assert again.graph == GRAPH, "the text stays as it was written"
    assert np.array_equal(drawn, again.sample(3)["Face"])


def test_what_a_preset_chose_is_recorded(whole):
    face = whole.record["mechanisms"]["Face"]
    assert (face["kind"], face["options"]["gamma"], face["options"]["width"]) == ("r3gan", 0.3, 4)
    assert whole.record["mechanisms"]["A"] == {"kind": "neural", "options": {"hidden": 32, "layers": 2}}


def test_what_a_learner_chose_goes_behind_the_config(whole):
    pace = {"steps": 4, "batch": 8, "learning_rate": 0.002}
    assert whole.record["schedules"]["images: Face"] == pace
    assert whole.record["schedules"]["labels: neural"] == {"steps": 20, "batch": 4096, "learning_rate": 0.02}


def copied(run, folder, **changes):
    """Copy a run's folder, with changes of its record."""
    shutil.copytree(run.folder, folder)
    (folder / RECORD).write_text(json.dumps({**run.record, **changes}))
    return folder


def test_a_run_without_a_record_of_options_is_opened_with_the_defaults(whole, tmp_path, monkeypatch):
    folder = copied(whole, tmp_path / "old", mechanisms={})
    assert same(whole, cd.open_run(folder))
    released(monkeypatch, Later)
    with pytest.raises(RunError, match="does not fit the model"):
        cd.open_run(folder)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (make_dataclass("Fewer", [("width", int, 32)], frozen=True), "`r3gan` has no option `latent`"),
        (make_dataclass("Other", [("encoder", int, 0)], bases=(R3GANOptions,), frozen=True), "`encoder` of `r3gan` is"),
    ],
)
def test_an_option_that_is_no_more_is_named(whole, monkeypatch, options, problem):
    released(monkeypatch, options)
    with pytest.raises(RunError, match="was trained with other options of `Face`") as refused:
        cd.open_run(whole.folder)
    assert problem in str(refused.value)
    assert "names, under `versions`, the version that trained it" in str(refused.value)


@pytest.mark.parametrize(
    "mechanisms", [["r3gan"], {"Face": "r3gan"}, {"Face": {"kind": "r3gan"}}, {"Face": {"options": {}}}]
)
def test_a_damaged_record_is_an_error_of_the_run(whole, tmp_path, mechanisms):
    folder = copied(whole, tmp_path / "damaged", mechanisms=mechanisms)
    with pytest.raises(RunError, match=r"run\.json is damaged: "):
        cd.open_run(folder)


def test_data_are_read_with_the_options_they_were_learned_with(tmp_path, monkeypatch):
    digits, config = cd.parse("categorical digit {0..9}"), read_config(settings=["labels.steps=1"])
    run = cd.fit(cd.compile(digits), "digits", tmp_path / "run", config=config)
    rows = len(data_of(run, labels_only=True).labels["digit"])
    released(monkeypatch, make_dataclass("Later", [("train_rows", int, 90)], frozen=True), "datasets", "digits")
    assert run.record["data_options"] == {"train_rows": rows}
    assert len(data_of(cd.open_run(run.folder), labels_only=True).labels["digit"]) == rows
    released(monkeypatch, make_dataclass("Later", [], frozen=True), "datasets", "digits")
    with pytest.raises(RunError, match=r"other options of its data .* `digits` has no option `train_rows`"):
        data_of(run, labels_only=True)
