import math

import numpy as np
import pytest

from causaldsl.measure.minimality import minimality

RNG = np.random.default_rng(0)


def by_hand(seen, imagined, was, would, real, levels):
    found = []
    for f, g, before, after in zip(seen, imagined, was, would, strict=True):
        moved = math.dist(f, g)
        apart = [math.dist(f, r) for r in real]
        same = [d for d, level in zip(apart, levels, strict=True) if level == before]
        other = [d for d, level in zip(apart, levels, strict=True) if level == after]
        if same and other:
            near, far = sum(d >= moved for d in same) / len(same), sum(d <= moved for d in other) / len(other)
            found.append(math.log(0.8 * math.exp(far) + 0.2 * math.exp(near)))
    return found


def sample(n=30, m=50, levels=4):
    seen, real = RNG.normal(size=(n, 3)), RNG.normal(size=(m, 3))
    was, kinds = RNG.integers(0, levels, n), RNG.integers(0, levels - 1, m)  # the last level has no real picture
    return seen, seen + RNG.normal(0, 0.8, (n, 3)), was, (was + 1) % levels, real, kinds


def test_it_is_what_counting_gives():
    for _ in range(5):
        given = sample()
        expected = by_hand(*given)
        found = minimality(*given)
        assert found.value == pytest.approx(np.mean(expected))
        assert found.n == len(expected) < 30
        assert found.high - found.value == pytest.approx(1.96 * np.std(expected, ddof=1) / math.sqrt(len(expected)))


def test_without_real_pictures_of_the_levels_there_is_none():
    seen, imagined, was, would, real, levels = sample()
    assert minimality(seen, imagined, was, would + 10, real, levels) is None
    assert minimality(seen[:1], imagined[:1], levels[:1], levels[:1], real, levels) is None
