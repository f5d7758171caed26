import json
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causaldsl.errors import CausalError, CausalSyntaxError
from causaldsl.formats import node_link
from causaldsl.formats.node_link import plugin
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.read import read_text
from causaldsl.testing.formats import assert_reads_or_refuses
from causaldsl.testing.strategies import any_graphs


def read(**document: Any) -> tuple[CausalGraph, tuple[str, ...]]:
    links = {} if "edges" in document else {"links": []}
    return plugin.read(json.dumps({"directed": True, "nodes": [], **links, **document}), "x.json")


def test_how_it_is_written() -> None:
    graph = read_text(
        'model m "A title"; binary A, B; latent U : real; U -> A, B; A -> B; A <-> B; A ~ k(n=1); group G = A, B; '
        "query P(B | do(A)); query A _||_ B"
    )
    assert json.loads(plugin.write(graph)[0]) == {
        "directed": True,
        "multigraph": False,
        "graph": {"name": "m", "title": "A title", "group": ["G = A, B"], "query": ["P(B | do(A))", "A _||_ B"]},
        "nodes": [
            {"id": "A", "domain": "binary", "mechanism": "k(n=1)"},
            {"id": "B", "domain": "binary"},
            {"id": "U", "domain": "real", "latent": True},
        ],
        "edges": [
            {"source": "U", "target": "A"},
            {"source": "A", "target": "B"},
            {"source": "U", "target": "B"},
            {"source": "B", "target": "A", "dir": "both"},
        ],
    }


@given(any_graphs(max_nodes=5))
@settings(max_examples=40, deadline=None)
def test_networkx_reads_it(graph: CausalGraph) -> None:
    read = nx.node_link_graph(json.loads(plugin.write(graph)[0]))
    assert type(read) is nx.DiGraph
    assert list(read) == [node.name for node in graph]
    found = {(a, b, "<->" if marks else "->") for a, b, marks in read.edges(data=True)}
    assert {(a, b, sign) if sign == "->" else (*sorted((a, b)), sign) for a, b, sign in found} == {
        (a, b, sign) if sign == "->" else (*sorted((a, b)), sign) for a, b, sign in graph.edges
    }
    assert {name for name, latent in read.nodes(data="latent") if latent} == set(graph.latents)


@pytest.mark.parametrize("edges", ["links", "edges"])
def test_what_networkx_writes_is_read(edges: str) -> None:
    drawn: nx.DiGraph[Any] = nx.DiGraph(name="drawn")
    drawn.add_edges_from([(3, "b"), ("b", 2.5), (3, "größe")])
    graph, lost = plugin.read(json.dumps(nx.node_link_data(drawn, edges=edges)), "x.json")
    assert graph == read_text('model drawn; node "3", b, "2.5", größe; "3" -> b -> "2.5"; "3" -> größe')
    assert lost == ()


def test_latents_as_others_write_them() -> None:
    graph, lost = read(
        graph={"latents": ["P"], "seed": None},
        nodes=[
            {"id": "P", "weight": None},
            {"id": "Y", "hidden": True},
            {"id": "D", "observed": "no"},
            {"id": "N", "observed": "yes", "hidden": False, "latent": 0},
            {"id": "R", "roles": ["latents"]},
        ],
        edges=[{"source": name, "target": "N", "weight": None} for name in "PYDR"],
    )
    assert graph == read_text("latent P, Y, D; node N; latent R; P, Y, D, R -> N")
    assert lost == ()


def test_what_is_lost_is_said() -> None:
    graph, lost = read(
        graph={"name": 3, "latents": ["Z"], "query": "P(C)", "group": ["G = B, A", "H"], "assert": [1]},
        nodes=[
            {"id": "A", "color": "red", "domain": "no such", "mechanism": "k; node C", "latent": "perhaps"},
            {"id": "B", "color": "blue", "domain": ["binary"], "equation": "A := 1", "roles": ["outcomes"]},
        ],
        links=[{"source": "A", "target": "B", "weight": 2, "dir": "up"}],
        layout={},
        edges_of=[],
        **{"\x1b[31m": 1},
    )
    assert graph == read_text("node A, B; A -> B; group G = B, A")
    assert sorted(lost) == [
        "attribute '\\x1b[31m' of the text",
        "attribute assert of the graph",
        "attribute color of a node (2 times)",
        "attribute dir of an edge",
        "attribute domain of a node (2 times)",
        "attribute edges_of of the text",
        "attribute equation of a node",
        "attribute group of the graph",
        "attribute latent of a node",
        "attribute latents of the graph",
        "attribute layout of the text",
        "attribute mechanism of a node",
        "attribute name of the graph",
        "attribute query of the graph",
        "attribute roles of a node",
        "attribute weight of an edge",
    ]


