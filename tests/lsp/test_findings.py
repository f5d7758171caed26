import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causaldsl.graph.use import Folder
from causaldsl.lsp.analysis import Analysis
from causaldsl.lsp.findings import findings
from causaldsl.lsp.fixes import Fix, fixes
from causaldsl.source import Source
from causaldsl.testing.strategies import token_soups

GOLDEN = sorted((Path(__file__).parents[1] / "diagnostics").glob("C*.txt"))


def cases() -> list[str]:
    texts = [
        block.partition("\n")[2].partition("\n---\n")[0]
        for p in GOLDEN
        for block in p.read_text("utf-8").split("=== ")[1:]
    ]
    return [re.sub(r"<U\+([0-9A-F]{4})>", lambda m: chr(int(m[1], 16)), text) for text in texts]


def applied(source: Source, fix: Fix) -> Analysis:
    return Analysis(Source(source.name, source.text[: fix.span.start] + fix.text + source.text[fix.span.end :]))


def counted(analysis: Analysis, code: str) -> int:
    return sum(f.diagnostic.code == code for f in findings(analysis))


def test_the_same_findings_as_check() -> None:
    for text in cases():
        analysis = Analysis(Source.normalised("t.causal", text))
        assert [f.diagnostic for f in findings(analysis)] == list(analysis.examined.findings)


def test_what_is_declared_twice_points_at_the_first() -> None:
    (found,) = findings(Analysis(Source("<text>", "binary A\nreal A")))
    ((span, said),) = found.related
    assert (span.begin.line, said) == (1, "`A` is declared here")


def test_what_might_be_deleted_is_marked() -> None:
    found = {
        f.diagnostic.code: f.needless
        for f in findings(Analysis(Source("<text>", "binary A, B; A -> B; A -> B; image F[3, 32, 32]")))
    }
    assert found == {"C250": True, "C254": False}


def test_findings_of_used_files_stand_at_the_use(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.causal").write_text('use "deep/b.causal"')
    (tmp_path / "deep" / "b.causal").write_text("binary A\nA -> B")
    (tmp_path / "c.causal").write_text("binary X")
    text = 'use "c.causal"\nuse "a.causal"\nbinary Y Z'
    found = list(findings(Analysis(Source(str(tmp_path / "main.causal"), text), Folder(tmp_path))))
    assert [(f.diagnostic.code, f.diagnostic.span and f.diagnostic.span.text) for f in found] == [
        ("C101", "Z"),
        ("C201", '"a.causal"'),
    ]
    assert found[1].diagnostic.message == "deep/b.causal:2:6: `B` is not declared"
    ((span, said),) = found[1].related
    assert (Path(span.source.name).name, span.begin.line, said) == ("b.causal", 2, "`B` is not declared")


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("binary Young\nYuong -> Young", "binary Young\nYoung -> Young"),
        ('binary "a bcd"\n"a bcc" -> "a bcd"', 'binary "a bcd"\n"a bcd" -> "a bcd"'),
        ("binry A", "binary A"),
        ("binary A\nA ~ neurla", "binary A\nA ~ neural"),
        ("binary A\nA ~ neural(hiden=3)", "binary A\nA ~ neural(hidden=3)"),
        ("real A\nA := nromal(0, 1)", "real A\nA := normal(0, 1)"),
        ("categorical H {black, grey}\nquery P(H=gray)", "categorical H {black, grey}\nquery P(H=grey)"),
        ("node model, B", 'node "model", B'),
        ("binary A\n# c\nA -> Nil", "binary A\nbinary Nil\n# c\nA -> Nil"),
        ("Nil -> Nil", "binary Nil\nNil -> Nil"),
        ("binary A, B  # allow: C25O", "binary A, B  # allow: C250"),
        ("node 12", 'node "12"'),
    ],
)
def test_fixes(text: str, after: str) -> None:
    source = Source("<text>", text)
    (fix, *_) = fixes(Analysis(source), 0, len(text))
    assert applied(source, fix).source.text == after


def test_every_fix_mends_what_it_is_about() -> None:
    tried = 0
    for text in cases():
        analysis = Analysis(Source.normalised("t.causal", text))
        for fix in fixes(analysis, 0, len(text)):
            code = fix.diagnostic.code
            assert counted(applied(analysis.source, fix), code) < counted(analysis, code), (text, fix.title)
            tried += 1
    assert tried > 20


def test_fixes_where_the_cursor_is() -> None:
    text = "binary Young\nYuong -> Young\nMael -> Young"
    analysis = Analysis(Source("<text>", text))
    assert [fix.title for fix in fixes(analysis, 15, 15)] == ["replace `Yuong` by `Young`"]
    assert list(fixes(analysis, 0, 3)) == []


@settings(deadline=None)
@given(token_soups() | st.text())
def test_any_text(text: str) -> None:
    analysis = Analysis(Source.normalised("<text>", text))
    for found in findings(analysis):
        assert found.diagnostic.span is not None
        assert 0 <= found.diagnostic.span.start <= found.diagnostic.span.end <= len(analysis.source.text)
    list(fixes(analysis, 0, len(text)))
