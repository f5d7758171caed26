import random

import pytest

from causaldsl.graph.adjustment import objection
from causaldsl.graph.ir import CausalGraph
from tests.brute_force import Dag, minimal, random_graph, subsets, written_out

Set = frozenset[str]


def asked(seed: int) -> tuple[CausalGraph, Dag, Set, Set]:
    """A random graph and an effect of one or two nodes on one or two others, mostly such as they cause."""
    graph, random_ = random_graph(seed), random.Random(seed)
    dag = Dag.of(graph)
    observed = random_.sample(dag.observed, len(dag.observed))
    many = len(observed) > 3 and random_.random() < 0.3
    x = observed[: 1 + (many and random_.random() < 0.7)]
    rest = [n for n in observed if n not in x]
    if random_.random() < 0.8:
        rest.sort(key=lambda n: n not in dag.below(x))
    return graph, dag, frozenset(x), frozenset(rest[: 1 + many])


@pytest.mark.parametrize("block", range(5))
def test_all_sets_and_all_minimal_sets_by_definition(block: int) -> None:
    confounded = 0
    for seed in range(1000 * block, 1000 * block + 1000):
        graph, dag, x, y = asked(seed)
        if not x or not y:
            continue
        valid = dag.adjustment_sets(x, y)
        every = list(graph.adjustment_sets(x, y, minimal=False))
        assert len(every) == len(set(every))
        assert set(every) == set(valid), (seed, graph.edges, x, y)
        found = list(graph.adjustment_sets(x, y))
        assert len(found) == len(set(found))
        assert set(found) == minimal(valid), (seed, graph.edges, x, y)
        assert set(written_out(graph).adjustment_sets(x, y)) == set(found)
        confounded += bool(found) and frozenset() not in found
        for z in subsets(set(dag.nodes) & {n.name for n in graph} - x - y):
            assert graph.is_adjustment_set(x, y, z) == (z in valid)
            if len(z) < 2:
                assert (objection(graph, x, y, z) is None) == (z in valid)
    assert confounded > 100


@pytest.mark.parametrize("block", range(5))
def test_forced_and_forbidden_nodes(block: int) -> None:
    several = 0
    for seed in range(5000 + 200 * block, 5200 + 200 * block):
        graph, dag, x, y = asked(seed)
        rest = sorted({n.name for n in graph} - x - y)
        if not x or not y or len(rest) < 2:
            continue
        random_ = random.Random(seed)
        include, exclude = frozenset(rest[:1]), frozenset(random_.sample(rest[1:], 1))
        good = [z for z in dag.adjustment_sets(x, y) if include <= z and not exclude & z]
        assert set(graph.adjustment_sets(x, y, minimal=False, include=include, exclude=exclude)) == set(good)
        assert set(graph.adjustment_sets(x, y, include=include, exclude=exclude)) == minimal(good), (seed, graph.edges)
        several += len(minimal(good)) > 0
    assert several > 20
