"""Exact tables against brute force on random graphs, and samples against tables."""

import numpy as np
import pytest
import torch

from causaldsl.errors import RunError, UsageError
from causaldsl.graph.read import read_text
from causaldsl.measure.tvd import empirical, floor, tvd
from causaldsl.scm.build import compile_graph
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


def test_seventeen_independent_nodes_are_no_large_table():
    graph = read_text(f"binary {', '.join(f'A{i}' for i in range(17))}")
    model, _ = random_model(graph, 0)
    assert model.sample(10, given={"A0": 1})["A0"].eq(1).all()


def test_what_needs_too_large_a_table_says_so():
    rng = np.random.default_rng(0)
    roots = [f"A{i}" for i in range(60)]
    edges = [f"{', '.join(rng.choice(roots, 10, replace=False))} -> B{i}" for i in range(30)]
    graph = read_text("\n".join([f"binary {', '.join(roots)}, {', '.join(f'B{i}' for i in range(30))}", *edges]))
    model, _ = random_model(graph, 0)
    with pytest.raises(UsageError, match="too large"):
        model.joint().given({f"B{i}": 1 for i in range(30)})
    assert model.sample(10, do={"A0": 1})["A0"].eq(1).all()


@pytest.mark.parametrize("seed", range(6))
def test_posterior_draws_follow_the_joint_of_all_nodes_given_several(seed):
    graph = random_graph(seed, 6)
    model, _ = random_model(graph, seed)
    first, last = graph.order[1], graph.order[-1]
    n = 40_000
    level = graph[first].domain.levels[1], graph[last].domain.levels[0]
    drawn = model.sample(n, {first: level[0]}, {last: level[1]}, seed=1)
    law = model.joint({first: 1}).given({last: 0}).marginal(*graph.columns).numpy()
    assert tvd(empirical([drawn[name].numpy() for name in graph.columns], law.shape), law) < 1.25 * floor(law, n)


def test_evidence_under_a_soft_intervention_is_exact():
    text = "binary X, Y, Z; X := bernoulli(0.3); Y := bernoulli(0.2 + 0.5*X); Z := bernoulli(0.1 + 0.7*Y)"
    model = compile_graph(read_text(text))
    drawn = model.sample(200_000, do={"X": ":= bernoulli(where(X, 0.9, 0.4))"}, given={"Z": 1}, seed=0)
    x = 0.3 * 0.9 + 0.7 * 0.4
    weight = [(1 - x) * (0.8 * 0.1 + 0.2 * 0.8), x * (0.3 * 0.1 + 0.7 * 0.8)]
    assert float(drawn["X"].double().mean()) == pytest.approx(weight[1] / sum(weight), abs=0.005)


def test_tables_follow_the_weights():
    model = compile_graph(read_text("binary A, B; A -> B")).eval()
    before = model.joint().marginal("A", "B")
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.5)
    assert not torch.allclose(before, model.joint().marginal("A", "B"))
