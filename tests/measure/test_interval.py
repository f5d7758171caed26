"""Wilson's interval covers the truth as often as it says."""

import numpy as np
import pytest

from causaldsl.measure.interval import wilson


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
