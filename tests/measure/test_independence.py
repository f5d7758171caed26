"""Independence tests: the level that they promise, the power to see dependence, and what they say of hopeless data."""

import numpy as np
import pytest

from causaldsl.measure.independence import independence


def columns(kind: str, rng: np.random.Generator, n: int, effect: float):
    z = rng.integers(0, 3, n)
    if kind == "discrete":
        a = (rng.random(n) < 0.2 + 0.25 * z).astype(np.int64)
        b = (rng.random(n) < 0.7 - 0.2 * z + effect * a).astype(np.int64)
        return a, b, [z]
    z_real = z + rng.normal(size=n)
    a = z_real + rng.normal(size=n)
    b = -2 * z_real + effect * a + rng.normal(size=n)
    return a, b, [z_real, z]


@pytest.mark.parametrize("kind", ["discrete", "real"])
def test_independent_columns_are_called_dependent_as_often_as_promised(kind):
    rng = np.random.default_rng(0)
    p = np.array([independence(*columns(kind, rng, 600, 0.0)).p_value for _ in range(400)])
    for level in (0.05, 0.2, 0.5):
        assert abs((p < level).mean() - level) < 4 * np.sqrt(level * (1 - level) / len(p))


@pytest.mark.parametrize(("kind", "effect"), [("discrete", 0.2), ("real", 0.3)])
def test_dependence_is_seen(kind, effect):
    rng = np.random.default_rng(1)
    found = [independence(*columns(kind, rng, 1000, effect)) for _ in range(20)]
    assert sum(test.p_value < 0.001 for test in found) >= 18
    assert all(test.strength > 0.1 for test in found)


def test_what_depends_only_through_z_needs_z():
    rng = np.random.default_rng(2)
    a, b, z = columns("discrete", rng, 5000, 0.0)
    assert independence(a, b, []).p_value < 1e-6
    assert independence(a, b, z).p_value > 0.01


def test_a_column_of_one_level_tells_nothing():
    found = independence(np.zeros(10, dtype=np.int64), np.arange(10) % 2, [])
    assert (found.degrees, found.p_value) == (0, 1.0)


def test_a_level_beside_a_real_column():
    rng = np.random.default_rng(3)
    level = rng.integers(0, 3, 800)
    assert independence(level, level + rng.normal(size=800), []).p_value < 1e-9
    assert independence(level, rng.normal(size=800), []).p_value > 0.001