def test_directions() -> None:
    ends = {"source": "A", "target": "B"}
    nodes = [{"id": "A"}, {"id": "B"}]
    assert read(nodes=nodes, links=[{**ends, "dir": "back"}])[0].edges == (("B", "A", "->"),)
    assert read(nodes=nodes, links=[{**ends, "dir": "both"}, ends])[0].edges == (("A", "B", "->"), ("A", "B", "<->"))


NODES = '{"directed": true, "nodes": [{"id": "Rain"}, {"id": "Wet"}], "links": '


@pytest.mark.parametrize(
    ("text", "code", "place", "message"),
    [
        ("", "C133", (1, 1), "no JSON: expecting value"),
        ('{"nodes": [}', "C133", (1, 12), "no JSON: expecting value"),
        ("[" * 100_000, "C132", (1, 1), "nests too deep"),
        ('{"nodes": [' + "1" * 5000 + "]}", "C133", (1, 1), "too many digits"),
        ("[1]", "C133", (1, 1), "no node-link graph"),
        ('{"directed": true, "links": []}', "C133", (1, 1), "no node-link graph"),
        ('{"nodes": [], "links": []}', "C122", (1, 1), '`"directed": true`'),
        ('{"directed": false, "nodes": [], "links": []}', "C122", (1, 1), "undirected"),
        ('{"directed": true, "multigraph": true, "nodes": [], "links": []}', "C133", (1, 1), "nx.DiGraph(graph)"),
        ('{"directed": true, "nodes": [], "arcs": []}', "C133", (1, 1), "no node-link graph"),
        ('{"directed": true, "links": [], "nodes": {}}', "C133", (1, 1), "`nodes` is no list of objects"),
        ('{"directed": true, "links": [], "nodes": [1]}', "C133", (1, 1), "`nodes` is no list of objects"),
        ('{"directed": true, "nodes": [], "links": [], "graph": [["name", "x"]]}', "C133", (1, 1), "`graph` is no"),
        ('{"directed": true, "links": [], "nodes": [{"name": "A"}]}', "C133", (1, 1), "node 0 has no `id`"),
        ('{"directed": true, "links": [], "nodes": [{"id": true}]}', "C133", (1, 1), "node 0 has no `id`"),
        ('{"directed": true, "links": [], "nodes": [{"id": "A\\ud800"}]}', "C133", (1, 52), "half of a character"),
        ('{"directed": true, "links": [], "nodes": [{"id": 1},\n {"id": "1"}]}', "C202", (2, 9), "declared twice"),
        ('{"directed": true, "links": [], "nodes": [\n {"id": "a\\nb"}]}', "C219", (2, 9), "cannot be a node's name"),
        (NODES + '[{"source": "Rain"}]}', "C133", (1, 1), "link 0 has no `source` and `target`"),
        (NODES + '\n[{"source": "Rain", "target": "Weet"}]}', "C201", (2, 13), "did you mean `Wet`"),
        (NODES + '\n[{"source": "Rain", "target": "Wet", "dir": "none"}]}', "C122", (2, 13), "has no direction"),
        (NODES + '\n[{"source": "Rain", "target": "Rain"}]}', "C204", (2, 13), "cannot cause itself"),
        (
            NODES + '\n[{"source": "Rain", "target": "Wet"},\n {"source": "Wet", "target": "Rain"}]}',
            "C203",
            (3, 13),
            "Rain -> Wet -> Rain",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(text: str, code: str, place: tuple[int, int], message: str) -> None:
    with pytest.raises(CausalError) as caught:
        plugin.read(text, "x.json")
    (finding,) = caught.value.diagnostics
    assert finding.code == code
    assert finding.span is not None
    assert finding.span.begin == place
    assert message in f"{finding.message}\n{finding.hint}"


def test_a_text_beyond_the_cap_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_link, "MAX_CHARACTERS", 20)
    with pytest.raises(CausalSyntaxError, match="42 characters; 20 are the most"):
        plugin.read('{"directed": true, "nodes": [{"id": "A"}]}', "x.json")


SCALARS = (
    st.none() | st.booleans() | st.integers(-2, 2) | st.floats() | st.sampled_from(("A", "B", "both", "\ud800", "\x1b"))
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner)
)
KEYS = st.sampled_from(
    ("id", "source", "target", "dir", "domain", "equation", "latent", "latents", "group", "name", "x")
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=4)


@given(
    st.lists(OBJECTS | VALUES, max_size=3) | VALUES, st.lists(OBJECTS | VALUES, max_size=3) | VALUES, OBJECTS | VALUES
)
@settings(max_examples=150, deadline=None)
def test_any_json_gives_a_graph_or_an_error_of_ours(nodes: Any, links: Any, graph: Any) -> None:
    document = {"directed": True, "nodes": nodes, "links": links, "graph": graph}
    assert_reads_or_refuses(plugin, json.dumps(document))
