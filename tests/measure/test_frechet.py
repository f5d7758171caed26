import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from causaldsl.measure.frechet import frechet


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
    assert frechet(a, b).value == pytest.approx(by_eigenvalues(a, b), rel=1e-6)  # roots of rounding in singular ones


def test_of_gaussians_along_an_axis():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(100_000, 1))
    assert frechet(x, 3 * x + 4).value == pytest.approx(16 + 4, rel=0.02)


@given(st.integers(0, 10**6))
def test_it_is_symmetric_and_nothing_for_equals(seed):
    a, b = sample(seed), sample(seed + 1)
    assert frechet(a, a).value == pytest.approx(0, abs=1e-9)
    assert frechet(a, b).value == pytest.approx(frechet(b, a).value)
    assert frechet(a, b).high == pytest.approx(frechet(b, a).high)
    assert frechet(a, a + 1).value == pytest.approx(4)


@pytest.mark.parametrize(("n", "d"), [(80, 3), (40, 60)])
def test_each_row_moves_it_as_the_delta_method_says(n, d):
    """The variance against a row's weight shifted by a little, row by row."""
    a, b = sample(0, n, d), sample(1, n + 5, d)

    def weighted(weights, x, y):
        share = weights / weights.sum()
        mean = share @ x
        centred = (x - mean) * np.sqrt(share * len(x) / (len(x) - 1))[:, None]
        other = (y - y.mean(0)) / np.sqrt(len(y) - 1)
        overlap = np.linalg.svd(centred @ other.T, compute_uv=False).sum()
        return ((mean - y.mean(0)) ** 2).sum() + (centred**2).sum() + (other**2).sum() - 2 * overlap

    variance = 0.0
    for x, y in ((a, b), (b, a)):
        moves = []
        for row in range(len(x)):
            up, down = (np.ones(len(x)) + sign * 1e-4 * (np.arange(len(x)) == row) for sign in (1, -1))
            moves.append(len(x) * (weighted(up, x, y) - weighted(down, x, y)) / 2e-4)
        variance += np.var(moves) / len(x)
    assert frechet(a, b).high - frechet(a, b).value == pytest.approx(1.96 * variance**0.5, rel=2 / n)


def test_the_interval_is_as_wide_as_samples_differ():
    rng = np.random.default_rng(0)
    shape = rng.normal(size=(3, 3))
    found = [frechet(rng.normal(size=(500, 3)), rng.normal(size=(700, 3)) @ shape + 1) for _ in range(300)]
    half = np.mean([(f.high - f.low) / 2 for f in found])
    assert half == pytest.approx(1.96 * np.std([f.value for f in found]), rel=0.1)
