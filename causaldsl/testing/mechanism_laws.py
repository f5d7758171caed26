"""The laws of mechanisms: each a function of a case that raises an AssertionError where the mechanism breaks it."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping

import torch
from safetensors.torch import load, save
from torch import Generator, Tensor

from causaldsl.graph.domain import Discrete, Real
from causaldsl.plugins.defaults import abducts
from causaldsl.testing.learning import step
from causaldsl.testing.mechanism_cases import MANY, ROWS, Case, controller_of, learner_of

OFF = 0.05
"""How far shares among `MANY` draws may be off; a standard error is at most 0.008."""


def noise_is_apart(case: Case) -> None:
    """Noise comes from its generator alone, and the value from causes and noise alone."""
    before = torch.get_rng_state()
    noise, again = case.noise(ROWS), case.noise(ROWS)
    assert noise.dim() == 2, f"noise has the shape (n, width), not {tuple(noise.shape)}"
    assert len(noise) == ROWS, "noise has a row a unit"
    assert torch.equal(noise, again), "equal generators draw equal noise"
    parents = case.parents(ROWS)
    kept = parents.clone(), noise.clone()
    values, repeated = case.mechanism(parents, noise), case.mechanism(parents, noise)
    assert torch.equal(values, repeated), "equal causes and noise make equal values"
    assert torch.equal(parents, kept[0]), "the causes' values are left as they are"
    assert torch.equal(noise, kept[1]), "the noise is left as it is"
    assert torch.equal(torch.get_rng_state(), before), "randomness comes from the generator that is passed"


def values_are_of_the_domain(case: Case) -> None:
    """Values have the shape (n,), float, and lie in the domain."""
    values = case.values(MANY)
    assert values.shape == (MANY,), f"values have the shape (n,), not {tuple(values.shape)}"
    assert values.dtype.is_floating_point, "values are float, levels' indices too"
    assert bool(values.isfinite().all()), "values are finite"
    domain = case.shape.domain
    if isinstance(domain, Discrete):
        levels = torch.arange(len(domain.levels))
        assert bool(torch.isin(values, levels.to(values.dtype)).all()), "values are levels' indices"
    elif isinstance(domain, Real):
        assert bool(((values >= domain.low) & (values <= domain.high)).all()), "values lie in the interval"
    assert isinstance(case.mechanism.coupling, str), "`coupling` says in words how noise ties two worlds"


def units_are_apart(case: Case) -> None:
    """Each unit's value depends on its own causes and noise, not on who stands beside it."""
    parents, noise, values = case.parents(ROWS), case.noise(ROWS), case.values(ROWS)
    order = torch.arange(ROWS).flip(0)[: ROWS // 2]
    same(case.mechanism(parents[order], noise[order]), values[order], "a unit's value is its own, in any company")


def batches_agree(case: Case) -> None:
    """Many of a kind at once compute what each computes alone."""
    if not case.mechanism.vectorises:
        return
    names, controller = controller_of(case, (0, 1))
    assert len(controller.alike(names)) == 1, "two of one shape and the same options are alike"
    inputs: dict[str, tuple[Tensor, ...]] = {"forward": (case.parents(ROWS), case.noise(ROWS))}
    if case.log_prob() is not None:
        inputs["log_prob"] = (case.parents(ROWS), case.values(ROWS))
    if case.mechanism.tabulates:
        inputs["log_probabilities"] = (case.settings(),)
    for method, arguments in inputs.items():
        together = controller.run(names, method, *([argument] * len(names) for argument in arguments))
        for name, found in zip(names, together, strict=True):
            alone = getattr(controller[name], method)(*arguments)
            same(found, alone, f"`{method}` of many at once is that of each alone, or else `vectorises` is False")


def weights_come_back(case: Case) -> None:
    """Weights, saved and loaded into another of the kind, make it the same mechanism; and so does a copy."""
    other = case.built(seed=1)
    other.load_state_dict(load(save({k: v.contiguous() for k, v in case.mechanism.state_dict().items()})))
    for twin in (other, copy.deepcopy(case.mechanism)):
        found = twin(case.parents(ROWS), case.noise(ROWS))
        same(found, case.values(ROWS), "the weights are all that two of one shape and the same options differ in")


def probabilities_are_the_shares(case: Case) -> None:
    """`log_probabilities` sum to 1, are what `log_prob` says, and the shares of levels that are drawn."""
    domain = case.shape.domain
    if not case.mechanism.tabulates:
        return
    assert isinstance(domain, Discrete), "only a discrete node `tabulates`"
    settings = case.settings()
    log_p = case.mechanism.log_probabilities(settings).detach()
    assert log_p.shape == (len(settings), len(domain.levels)), "`log_probabilities` has the shape (n, levels)"
    assert torch.allclose(log_p.double().exp().sum(-1), torch.ones(len(log_p)).double(), atol=1e-5), "they sum to 1"
    for row, log_law in zip(settings, log_p, strict=True):
        rows = row.expand(MANY, -1)
        drawn = case.mechanism(rows, case.noise(MANY)).long()
        shares = torch.bincount(drawn, minlength=len(log_law)) / MANY
        assert float((shares - log_law.exp()).abs().max()) < OFF, "levels are drawn with their probabilities"
        if case.log_prob() is not None:
            levels = torch.arange(len(log_law))
            each = case.mechanism.log_prob(row.expand(len(levels), -1), levels.to(row.dtype)).detach()
            assert torch.allclose(each.exp(), log_law.exp(), atol=1e-5), "`log_prob` picks from `log_probabilities`"


@torch.no_grad()
def noise_is_inferred(case: Case) -> None:
    """`abduct` gives back noise under which the node is what was seen, and it is distributed as noise is."""
    if not abducts(case.plugin, case.shape.domain):
        return
    parents, noise, values = case.parents(MANY), case.noise(MANY, 1), case.values(MANY)
    seen = values.long() if isinstance(case.shape.domain, Discrete) else values
    found, log_weight = case.mechanism.abduct(parents, seen, noise.clone(), Generator().manual_seed(2))
    assert found.shape == noise.shape, "`abduct` returns noise of the shape that `noise` has"
    assert log_weight.shape == (MANY,), "`abduct` returns a log weight a unit"
    assert log_weight.dtype == torch.float64, "log weights are float64"
    met = log_weight > -math.inf
    assert bool(met.any()), "`abduct` finds noise for some units"
    again = case.mechanism(parents, found)
    same(again[met], values[met], "with the noise that `abduct` finds the node is what was seen", 1e-3)
    density = case.mechanism.log_prob(parents, values).double() if case.log_prob() is not None else None
    if density is not None and bool(met.all()) and torch.allclose(log_weight, density, atol=1e-3):
        for column in range(noise.shape[1]):  # exact draws: over units as they come, noise has its own law again
            gap = kolmogorov(found[:, column], noise[:, column])
            assert gap < 2.2 * math.sqrt(2 / MANY), "the noise that `abduct` finds has the law of noise"


@torch.no_grad()
def regions_are_the_noise(case: Case) -> None:
    """`regions` cut the noise as `forward` does: all combinations of the causes' levels answer together alike."""
    sizes = [len(domain.levels) for _, domain in case.shape.parents if isinstance(domain, Discrete)]
    if not case.mechanism.tabulates or len(sizes) < len(case.shape.parents):
        return
    grid = torch.cartesian_prod(*map(torch.arange, sizes)).reshape(-1, len(sizes)) if sizes else torch.zeros(1, 0)
    grid = grid.to(case.mechanism.precision)
    regions = case.mechanism.regions(grid)
    if regions is None:
        return
    weights, answers = regions
    assert answers.shape == (len(grid), len(weights)), "`answers` has a row a combination and a column a region"
    assert abs(float(weights.sum()) - 1) < 1e-5, "the regions' weights sum to 1"
    noise = case.noise(MANY)
    drawn = torch.stack([case.mechanism(row.expand(MANY, -1), noise).long() for row in grid])
    said: dict[tuple[int, ...], float] = {}
    for answer, weight in zip(answers.T.tolist(), weights.tolist(), strict=True):
        said[tuple(answer)] = said.get(tuple(answer), 0.0) + weight
    columns, counts = drawn.unique(dim=1, return_counts=True)
    seen = {tuple(column): count / MANY for column, count in zip(columns.T.tolist(), counts.tolist(), strict=True)}
    off = max(abs(said.get(answer, 0.0) - seen.get(answer, 0.0)) for answer in said | seen)
    assert off < OFF, "`regions` weigh as the noise falls"


def learning_goes_on(case: Case) -> None:
    """Learning that is saved between two steps and loaded into another goes on bit by bit as if never stopped."""
    straight, controller = learner_of(case, 0)
    if straight is None:
        return
    assert straight.name, "a learner has a name"
    assert straight.steps >= 1, "a learner takes a step at least"
    assert straight.batch >= 1, "a learner sees a row a step at least"
    half = straight.steps // 2
    saved: Mapping[str, Tensor] = {}
    for t in range(straight.steps):
        if t == half:
            saved = load(save({k: v.contiguous() for k, v in straight.state().items()}))
        step(straight, t, t)
    resumed, again = learner_of(case, 7)
    assert resumed is not None
    resumed.load_state(saved)
    for t in range(half, resumed.steps):
        step(resumed, t, 100 + t)
    ends = again.state_dict()
    for name, tensor in controller.state_dict().items():
        assert bool(tensor.isfinite().all()), f"after learning `{name}` is finite"
        assert torch.equal(tensor, ends[name]), f"`{name}` is the same bit by bit, stopped or not"


def same(found: Tensor, expected: Tensor, law: str, tolerance: float = 1e-4) -> None:
    """Check that two columns are equal, up to rounding where they are real."""
    assert found.shape == expected.shape, f"{law}: shapes {tuple(found.shape)} and {tuple(expected.shape)}"
    assert torch.allclose(found, expected, rtol=tolerance, atol=tolerance), law


def kolmogorov(a: Tensor, b: Tensor) -> float:
    """Return the largest distance of two samples' distribution functions."""
    points = torch.cat([a, b]).sort().values
    below = [torch.searchsorted(sample.sort().values, points, right=True) / len(sample) for sample in (a, b)]
    return float((below[0] - below[1]).abs().max())


LAWS: tuple[Callable[[Case], None], ...] = (
    noise_is_apart,
    values_are_of_the_domain,
    units_are_apart,
    batches_agree,
    weights_come_back,
    probabilities_are_the_shares,
    noise_is_inferred,
    regions_are_the_noise,
    learning_goes_on,
)
