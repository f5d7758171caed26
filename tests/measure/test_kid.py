import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from causaldsl.measure.kid import kid


def by_pairs(a, b):
    """The definition, pair by pair."""

    def kernel(x, y):
        return (x @ y / len(x) + 1) ** 3

    def within(s):
        return np.mean([kernel(x, y) for i, x in enumerate(s) for j, y in enumerate(s) if i != j])

    return within(a) + within(b) - 2 * np.mean([kernel(x, y) for x in a for y in b])


def without(x, block, blocks):
    cut = np.linspace(0, len(x), blocks + 1).astype(int)
    return np.delete(x, slice(cut[block], cut[block + 1]), axis=0)


@given(st.integers(0, 10**6), st.integers(4, 14), st.integers(4, 9), st.integers(2, 5))
def test_it_is_its_definition_and_its_error_the_jackknifes(seed, n, m, blocks):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(n, 3)), rng.normal(size=(m, 3)) + 1
    found, blocks = kid(a, b, blocks), min(blocks, n // 2, m // 2)
    assert found.value == pytest.approx(by_pairs(a, b))
    left_out = np.array([by_pairs(*(without(x, k, blocks) for x in (a, b))) for k in range(blocks)])
    error = np.sqrt((blocks - 1) / blocks * ((left_out - left_out.mean()) ** 2).sum())
    assert found.high - found.value == pytest.approx(1.96 * error, abs=1e-9)


def test_of_gaussians_along_an_axis():
    """With one feature the kernel is that of the first three moments: sum of c_k (difference of moment k)^2."""
    rng = np.random.default_rng(0)
    found = [kid(rng.normal(size=(400, 1)), 1 + 2 * rng.normal(size=(400, 1))) for _ in range(200)]
    moments = np.array([[0, 1, 0], [1, 5, 1 + 3 * 4]])
    truth = (np.array([3, 3, 1]) * (moments[0] - moments[1]) ** 2).sum()
    values = np.array([f.value for f in found])
    assert values.mean() == pytest.approx(truth, abs=4 * values.std() / np.sqrt(200))
    half = np.mean([(f.high - f.low) / 2 for f in found])
    assert half == pytest.approx(1.96 * values.std(), rel=0.2)


def test_of_one_law_it_is_around_nothing():
    rng = np.random.default_rng(0)
    values = np.array([kid(rng.normal(size=(60, 4)), rng.normal(size=(80, 4))).value for _ in range(300)])
    assert abs(values.mean()) < 4 * values.std() / np.sqrt(300)
    assert values.min() < 0 < values.max()
