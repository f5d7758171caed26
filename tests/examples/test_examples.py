"""Each file of examples/: checked, laid out, its assertions judged, and each of its numbers worked out once more."""

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from causaldsl import compile as compile_graph
from causaldsl import load
from causaldsl.cli import main
from causaldsl.formats.bif import plugin as bif
from causaldsl.plugins.defaults import learned
from tests.examples.truth import TRUTH

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = sorted(EXAMPLES.glob("*.causal"))
SIMULATORS = [file for file in FILES if file.stem in TRUTH]


def call(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments])


def numeric(file):
    """The assertions of a file that say something of numbers: left side, sign, right side, tolerance."""
    for assertion in load(file).assertions:
        found = re.fullmatch(r"(.*?) (==|<|>) (.*?)(?: within (\S+))?", assertion.text.replace("not ", ""))
        if found and "identifiable" not in assertion.text:
            yield assertion.text, found[1], found[2], found[3], float(found[4] or 1e-9)


def questions(side):
    """The questions in one side of an assertion, by their brackets."""
    at = 0
    while found := re.search(r"P\(|E\[", side[at:]):
        start, depth = at + found.start(), 0
        for end in range(start, len(side)):
            depth += (side[end] in "([") - (side[end] in ")]")
            if depth == 0 and side[end] in ")]":
                break
        yield side[start : end + 1]
        at = end + 1


def worked_out(side, truth):
    for question in questions(side):
        assert question in truth, f"nobody worked out {question}"
        side = side.replace(question, f"({truth[question]!r})", 1)
    return eval(side.replace("np.float64", ""), {})  # arithmetic of our own files


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_says_what_it_is_and_is_laid_out(file):
    assert file.read_text(encoding="utf-8").startswith((f"# {file.name}: ", f"# examples/{file.name}: "))
    assert call("check", "--strict", file).exit_code == 0
    assert call("fmt", "--check", file).exit_code == 0
    assert load(file).assertions


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_its_assertions_hold(file):
    simulator = file in SIMULATORS
    assert simulator is not bool(learned(load(file)))
    result = call("test", file, "--json", *(["--strict"] if simulator else []))
    assert result.exit_code == 0, result.output
    judged = json.loads(result.stdout)["assertions"]
    assert sum(j["holds"] is True for j in judged) >= 1
    assert all(j["holds"] is not None for j in judged if simulator)


@pytest.mark.parametrize("file", SIMULATORS, ids=lambda f: f.stem)
def test_its_numbers_are_right(file):
    truth = TRUTH[file.stem]
    assert list(numeric(file))
    for text, left, sign, right, tolerance in numeric(file):
        a, b = worked_out(left, truth), worked_out(right, truth)
        holds = {"==": abs(a - b) <= tolerance, "<": a < b, ">": a > b}[sign]
        assert holds is not text.startswith("not "), f"{text}: {a} against {b}"


@pytest.mark.parametrize("stem", ["celeba_complete", "celeba"])
def test_the_two_graphs_of_the_paper(stem):
    graph = load(EXAMPLES / f"{stem}.causal")
    order = graph.columns
    assert order == ("Young", "Male", "Eyeglasses", "Bald", "Mustache", "Smiling", "Wearing_Lipstick",
                     "Mouth_Slightly_Open", "Narrow_Eyes")  # fmt: skip
    parents = {node.name: set(node.parents) for node in graph.nodes if node.name != "Face"}
    if stem == "celeba_complete":
        assert parents == {name: set(order[:i]) for i, name in enumerate(order)}
    else:
        labels = load(EXAMPLES / "celeba_labels.causal")
        assert parents == {node.name: set(node.parents) for node in labels.nodes}


def test_asia_is_what_its_bif_says():
    file = EXAMPLES / "asia.bif"
    read, lost = bif.read(file.read_text(encoding="utf-8"), str(file))
    ours = load(EXAMPLES / "asia.causal")
    assert lost == ()
    assert {n.name: (n.domain, set(n.parents)) for n in read.nodes} == {
        n.name: (n.domain, set(n.parents)) for n in ours.nodes
    }
    for asked in ("P(*)", "P(dysp | do(bronc=no))"):
        a, b = (compile_graph(graph).ask(asked).as_json()["table"] for graph in (read, ours))
        assert {str(sorted(r["at"].items())): pytest.approx(r["p"]) for r in a} == {
            str(sorted(r["at"].items())): r["p"] for r in b
        }


def test_the_list_of_examples_names_them_all():
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[([\w.]+)\]\(\1\) \| .+ \| `(causaldsl .+?)` \|$", text, re.MULTILINE)
    assert sorted(name for name, _ in rows) == [file.name for file in FILES]
    for name, command in rows:
        words = shlex.split(command.replace("\\|", "|"))[1:]
        assert f"examples/{name}" in words
        result = call(*(EXAMPLES.parent / word if word.startswith("examples/") else word for word in words))
        assert result.exit_code == 0, result.output
