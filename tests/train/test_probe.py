import json
import resource
import subprocess
import sys

import pytest
from click.testing import CliRunner

from causaldsl.cli import main
from causaldsl.train.probe import STEPS
from causaldsl.train.run import CHECKPOINT, WEIGHTS
from tests.train.packs import write


@pytest.fixture(scope="module")
def task(tmp_path_factory):
    return write(tmp_path_factory.mktemp("data"))


def ran(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)))


def test_a_dry_run_says_what_training_would_take_and_writes_nothing(task, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = json.loads(ran(*task, "--dry-run", "--json", "--set", "images.steps=70").stdout)
    assert [stage["stage"] for stage in found["stages"]] == ["labels: neural", "images: Face"]
    pictures = found["stages"][1]
    assert (pictures["step"], pictures["steps"], pictures["batch"]) == (0, 70, 8)
    assert pictures["seconds_left"] == pytest.approx(8 * 70 / pictures["rows_per_second"])
    assert found["seconds_left"] == pytest.approx(sum(stage["seconds_left"] for stage in found["stages"]))
    assert 2**26 < found["memory_bytes"] < 2**34
    assert list(tmp_path.iterdir()) == []
    said = ran(*task, "--dry-run").stdout
    assert "images/s" in said
    assert "nothing was written" in said


def test_a_dry_run_of_a_run_that_was_stopped_counts_what_is_left(task, tmp_path):
    """A disk that is full, here a limit on the size of files, stops a run, which goes on once there is room."""
    out = tmp_path / "run"
    settings = ["--set", "images.steps=40", "--set", "labels.steps=30", "--set", "checkpoint_seconds=0"]
    command = [sys.executable, "-m", "causaldsl", *task, *settings, "--out", str(out)]
    limit = 100_000  # enough for the labels, not for the pictures' networks
    full = subprocess.run(
        command,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit,) * 2),
    )
    assert full.returncode == 3, full.stderr
    assert "cannot write" in full.stderr
    assert "Traceback" not in full.stderr
    assert [path.name for path in out.iterdir() if path.name.startswith(".")] == []
    before = {path: path.read_bytes() for path in out.iterdir()}
    found = json.loads(ran("train", "--resume", "--out", out, "--dry-run", "--json").stdout)
    stages = {stage["stage"]: stage["step"] for stage in found["stages"]}
    assert stages == {"images: Face": 0}
    assert {path: path.read_bytes() for path in out.iterdir()} == before
    assert ran("train", "--resume", "--out", out).exit_code == 0
    whole = tmp_path / "whole"
    assert ran(*task, *settings, "--out", whole).exit_code == 0
    assert (whole / WEIGHTS).read_bytes() == (out / WEIGHTS).read_bytes()
    assert not (out / CHECKPOINT).exists()


def test_where_to_is_needed_to_train(task):
    assert STEPS == 20
    for arguments in (task, ["train", "--resume", "--dry-run"]):
        result = ran(*arguments)
        assert result.exit_code == 2
        assert "--out is needed" in result.output
