from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causaldsl.errors import UsageError
from causaldsl.formats.causal import write_causal
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.read import read_text
from causaldsl.graph.use import Folder
from causaldsl.lsp.analysis import Analysis
from causaldsl.lsp.rename import edited, new_name, rename
from causaldsl.source import Source
from causaldsl.testing.strategies import models, names, token_soups

TEXT = """binary Young, Bald, black
categorical Hair {black, grey}
group Labels = Young, Bald
Young -> Bald  # Young stays in comments
Hair := where(Young == 1, black, grey)
query P(Bald[Young=1]=1, Hair=black | Labels)
query P("Young" | do(black=1))
"""


def renamed(text: str, old: str, new: str) -> str:
    source = Source("<text>", text)
    return edited(source, rename([Analysis(source)], old, new))


def refused(text: str, old: str, new: str) -> str:
    with pytest.raises(UsageError) as caught:
        renamed(text, old, new)
    return caught.value.diagnostics[0].message


def test_a_node_everywhere_and_nowhere_else() -> None:
    assert renamed(TEXT, "Young", "Old") == TEXT.replace("Young", "Old").replace('"Old"', "Old").replace(
        "# Old", "# Young"
    )


def test_a_group() -> None:
    assert renamed(TEXT, "Labels", "All") == TEXT.replace("Labels", "All")


def test_levels_of_that_name_stay() -> None:
    expected = TEXT.replace("Bald, black", "Bald, dark").replace("do(black", "do(dark")
    assert renamed(TEXT, "black", "dark") == expected


@pytest.mark.parametrize(
    ("new", "spelled"),
    [
        ("a b", '"a b"'),
        ('"a b"', '"a b"'),
        ('"A"', "A"),
        ("12", '"12"'),
        ('"model"', '"model"'),
        ('say "x"', '"say \\"x\\""'),
        ("größe", "größe"),
        ("a#b", '"a#b"'),
        ("a;b", '"a;b"'),
        ("X, Y", '"X, Y"'),
        ("a\u0308", "ä"),
    ],
)
def test_quotes_where_they_are_needed(new: str, spelled: str) -> None:
    assert renamed("node X, Y\nX -> Y", "X", new).startswith(f"node {spelled}, Y\n{spelled} -> Y")


def test_words_that_are_keywords_in_other_places() -> None:
    assert renamed("binary X, Y\nX -> Y\nquery P(Y[X=1])", "Y", "E") == "binary X, E\nX -> E\nquery P(E[X=1])"
    assert renamed("real X, Y\nX -> Y\nquery E[Y[X=1]]", "Y", "E") == "real X, E\nX -> E\nquery E[E[X=1]]"


def test_refusals() -> None:
    assert refused(TEXT, "Young", "Bald") == "`Bald` is declared already"
    assert refused(TEXT, "Young", "Labels") == "`Labels` is declared already"
    assert refused(TEXT, "Young", "model") == "`model` is a word of the language"
    assert refused(TEXT, "Nobody", "A") == "`Nobody` is not declared"
    for name in ("", "   ", "a\nb", "a\rb", "a\x00b", "\u202eab", '"a', '""'):
        assert refused(TEXT, "Young", name).endswith("cannot be a name")


def test_a_name_that_would_become_a_level_is_refused() -> None:
    text = "categorical H, G {x, y}\nG -> H\nassert E[H == G] > 0.5"
    assert refused(text, "G", "x") == "`x` would be something else where `G` stands"
    assert renamed(text, "G", "z") == text.replace("G", "z")


def test_texts_with_errors_too() -> None:
    text = "binary A, B\nA -> -> B\nB ~ neurla\nC -> A\nA -> A"
    assert renamed(text, "A", "Z") == text.replace("A", "Z")


def test_files(tmp_path: Path) -> None:
    (tmp_path / "used.causal").write_text("binary A, B\nA -> B")
    main = Source(str(tmp_path / "main.causal"), 'use "used.causal"\nquery P(A | B)')
    other = Source(str(tmp_path / "other.causal"), 'use "used.causal"\nnode New\nA -> New')
    analyses = [Analysis(source, Folder(tmp_path)) for source in (main, other)]
    edits = rename(analyses, "A", "Z z")
    assert {Path(name).name: len(found) for name, found in edits.items()} == {
        "main.causal": 1,
        "used.causal": 2,
        "other.causal": 1,
    }
    assert edited(other, edits).endswith('"Z z" -> New')
    with pytest.raises(UsageError, match="`New` is declared already"):
        rename(analyses, "A", "New")


@settings(max_examples=40, deadline=None)
@given(models(), st.data())
def test_the_graph_is_the_same_under_another_name(graph: CausalGraph, data: st.DataObject) -> None:
    text = write_causal(graph)
    old = data.draw(st.sampled_from([node.name for node in graph.nodes] + [name for name, _ in graph.groups]))
    new = data.draw(names())
    try:
        after = renamed(text, old, f'"{new}"' if new.isidentifier() else new)
    except UsageError as refusal:
        said = refusal.diagnostics[0].message
        assert "already" in said or "something else" in said
        return
    there = read_text(after)
    assert len(there.nodes) == len(graph.nodes)
    assert read_text(renamed(after, new, f'"{old}"' if old.isidentifier() else old)) == graph
    assert [n.domain for n in there.nodes] == [n.domain for n in graph.nodes]


@settings(deadline=None)
@given(st.text() | token_soups())
def test_any_text_is_a_name_or_refused(text: str) -> None:
    try:
        name = new_name(text)
    except UsageError:
        return
    assert read_text(renamed("node X, __; X -> __", "X", text)).nodes[0].name == name
