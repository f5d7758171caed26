"""Answers in numbers: exact ones against brute force over units, drawn ones against exact ones and closed forms."""

import itertools
import math

import numpy as np
import pytest
import torch

from causaldsl.errors import RunError, UsageError
from causaldsl.graph.read import read_text
from causaldsl.scm import quantities
from causaldsl.scm.abduction import abduct
from causaldsl.scm.build import compile_graph
from causaldsl.scm.network import NotTabledError
from causaldsl.scm.world import World
from tests.models import random_model

LINEAR = compile_graph(read_text("real X, Y\nX := normal(0, 1)\nY := 2*X + normal(0, 1)"))
LAWN = compile_graph(
    read_text(
        "binary Cloudy, Rain, Sprinkler, Wet\nCloudy := bernoulli(0.5)\nRain := bernoulli(where(Cloudy, 0.8, 0.2))\n"
        "Sprinkler := bernoulli(where(Cloudy, 0.1, 0.5))\n"
        "Wet := bernoulli(where(Rain and Sprinkler, 0.99, where(Rain or Sprinkler, 0.9, 0.01)))"
    )
)
PYRAMID = "binary A, B, C, D\nA -> B -> C -> D\nA -> C; A -> D"


def units(graph, tables):
    """Every unit of a model of binary nodes: its probability, and its answer to every combination of causes.

    A unit is a region of each node's uniform, between two thresholds of the node's table.
    """
    nodes = []
    for name in graph.order:
        p = tables[name].astype(np.float32).astype(float)[..., 1].reshape(-1)
        ends = np.unique([0.0, 1.0, *p])
        middle = (ends[1:] + ends[:-1]) / 2
        nodes.append([(width, m) for width, m in zip(np.diff(ends), middle, strict=True)])
    for unit in itertools.product(*nodes):
        yield math.prod(width for width, _ in unit), dict(zip(graph.order, (m for _, m in unit), strict=True))


def world(graph, tables, unit, do):
    values = {}
    for name in graph.order:
        at = tuple(values[p] for p in graph[name].parents)
        values[name] = do.get(name, int(unit[name] < np.float32(tables[name][(*at, 1)])))
    return values


@pytest.mark.parametrize("seed", range(3))
def test_counterfactuals_are_those_of_all_units(seed):
    graph = read_text(PYRAMID)
    model, tables = random_model(graph, seed)
    over = under = nested = effect = 0.0
    for p, unit in units(graph, tables):
        seen, done = world(graph, tables, unit, {}), world(graph, tables, unit, {"B": 0})
        if seen["B"] == 1 and seen["D"] == 1:
            under += p
            over += p * (done["D"] == 1)
        nested += p * world(graph, tables, unit, {"A": 1, "C": world(graph, tables, unit, {"A": 0})["C"]})["D"]
        effect += p * (world(graph, tables, unit, {"B": 1})["D"] * 2 - done["D"])
    assert model.ask("P(D[B=0]=1 | B=1, D=1)").value == pytest.approx(over / under, abs=1e-6)
    assert model.ask("P(D[A=1, C=C[A=0]]=1)").value == pytest.approx(nested, abs=1e-6)
    assert model.ask("E[2*D[B=1] - D[B=0]]").value == pytest.approx(effect, abs=1e-6)


