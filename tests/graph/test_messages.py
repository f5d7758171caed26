"""What is said when Python asks for what cannot be: every message whole, as its reader sees it, in messages.txt.

Texts in the language that are wrong are in tests/diagnostics. `python tests/graph/test_messages.py` writes what is said
now; read the difference before you commit it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from causaldsl.errors import CausalError
from causaldsl.graph import declare, edges, expression_types, layout, tables
from causaldsl.graph.drawing.figure import Box, Drawing
from causaldsl.graph.drawing.layout import draw
from causaldsl.graph.drawing.png import write_png
from causaldsl.graph.identification.evaluation import Tabulated, evaluate
from causaldsl.graph.identification.random_models import draw_model
from causaldsl.graph.ir import CausalGraph, Edge, Node
from causaldsl.graph.layout import lay_out
from causaldsl.graph.make import make_graph
from causaldsl.graph.read import file_source, read_source, read_text
from causaldsl.graph.use import Folder
from causaldsl.source import Source

GOLDEN = Path(__file__).with_name("messages.txt")
GRAPH = read_text(
    "binary X, M, Y; latent U; categorical H {a, b}; real R; node N; X -> M -> Y; X <-> Y; U -> X, H; R, N -> Y"
)
BOW = read_text("binary X, Y; X -> Y; X <-> Y")
CHAIN = read_text("binary X, Y; X -> Y")
SEEN = Tabulated(("X", "Y"), np.full((2, 2), 0.25))


def chain(n: int) -> CausalGraph:
    links: list[Edge] = [(f"N{i}", f"N{i + 1}", "->") for i in range(n - 1)]
    return make_graph([Node(f"N{i}", None) for i in range(n)], links)


def random_model(n: int):
    return draw_model(chain(n), np.random.default_rng(0), [f"N{n - 1}"])


def all_of_h() -> object:
    """An estimand about levels that are not told."""
    return evaluate(GRAPH.identify("P(Y | R > 1)").estimand, Tabulated(("R", "Y"), np.ones((2, 2))))


CASES: dict[str, Callable[[], object]] = {
    "a node that is none": lambda: GRAPH["x"],
    "a node that is like no other": lambda: GRAPH["Mustache"],
    "a number": lambda: GRAPH.ask("P(Y=1)"),
    "a latent is adjusted": lambda: list(GRAPH.adjustment_sets("U", "Y")),
    "sets that overlap": lambda: GRAPH.m_separated({"X", "M"}, "Y", {"M", "X"}),
    "instruments of two": lambda: list(GRAPH.instruments({"X", "M"}, "Y")),
    "a name of two lines": lambda: make_graph([Node("A\nB", None)], []),
    "nodes that are not declared": lambda: make_graph([Node("Bald", None, ("Mal",))], [("Bal", "Bald", "->")]),
    "its own cause": lambda: make_graph([Node("A", None)], [("A", "A", "->"), ("A", "A", "<->")]),
    "set and seen": lambda: draw(GRAPH, do=["X"], given=["X=1"]),
    "seen by a law": lambda: draw(GRAPH, given=["R := X"]),
    "set twice": lambda: draw(GRAPH, do=["X", "X=1"]),
    "a picture too large": lambda: write_png(Drawing((Box("A", "A", 0, 0, 1),) * 2, (), 100.0, 1e6)),
    "no table": lambda: Tabulated(("X",), np.ones((2, 2))),
    "a table with one name twice": lambda: Tabulated(("X", "X"), np.ones((2, 2))),
    "an axis that is not there": lambda: SEEN.marginal(["M"]),
    "nothing to evaluate": lambda: BOW.identify("P(Y | do(X))").evaluate(SEEN),
    "nothing to verify": lambda: BOW.identify("P(Y | do(X))").verify(),
    "a law without a node": lambda: GRAPH.identify("P(Y, H)").evaluate(SEEN),
    "a law without a level": lambda: (
        read_text("categorical D {0..3}").identify("P(D=3)").evaluate(Tabulated(("D",), np.ones(2)))
    ),
    "levels that no table has": all_of_h,
    "a law of what is seen for an experiment": lambda: evaluate(
        read_text("binary X, Y, Z; X -> Y -> Z; X <-> Y").identify("P(Z[Y=1]=1, Y[X=0]=1)").experiments,
        Tabulated(("X", "Y", "Z"), np.ones((2, 2, 2))),
    ),
    "two probabilities": lambda: BOW.identify("E[Y] + 1"),
    "a soft intervention": lambda: GRAPH.identify("P(Y | do(X := M))"),
    "an effect of a latent": lambda: GRAPH.identify("P(Y | do(U=1))"),
    "asked for and set": lambda: GRAPH.identify("P(X, Y | do(X))"),
    "asked for and given": lambda: GRAPH.identify("P(Y=1 | do(X), Y)"),
    "two nodes of two worlds": lambda: read_text("binary X, M, W, Y; X -> M, W; M, W -> Y").identify("P(Y[M=W[X=0]])"),
    "an answer for each value": lambda: read_text("node X, Y; X -> Y; X <-> Y").identify("P(Y[X=1] | X)"),
    "an answer for each of many values": lambda: read_text("categorical X {0..1500}; binary Y; X -> Y").identify(
        "P(Y[X=1], X, Y)"
    ),
    "a value without a level": lambda: read_text("real X, Y; X -> Y").identify("P(Y > 1 | do(X=0.5))").verify(),
    "too many variables to try": lambda: random_model(40),
    "too large a law to try": lambda: random_model(24),
    "too many noises to try": lambda: random_model(20).weights,
}
"""What is asked of a graph."""

FAILED = read_text("binary X, Y, Z; X -> Y -> Z; X <-> Y")
VERDICTS = {
    "identifiable": lambda: CHAIN.identify("P(Y | do(X))"),
    "for any value": lambda: read_text("node W, Z, X, Y; W -> Z -> X -> Y; W <-> X; W <-> Y").identify("P(Y | do(X))"),
    "a hedge": lambda: BOW.identify("P(Y | do(X))"),
    "by experiments": lambda: FAILED.identify("P(Z[Y=1]=1, Y[X=0]=1)"),
    "by nothing": lambda: CHAIN.identify("P(Y[X=1]=1, Y[X=0]=0)"),
    "separated": lambda: GRAPH.ask("X _||_ R"),
    "blocked": lambda: CHAIN.ask("X _||_ Y"),
    "no way at all": lambda: read_text("node A, B").ask("A _||_ B"),
    "an ancestor": lambda: GRAPH.ask("ancestor X -> Y"),
    "the other way round": lambda: GRAPH.ask("ancestor Y -> X"),
    "no ancestor": lambda: GRAPH.ask("ancestor R -> X"),
    "an adjustment set": lambda: read_text("node X, Y, Z; Z -> X, Y; X -> Y").ask("adjustment X -> Y | Z"),
    "the empty one": lambda: CHAIN.ask("adjustment X -> Y | {}"),
    "none": lambda: GRAPH.ask("adjustment X -> Y | M"),
}
"""Answers with their reasons."""


def said(case: Callable[[], object]) -> str:
    try:
        answer = case()
    except CausalError as error:
        return f"{type(error).__name__}\n" + "\n".join(map(str, error.diagnostics))
    return str(answer)


def golden() -> dict[str, str]:
    blocks = GOLDEN.read_text(encoding="utf-8").split("=== ")[1:]
    return {title: rest.rstrip("\n") for title, _, rest in (block.partition("\n") for block in blocks)}


@pytest.mark.parametrize("title", [*CASES, *VERDICTS])
def test_said_as_written(title: str) -> None:
    assert said((CASES | VERDICTS)[title]) == golden()[title]


def test_nothing_else_is_written() -> None:
    assert list(golden()) == [*CASES, *VERDICTS]
    assert all("Error\n" in golden()[title] for title in CASES)
    assert not any("Error\n" in golden()[title] for title in VERDICTS)


# ---- caps, lowered so that small texts reach them


@pytest.mark.parametrize(
    ("module", "cap", "value", "text", "message"),
    [
        (
            declare,
            "MAX_LEVELS_IN_ALL",
            1200,
            "categorical A {1..700}; categorical B {1..700}",
            "C206 more than 1,200 levels in all",
        ),
        (edges, "MAX_EDGES", 1999, "", "C213 the text stands for more than 1,999 edges"),
        (expression_types, "MAX_DEPTH", 3, "real A; A := exp(exp(exp(1)))", "C106 the expression nests deeper than 3"),
        (tables, "MAX_CELLS", 7, "binary A, B, C; C | A, B := [[0.5, 0.5]]", "C449 the table has more than 7 numbers"),
    ],
)
def test_caps(module: object, cap: str, value: int, text: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    many = ", ".join(f"N{i}" for i in range(50))
    text = text or f"node {many}, {many.replace('N', 'M')}; {many} -> {many.replace('N', 'M')}"
    monkeypatch.setattr(module, cap, value)
    found = read_source(Source("<text>", text))[1]
    assert [f"{f.code} {f.message}" for f in found] == [message]
    monkeypatch.setattr(module, cap, {"MAX_LEVELS_IN_ALL": 1400, "MAX_EDGES": 2500}.get(cap, value + 1))
    assert message not in [f"{f.code} {f.message}" for f in read_source(Source("<text>", text))[1]], "not before"


def test_a_text_that_would_change_its_meaning_is_not_laid_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "format_document", lambda _: "binary A, B, C\n")
    with pytest.raises(CausalError) as caught:
        lay_out(Source("t.causal", "binary A,  B"))
    assert str(caught.value) == (
        "error[C900]: laying t.causal out would change its meaning, so nothing is written\n"
        "  hint: please report this text"
    )


# ---- files


@pytest.mark.parametrize(
    ("text", "code", "message", "hint"),
    [
        (
            'use "a.causal"',
            "C231",
            "the files use each other in a circle: {0}/m.causal -> {0}/a.causal -> {0}/m.causal",
            None,
        ),
        (
            'use "../b.causal"',
            "C232",
            "{0.parent}/b.causal lies outside of {0}",
            "a model reads files of its own folder only",
        ),
        ('use "none.causal"', "C230", "{0}/none.causal cannot be read: no such file or directory", None),
        ('use "latin.causal"', "C230", "{0}/latin.causal is not UTF-8: byte 7 is 0xf6", None),
        (f'use "{"a" * 5000}"', "C230", "{0}/" + "a" * 5000 + " cannot be read: file name too long", None),
        ("binary X, Y; Y | X := table(y)", "C450", "`table` takes the name of one file, in quotes", '`table("y.csv")`'),
        ('binary X, Y; Y | X := table("y.csv")', "C450", "{0}/y.csv begins with X, 0", "its header is: X,0,1"),
        ('binary Y; Y := table("e.csv")', "C450", "{0}/e.csv begins with an empty file", "its header is: 0,1"),
    ],
)
def test_files(tmp_path: Path, text: str, code: str, message: str, hint: str | None) -> None:
    folder = tmp_path.resolve() / "model"
    folder.mkdir()
    (folder / "m.causal").write_text(text, encoding="utf-8")
    (folder / "a.causal").write_text('use "m.causal"')
    (folder / "latin.causal").write_bytes(b"node gr\xf6\xdfe")
    (folder / "y.csv").write_text("X,0\n")
    (folder / "e.csv").write_text("")
    source, place = file_source(folder / "m.causal")
    assert isinstance(place, Folder)
    (found,) = read_source(source, place)[1]
    assert (found.code, found.message, found.hint) == (code, message.format(folder), hint)


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    with pytest.raises(CausalError) as caught:
        Folder(tmp_path).find("a\0b", "m.causal")
    assert str(caught.value) == "error[C700]: 'a\\x00b' is no path"


if __name__ == "__main__":
    GOLDEN.write_text(
        "\n".join(f"=== {title}\n{said(case)}\n" for title, case in (CASES | VERDICTS).items()), encoding="utf-8"
    )
