"""Ten thousand nodes: no recursion, and nothing that grows with the square where the answer does not."""

import pytest

from causaldsl.graph.ir import CausalGraph, Edge, Node
from causaldsl.graph.make import make_graph

N = 10_000


def chain(*more: Edge, latents: tuple[str, ...] = ()) -> CausalGraph:
    edges = [(f"V{i}", f"V{i + 1}", "->") for i in range(N - 1)]
    nodes = [Node(f"V{i}", None) for i in range(N)] + [Node(u, None, latent=True) for u in latents]
    return make_graph(nodes, [*edges, *more])


def test_a_chain() -> None:
    found = chain().identify(f"P(V{N - 1} | do(V0))")
    assert found
    assert found.estimand.free == {symbol for _, symbol in found.variables}
    assert str(found.estimand) == f"an estimand of {N + 1} parts, too long for a text"
    assert str(found.estimand.latex()).startswith(r"\text{an estimand of")
    hash(found)


@pytest.mark.parametrize("spelling", ["pairs", "latent"])
def test_one_district_of_all_nodes(spelling: str) -> None:
    if spelling == "pairs":
        graph = chain(*((f"V{i}", f"V{i + 1}", "<->") for i in range(N - 1)))
    else:
        graph = chain(*(("U", f"V{i}", "->") for i in range(N)), latents=("U",))
    hedge = graph.identify(f"P(V{N - 1} | do(V0))").hedge
    assert hedge is not None
    assert (len(hedge.outer), len(hedge.inner)) == (N, N - 1)


def test_one_district_of_all_but_the_first() -> None:
    graph = chain(*((f"V{i}", f"V{i + 1}", "<->") for i in range(1, N - 1)))
    assert str(graph.identify(f"P(V{N - 1} | do(V0))").estimand) == f"P(V{N - 1} | V0)"


def test_a_front_door_ten_thousand_steps_long() -> None:
    found = chain(("V0", f"V{N - 1}", "<->")).identify(f"P(V{N - 1} | do(V0), V5)")
    assert found
    assert {str(symbol) for symbol in found.estimand.free} <= {"V0", "V5", f"V{N - 1}"}


def test_a_counterfactual() -> None:
    graph = chain(("V0", f"V{N - 1}", "<->"))
    assert graph.identify(f"P(V{N - 1}[V0=1]=1 | V0=0)")
    assert not graph.identify(f"P(V{N - 1}[V0=1]=1, V{N - 1}=0)")
