"""The log: JSONL always, TensorBoard where it is asked for, and the same figures in both."""

import importlib.util
import json
import signal

import pytest

import causaldsl as cd
from causaldsl.errors import Interrupted, UsageError
from causaldsl.train.config import read_config
from causaldsl.train.fit import dry_run, resume
from causaldsl.train.log import EVENTS
from causaldsl.train.run import LOG
from tests.models import g1, random_model
from tests.train.test_fit import StopAt

CONFIG = read_config(settings=["labels.steps=60", "tensorboard=true"])


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "x.csv"
    random_model(g1(), 0)[0].sample(500, seed=1).to_pandas().to_csv(path, index=False)
    return path


def figures(run):
    """What log.jsonl holds, by curve: (step, value) after (step, value)."""
    found = {}
    for entry in map(json.loads, (run.folder / LOG).read_text().splitlines()):
        for name in entry.keys() - {"stage", "step", "seconds"}:
            found.setdefault(f"{entry['stage']}/{name}", []).append((entry["step"], entry[name]))
    return found


def curves(run):
    """What TensorBoard shows."""
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    read = accumulator.EventAccumulator(str(run.folder / EVENTS))
    read.Reload()
    return {tag: [(point.step, point.value) for point in read.Scalars(tag)] for tag in read.Tags()["scalars"]}


def assert_shown(run):
    logged, shown = figures(run), curves(run)
    assert shown.keys() == logged.keys()
    for name, points in logged.items():
        assert [step for step, _ in shown[name]] == [step for step, _ in points]
        assert [value for _, value in shown[name]] == pytest.approx([value for _, value in points], rel=1e-6)


def test_tensorboard_shows_what_is_logged(table, tmp_path):
    pytest.importorskip("tensorboard")
    run = cd.fit(cd.compile(g1()), table, out=tmp_path / "a", config=CONFIG)
    assert {"labels: neural/nll", "labels: neural/tvd"} <= figures(run).keys()
    assert_shown(run)


def test_a_run_that_is_resumed_goes_on_with_its_curves(table, tmp_path):
    pytest.importorskip("tensorboard")
    with pytest.raises(Interrupted):
        cd.fit(
            cd.compile(g1()),
            table,
            out=tmp_path / "a",
            config=CONFIG,
            reporter=StopAt("labels: neural", 30, signal.SIGTERM),
        )
    run = resume(tmp_path / "a")
    assert [step for step, _ in figures(run)["labels: neural/nll"]] == list(range(60))
    assert_shown(run)


def test_without_being_asked_nothing_is_written_for_it(table, tmp_path):
    run = cd.fit(cd.compile(g1()), table, out=tmp_path / "a", config=read_config(settings=["labels.steps=5"]))
    assert not (run.folder / EVENTS).exists()
    assert figures(run)


@pytest.mark.parametrize(
    "start",
    [
        lambda model, data, out: cd.fit(model, data, out=out, config=CONFIG),
        lambda model, data, out: dry_run(model, data, config=CONFIG),
    ],
)
def test_where_it_is_not_installed_nothing_begins(table, tmp_path, monkeypatch, start):
    there = importlib.util.find_spec
    monkeypatch.setattr("causaldsl.train.log.find_spec", lambda name: None if name == "tensorboard" else there(name))
    with pytest.raises(UsageError, match=r"causaldsl\[tensorboard\]"):
        start(cd.compile(g1()), table, tmp_path / "a")
    assert not (tmp_path / "a").exists()
