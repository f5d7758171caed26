from collections import defaultdict
from itertools import combinations

import pytest

from causaldsl.graph.read import read_text
from tests.brute_force import Dag, random_graph, subsets, written_out

Set = frozenset[str]


def everything_that_follows(statements: set[tuple[Set, Set, Set]]) -> set[tuple[Set, Set, Set]]:
    """Close statements (A is independent of B given C) under the semi-graphoid axioms."""
    known: set[tuple[Set, Set, Set]] = set()
    by_left: dict[tuple[Set, Set], set[Set]] = defaultdict(set)
    todo = list(statements)
    while todo:
        a, b, c = statement = todo.pop()
        if statement in known:
            continue
        known.add(statement)
        by_left[a, c].add(b)
        todo.append((b, a, c))
        for part in subsets(b):
            if part and part != b:
                todo += [(a, part, c), (a, part, c | (b - part))]
        todo += ((a, b | d, c) for d in list(by_left[a, c | b]))
        for d in subsets(c):
            if d and d in by_left[a, c - d]:
                todo.append((a, b | d, c - d))
    return known


@pytest.mark.parametrize("block", range(2))
def test_all_independencies_follow_from_the_basis_and_it_holds(block: int) -> None:
    largest = 0
    for seed in range(100 * block, 100 * block + 100):
        graph = random_graph(seed, max_nodes=5)
        dag = Dag.of(graph)
        basis = list(graph.local_independencies())
        assert list(written_out(graph).local_independencies()) == basis
        for node, others, given in basis:
            assert dag.separated({node}, others, given), (seed, graph.edges, node, others, given)
        implied = everything_that_follows({(frozenset({s.node}), s.others, s.given) for s in basis})
        for a, b in combinations(dag.observed, 2):
            for z in subsets(set(dag.observed) - {a, b}):
                follows = (frozenset({a}), frozenset({b}), z) in implied
                assert follows == dag.separated({a}, {b}, z), (seed, graph.edges, a, b, z)
        largest = max(largest, len(basis))
    assert largest > 2


def test_in_a_dag_given_the_causes() -> None:
    graph = read_text("node A, B, C, D; A -> B, C -> D")
    assert [str(s) for s in graph.local_independencies()] == ["C _||_ B | A", "D _||_ A | B, C"]


def test_a_district_is_cut_in_each_way_that_tells_something() -> None:
    graph = read_text("node A, B, C, D; A <-> B <-> C <-> D")
    assert [str(s) for s in graph.local_independencies()] == ["C _||_ A", "D _||_ A, B", "D _||_ A | C"]
