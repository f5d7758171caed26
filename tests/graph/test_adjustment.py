import random
from itertools import islice

import pytest

from causaldsl.errors import UsageError
from causaldsl.graph.adjustment import objection
from causaldsl.graph.ir import CausalGraph, Node
from causaldsl.graph.make import make_graph
from causaldsl.graph.read import read_text
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


def test_wide_graphs_cost_no_square_before_the_first_sets() -> None:
    """Ten thousand confounders make one set, which is all there is; as many arms of two nodes make 2^10000."""
    many = range(10_000)
    hub = make_graph(
        [Node(name, None) for name in ("X", "Y", *(f"C{i}" for i in many))],
        [("X", "Y", "->"), *((f"C{i}", end, "->") for i in many for end in "XY")],
    )
    assert [len(z) for z in hub.adjustment_sets("X", "Y")] == [10_000]
    arms = make_graph(
        [Node(name, None) for name in ("X", "Y", *(f"{n}{i}" for i in many for n in "AB"))],
        [(a, b, "->") for i in many for a, b in ((f"A{i}", "X"), (f"A{i}", f"B{i}"), (f"B{i}", "Y"))],
    )
    found = list(islice(arms.adjustment_sets("X", "Y"), 10))
    assert len(set(found)) == 10
    assert all(arms.is_adjustment_set("X", "Y", z) for z in found)
    assert len(next(arms.adjustment_sets("X", "Y", minimal=False))) == 10_000


@pytest.mark.parametrize(
    ("x", "y", "options", "said"),
    [
        ("Xx", "Y", {}, "no node `Xx`"),
        ("X", "X", {}, "`X` is in x and in y"),
        ("U", "Y", {}, "`U` is latent"),
        ("X", "Y", {"include": "Y"}, "`Y` is in y and in include"),
        ("X", "Y", {"include": "Z", "exclude": {"Z"}}, "`Z` is in include and in exclude"),
        ("X", "Y", {"exclude": {"Q"}}, "no node `Q`"),
    ],
)
def test_what_cannot_be_asked(x: str, y: str, options: dict[str, str], said: str) -> None:
    graph = read_text("node X, Y, Z; latent U; U -> X, Y; X -> Y")
    with pytest.raises(UsageError, match=said):
        graph.adjustment_sets(x, y, **options)  # at once, not when the first set is asked for


def test_latents_are_in_no_set() -> None:
    graph = read_text("node X, Y, Z; latent U; U -> X, Y; X -> Y")
    with pytest.raises(UsageError, match="`X` is in x and in z"):
        graph.is_adjustment_set("X", "Y", {"X"})
    assert not graph.is_adjustment_set("X", "Y", {"U"})
    assert objection(graph, "X", "Y", {"U"}) == "U is latent"
    assert list(graph.adjustment_sets("X", "Y", include="U")) == []


def test_a_text_is_one_node_and_sets_are_frozen() -> None:
    graph = read_text("node Cause, Effect, Age; Age -> Cause, Effect; Cause -> Effect")
    (found,) = graph.adjustment_sets("Cause", ["Effect"])
    assert found == frozenset({"Age"})
    assert isinstance(found, frozenset)
    assert list(graph.adjustment_sets((), "Effect")) == [frozenset()]


def test_no_set_holds_what_none_may_hold() -> None:
    graph = read_text("node X, M, Y, Z; Z -> X -> M -> Y; Z -> Y")
    for least in (True, False):
        assert list(graph.adjustment_sets("X", "Y", least, include={"M"})) == []
        assert list(graph.adjustment_sets("X", "Y", least, include={"Z"})) == [{"Z"}]
        assert list(graph.adjustment_sets("X", "Y", least, exclude={"Z"})) == []
