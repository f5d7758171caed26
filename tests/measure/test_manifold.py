import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from causaldsl.measure.manifold import manifold


def by_balls(drawn, real, k):
    """The definitions, ball by ball."""

    def reach(sample):
        return [sorted(np.linalg.norm(sample - x, axis=1))[k] for x in sample]

    def holds(centre, radius, point):
        return np.linalg.norm(centre - point) <= radius + 1e-12

    real_balls, drawn_balls = list(zip(real, reach(real), strict=True)), list(zip(drawn, reach(drawn), strict=True))
    held = [sum(holds(*ball, x) for ball in real_balls) for x in drawn]
    return {
        "precision": np.mean([h > 0 for h in held]),
        "recall": np.mean([any(holds(*ball, y) for ball in drawn_balls) for y in real]),
        "density": np.mean(held) / k,
        "coverage": np.mean([any(holds(*ball, x) for x in drawn) for ball in real_balls]),
    }


@given(st.integers(0, 10**6), st.integers(6, 20), st.integers(6, 20), st.integers(1, 5))
def test_it_is_its_definition(seed, n, m, k):
    rng = np.random.default_rng(seed)
    drawn, real = rng.normal(size=(n, 3)), rng.normal(size=(m, 3)) + 0.5
    found = manifold(drawn, real, k)
    assert {name: figure.value for name, figure in vars(found).items()} == pytest.approx(by_balls(drawn, real, k))


def test_one_law_and_two_that_are_far_apart():
    rng = np.random.default_rng(0)
    real = rng.normal(size=(1500, 8))
    same, far = manifold(rng.normal(size=(1500, 8)), real), manifold(real + 100, real)
    assert same.density.low < 1 < same.density.high
    assert same.coverage.value == pytest.approx(1 - 0.5**5, abs=0.02), "a ball's k nearest of both are coin tosses"
    assert [figure.value for figure in vars(far).values()] == [0, 0, 0, 0]


def test_what_they_tell_apart():
    rng = np.random.default_rng(0)
    real = np.concatenate([rng.normal(size=(500, 4)), rng.normal(size=(500, 4)) + 20])
    narrow = manifold(rng.normal(size=(1000, 4)), real)
    assert narrow.precision.value > 0.9, "what is drawn is like real ones"
    assert narrow.recall.value == pytest.approx(0.5, abs=0.05), "of which half are never drawn"
    assert narrow.coverage.value == pytest.approx(0.5, abs=0.05)
    noisy = manifold(np.concatenate([real[::2], rng.normal(size=(500, 4)) * 100]), real)
    assert noisy.precision.value == pytest.approx(0.5, abs=0.05)
