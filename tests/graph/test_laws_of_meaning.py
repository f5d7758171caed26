"""The laws of the language that hold of meanings; each is stated in grammar/README.md or in docs/errors.md."""

import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causaldsl.errors import CausalSyntaxError, GraphError
from causaldsl.formats.causal import write_causal
from causaldsl.graph.domain import Binary, Categorical, quoted
from causaldsl.graph.ir import CausalGraph, Edge, Node
from causaldsl.graph.make import make_graph
from causaldsl.graph.read import read_file, read_source, read_text
from causaldsl.graph.surgery import without_effects
from causaldsl.source import Source
from causaldsl.syntax.parser import parse
from causaldsl.syntax.printer import format_document
from causaldsl.testing import any_graphs, folders, mutations, programs, token_soups
from causaldsl.testing.program_parts import Author, Variable
from tests.grammar import drawn_from_the_grammar


def laid_out(text: str) -> str:
    return format_document(parse(Source.normalised("<text>", text))[0])


# ---- format(parse(t)) parses to an equal graph


@given(programs())
def test_a_program_is_a_graph_and_so_it_stays_when_laid_out(text: str) -> None:
    graph = read_text(text)
    assert read_text(laid_out(text)) == graph
    assert read_text(laid_out(laid_out(text))) == graph


@given(programs())
def test_a_program_s_graph_is_read_back_from_what_is_written_of_it(text: str) -> None:
    graph = read_text(text)
    assert read_text(write_causal(graph)) == graph


@st.composite
def equations(draw: st.DrawFn) -> str:
    """Draw an equation that is more deeply nested than those of whole programs."""
    nodes = [Variable("X", None), Variable("B", Binary()), Variable("H", Categorical(("a", "b")))]
    return f"Y := normal(0, 1) + {Author(draw, nodes).number(depth=4)}"


@given(equations())
@settings(max_examples=300)
def test_an_equation_is_spelled_as_it_binds(text: str) -> None:
    graph = read_text(f"node X, Y; binary B; categorical H {{a, b}}; {text}")
    assert read_text(write_causal(graph)) == graph


@given(folders())
@settings(max_examples=30)
def test_a_program_in_several_files_stays_when_they_are_laid_out(files: Mapping[str, str]) -> None:
    def read(files: Mapping[str, str]) -> CausalGraph:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return read_file(Path(folder, "main.causal"))

    with tempfile.TemporaryDirectory() as folder:
        tidy = {name: laid_out(text) for name, text in files.items() if name.endswith(".causal")}
        assert read(files) == read(tidy)


# ---- any text gives a graph, or findings whose places lie inside the text


def check(text: str) -> CausalGraph | None:
    """Read a text: it is a graph, or there are errors, all of which lie inside the text and can be shown."""
    source = Source.normalised("<text>", text)
    graph, findings, readable = read_source(source)
    assert (graph is None) == any(finding.severity == "error" for finding in findings)
    for finding in findings:
        assert finding.span is not None
        assert 0 <= finding.span.start <= finding.span.end <= len(source.text)
        assert str(finding).startswith(f"<text>:{finding.span.begin.line}:{finding.span.begin.column}: ")
        place = finding.as_json()
        assert (1, 1) <= (place["line"], place["column"]) <= (place["end_line"], place["end_column"])
        assert place["end_line"] <= source.text.count("\n") + 1
        assert place["end_column"] <= len(source.line(place["end_line"])) + 1
    if graph is None:
        with pytest.raises(GraphError if readable else CausalSyntaxError):
            read_text(text)
    return graph


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    check(text)


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    check(data.decode("utf-8", errors="replace"))


@given(token_soups())
@settings(max_examples=300)
def test_any_words_of_the_language(text: str) -> None:
    check(text)


@given(st.lists(drawn_from_the_grammar("statement"), max_size=6).map("\n".join))
def test_any_statements_of_the_grammar(text: str) -> None:
    check(text)


@given(st.data())
@settings(max_examples=200)
def test_a_damaged_program(data: st.DataObject) -> None:
    check(data.draw(mutations(data.draw(programs()))))


# ---- in time linear in the text


