import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from causaldsl.errors import UsageError
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.read import read_text
from causaldsl.graph.surgery import without_effects
from causaldsl.testing.strategies import any_graphs

GRAPH = read_text(
    "binary A, B, C, D; group G = A, B; group H = D; A -> B -> C; A, H -> C; B <-> C; A <-> D; B ~ neural\n"
    "query P(C); assert A _||_ C | B"
)


def some(graph: CausalGraph) -> st.SearchStrategy[set[str]]:
    return st.sets(st.sampled_from([n.name for n in graph]))


def test_do_cuts_what_points_at_the_node() -> None:
    cut = GRAPH.do({"B"})
    assert set(cut.edges) == {("B", "C", "->"), ("A", "C", "->"), ("D", "C", "->"), ("A", "D", "<->")}
    assert cut["B"].mechanism is None
    assert cut["B"].domain == GRAPH["B"].domain
    assert GRAPH["B"].parents == ("A",), "the graph itself is unchanged"


def test_without_effects_cuts_what_the_node_points_at() -> None:
    assert set(without_effects(GRAPH, "B").edges) == set(GRAPH.edges) - {("B", "C", "->")}


def test_subgraph() -> None:
    small = GRAPH.subgraph(["C", "A", "B"])
    assert [n.name for n in small] == ["A", "B", "C"]
    assert set(small.edges) == {("A", "B", "->"), ("B", "C", "->"), ("A", "C", "->"), ("B", "C", "<->")}
    assert small.groups == (("G", ("A", "B")),)
    assert small.queries == small.assertions == ()


@given(st.data())
def test_ancestors_and_descendants_are_networkx_s_and_the_nodes_themselves(data: st.DataObject) -> None:
    graph = data.draw(any_graphs())
    names = data.draw(some(graph))
    plain = nx.DiGraph([(a, b) for a, b, sign in graph.edges if sign == "->"])
    plain.add_nodes_from(n.name for n in graph)
    assert graph.ancestors(names) == names.union(*(nx.ancestors(plain, n) for n in names))
    assert graph.descendants(names) == names.union(*(nx.descendants(plain, n) for n in names))


@given(st.data())
def test_laws_of_do(data: st.DataObject) -> None:
    graph = data.draw(any_graphs())
    a, b = data.draw(some(graph)), data.draw(some(graph))
    assert graph.do(a).do(b) == graph.do(b).do(a) == graph.do(a | b)
    assert graph.do(a).do(a) == graph.do(a)
    assert graph.do(set()) == graph
    for name in a:
        assert graph.do(a).ancestors({name}) == {name}
    assert graph.do(a).descendants(a) == graph.descendants(a)
    assert graph.subgraph(a | b).subgraph(a) == graph.subgraph(a)


@pytest.mark.parametrize("operation", ["do", "subgraph", "ancestors", "descendants"])
def test_unknown_nodes_are_named(operation: str) -> None:
    with pytest.raises(UsageError, match="no node `Z`"):
        getattr(GRAPH, operation)({"A", "Z"})
