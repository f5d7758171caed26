from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causaldsl.errors import CausalError, CausalSyntaxError
from causaldsl.formats import gml
from causaldsl.formats.gml import plugin
from causaldsl.graph.ir import CausalGraph, Node
from causaldsl.graph.make import make_graph
from causaldsl.graph.read import read_text
from causaldsl.testing.formats import assert_reads_or_refuses, assert_round_trip
from causaldsl.testing.strategies import any_graphs


def test_how_it_is_written() -> None:
    graph = read_text('model m "A title"; binary A; latent U; U -> A; node B; B -> A; A <-> B; A ~ k; query P(A | B)')
    text, lost = plugin.write(read_text("binary größe; latent U; U -> größe; größe := U > 0; group G = größe"))
    assert lost == ()
    assert text.splitlines()[-16:] == [
        "  node [",
        "    id 0",
        '    label "gr&#246;&#223;e"',
        '    domain "binary"',
        '    equation "gr&#246;&#223;e := U > 0"',
        "  ]",
        "  node [",
        "    id 1",
        '    label "U"',
        "    latent 1",
        "  ]",
        "  edge [",
        "    source 1",
        "    target 0",
        "  ]",
        "]",
    ]
    assert plugin.read(plugin.write(graph)[0], "x.gml") == (graph, ())


@given(any_graphs(max_nodes=5))
@settings(max_examples=40, deadline=None)
def test_networkx_reads_it(graph: CausalGraph) -> None:
    read = nx.parse_gml(plugin.write(graph)[0])
    assert type(read) is nx.DiGraph
    assert list(read) == [node.name for node in graph]
    directed = {(a, b) for a, b, marks in read.edges(data=True) if not marks}
    assert directed == {(a, b) for a, b, sign in graph.edges if sign == "->"}
    assert read.number_of_edges() == len(graph.edges)


@pytest.mark.parametrize("name", ["[]", "()", "_networkx_list_start", "NAN", "12", "&amp;", '"', "# a", "a [ b ]"])
def test_names_that_networkx_reads_as_something_else(name: str) -> None:
    assert_round_trip(plugin, make_graph([Node(name, None), Node("B", None)], [(name, "B", "->")], name))


def test_what_networkx_writes_is_read() -> None:
    drawn: nx.DiGraph[Any] = nx.DiGraph(name="drawn")
    drawn.add_edges_from([(3, "b"), ("b", 2), (3, "größe")])
    graph, lost = plugin.read("\n".join(nx.generate_gml(drawn)), "x.gml")
    assert graph == read_text('model drawn; node "3", b, "2", größe; "3" -> b -> "2"; "3" -> größe')
    assert lost == ()


def test_as_dowhy_has_it() -> None:
    text = (
        'graph[directed 1 node[id "v" label "v" observed "yes"] node[id "Unobserved Confounders" '
        'label "Unobserved Confounders" observed "no"] node[id "y" label "y"]\n'
        'edge[source "Unobserved Confounders" target "v"] edge[source "Unobserved Confounders" target "y"] '
        'edge[source "v" target "y"]]'
    )
    graph, lost = plugin.read(text, "x.gml")
    assert graph == read_text(
        'node v; latent "Unobserved Confounders"; node y; "Unobserved Confounders" -> v, y; v -> y'
    )
    assert lost == ()


def test_what_others_write_beside_and_inside_is_said() -> None:
    text = (
        'Creator "yFiles" Version "2.17" # graph x\ngraph [ hierarchic 1 directed 1 node [ id 0 label "A" '
        'graphics [ x 1.0 type "[" ] ] node [ id 1 label "B" ] edge [ source 0 target 1 value 2 ] edge [ source 1 '
        'target 0 dir "back" value 3 ] ]'
    )
    with pytest.raises(CausalError):
        plugin.read(text.replace('dir "back"', ""), "x.gml")
    graph, lost = plugin.read(text, "x.gml")
    assert graph == read_text("node A, B; A -> B")
    assert sorted(lost) == [
        "attribute Creator of the text",
        "attribute Version of the text",
        "attribute graphics of a node",
        "attribute hierarchic of the graph",
        "attribute value of an edge (2 times)",
    ]