QUESTIONS = [
    "P(Wet=1)",
    "P(Rain=1 | Wet=1)",
    "P(Rain=1 | do(Sprinkler=1), Wet=1)",
    "P(Wet | do(Sprinkler), Cloudy)",
    "P(Wet=1 | do(Sprinkler := bernoulli(0.2 + 0.3*Sprinkler)), Rain=1)",
    "P(Wet[Sprinkler=0]=1 | Wet=1, Sprinkler=1)",
    "P(Wet[Sprinkler=0], Wet | Rain=1)",
    "P(Cloudy=1 | Wet[Sprinkler=0]=0, Sprinkler=1)",
    "E[Wet[Sprinkler=1] - Wet[Sprinkler=0] | Rain=0]",
    "E[where(Rain == 1 and Wet == 1, 3, -Cloudy) | do(Sprinkler=0)]",
    "P(Wet=1 | do(Sprinkler=1)) - P(Wet=1 | do(Sprinkler=0))",
    "P(Wet=1 | Sprinkler=1) / P(Wet=1)",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_draws_agree_with_tables(question, monkeypatch):
    exact = LAWN.ask(question)
    assert exact.method == "exact"

    def refuse(controller, asked):
        raise NotTabledError("")

    monkeypatch.setattr(quantities, "tabled", refuse)
    drawn = LAWN.ask(question, draws=60_000, seed=1)
    assert drawn.method != "exact"
    pairs = [(exact.value, drawn.value, drawn.stderr)] if not exact.table else []
    for a, b in zip(exact.table, drawn.table, strict=True):
        assert a.at == b.at
        pairs.append((a.p, b.p, b.stderr))
    for number, found, error in pairs:
        assert error < 0.02
        assert abs(number - found) <= 4.5 * error + 1e-9


def test_numbers_that_are_known():
    assert LAWN.ask("P(Rain=1 | do(Sprinkler=1))").value == pytest.approx(0.5)
    assert LAWN.ask("P(Rain=1 | Sprinkler=1)").value == pytest.approx(0.3)


def test_a_table_sums_to_one_for_each_setting_of_what_is_given():
    table = LAWN.ask("P(Wet, Rain | do(Sprinkler), Cloudy)").table
    sums: dict[tuple[object, object], float] = {}
    for row in table:
        key = row.at["Sprinkler"], row.at["Cloudy"]
        sums[key] = sums.get(key, 0.0) + row.p
    assert list(sums.values()) == pytest.approx([1.0] * 4)


def test_linear_gaussian_closed_forms():
    assert LINEAR.ask("E[Y[X=0] | X=1, Y=3]").value == pytest.approx(1)
    for question, truth in [
        ("E[X | Y=2]", 0.8),
        ("P(Y > 1 | do(X=1))", 0.5 * (1 + math.erf(1 / math.sqrt(2)))),
        ("E[Y^2 | do(X := X + 1)]", 4 + 4 + 1),
        ("E[Y | X > 1]", 2 * math.exp(-0.5) / math.sqrt(2 * math.pi) / (0.5 - 0.5 * math.erf(1 / math.sqrt(2)))),
    ]:
        found = LINEAR.ask(question)
        assert abs(found.value - truth) < 4.5 * found.stderr
        assert 0 < found.stderr < 0.05


def test_an_error_bar_covers_the_truth_as_often_as_it_says():
    inside = 0
    for seed in range(60):
        found = LINEAR.ask("E[X | Y=2]", draws=2000, seed=seed)
        inside += abs(found.value - 0.8) <= 1.96 * found.stderr
    assert 50 <= inside <= 60


def test_shared_draws_are_no_error():
    found = LINEAR.ask("E[Y | do(X := X + 1)] - E[Y | do(X := X)]")
    assert found.value == pytest.approx(2)
    assert found.stderr < 1e-9


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ("P(Rain=1 | do(Sprinkler=1)) == P(Rain=1)", True),
        ("P(Rain | do(Sprinkler=1)) == P(Rain) within 0.001", True),
        ("P(Rain=1 | Sprinkler=1) == P(Rain=1) within 0.1", False),
        ("P(Rain=1 | Sprinkler=1) < P(Rain=1)", True),
        ("P(Rain=1) > 0.5", False),
        ("P(Rain=1) >= 0.5", True),
        ("P(Wet=1) != 0.5", True),
    ],
)
def test_claims_are_judged(claim, holds):
    assert LAWN.ask(claim).answer is holds
    assert LAWN.ask(f"not {claim}").answer is not holds


def test_a_claim_within_its_error_bar_is_left_open():
    assert LINEAR.ask("E[X] < 0.001").answer is None
    assert LINEAR.ask("E[X] < 0.1").answer is True
    assert LINEAR.ask("E[X] == 0.5 within 0.1").answer is False
    with pytest.raises(UsageError, match="not exact"):
        LINEAR.ask("E[X] == 0")


def test_levels_are_shown_as_they_are():
    model = compile_graph(read_text("categorical H {x, y}; categorical D {-1..1}; H := categorical(1, 3); D := -1"))
    rows = model.ask("P(H, D)").table
    assert [dict(row.at) for row in rows][:2] == [{"H": "x", "D": -1}, {"H": "x", "D": 0}]
    assert [row.p for row in rows][::3] == pytest.approx([0.25, 0.75])
    assert model.ask("P(D < 0)").value == 1


def test_what_has_probability_zero_says_so():
    model = compile_graph(read_text("binary A, B; A := 0; B := bernoulli(0.5)"))
    with pytest.raises(RunError, match="A=1 has probability zero"):
        model.ask("P(B=1 | A=1)")
    assert [row.p for row in model.ask("P(B=1 | A)").table] == [0.5, None]
    with pytest.raises(RunError, match="none of 6,400,000 draws agrees"):
        LINEAR.ask("P(Y > 0 | X > 50)")


