from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from causaldsl.graph.use import Folder
from causaldsl.lsp.analysis import Analysis
from causaldsl.lsp.navigate import definition, outline, references
from causaldsl.source import Source
from causaldsl.testing.strategies import token_soups


def at(span: object) -> tuple[str, int, int] | None:
    begin = span.begin if span is not None else None  # type: ignore[attr-defined]
    return None if begin is None else (Path(span.source.name).name, begin.line, begin.column)  # type: ignore[attr-defined]


def test_definitions(tmp_path: Path) -> None:
    (tmp_path / "used.causal").write_text("\n  binary A; group G = A")
    text = 'use "used.causal"\nnode B\nA, G -> B -> C\nuse "../x.causal"; use "none.causal"'
    analysis = Analysis(Source(str(tmp_path / "main.causal"), text), Folder(tmp_path))
    found = {
        word: at(definition(analysis, text.rindex(word))) for word in ("A", "G", "B", "C", "used", "..", "none", "use")
    }
    assert found == {
        "A": ("used.causal", 2, 10),
        "G": ("used.causal", 2, 19),
        "B": ("main.causal", 2, 6),
        "used": ("used.causal", 1, 1),
        **dict.fromkeys(("C", "..", "none", "use")),
    }
    assert at(definition(analysis, 1)) == ("used.causal", 1, 1)
    assert definition(Analysis(Source("untitled:1", text)), 6) is None


def test_references_of_texts_that_belong_together(tmp_path: Path) -> None:
    (tmp_path / "used.causal").write_text("binary A\nA -> A")
    names = ("one.causal", "two.causal")
    folder = Folder(tmp_path)
    analyses = [Analysis(Source(str(tmp_path / name), 'use "used.causal"\nquery P(A)'), folder) for name in names]
    places = [at(mention.span) for mention in references(analyses, "A")]
    assert sorted(p for p in places if p) == [
        ("one.causal", 2, 9),
        ("two.causal", 2, 9),
        ("used.causal", 1, 8),
        ("used.causal", 2, 1),
        ("used.causal", 2, 6),
    ]
    assert len(references(analyses, "A", declaration=False)) == 4
    assert references(analyses, "B") == []


def test_outline() -> None:
    text = "binary A, A\nimage F[3, 8, 8]\nlatent U\ngroup G = A\nA -> F\n"
    text += "query  P(A |\n  F)\nassert not A _||_ F\nnode x y"
    found = [(s.kind, s.name, s.detail, s.span.text) for s in outline(Analysis(Source("<text>", text)))]
    assert found == [
        ("node", "A", "binary", "binary A, A"),
        ("image", "F", "image [3, 8, 8]", "image F[3, 8, 8]"),
        ("latent", "U", "latent", "latent U"),
        ("group", "G", "group", "group G = A"),
        ("question", "P(A | F)", "query", "query  P(A |\n  F)"),
        ("claim", "not A _||_ F", "assert", "assert not A _||_ F"),
        ("node", "x", "declared in a statement that cannot be read", "node x y"),
        ("node", "y", "declared in a statement that cannot be read", "node x y"),
    ]


@settings(deadline=None)
@given(token_soups() | st.text(), st.data())
def test_any_text_at_any_place(text: str, data: st.DataObject) -> None:
    source = Source.normalised("<text>", text)
    analysis = Analysis(source)
    definition(analysis, data.draw(st.integers(0, len(source.text))))
    for symbol in outline(analysis):
        assert symbol.span.start <= symbol.name_span.start <= symbol.name_span.end <= symbol.span.end
