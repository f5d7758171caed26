"""The commands that train and sample: their JSON, their exit codes, what they refuse."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import torch
from click.testing import CliRunner
from PIL import Image

import causaldsl as cd
from causaldsl.cli import COMMANDS, main
from causaldsl.cli.sample import write_sample
from causaldsl.report.sheets import titled_rows
from causaldsl.scm.pictures import sheet
from causaldsl.scm.sampling import Sample
from tests.models import G1, g1, random_model

CHAIN = "binary A, B, C\nA -> B -> C\nA -> C\n"
FACE = "binary A, B\nimage Face[3, 32, 32]\nA -> B\nA, B -> Face\nFace ~ r3gan(width=4, latent=4)\n"


def call(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments])


def document(result):
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["schema"] == 1
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli")
    model, _ = random_model(g1(), 0)
    model.sample(1000, seed=1).to_pandas().to_csv(folder / "x.csv", index=False)
    (folder / "g1.causal").write_text(G1)
    (folder / "chain.causal").write_text(CHAIN)
    (folder / "face.causal").write_text(G1 + "image Face[3, 32, 32]\n* -> Face\nFace ~ r3gan(width=4, latent=4)\n")
    return folder


@pytest.fixture(scope="module")
def run(folder):
    out = folder / "run"
    result = call(
        "train", folder / "g1.causal", "--data", folder / "x.csv", "--out", out, "--set", "labels.steps=50", "--json"
    )
    found = document(result)
    assert found["run"] == str(out)
    assert found["steps"] == 50
    assert {"tvd", "tvd_floor", "graph_gap"} <= found["labels"].keys()
    return out


@pytest.fixture(scope="module")
def pictures(folder):
    out = folder / "pictures"
    settings = ["--set", "labels.steps=5", "--set", "images.steps=2", "--set", "images.batch=4"]
    result = call("train", folder / "face.causal", "--data", "faces", "--out", out, *settings, "--json")
    assert "images: Face" in document(result)["images"]
    return out


def test_every_command_says_what_it_does():
    for command in COMMANDS:
        result = call(command, "--help")
        assert result.exit_code == 0
        assert "Usage:" in result.stdout


def test_compile_lists_the_module_stack(folder):
    found = document(call("compile", folder / "chain.causal", "--json"))
    nodes = found["nodes"]
    assert [n["name"] for n in nodes] == ["A", "B", "C"]
    assert [n["depth"] for n in nodes] == [0, 1, 2]
    assert nodes[2]["parents"] == ["A", "B"]
    assert found["parameters"] == sum(n["parameters"] for n in nodes)
    assert "neural" in call("compile", folder / "chain.causal").stdout


def test_plugins_names_what_is_behind_each_door():
    found = document(call("plugins", "--json"))["plugins"]
    names = {(p["group"], p["name"]) for p in found}
    assert {("mechanisms", "neural"), ("mechanisms", "wgan"), ("images", "r3gan"), ("datasets", "faces")} <= names
    assert not [p for p in found if p["about"].startswith("broken")]


def test_sample_writes_a_row_a_unit(run, tmp_path):
    out = tmp_path / "y.csv"
    found = document(call("sample", run, "-n", 50, "--do", "Bald=1", "--given", "Male=0", "--out", out, "--json"))
    frame = pd.read_csv(out)
    assert found["n"] == len(frame) == 50
    assert list(frame) == found["columns"] == list(g1().columns)
    assert (frame["Bald"] == 1).all()
    assert (frame["Male"] == 0).all()


def test_equal_seeds_give_equal_files(run, tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        call("sample", run, "-n", 50, "--seed", seed, "--out", tmp_path / f"{name}.csv")
    a, b, c = ((tmp_path / f"{n}.csv").read_bytes() for n in "abc")
    assert a == b != c


def test_pictures_come_as_a_sheet_or_as_arrays(pictures, tmp_path):
    document(call("sample", pictures, "-n", 6, "--do", "Bald=1", "--out", tmp_path / "x.png", "--json"))
    with Image.open(tmp_path / "x.png") as picture:
        assert min(picture.size) > 2 * 96
    found = document(call("sample", pictures, "-n", 6, "--out", tmp_path / "x.npz", "--json"))
    with np.load(tmp_path / "x.npz", allow_pickle=False) as arrays:
        assert arrays["Face"].shape == (6, 3, 32, 32)
        assert sorted(arrays) == sorted(found["columns"])


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--do", "Bald=7"], 2, "`Bald` has no level `7`"),
        (["--do", "Bold=1"], 2, "did you mean `Bald`"),
        (["--do", "Bald"], 2, "`Bald` has no value"),
        (["--do", "Bald=1", "--do", "Bald=0"], 2, "given twice"),
        (["-n", "0"], 2, "0 is not in the range"),
        (["--given", "Bald=1", "--do", "Bald=0"], 3, "probability zero"),
        (["--out", "x.txt"], 2, "cannot write"),
        (["--out", "nowhere/x.csv"], 2, "does not exist"),
        (["--out", "x.png"], 2, "no trained pictures"),
    ],
)
def test_what_sample_refuses(run, tmp_path, monkeypatch, arguments, code, message):
    monkeypatch.chdir(tmp_path)
    defaults = {"-n": "5", "--out": "y.csv"}
    for name, value in defaults.items():
        if name not in arguments:
            arguments = [*arguments, name, value]
    result = call("sample", run, *arguments)
    assert result.exit_code == code
    assert message in result.stderr
    assert result.stdout == ""
    assert not list(tmp_path.iterdir())


def test_existing_output_is_kept_unless_forced(run, tmp_path):
    out = tmp_path / "y.csv"
    out.write_text("mine")
    result = call("sample", run, "-n", 5, "--out", out)
    assert result.exit_code == 2
    assert out.read_text() == "mine"
    assert call("sample", run, "-n", 5, "--out", out, "--force").exit_code == 0
    assert len(out.read_text().splitlines()) == 6


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["none.causal", "--data", "x.csv"], 2, "none.causal"),
        (["g1.causal", "--data", "none.csv"], 2, "there is no file none.csv"),
        (["g1.causal", "--data", "celebra"], 2, "did you mean `celeba`"),
        (["g1.causal"], 2, "--data are needed"),
        (["g1.causal", "--data", "x.csv", "--set", "label.steps=3"], 2, "did you mean `labels`"),
        (["chain.causal", "--data", "x.csv"], 3, "no column `A`"),
        (["g1.causal", "--data", "celeba", "--root", "."], 3, "list_attr_celeba"),
        (["face.causal", "--data", "x.csv"], 3, "no pictures"),
        (["--resume"], 2, "is no run"),
    ],
)
def test_what_train_refuses(folder, monkeypatch, arguments, code, message):
    monkeypatch.chdir(folder)
    result = call("train", *arguments, "--out", "fresh")
    assert result.exit_code == code
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not (folder / "fresh").exists()


def test_train_refuses_a_folder_that_exists(folder, run):
    result = call("train", folder / "g1.causal", "--data", folder / "x.csv", "--out", run)
    assert result.exit_code == 2
    assert "exists" in result.stderr


def test_a_graph_that_is_wrong_exits_1(folder):
    (folder / "cycle.causal").write_text("binary A, B\nA -> B -> A\n")
    result = call("train", folder / "cycle.causal", "--data", folder / "x.csv", "--out", folder / "fresh")
    assert result.exit_code == 1
    assert "cycle" in result.stderr


def test_a_damaged_run_exits_3(pictures, folder, tmp_path):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(pictures, copy)
    weights = copy / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    result = call("sample", copy, "-n", 5, "--out", tmp_path / "y.csv")
    assert result.exit_code == 3
    assert "damaged" in result.stderr


def test_ctrl_c_leaves_a_run_that_resume_continues(folder, tmp_path):
    import signal
    import time

    out = tmp_path / "run"
    command = [sys.executable, "-m", "causaldsl", "train", folder / "g1.causal", "--data", folder / "x.csv"]
    settings = ["--set", "labels.steps=3000", "--set", "checkpoint_seconds=0.2"]
    process = subprocess.Popen([*command, "--out", out, *settings], stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not (out / "checkpoint.safetensors").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, talk = process.communicate(timeout=60)
    assert process.returncode == 130, talk
    assert "--resume" in talk
    assert "Traceback" not in talk
    assert document(call("train", "--resume", "--out", out, "--json"))["steps"] == 3000


def test_all_pictures_of_a_graph_are_on_the_sheet(tmp_path):
    graph = cd.parse("binary A\nimage F[1, 32, 32]; image G[1, 64, 64]\nA -> F, G")
    drawn = Sample(graph, {"A": torch.zeros(3), "F": torch.zeros(3, 1, 32, 32), "G": torch.zeros(3, 1, 64, 64)})
    assert write_sample(drawn, tmp_path / "x.png") == ["F", "G"]
    rows = [sheet(drawn[name]) for name in "FG"]
    with Image.open(tmp_path / "x.png") as picture:
        assert picture.size == titled_rows([[("F", rows[0])], [("G", rows[1])]]).size
