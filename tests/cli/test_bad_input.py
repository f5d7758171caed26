"""Every command is given what is missing, a folder, binary junk and an empty file, and outputs that cannot be written.

Each ends with the exit code of its kind and one message that names the file; none with a traceback.
"""

import re
import shlex

import pytest
from click.testing import CliRunner

from causaldsl.cli import COMMANDS, demo, main

KINDS = ("missing", "folder", "junk", "empty")
WITHOUT_INPUT = {"completion", "demo", "doctor", "explain", "lsp", "plugins", "quickstart"}
FINE = None
"""An empty text is a graph without nodes."""
CALLS = {
    "ask {.causal} 'P(A)'": (2, 2, 2, 2),
    "check {.causal}": (2, 2, 2, FINE),
    "check ok.causal --data {.csv}": (2, 2, 3, 3),
    "compare {.causal} ok.causal --data ok.csv": (2, 2, 2, 2),
    "compare ok.causal other.causal --data {.csv}": (2, 2, 3, 3),
    "compile {.causal}": (2, 2, 2, FINE),
    "convert {.bif} out.causal": (2, 2, 2, 1),
    "convert {.causal} out.dot": (2, 2, 2, FINE),
    "convert {.dagitty} out.causal": (2, 2, 2, 1),
    "convert {.dot} out.causal": (2, 2, 2, 1),
    "convert {.gml} out.causal": (2, 2, 2, 1),
    "convert {.json} out.causal": (2, 2, 2, 1),
    "evaluate {}": (2, 2, 2, 2),
    "fmt {.causal}": (2, 2, 2, FINE),
    "pack --verify {}": (2, 3, 3, 3),
    "pack ok.causal --data {.csv} --out out": (2, 2, 3, 3),
    "report {}": (2, 2, 2, 2),
    "sample {.causal} -n 2 --out out.csv": (2, 2, 2, FINE),
    "serve {.causal} --port 0": (2, 2, 2, FINE),
    "show {.causal}": (2, 2, 2, FINE),
    "test ok.causal --run {}": (2, 2, 2, 2),
    "test {.causal}": (2, 2, 2, FINE),
    "train --resume --out {}": (2, 2, 2, 2),
    "train ok.causal --data ok.csv --config {.toml} --out out": (2, 2, 2, FINE),
    "train ok.causal --data {.csv} --out out": (2, 2, 3, 3),
    "train ok.causal --data {.parquet} --out out": (2, 2, 3, 3),
    "train {.causal} --data ok.csv --out out": (2, 2, 2, 3),
}
CASES = [
    (call, kind, code) for call, codes in CALLS.items() for kind, code in zip(KINDS, codes, strict=True) if code != FINE
]
FILES = [
    "convert known.causal {.dot}",
    "sample known.causal -n 2 --out {.csv}",
    "show known.causal --out {.svg}",
]
FOLDERS = [
    "demo --out {}",
    "pack known.causal --data ok.csv --out {}",
    "train ok.causal --data ok.csv --out {}",
]


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """A folder with a graph, a model and data that are right."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demo, "DEMO", tmp_path / "shipped")
    (tmp_path / "shipped").mkdir()
    for name in ("ok", "other"):
        (tmp_path / f"{name}.causal").write_text("binary A, B; A -> B")
    (tmp_path / "known.causal").write_text("binary A; A := bernoulli(0.5)")
    (tmp_path / "ok.csv").write_text("A,B\n" + "0,1\n1,0\n1,1\n0,0\n" * 5)
    return tmp_path


def call(line, name):
    """Run a command line in which `{.ending}` stands for the file."""
    words = [re.sub(r"\{(.*)\}", lambda found: name + found[1], word) for word in shlex.split(line)]
    return CliRunner().invoke(main, words)


def test_every_command_is_here():
    assert {line.split()[0] for line in CALLS} == set(COMMANDS) - WITHOUT_INPUT


@pytest.mark.parametrize(("line", "kind", "code"), CASES, ids=lambda value: str(value))
def test_bad_input_is_said_once_and_kindly(place, line, kind, code):
    path = place / (kind + re.search(r"\{(.*)\}", line)[1])
    if kind == "folder":
        path.mkdir()
    elif kind != "missing":
        path.write_bytes(bytes(range(256)) * 8 if kind == "junk" else b"")
    before = {found: found.read_bytes() for found in place.iterdir() if found.is_file()}
    result = call(line, kind)
    assert result.exit_code == code, result.output
    said(result)
    assert any(name in result.stderr for name in (kind, "<question>", "ok.csv has no rows"))
    assert {found: found.read_bytes() for found in place.iterdir() if found.is_file()} == before


@pytest.mark.parametrize(
    ("line", "where"),
    [(line, where) for line in FILES for where in ("ok.csv/below", "nowhere/below", "folder")]
    + [(line, where) for line in FOLDERS for where in ("ok.csv/below", "ok.csv", "full")],
)
def test_what_cannot_be_written_is_said(place, line, where):
    (place / f"folder{re.search(r'{(.*)}', line)[1]}").mkdir()
    (place / "full").mkdir()
    (place / "full" / "mine.txt").write_text("mine")
    result = call(line, where)
    assert result.exit_code in (2, 3), result.output
    said(result)
    assert where.split("/")[0] in result.stderr
    assert (place / "ok.csv").is_file()
    assert [path.name for path in (place / "full").iterdir()] == ["mine.txt"]


def said(result):
    """One message, and it is no fault of ours."""
    assert len(re.findall(r"error\[C\d{3}\]", result.stderr)) == 1, result.stderr
    assert "C770" not in result.stderr
    assert "Traceback" not in result.output
