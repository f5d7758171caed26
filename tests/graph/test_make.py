import pytest
from hypothesis import given

from causaldsl.errors import GraphError
from causaldsl.graph.ir import CausalGraph, Node
from causaldsl.graph.make import make_graph
from causaldsl.testing.strategies import any_graphs

A, B, C = Node("A", None), Node("B", None), Node("C", None)


def test_order_of_declaration_rules() -> None:
    graph = make_graph([A, B, C], [("B", "C", "->"), ("A", "C", "->"), ("C", "A", "<->"), ("A", "C", "<->")], "m", "t")
    assert graph["C"].parents == ("A", "B")
    assert graph.confounded == (("A", "C"),)
    assert (graph.name, graph.title) == ("m", "t")


@given(any_graphs())
def test_a_graph_is_made_of_its_parts(graph: CausalGraph) -> None:
    assert make_graph(graph.nodes, graph.edges, graph.name, graph.title) == graph


@pytest.mark.parametrize(
    ("nodes", "edges", "code"),
    [
        ([A, A], [], "C202"),
        ([A], [("A", "B", "->")], "C201"),
        ([A], [("B", "A", "<->")], "C201"),
        ([Node("A", None, ("Z",))], [], "C201"),
        ([A], [("A", "A", "->")], "C204"),
        ([A, B], [("A", "B", "->"), ("B", "A", "->")], "C203"),
        ([Node("", None)], [], "C219"),
        ([Node("a\nb", None)], [], "C219"),
        ([Node("a\u202eb", None)], [], "C219"),
        ([Node("u\u0308", None)], [], "C219"),
    ],
)
def test_what_is_no_graph(nodes: list[Node], edges: list[tuple[str, str, str]], code: str) -> None:
    with pytest.raises(GraphError) as caught:
        make_graph(nodes, edges)
    assert [d.code for d in caught.value.diagnostics] == [code]
