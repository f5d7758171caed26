"""Exact tables against brute force on random graphs, and samples against tables."""

import numpy as np
import pytest
import torch

from causaldsl.errors import RunError, UsageError
from causaldsl.graph.read import read_text
from causaldsl.measure.tvd import empirical, floor, tvd
from tests.models import brute_force, g1, random_graph, random_model


@pytest.mark.parametrize("seed", range(12))
def test_joint_is_the_truncated_factorisation(seed):
    graph = random_graph(seed)
    model, tables = random_model(graph, seed)
    rng = np.random.default_rng(seed)
    target = str(rng.choice(graph.columns))
    for do in ({}, {target: 1}):
        found = model.joint(do).marginal(*graph.columns).numpy()
        np.testing.assert_allclose(found, brute_force(graph, tables, do), atol=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_given_after_do_conditions_in_the_intervened_world(seed):
    graph = random_graph(seed)
    model, tables = random_model(graph, seed)
    first, last = graph.order[0], graph.order[-1]
    law = brute_force(graph, tables, {first: 1})
    law = law * np.array([1.0 if i == 0 else 0.0 for i in range(law.shape[graph.columns.index(last)])]).reshape(
        [-1 if n == last else 1 for n in graph.columns]
    )
    found = model.joint({first: 1}).given({last: 0}).marginal(*graph.columns).numpy()
    np.testing.assert_allclose(found, law / law.sum(), atol=1e-6)


@pytest.mark.parametrize(
    ("do", "given"), [({}, {}), ({"Bald": 1}, {}), ({}, {"Bald": 1}), ({"Smiling": 1}, {"Narrow_Eyes": 1})]
)
def test_samples_follow_the_exact_law(do, given):
    graph = g1()
    model, _ = random_model(graph, 3)
    n = 50_000
    drawn = model.sample(n, do, given, seed=1)
    law = model.joint(do).given(given).marginal(*graph.columns).numpy()
    found = empirical([drawn[name].numpy() for name in graph.columns], law.shape)
    assert tvd(found, law) < 1.25 * floor(law, n)


def test_marginal_keeps_the_order_asked_for():
    model, _ = random_model(random_graph(1), 1)
    law = model.joint()
    a, b = law.names[1], law.names[0]
    torch.testing.assert_close(law.marginal(a, b), law.marginal(b, a).T)


def test_rare_evidence_is_exact_and_impossible_evidence_says_so():
    graph = read_text("binary A, B; A -> B")
    model, _ = random_model(graph, 0)
    model.controller["A"].table[:] = torch.tensor([[1 - 1e-6, 1e-6]])
    drawn = model.sample(1000, given={"A": 1})
    assert drawn["A"].eq(1).all()
    assert drawn.n == 1000
    model.controller["A"].table[:] = torch.tensor([[1.0, 0.0]])
    with pytest.raises(RunError, match="A=1 has probability zero"):
        model.sample(10, given={"A": 1})


def test_a_joint_beyond_the_limit_is_refused():
    graph = read_text(f"binary {', '.join(f'A{i}' for i in range(17))}")
    model, _ = random_model(graph, 0)
    with pytest.raises(UsageError, match="131,072 cells"):
        model.sample(10, given={"A0": 1})
    assert model.sample(10, do={"A0": 1})["A0"].eq(1).all()
