import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from causaldsl.graph.cycles import find_cycles

digraphs = st.integers(1, 7).flatmap(
    lambda n: st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=14).map(lambda e: (n, e))
)


@given(digraphs)
def test_one_cycle_a_component_and_it_is_one(drawn: tuple[int, list[tuple[int, int]]]) -> None:
    n, edges = drawn
    children: dict[str, list[str]] = {str(i): [] for i in range(n)}
    for tail, head in edges:
        children[str(tail)].append(str(head))
    graph = nx.DiGraph([(a, b) for a, kids in children.items() for b in kids])
    knots = [c for c in nx.strongly_connected_components(graph) if len(c) > 1 or graph.has_edge(*list(c) * 2)]
    cycles = find_cycles(children)
    assert len(cycles) == len(knots)
    for cycle in cycles:
        assert len(set(cycle)) == len(cycle)
        for tail, head in zip(cycle, [*cycle[1:], cycle[0]], strict=True):
            assert graph.has_edge(tail, head)


def test_a_shortest_cycle_is_shown() -> None:
    assert find_cycles({"A": ["B"], "B": ["C", "D"], "C": ["D"], "D": ["A"]}) == [["A", "B", "D"]]


def test_a_long_cycle_needs_no_recursion() -> None:
    n = 20_000
    (cycle,) = find_cycles({str(i): [str((i + 1) % n)] for i in range(n)})
    assert len(cycle) == n
