import random

import pytest

from causaldsl.errors import UsageError
from causaldsl.graph.read import read_text
from tests.brute_force import Dag, minimal, random_graph, written_out


@pytest.mark.parametrize("block", range(4))
def test_all_front_door_sets_by_definition(block: int) -> None:
    proper = 0
    for seed in range(500 * block, 500 * block + 500):
        graph = random_graph(seed, max_nodes=6)
        dag, random_ = Dag.of(graph), random.Random(seed)
        if len(dag.observed) < 3:
            continue
        x = frozenset(random_.sample(dag.observed, random_.choice((1, 1, 2))))
        rest = sorted(set(dag.observed) - x, key=lambda n: (n not in dag.below(x), n))
        y = frozenset(rest[:1])
        valid = dag.front_door_sets(x, y)
        every = list(graph.front_door_sets(x, y, minimal=False))
        assert len(every) == len(set(every))
        assert set(every) == set(valid), (seed, graph.edges, x, y)
        least = list(graph.front_door_sets(x, y))
        assert len(least) == len(set(least))
        assert set(least) == minimal(valid)
        assert set(written_out(graph).front_door_sets(x, y)) == set(least)
        proper += bool(least) and frozenset() not in least
        free = sorted({n.name for n in graph} - x - y)
        include, exclude = frozenset(free[:1]), frozenset(free[1:2])
        good = [z for z in valid if include <= z and not z & exclude]
        assert set(graph.front_door_sets(x, y, False, include, exclude)) == set(good)
        assert set(graph.front_door_sets(x, y, True, include, exclude)) == minimal(good)
    assert proper > 20


def test_two_mediators_are_needed_together() -> None:
    graph = read_text("node X, Y, M, N; X -> M -> Y; X -> N -> Y; X <-> Y")
    assert list(graph.front_door_sets("X", "Y")) == [{"M", "N"}]
    assert list(graph.front_door_sets("X", "Y", exclude="M")) == []


def test_where_nothing_is_caused_nothing_has_to_be_intercepted() -> None:
    assert list(read_text("node X, Y; X <-> Y").front_door_sets("X", "Y")) == [frozenset()]


def test_overlaps_are_named() -> None:
    graph = read_text("node X, Y, M; X -> M -> Y")
    with pytest.raises(UsageError, match="`M` is in include and in exclude"):
        graph.front_door_sets("X", "Y", include="M", exclude="M")
