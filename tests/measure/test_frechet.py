import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from causaldsl.measure.frechet import frechet, spread


def sample(seed, n=50, d=4):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + rng.normal(size=d)


def by_eigenvalues(a, b):
    """The textbook's formula."""
    first, second = (np.cov(x, rowvar=False) for x in (a, b))
    values, vectors = np.linalg.eigh(first)
    root = vectors * np.sqrt(np.clip(values, 0, None)) @ vectors.T
    overlap = np.sqrt(np.clip(np.linalg.eigvalsh(root @ second @ root), 0, None)).sum()
    shift = a.mean(0) - b.mean(0)
    return shift @ shift + np.trace(first) + np.trace(second) - 2 * overlap


@pytest.mark.parametrize("n", [3, 4, 5, 50])
def test_it_is_the_textbooks(n):
    a, b = sample(0, n), sample(1, 30)
    assert frechet(a, b) == pytest.approx(by_eigenvalues(a, b), rel=1e-6)  # roots of rounding errors in singular ones


def test_of_gaussians_along_an_axis():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(100_000, 1))
    assert frechet(x, 3 * x + 4) == pytest.approx(16 + 4, rel=0.02)


@given(st.integers(0, 10**6))
def test_it_is_symmetric_and_nothing_for_equals(seed):
    a, b = sample(seed), sample(seed + 1)
    assert frechet(a, a) == pytest.approx(0, abs=1e-9)
    assert frechet(a, b) == pytest.approx(frechet(b, a))
    assert frechet(a, a + 1) == pytest.approx(4)


def test_spread_by_hand():
    assert spread(np.array([[0.0, 0.0], [3.0, 4.0]])) == 5
    assert spread(np.ones((5, 2))) == 0


def test_spread_is_the_mean_over_pairs():
    x = sample(3, 20)
    pairs = [np.linalg.norm(x[i] - x[j]) for i in range(20) for j in range(20) if i != j]
    assert spread(x) == pytest.approx(np.mean(pairs))
