import re
from pathlib import Path

import pytest

from causaldsl.catalogue import entries
from causaldsl.errors import GraphError
from causaldsl.graph.read import read_file, read_text
from causaldsl.source import Source
from causaldsl.syntax.parser import parse
from causaldsl.syntax.printer import format_document

NODES = "node A, B, C, D\nA -> B\n"


def said(text: str) -> list[str]:
    return [f"{w.code} {w.span.text if w.span else ''}" for w in read_text(text).warnings]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A, C -> B  # allow: C250", []),
        ("A, C -> B  #allow:c250", []),
        ("A, C -> B  # allow: C250  # both papers say so", []),
        ("A -> B; C -> B  # allow: C250", []),
        ("C -> B; A -> B  # allow: C250", []),
        ("A -> B\nC -> B  # allow: C250", ["C250 A -> B", "C460 C250"]),
        ("# allow: C250\nA -> B", ["C460 C250", "C250 A -> B"]),
        ("A -> B # allow for nothing", ["C250 A -> B"]),
        ('latent "# allow: C251"', ['C251 "# allow: C251"']),
        # over several lines: what begins on the line, and at the end what begins in the statement
        ("A ->\n B  # allow: C250", []),
        ("A ->  # allow: C250\n B", []),
        ("A ->\n {  # allow: C250\n B}", ["C250 A ->\n {  # allow: C250\n B}", "C460 C250"]),
        ("latent U,  # allow: C251\n V", ["C251 V"]),
        ("latent U,\n V  # allow: C251", []),
        ("latent U,\n V; A ->\n B # allow: C251", ["C251 U", "C251 V", "C250 A ->\n B", "C460 C251"]),
        # several codes, and codes that are none
        ("latent U; A -> B  # allow: C250, C251", []),
        ("A -> B  # allow: C250, C251", ["C460 C251"]),
        ("A -> B  # allow: C250 C250", []),
        ("A -> C  # allow: C203", ["C460 C203"]),
        ("A -> B  # allow: C25O", ["C250 A -> B", "C461 C25O"]),
        ("A -> B  # allow: C460, C461", ["C250 A -> B", "C460 C460", "C460 C461"]),
        ("A -> B  # allow: C250, as both papers say", ["C461 as both papers say"]),
        ("A -> B  # allow:", ["C250 A -> B", "C461 # allow:"]),
    ],
)
def test_what_is_allowed(text: str, expected: list[str]) -> None:
    assert said(NODES + text) == expected
    document, findings = parse(Source.normalised("t.causal", NODES + text))
    assert findings == []
    codes = [e.split()[0] for e in expected]
    assert [w.code for w in read_text(format_document(document)).warnings] == codes, "the formatter changes nothing"


def test_every_warning_can_be_allowed() -> None:
    text = """
        node A, B, X, Y; A -> B; real R, Q, S; binary I, J; I -> J
        A -> B                              # allow: C250
        latent U                            # allow: C251
        latent V; V -> A                    # allow: C252
        group G = A                         # allow: C253
        image F[3, 32, 32]                  # allow: C254
        R, S -> Q                           # allow: C255
        Q := R + normal(0, 1)
        query P(J | do(I=1), I=1)           # allow: C350
    """
    assert read_text(text).warnings == ()
    bare = read_text(re.sub("#.*", "", text)).warnings
    assert [w.code for w in bare] == re.findall("allow: (C...)", text)


def test_errors_are_never_silenced() -> None:
    with pytest.raises(GraphError) as caught:
        read_text("node A\nA -> B  # allow: C201\nlatent U  # allow: C251")
    assert [d.code for d in caught.value.diagnostics] == ["C201", "C460"], "C251 is looked for only without errors"


def test_a_used_file_allows_its_own(tmp_path: Path) -> None:
    (tmp_path / "a.causal").write_text("node A, B\nA -> B\nA -> B  # allow: C250, C255, C999\n")
    (tmp_path / "b.causal").write_text('use "a.causal"\n')
    assert read_file(tmp_path / "b.causal").warnings == ()
    assert [w.code for w in read_file(tmp_path / "a.causal").warnings] == ["C460", "C461"]


def test_the_catalogue_knows_which_codes_are_warnings() -> None:
    package = Path(__file__).parents[2] / "causaldsl"
    source = "\n".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    warnings = set(re.findall(r'(?:"(C\d{3})", "warning"|warning\("(C\d{3})")', source))
    assert {a or b for a, b in warnings} == {entry.code for entry in entries().values() if entry.is_warning}