def test_nodes_without_labels_are_called_by_their_numbers() -> None:
    graph, _ = plugin.read(
        "graph [ directed 1 node [ id 7 ] node [ id 3 label x ] edge [ source 7 target 3 ] ]", "x.gml"
    )
    assert graph == read_text('node "7", x; "7" -> x')


@pytest.mark.parametrize(
    ("text", "code", "place", "message"),
    [
        ("", "C133", (1, 1), "no graph in GML: input contains no graph"),
        ("graph [\n  directed ?\n]", "C133", (2, 12), "no graph in GML"),
        ("graph [ directed 1\n  node [ id 0", "C133", (2, 14), "no graph in GML: expected ']'"),
        ("graph [ directed 1\n  node [ label 1 ] ]", "C133", (1, 1), "no graph in GML: node #0 has no 'id'"),
        ("graph 5", "C133", (1, 1), "no graph in GML"),
        ("graph [ ] graph [ ]", "C133", (1, 1), "more than one graph"),
        ("graph " + "[ a " * 100_000, "C132", (1, 207), "nest deeper than 50"),
        ("graph [ node [ id 0 ] ]", "C122", (1, 1), "`directed 1`"),
        ("graph [ directed 1 multigraph 1 ]", "C133", (1, 1), "nx.DiGraph(graph)"),
        ('graph [ directed 1 node [ id 0 label "a&#xD800;b" ] ]', "C133", (1, 40), "half of a character"),
        ('graph [ directed 1 node [ id 0 label "a&#10;b" ] ]', "C219", (1, 27), "cannot be a node's name"),
        ("graph [ directed 1 node [ id 0 label [ x 1 ] ] ]", "C133", (1, 1), "the label of node 0 is no text"),
        ("graph [ directed 1 node [ id 0 ] edge [ source 0 target 1 ] ]", "C133", (1, 1), "undefined target 1"),
        ("graph [ directed 1 node [ id 0 ]\n edge [ source 0 target 0 ] ]", "C204", (2, 9), "cannot cause itself"),
        (
            'graph [ directed 1 node [ id 0 label "A" ]\nnode [ id 1 label "A" ] ]',
            "C202",
            (2, 8),
            "`A` is declared twice",
        ),
        (
            'graph [ directed 1 node [ id 0 ] node [ id 1 ]\nedge [ source 0 target 1 dir "none" ] ]',
            "C122",
            (2, 8),
            "the edge of 0 and 1 has no direction",
        ),
        (
            "graph [ directed 1 node [ id 0 ] node [ id 1 ] edge [ source 0 target 1 ]\nedge [ source 1 target 0 ] ]",
            "C203",
            (2, 8),
            "0 -> 1 -> 0",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, code: str, place: tuple[int, int], message: str) -> None:
    with pytest.raises(CausalError) as caught:
        plugin.read(text, "x.gml")
    (finding,) = caught.value.diagnostics
    assert finding.code == code
    assert finding.span is not None
    assert finding.span.begin == place
    assert message in f"{finding.message}\n{finding.hint}"


def test_a_text_beyond_the_cap_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gml, "MAX_CHARACTERS", 10)
    with pytest.raises(CausalSyntaxError, match="22 characters; 10 are the most"):
        plugin.read("graph [ directed 1 ] #", "x.gml")


WORDS = (
    "graph", "node", "edge", "[", "]", "directed 1", "id 0", "id 1", "label", '"A"', '"', "source 0", "target 1", "\n",
    "#",
    "1.5", "INF", "x", "&#55296;", "\x85", "\u2028", "dir", '"both"', "\\", "multigraph 1",
)  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
@settings(max_examples=150, deadline=None)
def test_any_words_give_a_graph_or_an_error_of_ours(text: str) -> None:
    assert_reads_or_refuses(plugin, text)
    assert_reads_or_refuses(plugin, f"graph [ directed 1 node [ id 0 ] node [ id 1 {text} ] {text} ]")