def calls(text: str) -> int:
    """How many functions are called until a text is read and its findings are shown: time, without a clock."""
    count = 0

    def counted(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        graph, findings, _ = read_source(Source("<text>", text))
        for finding in findings:
            str(finding)
        if graph is not None:
            laid_out(text)
    finally:
        sys.setprofile(None)
    return count


def names(n: int, letter: str = "A", separator: str = ", ") -> str:
    return separator.join(f"{letter}{i}" for i in range(n))


LINEAR: dict[str, Callable[[int], str]] = {
    "chain": lambda n: f"node {names(n)}\n{names(n, separator=' -> ')}",
    "edges": lambda n: (
        f"node {names(n)}\n" + "\n".join(f"A{i} -> A{i + 1}, A{(i + 7) % n}" for i in range(0, n - 1, 9))
    ),
    "confounded": lambda n: f"node {names(n)}\n{names(n, separator=' <-> ')}",
    "declarations": lambda n: "\n".join(f"categorical A{i} {{a, b}}  # {i}" for i in range(n)),
    "sum": lambda n: f"real {names(n)}, Y\nY := {names(n, separator=' + ')}",
    "mechanisms": lambda n: f"binary {names(n)}\n" + "\n".join(f"A{i} ~ k(a=[1, 2], b=x)" for i in range(n)),
    "groups": lambda n: f"node {names(n)}\n" + "\n".join(f"group G{i} = A{i}" for i in range(n)),
    "nested groups": lambda n: "node A\ngroup G0 = A\n" + "\n".join(f"group G{i} = G{i - 1}" for i in range(1, n)),
    "questions": lambda n: "binary A, B\n" + "\n".join("query P(A=1 | do(B=0))" for _ in range(n)),
    "table": lambda n: "binary Y\nY := [" + ", ".join("[0.5, 0.5]" for _ in range(n)) + "]",
    "undeclared": lambda n: f"node B\nB -> {names(n)}",
    "broken": lambda n: "\n".join("A B" for _ in range(n)),
    "broken on one line": lambda n: ";".join("A B" for _ in range(n)),
    "openers": lambda n: "(" * n,
    "closers": lambda n: ")" * n,
    "quotes": lambda n: '"' * n,
    "controls": lambda n: "\x01" * n,
    "minuses": lambda n: "real Y\nY := " + "-" * n + "1",
    "self-loops": lambda n: f"node {names(n)}\n" + "\n".join(f"A{i} -> A{i}" for i in range(n)),
    "cycle": lambda n: f"node {names(n)}\n{names(n, separator=' -> ')} -> A0",
}


@pytest.mark.parametrize("shape", LINEAR)
def test_work_grows_with_the_text_and_no_faster(shape: str) -> None:
    make = LINEAR[shape]
    calls(make(4))  # builds the lexer of each state
    small, large = calls(make(500)), calls(make(1_000))
    assert 1_000 < small < large < 2.1 * small


# ---- `A <-> B` equals its latent spelling in every answer


def spelled_out(graph: CausalGraph) -> CausalGraph:
    """The graph in which each `<->` is a latent with two effects."""
    latents = [Node(f"latent {a} {b}", None, (), None, True) for a, b in graph.confounded]
    edges: list[Edge] = [(f"latent {a} {b}", end, "->") for a, b in graph.confounded for end in (a, b)]
    return make_graph([*graph.nodes, *latents], edges, graph.name)


@given(st.data())
def test_an_unobserved_common_cause_equals_its_latent_spelling(data: st.DataObject) -> None:
    graph = data.draw(any_graphs(max_nodes=6))
    spelled = spelled_out(graph)
    names = [node.name for node in graph]
    some = st.sets(st.sampled_from(names))
    cut, kept = data.draw(some), data.draw(some)
    latents = set(spelled.by_name) - set(names)
    assert spelled.columns == graph.columns
    for name in names:
        assert spelled.ancestors({name}) - latents == graph.ancestors({name})
        assert spelled.descendants({name}) == graph.descendants({name})
    pairs = [
        (graph, spelled),
        (graph.do(cut), spelled.do(cut)),
        (without_effects(graph, cut), without_effects(spelled, cut)),
        (graph.subgraph(kept), spelled.subgraph(kept | latents)),
        (graph.do(cut).subgraph(kept), spelled.do(cut).subgraph(kept | latents)),
    ]
    for one, other in pairs:
        z = data.draw(st.sets(st.sampled_from(names))) & set(one.by_name)
        for x, y in combinations(sorted(set(one.by_name) - z), 2):
            assert one.m_separated({x}, {y}, z) == other.m_separated({x}, {y}, z)


@given(programs())
@settings(max_examples=50)
def test_a_program_with_latents_for_common_causes_has_the_same_separations(text: str) -> None:
    graph = read_text(text)
    text = write_causal(replace(graph, confounded=(), queries=(), assertions=()))
    for i, (a, b) in enumerate(graph.confounded):
        text += f'latent "latent {i}"; "latent {i}" -> {quoted(a)}, {quoted(b)}\n'
    spelled = read_text(text)
    for a in graph:
        for b in graph:
            if a.name < b.name:
                rest = {n.name for n in graph} - {a.name, b.name}
                for z in (set[str](), rest):
                    assert graph.m_separated({a.name}, {b.name}, z) == spelled.m_separated({a.name}, {b.name}, z)
