"""Distances against hand values and their floors."""

import numpy as np
import pytest

from causaldsl.measure.tvd import empirical, factorised, floor, sample_tvd, tvd


def test_a_sample_and_its_table_read_the_same():
    rng = np.random.default_rng(0)
    a, b = ({n: rng.integers(0, 3, 500) for n in "xyz"} for _ in range(2))
    tables = [empirical(list(s.values()), (3, 3, 3)) for s in (a, b)]
    assert sample_tvd(a, b) == pytest.approx(tvd(*tables))


def test_cells_that_the_data_lack_count():
    data = {"x": np.array([0, 0, 1, 1])}
    drawn = {"x": np.array([0, 2, 2, 1])}
    assert sample_tvd(drawn, data) == 0.5


def test_joints_too_large_to_number_are_told_apart():
    rng = np.random.default_rng(0)
    few = rng.integers(0, 3, (50, 90))
    picked = [few[rng.integers(0, 50, 400)] for _ in range(2)]
    shares = [[np.mean((rows == row).all(1)) for row in few] for rows in picked]
    a, b = ({f"x{i}": rows[:, i] for i in range(90)} for rows in picked)
    assert sample_tvd(a, b) == pytest.approx(tvd(*map(np.array, shares)))


def test_floor_is_what_the_truth_reads():
    p = np.array([0.2, 0.3, 0.5])
    rng = np.random.default_rng(5)
    truth = np.mean([tvd(rng.multinomial(1000, p) / 1000, p) for _ in range(300)])
    assert floor(p, 1000, repeats=300) == pytest.approx(truth, rel=0.1)
    assert floor(p, 100_000) < floor(p, 1000)


def test_factorised_is_the_nearest_law_of_the_graph_in_likelihood():
    rng = np.random.default_rng(1)
    p = rng.random((2, 3, 2))
    p /= p.sum()
    complete = factorised(p, [[], [0], [0, 1]])
    np.testing.assert_allclose(complete, p)
    independent = factorised(p, [[], [], []])
    np.testing.assert_allclose(independent, np.einsum("i,j,k->ijk", p.sum((1, 2)), p.sum((0, 2)), p.sum((0, 1))))


def test_factorised_is_uniform_where_a_combination_never_occurs():
    p = np.array([[0.4, 0.6], [0.0, 0.0]])
    np.testing.assert_allclose(factorised(p, [[], [0]]), p)
