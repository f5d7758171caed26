"""Models whose mechanisms are all known: compiled, they sample at once, under hard and soft interventions."""

import numpy as np
import pytest
import torch

from causaldsl.errors import UsageError
from causaldsl.graph.read import read_text
from causaldsl.scm.build import compile_graph

LINE = """
real X, M, Y
latent U
X := U + normal(0, 1)
M := 2*X + normal(0, 1)
Y := M - 3*U + normal(0, 1)
"""
LAWN = """
binary Cloudy, Rain, Sprinkler, Wet
Cloudy := bernoulli(0.5)
Rain := bernoulli(where(Cloudy, 0.8, 0.2))
Sprinkler := bernoulli(where(Cloudy, 0.1, 0.5))
Wet | Rain, Sprinkler := [[0.99, 0.01], [0.1, 0.9], [0.1, 0.9], [0.01, 0.99]]
"""


def test_it_samples_its_own_law() -> None:
    sample = compile_graph(read_text(LINE)).sample(200_000, seed=0)
    assert list(sample) == ["X", "M", "Y"]
    rows = torch.stack(list(sample.values()))
    # X = U + e1, M = 2X + e2, Y = M - 3U + e3 = -U + 2 e1 + e2 + e3
    assert torch.allclose(rows.cov(), torch.tensor([[2.0, 4, 1], [4, 9, 3], [1, 3, 7]], dtype=torch.float64), atol=0.12)


def test_what_is_not_downstream_of_an_intervention_stays() -> None:
    model = compile_graph(read_text(LINE))
    seen, done = model.sample(100, seed=3), model.sample(100, do={"M": 1.5}, seed=3)
    assert torch.equal(seen["X"], done["X"])
    assert torch.equal(done["M"], torch.full((100,), 1.5, dtype=torch.float64))
    assert torch.allclose(seen["Y"] - seen["M"], done["Y"] - 1.5)


def test_a_soft_intervention_knows_the_natural_value() -> None:
    model = compile_graph(read_text(LINE))
    seen, done = model.sample(100, seed=3), model.sample(100, do={"X": ":= X + 10"}, seed=3)
    assert torch.allclose(done["X"], seen["X"] + 10)
    assert torch.allclose(done["Y"], seen["Y"] + 20)


def test_a_soft_intervention_draws_noise_of_its_own_after_all_other() -> None:
    model = compile_graph(read_text(LINE))
    seen, done = model.sample(50_000, seed=3), model.sample(50_000, do={"M": ":= normal(X, 2)"}, seed=3)
    assert torch.equal(seen["X"], done["X"])
    assert float((done["M"] - done["X"]).var()) == pytest.approx(4, rel=0.05)
    assert float(torch.stack([done["M"] - done["X"], seen["M"] - 2 * seen["X"]]).corrcoef()[0, 1]) < 0.02


@pytest.mark.parametrize(
    "one", [1, True, np.int64(1), np.float32(1), np.bool_(True), torch.tensor(1), torch.tensor(1.0)]
)
@pytest.mark.parametrize("what", ["do", "given"])
def test_one_value_whatever_holds_it(what: str, one: object) -> None:
    model = compile_graph(read_text("binary A; real X; A := bernoulli(0.3); X := A + normal(0, 1)"))
    assert model.sample(3, **{what: {"A": one}})["A"].tolist() == [1, 1, 1]
    assert model.sample(3, **{what: {"X": one}})["X"].tolist() == [1, 1, 1]


@pytest.mark.parametrize("wrong", [None, [1, 2], np.array([1, 0]), torch.ones(3), 1j])
@pytest.mark.parametrize("name", ["A", "X"])
def test_what_is_no_value_says_so(name: str, wrong: object) -> None:
    model = compile_graph(read_text("binary A; real X; A := bernoulli(0.3); X := A + normal(0, 1)"))
    with pytest.raises(UsageError, match=f"do: `{name}` is to be one value, not"):
        model.sample(3, do={name: wrong})
    with pytest.raises(UsageError, match=f"given: `{name}` is to be one value, not"):
        model.sample(3, given={name: wrong})


def test_a_law_without_its_sign_is_told() -> None:
    model = compile_graph(read_text("real X; X := normal(0, 1)"))
    with pytest.raises(UsageError, match="begins with `:=`"):
        model.sample(3, do={"X": "X + 1"})


def test_a_law_may_name_any_node_that_is_no_effect() -> None:
    model = compile_graph(read_text(LAWN))
    done = model.sample(1000, do={"Sprinkler": ":= Rain"}, seed=0)
    assert torch.equal(done["Sprinkler"], done["Rain"])
    with pytest.raises(UsageError, match="cycle: Rain -> Wet -> Rain"):
        model.sample(10, do={"Rain": ":= Wet"})


def test_tables_and_equations_are_exact() -> None:
    law = compile_graph(read_text(LAWN)).joint()
    rain = law.marginal("Rain")
    assert rain.tolist() == pytest.approx([0.5, 0.5])
    assert float(law.given({"Wet": 1}).marginal("Sprinkler")[1]) == pytest.approx(
        (0.9 * 0.21 + 0.99 * 0.09) / (0.9 * 0.21 + 0.99 * 0.09 + 0.9 * 0.41 + 0.01 * 0.29), abs=1e-9
    )


def test_discrete_latents_with_equations_are_summed_out() -> None:
    graph = read_text("latent U : binary; binary A, B; U := bernoulli(0.5); A := bernoulli(0.2 + 0.6*U); B := U")
    law = compile_graph(graph).joint()
    assert float(law.given({"B": 1}).marginal("A")[1]) == pytest.approx(0.8)
    sample = compile_graph(graph).sample(20_000, given={"B": 1}, seed=0)
    assert list(sample) == ["A", "B"]
    assert float(sample["A"].double().mean()) == pytest.approx(0.8, abs=0.015)


def test_a_causes_order_in_a_table_is_the_tables() -> None:
    graph = read_text(
        "binary Y, A, B; A := bernoulli(0.5); B := bernoulli(0.5); A -> Y\nY | B, A := [[1, 0], [0, 1], [0, 1], [1, 0]]"
    )
    sample = compile_graph(graph).sample(500, seed=0)
    assert torch.equal(sample["Y"], sample["A"] ^ sample["B"])


def test_a_table_of_three_levels() -> None:
    graph = read_text(
        "categorical H {a, b, c}; binary X; X := bernoulli(0.5)\nH | X := [[0.2, 0.3, 0.5], [0.7, 0.2, 0.1]]"
    )
    sample = compile_graph(graph).sample(100_000, seed=1)
    for x, row in enumerate([[0.2, 0.3, 0.5], [0.7, 0.2, 0.1]]):
        shares = torch.bincount(sample["H"][sample["X"] == x], minlength=3).double()
        assert (shares / shares.sum()).tolist() == pytest.approx(row, abs=0.01)
