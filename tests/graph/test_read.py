from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causaldsl.errors import CausalSyntaxError, GraphError, UsageError
from causaldsl.formats.causal import write_causal
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.read import read_file, read_source, read_text
from causaldsl.source import Source
from causaldsl.testing.strategies import graphs, mutations, token_soups

EXAMPLE = Path(__file__).parents[2] / "examples" / "celeba.causal"


def check(text: str) -> CausalGraph | None:
    """Any text gives a graph, or findings whose places lie inside the text."""
    source = Source.normalised("<text>", text)
    graph, findings, _ = read_source(source)
    assert (graph is None) == any(f.severity == "error" for f in findings)
    for finding in findings:
        assert finding.span is not None
        assert 0 <= finding.span.start <= finding.span.end <= len(source.text)
        assert str(finding)
        place = finding.as_json()
        assert (1, 1) <= (place["line"], place["column"]) <= (place["end_line"], place["end_column"])
        assert place["end_line"] <= source.text.count("\n") + 1
    return graph


@given(st.text(max_size=200))
def test_any_text_gives_a_graph_or_findings_inside_it(text: str) -> None:
    check(text)


@given(token_soups())
@settings(max_examples=300)
def test_any_words_of_the_language_give_a_graph_or_findings_inside_them(text: str) -> None:
    check(text)


@given(st.data())
@settings(max_examples=150)
def test_a_damaged_text_gives_a_graph_or_findings_inside_it(data: st.DataObject) -> None:
    check(data.draw(mutations(EXAMPLE.read_text(encoding="utf-8"))))


@given(graphs(equations=True))
def test_a_graph_written_out_is_read_back(graph: CausalGraph) -> None:
    assert read_text(write_causal(graph)) == graph


@given(graphs(), st.sampled_from(["\r\n", "\r", "\n"]))
def test_line_ends_and_a_byte_order_mark_change_nothing(graph: CausalGraph, end: str) -> None:
    text = write_causal(graph)
    assert read_text("\ufeff" + text.replace("\n", end)) == graph


def test_the_example_is_fine() -> None:
    graph = read_file(EXAMPLE)
    assert graph.warnings == ()
    assert graph.columns == (
        "Young", "Male", "Eyeglasses", "Bald", "Mustache", "Smiling", "Wearing_Lipstick",
        "Mouth_Slightly_Open", "Narrow_Eyes",
    )  # fmt: skip
    assert graph["Narrow_Eyes"].parents == ("Young", "Male", "Smiling")
    assert graph["Face"].parents == graph.columns
    assert len(graph.edges) == 14 + 9


def test_one_exception_has_all_findings() -> None:
    with pytest.raises(CausalSyntaxError) as caught:
        read_text("binary A B\nlatent U\nC -> D\nnode E, F\nE -> F -> E")
    assert [(d.code, d.span and d.span.begin.line) for d in caught.value.diagnostics] == [
        ("C101", 1),
        ("C201", 3),
        ("C201", 3),
        ("C203", 5),
    ]
    assert "did you" not in str(caught.value)
    assert caught.value.exit_code == 1


def test_a_text_in_the_language_that_is_no_graph() -> None:
    with pytest.raises(GraphError, match=r"<text>:1:14: error\[C201\]: `C` is not declared"):
        read_text("node A; A -> C")


def test_a_missing_file_and_one_that_is_not_utf8(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"missing\.causal cannot be read: no such file"):
        read_file(tmp_path / "missing.causal")
    with pytest.raises(UsageError, match="cannot be read"):
        read_file(tmp_path)
    (tmp_path / "latin.causal").write_bytes("node größe".encode("latin-1"))
    with pytest.raises(UsageError, match="is not UTF-8: byte 7 is 0xf6"):
        read_file(tmp_path / "latin.causal")


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing", ";", "\ufeff"])
def test_an_empty_text_is_an_empty_graph(text: str) -> None:
    assert read_text(text) == CausalGraph(())
