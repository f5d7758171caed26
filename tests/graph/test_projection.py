from itertools import combinations

import pytest

from causaldsl.graph.districts import districts
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.projection import latent_projection
from causaldsl.graph.read import read_text
from tests.brute_force import random_graph, subsets
from tests.identification import components


def by_definition(graph: CausalGraph) -> tuple[set[tuple[str, str]], set[frozenset[str]]]:
    """Arrows and common causes among observed nodes, from all directed paths through latents."""
    latent = set(graph.latents)
    children = {n.name: set(graph.children[n.name]) for n in graph}
    common = {f"{a}{b}": {a, b} for a, b in graph.confounded}

    def ends(node: str) -> set[str]:
        return set().union(*({c} if c not in latent else ends(c) for c in children[node]))

    arrows = {(n.name, end) for n in graph if n.name not in latent for end in ends(n.name)}
    reached = [ends(u) for u in latent]
    reached += [set().union(*({n} if n not in latent else ends(n) for n in pair)) for pair in common.values()]
    return arrows, {frozenset(pair) for some in reached for pair in combinations(some, 2)}


def test_projection_by_definition() -> None:
    some = 0
    for seed in range(400):
        graph = random_graph(seed)
        projected = latent_projection(graph)
        arrows, common = by_definition(graph)
        assert [n.name for n in projected] == [n.name for n in graph if not n.latent]
        assert {(a, b) for a, b, sign in projected.edges if sign == "->"} == arrows, (seed, graph.edges)
        assert {frozenset(pair) for pair in projected.confounded} == common, (seed, graph.edges)
        assert {*districts(graph)} == components(frozenset(common), frozenset(n.name for n in projected))
        assert districts(projected) == districts(graph)
        some += len(graph.latents) > 1
    assert some > 30


def test_projection_keeps_separations() -> None:
    for seed in range(60):
        graph = random_graph(seed, max_nodes=5)
        projected = latent_projection(graph)
        for a, b in combinations([n.name for n in projected], 2):
            for z in subsets({n.name for n in projected} - {a, b}):
                assert projected.m_separated(a, b, z) == graph.m_separated(a, b, z), (seed, graph.edges, a, b, z)


def test_a_graph_without_latents_is_its_own_projection() -> None:
    graph = read_text("node A, B, C; A -> B -> C; A <-> C; group G = A, B")
    assert latent_projection(graph) == graph


def test_what_names_a_latent_is_left_out() -> None:
    graph = read_text("real A, B; latent V : real; A -> V; V := A + 1; B := 2*V; group G = V, B")
    projected = latent_projection(graph)
    assert projected["B"].equation is None
    assert projected["B"].parents == ("A",)
    assert projected.groups == (("G", ("B",)),)


@pytest.mark.parametrize("spelling", ["A <-> B", "latent U; U -> A, B"])
def test_districts_of_either_spelling(spelling: str) -> None:
    assert districts(read_text(f"node A, B, C; A -> C; {spelling}")) == ({"A", "B"}, {"C"})
