import itertools

import pytest
import torch

from causaldsl.graph.domain import Binary, Categorical, Real
from causaldsl.images.causes import Causes
from causaldsl.images.interventions import uniform

N = 60_000


class Rows:
    """Binary A, a categorical of three levels and a real that is 7 times A, all as seen; nothing is done."""

    def observational(self, n, generator):
        a = (torch.rand(n, generator=generator) < 0.1).float()
        return torch.stack([a, a, 1 - a, 0 * a, 7 * a], 1)


def drawn(n=N, seed=0):
    causes = Causes([Binary(), Categorical(("x", "y", "z")), Real()])
    return uniform(causes, Rows(), n, torch.Generator().manual_seed(seed))


def test_every_combination_of_levels_is_as_likely():
    rows = drawn()
    assert rows[:, 1:4].sum(1).unique().tolist() == [1]
    for a, level in itertools.product((0, 1), range(3)):
        assert float(((rows[:, 0] == a) & (rows[:, 1 + level] == 1)).float().mean()) == pytest.approx(1 / 6, abs=0.01)


def test_a_real_cause_keeps_its_values_and_not_what_they_hang_on():
    rows = drawn()
    assert rows[:, 4].unique().tolist() == [0, 7]
    for a in (0, 1):
        assert float((rows[rows[:, 0] == a][:, 4] == 7).float().mean()) == pytest.approx(0.1, abs=0.01)


def test_draws_are_a_function_of_the_generator():
    assert torch.equal(drawn(9), drawn(9))
    assert not torch.equal(drawn(9), drawn(9, seed=1))


def test_nothing_is_set_where_there_is_no_cause():
    assert uniform(Causes([]), Rows(), 3, torch.Generator()).shape == (3, 0)
