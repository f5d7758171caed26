"""A run is made small enough to travel with the package; `demo` shows it, and copies it."""

import json
import re
import runpy
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

import causaldsl as cd
from causaldsl.cli import demo, main
from causaldsl.evaluate.evaluation import KINDS, evaluate, judge_path
from causaldsl.evaluate.judge import Judge
from causaldsl.resources import DEMO
from causaldsl.train.config import read_config
from causaldsl.train.files import read_tensors
from causaldsl.train.run import CHECKPOINT, TEXT, WEIGHTS, open_run

ship = runpy.run_path(str(Path(__file__).parents[2] / "bench" / "ship.py"))["ship"]
SERVE = (
    "import sys; from pathlib import Path; from causaldsl.cli import demo, main\n"
    "demo.DEMO = Path(sys.argv.pop(1)); main()"
)
FACES = (
    "binary Young, Male, Bald; image Face[3, 32, 32]; Young, Male -> Bald; * -> Face\n"
    "default binary ~ table; Face ~ r3gan(width=8, latent=4)"
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run as it was trained, with a judge of each kind."""
    config = read_config(settings=["images.steps=1", "images.batch=8"])
    run = cd.fit(cd.compile(cd.parse(FACES)), "faces", out=tmp_path_factory.mktemp("runs") / "faces", config=config)
    for kind in KINDS:
        Judge(kind, {"Male": 2, "Bald": 2}, 32).save(judge_path(run, kind))
    (run.folder / "report.html").write_text("a page")
    return run


@pytest.fixture(scope="module")
def shipped(trained, tmp_path_factory):
    """The folder that travels."""
    out = tmp_path_factory.mktemp("package") / "demo"
    ship(trained.folder, out)
    return out


def test_what_travels_is_the_run_in_half_the_bytes(trained, shipped):
    names = {path.name for path in shipped.iterdir()}
    assert names == {path.name for path in trained.folder.iterdir()} - {"report.html", CHECKPOINT}
    big, small = ((folder / WEIGHTS).stat().st_size for folder in (trained.folder, shipped))
    assert small < 0.55 * big
    kept, _ = read_tensors(shipped / WEIGHTS)
    assert {str(tensor.dtype) for tensor in kept.values()} == {"torch.float16", "torch.float32"}
    assert str(trained.folder.parent) not in (shipped / "run.json").read_text()


def test_it_answers_and_draws_as_before(trained, shipped):
    run = open_run(shipped)
    question = "P(Male=1 | Bald=1)"
    assert run.ask(question).value == trained.ask(question).value
    before, after = (found.sample(50, do={"Bald": 1}, seed=3) for found in (trained, run))
    assert torch.equal(before["Male"], after["Male"])
    assert before["Face"].std() > 1e-3
    assert (before["Face"] - after["Face"]).abs().max() < 1e-2
    pictures = torch.rand(20, 3, 32, 32) * 2 - 1
    for kind in KINDS:
        first, second = (Judge.load(judge_path(found, kind))(pictures).sigmoid() for found in (trained, run))
        assert (first - second).abs().max() < 1e-2


def test_what_is_not_to_travel_is_refused(trained, tmp_path):
    run = cd.fit(cd.compile(cd.parse("binary A")), {"A": [0, 1]}, out=tmp_path / "mine")
    with pytest.raises(SystemExit, match="only runs of `faces`"):
        ship(run.folder, tmp_path / "out")
    record = json.loads((trained.folder / "run.json").read_text())
    (run.folder / "run.json").write_text(json.dumps({**record, "complete": False}))
    (run.folder / TEXT).write_text((trained.folder / TEXT).read_text())
    (run.folder / WEIGHTS).write_bytes((trained.folder / WEIGHTS).read_bytes())
    with pytest.raises(SystemExit, match="unfinished"):
        ship(run.folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_one_that_travels_is_small_and_finished():
    assert (DEMO / WEIGHTS).stat().st_size < 6_000_000
    assert sum(path.stat().st_size for path in DEMO.iterdir()) < 7_000_000
    run = open_run(DEMO)
    assert run.complete
    assert run.record["root"] is None
    assert str(run.graph["Face"].domain) == "image [3, 64, 64]"
    assert {path.name for path in DEMO.iterdir()} == {
        *("model.causal", "run.json", "log.jsonl", "evaluation.json", "weights.safetensors"),
        *(judge_path(run, kind).name for kind in KINDS),
    }


def test_its_evaluation_is_there_already():
    run, said = open_run(DEMO), []
    found = evaluate(run, said.append)
    assert not said
    assert set(found["effectiveness"]["labels"]) == set(run.graph["Face"].parents)


def test_a_copy_is_a_run_of_ones_own(shipped, tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "DEMO", shipped)
    out = tmp_path / "runs" / "demo"
    result = CliRunner().invoke(main, ["demo", "--out", str(out)])
    assert (result.exit_code, result.output) == (0, f"the run lies in {out}\n")
    assert {path.name: path.read_bytes() for path in out.iterdir()} == {
        path.name: path.read_bytes() for path in shipped.iterdir()
    }
    asked = CliRunner().invoke(main, ["ask", str(out), "P(Male=1 | do(Bald=1))"])
    assert asked.exit_code == 0, asked.output
    again = CliRunner().invoke(main, ["demo", "--out", str(out)])
    assert again.exit_code == 2
    assert "exists" in again.stderr


def test_the_explorer_opens_on_it(shipped):
    command = [sys.executable, "-c", SERVE, str(shipped), "demo", "--port", "0", "--no-browser"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            address = re.search(r"http://127\.0\.0\.1:\d+/", server.stderr.readline()).group()
            with urllib.request.urlopen(f"{address}api/look?do=Bald=1&n=4", timeout=60) as answer:
                worlds = json.load(answer)["worlds"]
            with urllib.request.urlopen(f"{address}api/read?do=Bald=1", timeout=60) as answer:
                read = json.load(answer)["worlds"]
            server.send_signal(signal.SIGINT)
            server.communicate(timeout=60)
        finally:
            server.kill()
    assert server.returncode == 130
    assert [len(world["pictures"]) for world in worlds] == [4, 4]
    assert set(read[0]) == {"Male", "Bald"}


@pytest.mark.parametrize("opens", [True, False])
def test_a_browser_is_opened_unless_told_otherwise(shipped, monkeypatch, opens):
    served, opened = [], []
    monkeypatch.setattr(demo, "DEMO", shipped)
    monkeypatch.setattr("uvicorn.Server.run", lambda self, sockets: served.extend(sockets))
    monkeypatch.setattr("click.launch", opened.append)
    result = CliRunner().invoke(main, ["demo", "--port", "0", *([] if opens else ["--no-browser"])])
    assert result.exit_code == 0, result.output
    assert len(served) == 1
    assert [address in result.stderr for address in opened] == [True] * opens
