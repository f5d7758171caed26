"""Short texts that stand for very much: each cap is stated, named in a finding, and reached without the work itself."""

from pathlib import Path

import pytest

from causaldsl.errors import Diagnostic
from causaldsl.graph import declare, edges, expression_types, lists, tables
from causaldsl.graph.read import read_source
from causaldsl.source import Source


def findings(text: str) -> list[Diagnostic]:
    return read_source(Source("<text>", text))[1]


def codes(text: str) -> list[str]:
    return [finding.code for finding in findings(text)]


@pytest.mark.parametrize(
    "text",
    [
        "node A, B, C, D; group G = A, B, C; G, G, G, G -> D",
        "node A, B, C, D; query A _||_ * | {}; query B _||_ *; query C _||_ *; query D _||_ *",
        "node A, B, C, D; group G = A, B, C; query P(G | do(D)); query P(G); query P(D | G); query P(D | *)",
    ],
)
def test_groups_and_stars_stand_for_so_much_and_no_more(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "C213" not in codes(text)
    monkeypatch.setattr(lists, "MAX_MEMBERS", 10)
    (finding,) = [f for f in findings(text) if f.code == "C213"]
    assert finding.message == "groups and `*` stand for more than 10 nodes in all"


def test_levels_of_all_domains_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declare, "MAX_LEVELS_IN_ALL", 20)
    assert codes("categorical A, B, C, D {1..20}") == []
    assert codes("categorical A {1..10}\ncategorical B {1..11}\ncategorical C {1..90000}") == ["C206"]


def test_a_table_with_too_few_rows_is_refused_before_they_are_enumerated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "product", None)
    names = ", ".join(f"A{i}" for i in range(21))
    (finding,) = findings(f"binary {names}, Y; Y | {names} := [[0.5, 0.5]]")
    assert finding.message == "the table has 1 rows and needs 2097152"


def test_so_many_suggestions_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "node Mustache, Bald\n" + "\n".join("Mustach -> Bald" for _ in range(5))
    assert all(f.hint == "did you mean `Mustache`?" for f in findings(text))
    monkeypatch.setattr(lists, "MAX_COMPARED", 6)
    assert [f.hint is not None and f.hint.startswith("did you mean") for f in findings(text)] == [True] * 3 + [
        False
    ] * 2


def test_a_latent_that_has_no_causes_is_blamed_once_a_statement() -> None:
    assert codes("latent U, V; node A, B, C; U, V <-> A, B, C") == ["C209", "C209"]
    assert codes("latent U, V; node A, B, C; A, B, C <-> U, V") == ["C209", "C209"]


def test_levels_of_one_domain() -> None:
    names = [f"k{i}" for i in range(declare.MAX_LEVELS + 1)]
    assert codes(f"categorical A {{{', '.join(names[:-1])}}}") == []
    (finding,) = findings(f"categorical A {{{', '.join(names)}}}")
    assert (finding.code, finding.message) == ("C206", "more than 65,536 levels")
    assert codes("categorical A {1..65536}") == []
    assert codes("categorical A {0..65536}") == ["C206"]


def test_the_reference_states_the_caps() -> None:
    reference = (Path(__file__).parents[2] / "grammar" / "README.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").rpartition(" | ") for line in reference.splitlines() if line.startswith("|")]
    stated = {what: how_much for what, _, how_much in rows}
    assert stated["levels of a node; channels, rows and columns of an image"] == f"{declare.MAX_LEVELS:,}"
    assert declare.MAX_SIDE == declare.MAX_LEVELS
    edges_and_nodes = stated["edges that a text stands for; nodes that its groups and `*` stand for"]
    assert edges_and_nodes == f"{edges.MAX_EDGES:,}; {lists.MAX_MEMBERS:,}"
    assert stated["numbers in a table"] == f"{tables.MAX_CELLS:,}"
    nesting = stated["brackets within brackets; operators within operators"]
    assert nesting.startswith(f"200; {expression_types.MAX_DEPTH} (")
    catalogue = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")
    assert f"The domains of a text have at most {declare.MAX_LEVELS_IN_ALL:,} levels together" in catalogue
