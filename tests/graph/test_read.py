from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causaldsl.errors import CausalSyntaxError, GraphError, UsageError
from causaldsl.formats.causal import write_causal
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.read import read_file, read_text
from causaldsl.testing import any_graphs

EXAMPLE = Path(__file__).parents[2] / "examples" / "celeba.causal"


@given(any_graphs(equations=True))
def test_a_graph_written_out_is_read_back(graph: CausalGraph) -> None:
    assert read_text(write_causal(graph)) == graph


@given(any_graphs(), st.sampled_from(["\r\n", "\r", "\n"]))
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
