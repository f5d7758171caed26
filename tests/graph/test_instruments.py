import pytest

from causaldsl.errors import UsageError
from causaldsl.graph.instruments import instruments
from causaldsl.graph.read import read_text
from tests.brute_force import Dag, random_graph, written_out


@pytest.mark.parametrize("block", range(4))
def test_all_instruments_by_definition(block: int) -> None:
    some = colliders = 0
    for seed in range(500 * block, 500 * block + 500):
        graph = random_graph(seed)
        dag = Dag.of(graph)
        if len(dag.observed) < 3:
            continue
        x, y = sorted(dag.observed[:2], key=lambda n: n in dag.descendants(dag.observed[0]))[::-1]
        for a, b in ((x, y), (dag.observed[-1], x)):
            expected = dag.instruments(a, b)
            found = list(graph.instruments(a, b))
            assert len(found) == len(set(found))
            assert {(i.node, i.given) for i in found} == expected, (seed, graph.edges, a, b)
            assert set(written_out(graph).instruments({a}, {b})) == set(found)
            some += bool(found)
            colliders += any(graph.m_separated(i, a) for i, _ in found)
    assert some > 50
    assert colliders > 5, "some need a collider to be opened"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I -> X -> Y; X <-> Y", {("I", "")}),
        ("I -> X -> Y; X <-> Y; W -> I; W -> Y", {("I", "W")}),
        ("I <-> X; X -> Y; X <-> Y", {("I", "")}),
        ("I -> X -> Y; X <-> Y; I -> Y", set()),
        ("I -> X -> Y; X <-> Y; I <-> Y", set()),
        ("W -> I; W -> X -> Y; X <-> Y", {("I", ""), ("W", "")}),
        ("I -> W <- X; X -> Y", {("I", "W")}),
    ],
)
def test_named_graphs(text: str, expected: set[tuple[str, str]]) -> None:
    graph = read_text(f"node X, Y, I, W; {text}")
    assert {(i.node, "".join(sorted(i.given))) for i in instruments(graph, "X", "Y")} >= expected
    assert ("I" in {i.node for i in graph.instruments("X", "Y")}) == bool(expected)


def test_what_cannot_be_asked() -> None:
    graph = read_text("node X, Y; latent U; U -> X, Y")
    with pytest.raises(UsageError, match="`U` is latent"):
        graph.instruments("U", "Y")
    with pytest.raises(UsageError, match="one cause and one effect"):
        graph.instruments({"X", "Y"}, ())
    with pytest.raises(UsageError, match="`X` is in x and in y"):
        graph.instruments("X", "X")


def test_what_needs_no_collider_opened_comes_first_and_then_the_order_of_declaration() -> None:
    graph = read_text("node A, B, C, D, E, F; A -> C; D -> C; A -> F; C -> F")
    found = [(i.node, "".join(i.given)) for i in graph.instruments("A", "B")]
    assert found == [("C", ""), ("F", ""), ("D", "C"), ("D", "F")]
