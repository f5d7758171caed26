"""The labels that image models are trained on, against the laws that they claim to follow."""

import pytest
import torch

import causaldsl as cd
from causaldsl.train.labels import ControllerSampler

TEXT = """
binary A, B
categorical C {x, y, z}
real D
image Face[3, 32, 32]
A := bernoulli(0.9)
B := bernoulli(where(A == 1, 0.8, 0.1))
C := where(B == 1, categorical(6, 3, 1), categorical(1, 1, 8))
D := normal(where(B == 1, 4, 0), 1)
*  -> Face
Face ~ r3gan(width=4)
"""
N = 60_000


@pytest.fixture(scope="module")
def sampler():
    model = cd.compile(cd.parse(TEXT))
    return ControllerSampler(model, "Face", 0)


def draw(sampler, how, seed=1):
    """Columns A, B, C = x, y, z, and D."""
    return getattr(sampler, how)(N, torch.Generator().manual_seed(seed))


def test_rows_as_seen_follow_the_observational_law(sampler):
    rows = draw(sampler, "observational")
    assert rows.shape == (N, 6)
    shares = rows.mean(0).tolist()
    b = 0.9 * 0.8 + 0.1 * 0.1
    assert shares[:3] == pytest.approx([0.9, b, b * 0.6 + (1 - b) * 0.1], abs=0.01)


def test_rows_after_interventions_are_the_mixture_of_single_interventions(sampler):
    """By hand: a fourth each of do(A), do(B), do(C), do(D), each level equally likely, causes downstream redrawn."""
    rows = draw(sampler, "interventional")
    seen, forced = 0.9 * 0.8 + 0.1 * 0.1, (0.8 + 0.1) / 2
    p_a = (0.5 + 3 * 0.9) / 4
    p_b = (forced + 0.5 + 2 * seen) / 4
    p_x = sum(b * 0.6 + (1 - b) * 0.1 for b in (forced, 0.5, seen)) / 4 + 1 / 12
    p_ab = (0.5 * 0.8 + 0.9 * 0.5 + 2 * 0.9 * 0.8) / 4
    found = [rows[:, 0].mean(), rows[:, 1].mean(), rows[:, 2].mean(), (rows[:, 0] * rows[:, 1]).mean()]
    assert [float(f) for f in found] == pytest.approx([p_a, p_b, p_x, p_ab], abs=0.01)
    assert rows[:, 2:5].sum(1).unique().tolist() == [1]


def test_a_real_cause_is_set_to_values_that_it_has_elsewhere(sampler):
    """By hand: E[D; B=1] is 4 P(B=1) where D follows B, and its mean times P(B=1) where it is set."""
    rows = draw(sampler, "interventional")
    seen = 0.9 * 0.8 + 0.1 * 0.1
    forced = (0.8 + 0.1) / 2
    expected = (4 * (forced + 0.5 + seen) + 4 * seen * seen) / 4
    assert float((rows[:, 5] * rows[:, 1]).mean()) == pytest.approx(expected, abs=0.05)
    forced_last = sampler.done[-(len(sampler.done) // 4) :, 5]
    assert set(forced_last.tolist()) <= set(sampler.seen[:, 5].tolist())


def test_draws_are_a_function_of_the_generator(sampler):
    one, again, other = (draw(sampler, "interventional", seed) for seed in (1, 1, 2))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


def test_a_picture_without_causes_has_rows_of_no_columns():
    model = cd.compile(cd.parse("binary A\nimage Face[3, 32, 32]\nA := bernoulli(0.5)\nFace ~ r3gan(width=4)\n"))
    sampler = ControllerSampler(model, "Face", 0)
    assert sampler.interventional(3, torch.Generator()).shape == (3, 0)
