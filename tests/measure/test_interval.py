"""Intervals cover the truth as often as they say."""

import numpy as np
import pytest

from causaldsl.measure.interval import Measured, wilson


@pytest.mark.parametrize(("p", "n"), [(0.5, 40), (0.1, 100), (0.02, 400)])
def test_it_covers_the_truth(p, n):
    counts = np.random.default_rng(0).binomial(n, p, 2000)
    covered = [low <= p <= high for low, high in (wilson(count / n, n) for count in counts)]
    assert 0.925 < np.mean(covered) < 0.985


def test_it_solves_its_equation():
    for share, n in ((0.3, 50), (0.0, 20), (1.0, 7)):
        for end in wilson(share, n):
            if 0 < end < 1:
                assert abs(share - end) == pytest.approx(1.96 * (end * (1 - end) / n) ** 0.5)


@pytest.mark.parametrize(("p", "n", "q", "m"), [(0.95, 60, 0.9, 200), (0.99, 200, 0.99, 200), (0.5, 50, 0.3, 30)])
def test_the_interval_of_a_difference_covers_the_truth(p, n, q, m):
    rng = np.random.default_rng(0)
    counts = zip(rng.binomial(n, p, 2000), rng.binomial(m, q, 2000), strict=True)
    found = [Measured.share(a / n, n) - Measured.share(b / m, m) for a, b in counts]
    assert 0.925 < np.mean([f.low <= p - q <= f.high for f in found]) < 0.995


def test_standard_errors_add_in_squares():
    found = Measured.about(5, 3, 100) - Measured.about(1, 4, 50)
    assert (found.value, found.n) == (4, 50)
    assert (found.low, found.high) == pytest.approx((4 - 1.96 * 5, 4 + 1.96 * 5))
    assert Measured.about(1, 1, 10, least=0).low == 0


def test_it_is_kept_and_found_again():
    found = Measured.share(0.3, 50)
    assert Measured.of_json(found.as_json()) == found


def test_the_interval_of_shares_is_never_empty_and_covers_the_truth():
    assert Measured.shares(1.0, 0.0, 200) == Measured(1.0, *wilson(1.0, 200), 200)
    rng = np.random.default_rng(0)
    covered = []
    for _ in range(500):
        right = (rng.random((200, 9)) > 0.002).mean(1)
        found = Measured.shares(right.mean(), right.var(ddof=1), 200)
        assert 0 <= found.low < found.high <= 1
        covered.append(found.low <= 0.998 <= found.high)
    assert np.mean(covered) > 0.93
