import random
from itertools import combinations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causaldsl.errors import UsageError
from causaldsl.graph.ir import CausalGraph, Node
from causaldsl.graph.m_separation import m_separated
from causaldsl.graph.make import make_graph
from causaldsl.graph.read import read_text
from causaldsl.testing.strategies import any_graphs


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_the_same_verdicts_as_networkx_where_every_latent_is_written_out(data: st.DataObject) -> None:
    graph = data.draw(any_graphs(max_nodes=7))
    roles = data.draw(st.lists(st.integers(0, 3), min_size=len(graph.nodes), max_size=len(graph.nodes)))
    x, y, z = ({n.name for n, role in zip(graph.nodes, roles, strict=True) if role == i} for i in range(3))
    assert m_separated(graph, x, y, z) == nx.is_d_separator(nx.DiGraph(graph.nx), x, y, z)
    assert graph.m_separated(y, x, z) == m_separated(graph, x, y, z)


def test_every_question_about_small_graphs() -> None:
    """Exhaustively: all graphs of three nodes in one order with all common causes, all pairs, all conditions."""
    pairs = list(combinations("ABC", 2))
    checked = 0
    for directed in range(8):
        for confounded in range(8):
            edges = [f"{a} -> {b}" for i, (a, b) in enumerate(pairs) if directed >> i & 1]
            edges += [f"{a} <-> {b}" for i, (a, b) in enumerate(pairs) if confounded >> i & 1]
            graph = read_text("; ".join(["node A, B, C", *edges]))
            for a, b in pairs:
                (other,) = set("ABC") - {a, b}
                for z in (set(), {other}):
                    checked += 1
                    assert graph.m_separated({a}, {b}, z) == nx.is_d_separator(nx.DiGraph(graph.nx), {a}, {b}, z)
    assert checked == 8 * 8 * 3 * 2


def test_a_collider_opened_by_its_descendant() -> None:
    graph = read_text("node A, B, C, D; A -> C <- B; C -> D")
    assert graph.m_separated("A", "B")
    assert not graph.m_separated("A", "B", "D")


def test_a_collider_at_common_causes() -> None:
    graph = read_text("node A, B, C; A <-> B <-> C")
    assert graph.m_separated({"A"}, {"C"})
    assert not graph.m_separated({"A"}, {"C"}, {"B"})


@pytest.mark.parametrize("spelling", ["A <-> B", "latent U; U -> A, B"])
def test_a_common_cause_equals_its_latent_spelling(spelling: str) -> None:
    graph = read_text(f"node A, B, C; C -> A; {spelling}")
    assert [graph.m_separated("C", "B", z) for z in ((), "A")] == [True, False]
    assert not graph.m_separated("A", "B")


def test_declared_latents_may_be_asked_about() -> None:
    graph = read_text("node A, B; latent U; U -> A, B")
    assert graph.m_separated({"A"}, {"B"}, {"U"})


def test_empty_sets_are_separated() -> None:
    graph = read_text("node A, B; A -> B")
    assert graph.m_separated((), {"B"})
    assert graph.m_separated({"A"}, ())


def test_unknown_and_overlapping_nodes_are_named() -> None:
    graph = read_text("node Age, Bald; Age -> Bald")
    with pytest.raises(UsageError, match=r"(?s)no node `Agee`.*did you mean `Age`"):
        graph.m_separated({"Agee"}, {"Bald"})
    with pytest.raises(UsageError, match="`Age` is in x and in y"):
        graph.m_separated({"Age"}, {"Age"})
    with pytest.raises(UsageError, match="`Bald` is in y and in z"):
        graph.m_separated({"Age"}, {"Bald"}, ["Bald"])


def test_a_chain_of_ten_thousand_needs_no_recursion() -> None:
    names = [f"N{i}" for i in range(10_000)]
    chain: CausalGraph = read_text(f"node {', '.join(names)}; {' -> '.join(names)}")
    assert not chain.m_separated("N0", "N9999")
    assert chain.m_separated("N0", "N9999", random.Random(0).choice(names[1:-1]))


def test_a_ladder_is_climbed_once() -> None:
    """2^200 paths lead from its foot to its top."""
    n = 200
    rungs = [(f"N{i}", f"{side}{i}") for i in range(n) for side in "LR"]
    rungs += [(f"{side}{i}", f"N{i + 1}") for i in range(n) for side in "LR"]
    names = dict.fromkeys(name for rung in rungs for name in rung)
    for edges in (rungs, [(head, tail) for tail, head in rungs]):
        graph = make_graph([Node(name, None) for name in (*names, "alone")], [(*edge, "->") for edge in edges])
        assert graph.m_separated("N0", "alone")
        assert graph.m_separated(f"N{n}", "alone", "N0")
        assert not graph.m_separated("N0", f"N{n}", [f"L{i}" for i in range(n)])
        assert graph.m_separated("N0", f"N{n}", ["L7", "R7"])
