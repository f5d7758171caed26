"""What is seen with its causes is met exactly, node by node, in tables of many rows."""

import itertools
import math

import numpy as np
import pytest
import torch

from causaldsl.graph.read import read_text
from causaldsl.scm import imagine
from causaldsl.scm.abduction import abduct
from causaldsl.scm.build import compile_graph
from causaldsl.scm.world import World
from tests.models import random_graph, random_model

ROWS = 10_000
REAL = "binary A; real X, Y, Z; A := bernoulli(0.4); X := A + normal(0, 1); Y := X * A + normal(0, 2); Z := Y + X\n"


@pytest.fixture
def at_once(monkeypatch):
    """Fail where units are drawn one after the other, or by weight."""

    def refused(*_):
        raise AssertionError("drawn one by one")

    monkeypatch.setattr(imagine, "posterior", refused)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("names", [("A", "B", "C"), ("A", "B")])
def test_levels_are_those_of_all_noise_enumerated(names):
    p_b, p_c = np.array([0.3, 0.8]), np.array([[0.1, 0.6], [0.9, 0.4]])
    model = compile_graph(
        read_text(
            f"binary A, B, C; A -> B; A, B -> C\nA := bernoulli(0.5)\nB | A := {[[1 - p, p] for p in p_b.tolist()]}\n"
            f"C | A, B := {[[1 - p, p] for p in p_c.ravel().tolist()]}"
        )
    )
    patterns = list(itertools.product((0, 1), repeat=len(names)))
    units = np.repeat(np.array(patterns), 2000, axis=0)
    order = np.random.default_rng(0).permutation(len(units))
    found = model.counterfactual({n: units[order, i] for i, n in enumerate(names)}, {"A": 1}, n=2)
    made = np.stack([found[n].numpy() for n in "ABC"], 1).reshape(len(units), 2, 3)
    grid = (np.arange(1000) + 0.5) / 1000
    noise_b, noise_c = np.meshgrid(grid, grid, indexing="ij")
    for pattern in patterns:
        a, b = pattern[:2]
        agrees = (noise_b < p_b[a]) == b
        agrees &= True if len(pattern) < 3 else ((noise_c < p_c[a, b]) == pattern[2])
        would_b = noise_b < p_b[1]
        would_c = noise_c < np.where(would_b, p_c[1, 1], p_c[1, 0])
        drawn = made[(units[order] == pattern).all(1)].reshape(-1, 3)
        for column, expected in ((drawn[:, 1], would_b[agrees].mean()), (drawn[:, 2], would_c[agrees].mean())):
            error = 5 * math.sqrt(expected * (1 - expected) / len(drawn)) + 1e-3
            assert column.mean() == pytest.approx(expected, abs=error)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("seed", range(4))
def test_the_units_of_a_model_are_those_of_its_other_world(seed):
    """Were the rows drawn by the model itself, they are under do() what the model does: abduction hides no bias."""
    graph = random_graph(seed, nodes=6)
    model, _ = random_model(graph, seed)
    drawn = model.sample(ROWS, seed=seed)
    closed = graph.order[:4]  # with all their causes
    seen = {name: [graph[name].domain.levels[level] for level in drawn[name].tolist()] for name in closed}
    done = graph[closed[0]].domain.levels[1]
    found = model.counterfactual(seen, {closed[0]: done}, n=1, seed=seed)
    sizes = [len(graph[n].domain.levels) for n in graph.columns]
    law = model.joint({closed[0]: 1}).marginal(*graph.columns).numpy()
    cell = np.ravel_multi_index([found[n].numpy() for n in graph.columns], sizes)
    counts = np.bincount(cell, minlength=law.size)
    live = law.ravel() * ROWS > 5
    assert counts[law.ravel() == 0].sum() == 0
    expected = law.ravel()[live] * ROWS
    chi_square = ((counts[live] - expected) ** 2 / expected).sum()
    assert chi_square < live.sum() + 5 * math.sqrt(2 * live.sum())
    nothing = model.counterfactual(seen, {}, n=1)
    assert all(torch.equal(nothing[name], drawn[name]) for name in closed)


@pytest.mark.usefixtures("at_once")
def test_reals_beside_levels_are_solved_for_in_all_rows_at_once():
    model = compile_graph(read_text(REAL))
    rows = model.sample(ROWS, seed=0)
    a, x, y = (rows[n].double() for n in "AXY")
    found = model.counterfactual({n: rows[n] for n in "AXY"}, {"A": 1}, n=2)
    would_x = x - a + 1
    would_y = y - x * a + would_x
    for name, expected in (("X", would_x), ("Y", would_y), ("Z", would_x + would_y)):
        torch.testing.assert_close(found[name].double(), expected.repeat_interleave(2), atol=1e-4, rtol=1e-4)
    part = model.counterfactual({n: rows[n] for n in "AX"}, {"A": 1}, n=2)  # what Y was is open
    torch.testing.assert_close(part["X"].double(), would_x.repeat_interleave(2), atol=1e-4, rtol=1e-4)
    left = part["Y"].double() - part["X"].double()
    assert left.mean().item() == pytest.approx(0, abs=0.08)
    assert left.std().item() == pytest.approx(2, rel=0.05)
    assert not any("weight" in note for note in (*found.notes, *part.notes))


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("kind", ["neural", "linear"])
def test_networks_too(kind):
    text = "binary A; categorical C {0..2}; real X, Y; A -> C; A, C -> X; A, C, X -> Y\n"
    model = compile_graph(read_text(f"{text}A, C, X, Y ~ {kind}\n"), seed=3)
    rows = model.sample(500, seed=0)
    found = model.counterfactual({n: rows[n] for n in "ACXY"}, {}, n=3)
    for name in "ACXY":
        torch.testing.assert_close(found[name], rows[name].repeat_interleave(3), atol=1e-3, rtol=1e-3)


def test_draws_that_need_no_weights_are_all_worth_one():
    model = compile_graph(read_text(REAL))
    seen = {"A": 1, "X": 0.25}
    generator = torch.Generator().manual_seed(0)
    units = abduct(model.controller, 100, generator, World(model.graph), seen)
    assert units.settled
    assert units.exact
    assert float(units.log_weight[0]) == pytest.approx(-0.5 * 0.75**2 - 0.5 * math.log(2 * math.pi))
    assert model.ask("P(Y > 0 | A=1, X=0.25)", draws=5000).method == "sampled(5000)"
    assert "weighted" in model.ask("P(Y > 0 | X=0.25)", draws=5000).method
    assert model.sample(50, given=seen).notes == ()
    open_cause = abduct(model.controller, 100, generator, World(model.graph), {"X": 0.25})
    assert not open_cause.settled
    assert not open_cause.exact
