"""`linear` is the regression that textbooks know."""

import numpy as np
import pytest
import torch

from causaldsl.graph.read import read_text
from causaldsl.mechanisms.linear import LinearOptions
from causaldsl.plugins.protocols import Schedule
from causaldsl.plugins.registry import load
from causaldsl.scm.build import compile_graph

MIXED = "binary B; categorical C {x, y, z}; real X, Y; B, C, X -> Y; default real ~ linear\n"


def learned(text, rows, **schedule):
    model = compile_graph(read_text(text))
    nodes = [n for n in rows if text.find(f"{n} ~ linear") >= 0] or list(rows)
    learner = load("mechanisms", "linear").learner(model.controller, nodes, rows, Schedule(0, **schedule))
    losses = [learner.step(t)["nll"] for t in range(learner.steps)]
    return model, losses


def mixed(n, seed=0):
    rng = np.random.default_rng(seed)
    b, c, x = rng.integers(0, 2, n), rng.integers(0, 3, n), rng.normal(3, 2, n)
    return {"B": torch.as_tensor(b), "C": torch.as_tensor(c), "X": torch.as_tensor(x)}, rng


def design(rows):
    return np.column_stack([np.ones(len(rows["B"])), rows["B"], np.eye(3)[rows["C"]][:, 1:], rows["X"]])


def test_a_real_node_has_the_least_squares_of_its_causes():
    rows, rng = mixed(500)
    y = design(rows) @ [1, 2, -1, 4, 0.5] + rng.normal(0, 0.7, 500)
    rows["Y"] = torch.as_tensor(y)
    model = compile_graph(read_text(MIXED))
    learner = load("mechanisms", "linear").learner(model.controller, ["X", "Y"], rows, Schedule(0, steps=99))
    assert learner.steps == 1
    nll = learner.step(0)["nll"]
    best, squares, *_ = np.linalg.lstsq(design(rows), y)
    mechanism = model.controller["Y"]
    mean, log_scale = mechanism.moments(model.controller.parents("Y", rows))
    found = mechanism.location + mechanism.scale * mean
    np.testing.assert_allclose(found.detach(), design(rows) @ best, atol=2e-4)
    sigma = np.sqrt(squares[0] / 500)
    assert (mechanism.scale * log_scale[0].exp()).item() == pytest.approx(sigma, rel=1e-4)
    alone = np.log(rows["X"].numpy().std())
    assert nll == pytest.approx(np.log(2 * np.pi) + 1 + np.log(sigma) + alone, abs=1e-4)


def test_what_would_have_been_is_the_closed_form():
    rng = np.random.default_rng(0)
    x = rng.normal(0, 1, 2000)
    y = 2 * x + rng.normal(0, 1, 2000)
    slope = np.polyfit(x, y, 1)[0]
    model, _ = learned("real X, Y; X -> Y; default real ~ linear", {"X": torch.as_tensor(x), "Y": torch.as_tensor(y)})
    imagined = model.counterfactual({"X": 1.0, "Y": 3.0}, {"X": -0.5}, n=3)
    np.testing.assert_allclose(imagined["Y"], 3 - 1.5 * slope, atol=1e-3)


def test_an_interval_is_never_left():
    rng = np.random.default_rng(0)
    y = 10 / (1 + np.exp(-rng.normal(2, 3, 2000)))
    model, _ = learned("real Y in [0, 10]; Y ~ linear", {"Y": torch.as_tensor(y)})
    drawn = model.sample(20_000)["Y"].numpy()
    assert drawn.min() >= 0
    assert drawn.max() <= 10
    assert np.median(drawn) == pytest.approx(np.median(y), abs=0.2)


@pytest.mark.parametrize("levels", [2, 3])
def test_a_regression_on_levels_is_at_its_optimum(levels):
    rows, rng = mixed(3000)
    logits = design(rows) @ rng.normal(0, 1, (5, levels))
    y = (logits + rng.gumbel(size=logits.shape)).argmax(-1)
    rows["Y"] = torch.as_tensor(y)
    domain = "binary Y" if levels == 2 else "categorical Y {u, v, w}"
    model, _ = learned(MIXED.replace("real X, Y", f"real X; {domain}") + "Y ~ linear", rows)
    p = model.controller["Y"].log_probabilities(model.controller.parents("Y", rows)).exp().detach().numpy()
    np.testing.assert_allclose(p.sum(-1), 1, atol=1e-5)
    residual = np.eye(levels)[y] - p
    np.testing.assert_allclose(design(rows).T @ residual / 3000, 0, atol=1e-4)  # the first-order condition


def test_there_are_no_interactions():
    a, b = torch.arange(400) % 2, torch.arange(400) // 2 % 2
    text = "binary A, B, Y; A, B -> Y; Y ~ linear"
    model, _ = learned(text, {"A": a, "B": b, "Y": a ^ b})
    np.testing.assert_allclose(model.controller.law("Y"), 0.5, atol=1e-3)


def test_what_is_told_without_fail_has_finite_coefficients():
    a = torch.arange(400) % 2
    model, losses = learned("binary A, Y; A -> Y; Y ~ linear", {"A": a, "Y": a})
    law = model.controller.law("Y")
    assert law.diagonal().min() > 0.999
    assert law.min() > 0
    assert losses[0] < 1e-3


def test_a_constant_is_learned():
    model, _ = learned(
        "real X, Y; X -> Y; default real ~ linear", {"X": torch.full((9,), 2.0), "Y": torch.full((9,), 5.0)}
    )
    torch.testing.assert_close(model.sample(5)["Y"], torch.full((5,), 5.0), atol=1e-3, rtol=0)


def test_an_unobserved_cause_ties_its_effects():
    rng = np.random.default_rng(0)
    u = rng.normal(0, 1, 1500)
    rows = {n: torch.as_tensor(u + rng.normal(0, 0.5, 1500)).float() for n in "XY"}
    model, losses = learned("real X, Y; X <-> Y; default real ~ linear", rows, steps=250)
    drawn = model.sample(20_000)
    assert np.corrcoef(drawn["X"], drawn["Y"])[0, 1] == pytest.approx(0.8, abs=0.08)
    assert losses[-1] < losses[0]


def test_kinds_that_share_an_unobserved_cause_learn_together():
    rng = np.random.default_rng(0)
    u = rng.integers(0, 2, 500)
    rows = {"X": torch.as_tensor(2 * u + rng.normal(0, 0.3, 500)), "Y": torch.as_tensor(u)}
    model = compile_graph(read_text("real X; binary Y; X <-> Y; X ~ linear"))
    learner = load("mechanisms", "linear").learner(model.controller, "X", rows, Schedule(0, steps=150))
    for t in range(learner.steps):
        learner.step(t)
    drawn = model.sample(5000)
    assert drawn["Y"][drawn["X"] > 1].double().mean() > 0.9
    assert drawn["Y"][drawn["X"] < 1].double().mean() < 0.1


@pytest.mark.parametrize("ridge", [-1.0, float("nan"), float("inf")])
def test_a_ridge_is_a_number_that_is_not_negative(ridge):
    with pytest.raises(ValueError, match="at least 0"):
        LinearOptions(ridge)
