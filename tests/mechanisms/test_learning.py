"""Mechanisms learn the laws that they are shown."""

import math

import numpy as np
import pytest
import torch

from causaldsl.errors import UsageError
from causaldsl.graph.domain import Real
from causaldsl.graph.read import read_text
from causaldsl.measure.tvd import tvd
from causaldsl.mechanisms.likelihood import distinct
from causaldsl.mechanisms.on_the_line import from_line, to_line
from causaldsl.mechanisms.wgan_networks import table_noise
from causaldsl.plugins.protocols import Schedule
from causaldsl.plugins.registry import load
from causaldsl.scm.build import compile_graph
from tests.models import g1, random_model


def learn(model, kind, rows, **schedule):
    nodes = model.graph.columns
    learner = load("mechanisms", kind).learner(model.controller, nodes, rows, Schedule(0, **schedule))
    losses = [learner.step(t) for t in range(learner.steps)]
    return learner, losses


def test_neural_reaches_the_counts():
    truth, _ = random_model(g1(), 0)
    rows = dict(truth.sample(20_000, seed=1))
    model = compile_graph(g1())
    learn(model, "neural", rows, steps=300)
    names = model.graph.columns
    counts, _ = random_model(g1(), 0)
    for name in names:  # the tables of counts are the likelihood optimum
        table = counts.controller[name].table
        cell = counts.controller.cell(name, rows)
        cell = torch.zeros(20_000, dtype=torch.long) if cell is None else cell
        for c in range(len(table)):
            at = rows[name][cell == c]
            table[c] = torch.bincount(at, minlength=2) / max(len(at), 1)
    fitted, best = (m.joint().marginal(*names).numpy() for m in (model, counts))
    assert tvd(fitted, best) < 0.01


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


def test_distinct_rows_weigh_by_their_counts():
    rows = distinct(torch.tensor([[0.0], [1.0], [0.0], [0.0]]), torch.tensor([1.0, 0.0, 1.0, 0.0]))
    found = {(p.item(), v.item()): s.item() for p, v, s in zip(rows.parents, rows.values, rows.shares, strict=True)}
    assert found == {(0.0, 1.0): 0.5, (1.0, 0.0): 0.25, (0.0, 0.0): 0.25}


def test_wgan_moves_towards_the_data():
    truth, _ = random_model(read_text("binary A, B; A -> B"), 2)
    rows = dict(truth.sample(5000, seed=1))
    model = compile_graph(read_text("binary A, B; A -> B; default binary ~ wgan(critic_hidden=32)"))
    law = truth.joint().marginal("A", "B").numpy()
    before = tvd(model.joint().marginal("A", "B").numpy(), law)
    learn(model, "wgan", rows, steps=250, batch=256)
    after = tvd(model.joint().marginal("A", "B").numpy(), law)
    assert after < before / 3


def test_wgan_makes_real_values_of_real_and_discrete_causes():
    rng = np.random.default_rng(0)
    b, x, e = rng.integers(0, 2, 4000), rng.uniform(0, 1, 4000) ** 2, rng.uniform(0, 0.5, 4000)
    rows = {"B": torch.as_tensor(b), "X": torch.as_tensor(x), "Y": torch.as_tensor(2 * x + 2 * b + e)}
    kind = "wgan(noise=2, critic_hidden=64, critic_steps=2)"
    model = compile_graph(read_text(f"real X; real Y in [-1, 5]; binary B; B, X -> Y; X, Y ~ {kind}"))
    learner = load("mechanisms", "wgan").learner(model.controller, "XY", rows, Schedule(0, steps=400, batch=256))
    for t in range(learner.steps):
        learner.step(t)
    assert model.sample(4000, seed=0)["X"].quantile(0.5).item() == pytest.approx(0.25, abs=0.1)
    for level, expected in ((0, 1.75), (1, 3.75)):
        done = model.sample(4000, do={"B": level, "X": 0.75}, seed=0)["Y"]
        assert done.mean().item() == pytest.approx(expected, abs=0.4)
    with pytest.raises(UsageError, match="cannot be inferred"):
        model.counterfactual({"Y": 1.0}, {"X": 0.5})


def test_wgan_feeds_parents_outside_the_group_from_the_data():
    model = compile_graph(read_text("categorical C {x, y, z}; real X; binary A; C, X -> A; A ~ wgan"))
    rows = {"C": torch.randint(3, (500,)), "X": torch.randn(500), "A": torch.randint(2, (500,))}
    plugin = load("mechanisms", "wgan")
    learner = plugin.learner(model.controller, ["A"], rows, Schedule(0, steps=2, batch=64))
    before = {k: v.clone() for k, v in model.controller["C"].state_dict().items()}
    assert all(math.isfinite(v) for t in range(2) for v in learner.step(t).values())
    assert all(torch.equal(v, before[k]) for k, v in model.controller["C"].state_dict().items())


def test_wgan_tells_what_would_have_been():
    model = compile_graph(read_text("binary X, Z, Y; X, Z -> Y; X, Z ~ constant(p=0.5); Y ~ wgan(noise=2)"), seed=2)
    mechanism = model.controller["Y"]
    noise = table_noise(2)
    made = {x: mechanism(torch.tensor([[x, 0.0]]).expand(len(noise), -1), noise) for x in (0.0, 1.0)}
    seen = made[1] == 1
    expected = made[0][seen].mean().item()  # by going through the noise
    assert abs(expected - made[0].mean().item()) > 0.05
    found = model.ask("P(Y[X=0]=1 | X=1, Z=0, Y=1)", draws=20_000)
    assert found.value == pytest.approx(expected, abs=0.02)


def test_wgan_nodes_share_their_options():
    model = compile_graph(read_text("binary A, B; A ~ wgan(hidden=8); B ~ wgan(hidden=9)"))
    with pytest.raises(UsageError, match="different options"):
        load("mechanisms", "wgan").learner(
            model.controller, ["A", "B"], {"A": torch.zeros(4), "B": torch.zeros(4)}, Schedule(0)
        )


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
