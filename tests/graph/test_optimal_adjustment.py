"""The optimal set against the asymptotic variance of every valid set, computed from random linear models."""

import random

import numpy as np
import pytest

from causaldsl.errors import UsageError
from causaldsl.graph.read import read_text
from tests.brute_force import Dag, random_graph, written_out


def covariance(dag: Dag, seed: int) -> np.ndarray:
    """The covariance of a linear model with random coefficients and noises, rows as `dag.nodes`."""
    draw = np.random.default_rng(seed)
    at = {name: i for i, name in enumerate(dag.nodes)}
    effects = np.zeros((len(at), len(at)))
    for a, b in sorted(dag.edges):
        effects[at[b], at[a]] = draw.uniform(0.5, 1.5) * draw.choice((-1, 1))
    ways = np.linalg.inv(np.eye(len(at)) - effects)
    return ways @ np.diag(draw.uniform(0.5, 1.5, len(at))) @ ways.T


def left(law: np.ndarray, of: int, given: list[int]) -> float:
    """The variance of a node that others do not explain."""
    explained = law[of, given] @ np.linalg.solve(law[np.ix_(given, given)], law[given, of]) if given else 0.0
    return float(law[of, of] - explained)


@pytest.mark.parametrize("block", range(4))
def test_no_valid_set_estimates_with_less_variance(block: int) -> None:
    better, none_though_valid = 0, 0
    for seed in range(1000 * block, 1000 * block + 1000):
        graph = random_graph(seed, max_nodes=6)
        dag = Dag.of(graph)
        if len(dag.observed) < 2:
            continue
        x, y = sorted(random.Random(seed).sample(dag.observed, 2), key=lambda n: len(dag.descendants(n)))[::-1]
        best = graph.optimal_adjustment_set(x, y)
        assert written_out(graph).optimal_adjustment_set(x, y) == best
        if y not in dag.descendants(x):
            assert best is None
            continue
        valid = dag.adjustment_sets(frozenset({x}), frozenset({y}))
        if best is None:
            assert not valid or graph.confounded or graph.latents
            none_though_valid += bool(valid)
            continue
        assert best in valid
        law, at = covariance(dag, seed), {name: i for i, name in enumerate(dag.nodes)}
        variances = {}
        for z in valid:
            given = [at[name] for name in z]
            variances[z] = left(law, at[y], [at[x], *given]) / left(law, at[x], given)
        assert variances[best] <= min(variances.values()) * (1 + 1e-9), (seed, graph.edges, x, y, best)
        better += variances[best] < max(variances.values()) * (1 - 1e-6)
    assert better > 50
    assert none_though_valid < 200


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("A -> X -> Y; A -> B -> Y; C -> Y", {"B", "C"}),
        ("X -> M -> Y; A -> M; X -> D", {"A"}),
        ("X -> Y; latent U; U -> Y; A -> X", set()),
        ("X -> M -> Y; M <-> Y", set()),
        ("X -> M -> Y; latent U : binary; A -> U; U -> M, Y", {"A"}),
        ("X -> Y; A <-> Y", None),
        ("X -> Y; X <-> Y", None),
        ("Y -> X", None),
    ],
)
def test_named_graphs(text: str, best: set[str] | None) -> None:
    assert read_text(f"node X, Y, A, B, C, D, M; {text}").optimal_adjustment_set("X", "Y") == best


def test_latents_are_not_set() -> None:
    with pytest.raises(UsageError, match="`U` is latent"):
        read_text("node Y; latent U; U -> Y").optimal_adjustment_set("U", "Y")


def test_there_is_none_for_what_is_no_effect() -> None:
    assert read_text("node X, Y, Z; Z -> X, Y").optimal_adjustment_set("X", "Y") is None
    assert read_text("node X, Y, W; X -> Y").optimal_adjustment_set("X", {"Y", "W"}) is None
