"""`flow` learns laws of any shape, and turns back to the noise that made a value."""

import numpy as np
import pytest
import torch

from causaldsl.graph.read import read_text
from causaldsl.mechanisms.flow import FlowOptions
from causaldsl.plugins.protocols import Schedule
from causaldsl.plugins.registry import load
from causaldsl.scm.build import compile_graph


def shaken(domain=""):
    """A flow with one cause, its weights drawn at random."""
    model = compile_graph(read_text(f"real X; real Y {domain}; X -> Y; Y ~ flow"), seed=1)
    mechanism = model.controller["Y"]
    with torch.no_grad(), torch.random.fork_rng():
        torch.manual_seed(0)
        for parameter in mechanism.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.3)
    return model, mechanism


@pytest.mark.parametrize("domain", ["", "in [-1, 3]", "in [2, inf]"])
def test_its_density_is_that_of_its_draws(domain):
    _, mechanism = shaken(domain)
    n = 100_000
    parents = torch.full((n, 1), 0.7)
    drawn = mechanism(parents, mechanism.noise(n, torch.Generator().manual_seed(0))).detach()
    shares = torch.linspace(0.01, 0.99, 2001)
    grid = drawn.quantile(shares)  # dense where the density is
    density = mechanism.log_prob(parents[:2001], grid).exp().detach().double()
    integral = torch.cumulative_trapezoid(density, grid.double())
    torch.testing.assert_close(integral + 0.01, shares[1:].double(), atol=0.01, rtol=0)


def test_two_humps_that_part_with_the_cause():
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 1, 8000)
    y = np.where(rng.random(8000) < 0.3, -1, 1) * (0.5 + x) + rng.normal(0, 0.1, 8000)
    rows = {"X": torch.as_tensor(x), "Y": torch.as_tensor(y)}
    model = compile_graph(read_text("real X in [0, 1]; real Y; X -> Y; default real ~ flow"))
    learner = load("mechanisms", "flow").learner(model.controller, "XY", rows, Schedule(0, steps=200, batch=512))
    for t in range(learner.steps):
        learner.step(t)
    drawn = model.sample(20_000, do={"X": 0.8})["Y"].numpy()
    assert (drawn < 0).mean() == pytest.approx(0.3, abs=0.04)
    assert (np.abs(np.abs(drawn) - 1.3) < 0.5).mean() > 0.93
    x_drawn = model.sample(20_000)["X"].numpy()
    assert x_drawn.min() >= 0
    assert x_drawn.max() <= 1
    np.testing.assert_allclose(np.quantile(x_drawn, [0.1, 0.5, 0.9]), [0.1, 0.5, 0.9], atol=0.03)


def test_few_rows_are_not_learned_by_heart():
    rng = torch.Generator().manual_seed(0)
    drawn = [torch.randn(n, generator=rng) for n in (100, 100, 5000, 5000)]
    few, many = ({"X": x, "Y": 3 + 2 * x + y} for x, y in (drawn[:2], drawn[2:]))
    model = compile_graph(read_text("real X, Y; X -> Y; default real ~ flow"))
    learner = load("mechanisms", "flow").learner(model.controller, "XY", few, Schedule(0, steps=150))
    for t in range(learner.steps):
        learner.step(t)
    with torch.no_grad():
        nll = -model.controller["Y"].log_prob(many["X"].unsqueeze(-1), many["Y"]).mean().item()
    assert nll < 1.42 + 0.15  # the entropy of the noise, and a little


@pytest.mark.parametrize("kind", ["flow", "neural"])
@pytest.mark.parametrize("domain", ["real Y", "real Y in [0, inf]"])
def test_the_unit_of_measurement_does_not_matter(kind, domain):
    draws = torch.randn(500, generator=torch.Generator().manual_seed(0)).double()
    values = draws.exp() * (draws > -1)  # some zeros
    found = []
    for unit in (1e-9, 1.0, 1e9):
        mechanism = compile_graph(read_text(f"{domain}; Y ~ {kind}")).controller["Y"]
        mechanism.prepare(torch.zeros(500, 0), values * unit)
        found.append(mechanism.standardised(values * unit)[0])
        assert torch.isfinite(mechanism.log_prob(torch.zeros(500, 0), (values * unit).float())).all()
    torch.testing.assert_close(found[0], found[1], rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(found[2], found[1], rtol=1e-4, atol=1e-4)


def test_long_tails_lie_where_the_spline_bends():
    x = torch.distributions.Cauchy(3.0, 2.0).icdf(torch.linspace(0.0005, 0.9995, 1000))
    model = compile_graph(read_text("real X; X ~ flow"))
    mechanism = model.controller["X"]
    learner = load("mechanisms", "flow").learner(model.controller, "X", {"X": x}, Schedule(0, steps=200))
    for t in range(learner.steps):
        learner.step(t)
    drawn = model.sample(20_000, seed=0)["X"]
    at = torch.tensor([0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99])
    torch.testing.assert_close(drawn.quantile(at), x.quantile(at), rtol=0.15, atol=0.3)
    noise, _ = mechanism.abduct(torch.zeros(1000, 0), x, torch.zeros(1000, 1), torch.Generator())
    torch.testing.assert_close(mechanism(torch.zeros(1000, 0), noise), x, rtol=1e-3, atol=1e-3)


def test_a_cause_that_never_varied_can_be_set():
    x, y = torch.full((200,), 1e-3), torch.linspace(-1, 1, 200)
    model = compile_graph(read_text("real X, Y; X -> Y; default real ~ flow"))
    learner = load("mechanisms", "flow").learner(model.controller, "XY", {"X": x, "Y": y}, Schedule(0, steps=50))
    for t in range(learner.steps):
        learner.step(t)
    assert (model.sample(100, seed=0)["X"] - 1e-3).abs().max() < 1e-4
    done = model.sample(100, do={"X": 1.0}, seed=0)["Y"]
    assert done.abs().max() < 20  # an extrapolation, of the size of what was seen


def test_a_unit_keeps_its_rank():
    model, mechanism = shaken()
    with torch.no_grad():
        parents, other = torch.full((500, 1), 0.2), torch.full((500, 1), -1.0)
        values = mechanism(parents, mechanism.noise(500, torch.Generator().manual_seed(0)))
        noise, _ = mechanism.abduct(parents, values, torch.zeros(500, 1), torch.Generator())
        torch.testing.assert_close(mechanism(parents, noise), values, atol=1e-3, rtol=1e-3)
        assert torch.equal(mechanism(other, noise).argsort(), values.argsort())
    imagined = model.counterfactual({"X": 0.2, "Y": values[0].item()}, {"X": -1.0}, n=2)
    assert imagined["Y"].tolist() == pytest.approx([mechanism(other[:1], noise[:1]).item()] * 2, abs=1e-3)


@pytest.mark.parametrize("options", [{"bins": 1}, {"hidden": 0}, {"layers": 0}])
def test_sizes_are_positive(options):
    with pytest.raises(ValueError, match="at least"):
        FlowOptions(**options)
