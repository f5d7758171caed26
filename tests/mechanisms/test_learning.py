"""Mechanisms learn the laws that they are shown."""

import numpy as np
import pytest
import torch

from causaldsl.graph.domain import Real
from causaldsl.graph.read import read_text
from causaldsl.measure.tvd import empirical, factorised, tvd
from causaldsl.mechanisms.on_the_line import from_line, to_line
from causaldsl.plugins.protocols import Schedule
from causaldsl.plugins.registry import load
from causaldsl.scm.build import compile_graph
from tests.models import g1, random_graph, random_model


def learn(model, kind, rows, **schedule):
    nodes = model.graph.columns
    learner = load("mechanisms", kind).learner(model.controller, nodes, rows, Schedule(0, **schedule))
    losses = [learner.step(t) for t in range(learner.steps)]
    return learner, losses


def to_counts(model, rows):
    """The TVD of a model's law to the likelihood's optimum, the counts of each node given its causes."""
    names = model.graph.columns
    law = empirical([rows[n].numpy() for n in names], [len(model.graph[n].domain.levels) for n in names])
    at = {name: i for i, name in enumerate(names)}
    best = factorised(law, [[at[p] for p in model.graph[n].parents] for n in names])
    return tvd(model.joint().marginal(*names).numpy(), best)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_neural_reaches_the_counts(seed):
    truth, _ = random_model(g1(), seed)
    rows = dict(truth.sample(20_000, seed=1))
    model = compile_graph(g1())
    learn(model, "neural", rows)
    assert to_counts(model, rows) < 0.001


def test_neural_reaches_the_counts_of_many_levels():
    for seed in range(4):
        graph = random_graph(seed)
        truth, _ = random_model(graph, seed)
        rows = dict(truth.sample(5000, seed=1))
        model = compile_graph(graph)
        learn(model, "neural", rows)
        assert to_counts(model, rows) < 0.004


def test_a_root_starts_from_its_shares():
    model = compile_graph(read_text("binary B; categorical C {x, y, z}"))
    learn(model, "neural", {"B": torch.tensor([1] * 97 + [0] * 3), "C": torch.tensor([0, 0, 0, 1] * 25)}, steps=1)
    assert model.controller.law("B")[0, 1].item() == pytest.approx(0.97, abs=0.01)
    np.testing.assert_allclose(model.controller.law("C")[0], [0.75, 0.25, 0], atol=0.01)


def test_neural_learns_a_linear_gaussian():
    n = 20_000
    rng = torch.Generator().manual_seed(0)
    x = torch.randn(n, generator=rng) * 2 + 5
    y = 100 - 3 * x + torch.randn(n, generator=rng)
    model = compile_graph(read_text("real X, Y; X -> Y"))
    learn(model, "neural", {"X": x, "Y": y}, steps=400)
    done = model.sample(20_000, do={"X": 7.0})["Y"]
    assert done.mean().item() == pytest.approx(79, abs=0.2)
    assert done.std().item() == pytest.approx(1, abs=0.1)


def test_neural_learns_levels():
    rng = np.random.default_rng(0)
    b = torch.as_tensor(rng.integers(0, 2, 5000))
    c = torch.where(b == 1, torch.as_tensor(rng.choice(3, 5000, p=[0.1, 0.2, 0.7])), 0)
    model = compile_graph(read_text("binary B; categorical C {x, y, z}; B -> C"))
    learn(model, "neural", {"B": b, "C": c}, steps=200)
    law = model.joint().given({"B": 1}).marginal("C")
    np.testing.assert_allclose(law, [0.1, 0.2, 0.7], atol=0.03)


@pytest.mark.parametrize("domain", [Real(), Real(0, 10), Real(low=2), Real(high=-1)])
def test_the_line_and_the_domain_map_onto_each_other(domain):
    line = torch.linspace(-4, 4, 9, dtype=torch.float64, requires_grad=True)
    values = from_line(line, domain)
    back, log_slope = to_line(values, domain)
    torch.testing.assert_close(back, line)
    (slope,) = torch.autograd.grad(values.sum(), line)
    torch.testing.assert_close(log_slope, -slope.abs().log())


def test_log_prob_is_a_density_of_the_data_units():
    model = compile_graph(read_text("real X in [0, 10]"))
    mechanism = model.controller["X"]
    mechanism.prepare(torch.zeros(100, 0), torch.rand(100) * 10)
    grid = torch.linspace(1e-3, 10 - 1e-3, 20_001)
    density = mechanism.log_prob(torch.zeros(len(grid), 0), grid).exp()
    assert torch.trapezoid(density, grid).item() == pytest.approx(1, abs=1e-2)


@pytest.mark.parametrize("kind", ["neural", "wgan"])
def test_a_learner_that_is_saved_goes_on_bit_identically(kind):
    text = f"binary A, B, C; A -> B -> C; default binary ~ {kind}"
    rows = {n: torch.randint(2, (300,), generator=torch.Generator().manual_seed(i)) for i, n in enumerate("ABC")}

    def fresh():
        model = compile_graph(read_text(text))
        return model, load("mechanisms", kind).learner(model.controller, "ABC", rows, Schedule(3, steps=6, batch=32))

    straight, learner = fresh()
    for t in range(6):
        learner.step(t)
    first, learner = fresh()
    for t in range(3):
        learner.step(t)
    weights = {k: v.clone() for k, v in first.state_dict().items()}
    state = {k: v.clone() for k, v in learner.state().items()}
    second, learner = fresh()
    second.load_state_dict(weights)
    learner.load_state(state)
    for t in range(3, 6):
        learner.step(t)
    ends = second.state_dict()
    assert all(torch.equal(v, ends[k]) for k, v in straight.state_dict().items())
