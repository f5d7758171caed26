import numpy as np
import pytest

from causaldsl.measure import distances as module
from causaldsl.measure.distances import distances
from causaldsl.measure.diversity import diversity, spread


def pairs(x):
    return np.linalg.norm(x[:, None] - x[None], axis=2)


def test_distances_are_those_of_pairs_in_any_parts(monkeypatch):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(23, 3)) + 1e4, rng.normal(size=(9, 3)) + 1e4
    monkeypatch.setattr(module, "PART", 5)
    np.testing.assert_allclose(np.concatenate([f for _, f in distances(a)]), pairs(a), atol=1e-6)
    across = np.concatenate([f for _, f in distances(a, b)])
    np.testing.assert_allclose(across, np.linalg.norm(a[:, None] - b[None], axis=2), atol=1e-6)
    assert all(np.diag(f[:, rows]).tolist() == [0] * len(f) for rows, f in distances(a))


def test_spread_by_hand():
    assert spread(np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 0.0]])).value == pytest.approx(10 / 3)
    assert spread(np.ones((5, 2))).value == 0


def test_spread_is_the_mean_over_pairs_and_its_error_the_jackknifes():
    x = np.random.default_rng(3).normal(size=(20, 4))
    found, far = spread(x), pairs(x)
    assert found.value == pytest.approx(far.sum() / (20 * 19))
    without = [np.delete(np.delete(far, i, 0), i, 1).sum() / (19 * 18) for i in range(20)]
    assert found.high - found.value == pytest.approx(
        1.96 * np.sqrt(19 / 20 * ((without - np.mean(without)) ** 2).sum())
    )


def test_of_gaussians():
    x = np.random.default_rng(0).normal(size=(5000, 1))
    found = spread(3 * x)
    assert found.low < 3 * 2 / np.sqrt(np.pi) < found.high, (
        "two draws of a normal are 2/sqrt(pi) standard deviations apart"
    )
    assert diversity(x / 2, x).value == pytest.approx(0.5)


def test_the_interval_of_diversity_is_as_wide_as_samples_differ():
    rng = np.random.default_rng(1)
    found = [diversity(rng.normal(size=(60, 3)), 2 * rng.normal(size=(90, 3))) for _ in range(400)]
    half = np.mean([(f.high - f.low) / 2 for f in found])
    assert half == pytest.approx(1.96 * np.std([f.value for f in found]), rel=0.12)
    assert np.mean([f.low < 0.5 < f.high for f in found]) > 0.92


def test_of_nothing_but_one_picture():
    assert diversity(np.eye(4), np.ones((4, 4))).value == np.inf
