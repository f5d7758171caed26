"""`pack`: what it prints, where, with which exit code; and a run that is trained from what it made."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from causaldsl.cli import main
from tests.datasets.test_celeba import root

__all__ = ["root"]


def causaldsl(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    (tmp_path / "g.causal").write_text("binary Bald, Mustache; image Face[3, 32, 32]; Bald -> Mustache; * -> Face")
    return tmp_path / "g.causal"


def test_a_run_is_trained_from_what_is_packed(root: Path, graph: Path, tmp_path: Path) -> None:
    out = tmp_path / "packed"
    given = ("--data", "celeba(train_rows=80)", "--root", root, "--workers", 1)
    made = causaldsl("pack", graph, *given, "--out", out, "--json")
    assert made.exit_code == 0, made.output
    summary = json.loads(made.stdout)
    assert summary["schema"] == 1
    assert (summary["rows"], summary["shards"], summary["resumed"], summary["damaged"]) == (120, 1, 0, [])
    assert summary["columns"] == ["5_o_Clock_Shadow", "Bald", "Mustache"]
    assert summary["images"] == {"Face": [3, 32, 32]}
    assert "packing: step 1/1" in made.stderr

    verified = causaldsl("pack", "--verify", out)
    assert verified.exit_code == 0
    assert "120 rows, 0 MiB, is what was packed" in verified.stdout

    runs = []
    for name, data in (("a", given[:4]), ("b", ("--data", out))):
        trained = causaldsl("train", graph, *data, "--out", tmp_path / name, "--set", "images.steps=2", "--quiet",
                            "--set", "images.batch=8", "--set", "labels.steps=20")  # fmt: skip
        assert trained.exit_code == 0, trained.output
        runs.append((tmp_path / name / "weights.safetensors").read_bytes())
    assert runs[0] == runs[1]
    assert json.loads((tmp_path / "b" / "run.json").read_text())["data"] == str(out)


def test_verify_names_every_file_that_differs(root: Path, graph: Path, tmp_path: Path) -> None:
    out = tmp_path / "packed"
    causaldsl("pack", graph, "--data", "celeba", "--root", root, "--out", out, "--shard-rows", 50, "--workers", 1)
    with (out / "image0-00001.npy").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\0" if np.load(out / "image0-00001.npy")[-1, -1, -1, -1] else b"\1")
    (out / "label-000.npy").unlink()
    found = causaldsl("pack", "--verify", out)
    assert found.exit_code == 3
    assert "error[C712]" in found.stderr
    assert "image0-00001.npy: its sha256 differs; label-000.npy: no such file" in found.stderr
    assert causaldsl("pack", "--verify", tmp_path).exit_code == 3


def test_usage(root: Path, graph: Path, tmp_path: Path) -> None:
    given = ("pack", graph, "--data", "celeba", "--root", root, "--out", tmp_path / "packed")
    assert causaldsl(*given, "--workers", 1).exit_code == 0
    assert causaldsl(*given).exit_code == 2
    assert causaldsl(*given, "--force", "--workers", 1).exit_code == 0
    assert causaldsl("pack", graph, "--out", tmp_path / "x").exit_code == 2
    assert causaldsl(*given, "--verify", tmp_path / "packed").exit_code == 2
    square = causaldsl("pack", graph, "--data", "celeba(crop=[0, 0, 89, 109])", "--root", root, "--out", tmp_path / "y")
    assert square.exit_code == 3
    assert "gives no pictures of shape [3, 32, 32]" in square.stderr
