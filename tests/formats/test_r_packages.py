"""The graphs of dosearch and causaleffect, R packages on identification; no text of theirs is copied."""

import pytest

from causaldsl.errors import CausalError
from causaldsl.formats.causaleffect import plugin as causaleffect
from causaldsl.formats.dosearch import plugin as dosearch
from causaldsl.plugins.protocols import GraphReader, GraphWriter

PAIR = "g <- graph.formula(x -+ m, m -+ y, x -+ y, y -+ x, simplify = FALSE)\n"
FLAG = 'g <- set.edge.attribute(graph = g, name = "description", index = c(3, 4), value = "U")\n'


def edges(plugin: GraphReader, text: str) -> list[str]:
    return sorted(" ".join((a, sign, b)) for a, b, sign in plugin.read(text, "x")[0].edges)


def test_they_are_read_only_and_no_ending_is_theirs() -> None:
    for plugin in (dosearch, causaleffect):
        assert isinstance(plugin, GraphReader)
        assert not isinstance(plugin, GraphWriter)
        assert plugin.suffixes == ()


def test_dosearch() -> None:
    text = "\n  x -> z\n  z->y\r\n\n x <-> y\n w\n z -> r : x = 0, y = 1; x = 1\n x -> z\n"
    graph, lost = dosearch.read(text, "x")
    assert [node.name for node in graph] == ["x", "z", "y", "w", "r"]
    assert edges(dosearch, text) == ["x -> z", "x <-> y", "z -> r", "z -> y"]
    assert lost == ("label of z -> r",)


@pytest.mark.parametrize(
    "flag",
    [
        FLAG,
        'g <- set_edge_attr(g, "description", 3:4, "U")  # by place',
        "set.edge.attribute(g, \"description\", index = c(3L, 4L), value = 'U')",
        'library(igraph)\ng <- igraph::set_edge_attr(g, "description", c(3:3, 4), "U")',
    ],
)
def test_causaleffect(flag: str) -> None:
    graph, lost = causaleffect.read(PAIR + flag, "x")
    assert graph.edges == (("x", "m", "->"), ("m", "y", "->"), ("x", "y", "<->"))
    assert lost == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("graph.formula(x -+ y)", ["x -> y"]),
        ("graph_from_literal(a --+ b +- c - + d, e)", ["a -> b", "c -> b", "c -> d"]),
        ("g <- graph_from_literal(A:B -+ C:D)", ["A -> C", "A -> D", "B -> C", "B -> D"]),
        ("graph.formula(\"f g\" -+ `h i`, 'j' -+ .k)", ["f g -> h i", "j -> .k"]),
        ("graph.formula(x -+ y, # c\n x -+ y)", ["x -> y"]),
        (PAIR.replace("x -+ y, y -+ x", "x ++ y") + FLAG, ["m -> y", "x -> m", "x <-> y"]),
    ],
)
def test_formulas(text: str, expected: list[str]) -> None:
    assert edges(causaleffect, text) == expected


@pytest.mark.parametrize(
    ("plugin", "text", "code", "place", "said"),
    [
        (dosearch, "x -> y\n  x -- y", "C123", (2, 3), "`x <-> y` for an unobserved"),
        (dosearch, "x -> y; y -> z", "C123", (1, 1), "an edge a line"),
        (dosearch, "x -> y\ny -> x", "C203", (2, 1), "cycle"),
        (dosearch, "x <-> x", "C204", (1, 1), "no common cause with itself"),
        (causaleffect, "", "C123", (1, 1), "no `graph.formula(..)`"),
        (causaleffect, "x -> y", "C123", (1, 3), "`graph.formula(x -+ y, ..)`"),
        (causaleffect, "graph.formula x", "C123", (1, 15), "expected `(`"),
        (causaleffect, "graph.formula(x -+ y", "C123", (1, 21), "expected `)`"),
        (causaleffect, "graph.formula(x -+ y; z)", "C123", (1, 21), "unexpected `;`"),
        (causaleffect, "graph.formula(x -+, y)", "C123", (1, 17), "leads to a node"),
        (causaleffect, "graph.formula(x y)", "C123", (1, 17), "`x -+ y`"),
        (causaleffect, "graph.formula(x - y)", "C125", (1, 17), "an arrow is written `-+`"),
        (causaleffect, "graph.formula(x -+ y, y -+ x)", "C203", (1, 25), "cycle"),
        (causaleffect, PAIR.replace("FALSE", "TRUE") + FLAG, "C128", (2, 6), "simplify = FALSE"),
        (causaleffect, PAIR + FLAG.replace("c(3, 4)", "3"), "C128", (1, 38), "none from y back to x"),
        (causaleffect, PAIR + FLAG.replace("c(3, 4)", "c(3, 5)"), "C128", (2, 6), "there are 4"),
        (causaleffect, PAIR + FLAG.replace("c(3, 4)", "1:99999999"), "C128", (2, 68), "no edge 99999999"),
        (causaleffect, PAIR + FLAG.replace("c(3, 4)", "which"), "C128", (2, 66), "by their numbers"),
        (causaleffect, PAIR + FLAG.replace('"U"', '"V"'), "C128", (2, 6), '"description" "U"'),
        (causaleffect, PAIR.replace("x -+ m", "x:z -+ m") + FLAG, "C128", (1, 21), "of sets"),
    ],
)
def test_what_cannot_be_read(plugin: GraphReader, text: str, code: str, place: tuple[int, int], said: str) -> None:
    with pytest.raises(CausalError) as caught:
        plugin.read(text, "x")
    (finding,) = caught.value.diagnostics
    assert (finding.code, finding.span and finding.span.begin) == (code, place)
    assert said in str(finding)