def test_a_question_about_the_graph_is_sent_there():
    with pytest.raises(UsageError, match="about the graph"):
        LAWN.ask("Rain _||_ Sprinkler")


def test_three_levels_are_coupled_by_gumbel_max():
    model = compile_graph(
        read_text("binary X; categorical H {a, b, c}; X := bernoulli(0.5)\nH | X := [[0.2, 0.3, 0.5], [0.6, 0.2, 0.2]]")
    )
    found = model.ask("P(H[X=1]=a | X=0, H=a)")
    assert "Gumbel-max" in found.assumption
    # P(argmax_i log q_i + g_i = a | argmax_i log p_i + g_i = a): with exponential clocks of rates p and q, a stays
    # first if no other clock speeds up more than a does, which none does here
    assert found.value == pytest.approx(1, abs=4.5 * found.stderr + 1e-9)
    stays = model.ask("P(H[X=1]=c | X=0, H=c)")
    assert stays.value < 0.5
    marginal = model.ask("P(H[X=1]=c)")
    assert abs(marginal.value - 0.2) < 4.5 * marginal.stderr + 1e-9


def test_the_noise_of_a_unit_gives_back_what_was_seen():
    declared = "binary X; categorical H {a, b, c}; real Z in [0, 1]; real W"
    text = f"{declared}\nX -> H, Z; X, Z -> W\nW := exp(0.3*normal(Z, 1)) + X"
    model = compile_graph(read_text(text))
    seen = model.sample(1, seed=3)
    evidence = {name: float(column[0]) for name, column in seen.items()}
    found = abduct(model.controller, 500, torch.Generator().manual_seed(0), World(model.graph), evidence)
    again = model.controller.propagate(found.noise)
    for name, value in evidence.items():
        torch.testing.assert_close(again[name].double(), torch.full((500,), value).double(), rtol=1e-4, atol=1e-4)


def learned_bow():
    """X -> Y, learned, unconfounded: what would have been is bounded by the data, not told by them."""
    model, _ = random_model(read_text("binary X, Y; X -> Y"), 3)
    return model


def test_what_the_graph_identifies_assumes_nothing():
    model = learned_bow()
    effect = model.ask("E[Y[X=1] - Y[X=0]]")
    assert effect.assumption.startswith("nothing beyond the graph")
    assert effect.value == pytest.approx(
        model.ask("P(Y=1 | do(X=1))").value - model.ask("P(Y=1 | do(X=0))").value, abs=1e-6
    )


@pytest.mark.parametrize("question", ["P(Y[X=0]=0 | X=1, Y=1)", "P(Y[X=1]=1 | X=0, Y=0)", "P(Y[X=1]=1, Y[X=0]=0)"])
def test_bounds_hold_and_are_met_by_some_coupling(question):
    for seed in range(4):
        model, tables = random_model(read_text("binary X, Y; X -> Y"), seed)
        found = model.ask(question)
        low, high = found.bounds
        assert low - 1e-6 <= found.value <= high + 1e-6
        assert "one uniform" in found.assumption
        p = tables["Y"][:, 1]  # of Y=1 under do(X=0), do(X=1); X is its own exogenous cause, so the worlds are free
        if question.endswith("Y[X=0]=0)"):
            expected = max(0, p[1] - p[0]), min(p[1], 1 - p[0])
        elif "Y[X=0]=0 |" in question:
            expected = max(0, (p[1] - p[0]) / p[1]), min(1, (1 - p[0]) / p[1])
        else:
            expected = max(0, (p[1] - p[0]) / (1 - p[0])), min(1, p[1] / (1 - p[0]))
        assert (low, high) == pytest.approx(expected, abs=1e-5)


def test_a_known_equation_says_what_the_data_alone_would_say():
    found = LAWN.ask("P(Wet[Sprinkler=0]=1 | Wet=1, Sprinkler=1)")
    assert "its equation" in found.assumption
    assert found.bounds[0] <= found.value <= found.bounds[1]
    assert 0 < found.bounds[0] < found.bounds[1] < 1


def test_a_ratio_by_zero_is_no_number():
    model = compile_graph(read_text("binary A, B; A := 0; B := bernoulli(0.5)"))
    with pytest.raises(RunError, match="divided by zero"):
        model.ask("P(B=1) / P(A=1)")
