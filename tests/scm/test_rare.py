"""What was seen is rare, or no table holds it: more draws, error bars that cover, and words where neither helps."""

import json
import math
import re

import numpy as np
import pytest
import torch

from causaldsl.errors import RunError, UsageError
from causaldsl.graph.read import read_text
from causaldsl.scm.build import compile_graph
from causaldsl.scm.elimination import Factor, eliminate_scaled
from causaldsl.scm.weights import Scales

LINEAR = compile_graph(read_text("real X, Y\nX := normal(0, 1)\nY := 2*X + normal(0, 1)"))
MIXED = compile_graph(
    read_text(
        'binary B, C; real X; categorical H {lo, hi, "very high"}\nB := bernoulli(0.4)\nX := 2*B + normal(0, 1)\n'
        "C := bernoulli(sigmoid(X))\nH | B := [[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]]"
    )
)


def tail(z: float) -> float:
    return math.erfc(z / math.sqrt(2)) / 2


@pytest.mark.parametrize("at", [3.5, 4.0])
def test_more_is_drawn_where_what_was_seen_is_rare(at):
    found = LINEAR.ask(f"E[X | X > {at}]", draws=50_000)
    expected = math.exp(-(at**2) / 2) / math.sqrt(2 * math.pi) / tail(at)
    drawn, worth = (int(part) for part in re.findall(r"\d+", found.method))
    assert drawn > 50_000
    assert worth > 80
    assert abs(found.value - expected) < 4 * found.stderr
    assert found.warning is None


def test_draws_that_are_worth_little_say_so():
    found = LINEAR.ask("E[X | X > 4.2]", draws=10_000)
    assert "worth" in found.warning
    assert "warning: what was seen is so rare" in str(found)
    assert found.as_json()["warning"] == found.warning
    claim = LINEAR.ask("P(X > 0 | X > 4.2) > 0.5", draws=10_000)
    assert claim.answer is None
    assert "worth" in claim.warning


def test_an_error_that_nothing_tells_is_none():
    model = compile_graph(read_text("real X, Y\nX := uniform(0, 1)\nY := X^2 + normal(0, 0.00002)"))
    found = model.ask("E[X | Y=0.25, X > 0.4]", draws=64)
    document = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert document["value"] == pytest.approx(0.5, abs=0.02)
    assert found.warning is not None


@pytest.mark.parametrize("question", ["P(X > 3.9 | do(Y=1))", "P(X <= 3.9)", "P(X[Y=0] > 3.9 | Y < 100)"])
def test_a_share_that_no_draw_has_has_an_error(question):
    found = LINEAR.ask(question, draws=2000)
    truth = 1 - tail(3.9) if "<=" in question else tail(3.9)
    assert found.value in (0, 1)
    assert found.stderr == pytest.approx(1.5 / 2000, rel=0.01)
    assert abs(found.value - truth) < 2 * found.stderr


def test_errors_of_two_such_shares_do_not_cancel():
    found = LINEAR.ask("P(X > 3.9) - P(X < -3.9)", draws=2000)
    assert found.value == 0
    assert found.stderr == pytest.approx(1.5 / 2000 * math.sqrt(2), rel=0.05)
    assert LINEAR.ask("P(X > 3.9) == P(X < -3.9) within 0.01", draws=2000).answer is True
    assert LINEAR.ask("P(X > 3.9) < P(X < -3.9)", draws=2000).answer is None


def test_few_units_are_picked_from_many():
    model = compile_graph(read_text("real X, Y\nX := uniform(0, 1)\nY := X + uniform(0, 0.001)"))
    drawn = model.sample(5, given={"Y": 0.25})
    assert drawn["X"].numpy() == pytest.approx(0.25, abs=0.001)
    with pytest.raises(RunError, match=r"agrees with the evidence Y=1\.5"):
        model.sample(5, given={"Y": 1.5})


def test_units_are_worth_as_many_as_are_asked_for():
    drawn = LINEAR.sample(40_000, given={"Y": 6.0}, seed=1)
    assert len(drawn["X"].unique()) > 15_000
    assert float(drawn["X"].mean()) == pytest.approx(2.4, abs=4.5 * math.sqrt(0.2 / 20_000))
    assert float(drawn["X"].std()) == pytest.approx(math.sqrt(0.2), abs=0.01)


def test_evidence_is_spelled_as_it_was_given():
    text = 'binary B; categorical H {lo, "very high"}; real X; X := 0; B := X > 1; H := where(B, "very high", lo)'
    with pytest.raises(RunError, match='agrees with the evidence H="very high"'):
        compile_graph(read_text(text)).sample(5, given={"H": "very high"})


def test_a_law_too_large_for_tables_is_drawn_from():
    rng = np.random.default_rng(0)
    names = [f"A{i}" for i in range(60)]
    lines = [f"binary {', '.join(names)}", *(f"{name} := bernoulli(0.5)" for name in names[:30])]
    for i in range(30, 60):
        lines.append(f"A{i} := bernoulli(sigmoid({' + '.join(rng.choice(names[:30], 8, replace=False))} - 1))")
    model = compile_graph(read_text("\n".join(lines)))
    seen = dict.fromkeys(names[30:], 1)
    with pytest.raises(UsageError, match="too large"):
        model.joint().given(seen)
    question = f"P(A0=1 | {', '.join(f'{name}=1' for name in seen)})"
    found = model.ask(question, draws=20_000)
    assert found.method.startswith("weighted(")
    drawn = model.sample(20_000, given=seen)
    assert drawn["A45"].eq(1).all()
    share = float(drawn["A0"].double().mean())
    assert abs(found.value - share) < 5 * math.hypot(found.stderr, 0.5 / math.sqrt(5000))
    assert any("picked by weight" in note for note in drawn.notes)


def test_evidence_on_very_many_nodes_is_not_lost_in_rounding():
    n = 1300
    lines = [f"binary {', '.join(f'N{i}' for i in range(n))}", "N0 := bernoulli(0.3)"]
    lines += [f"N{i} := bernoulli(0.2 + 0.5*N{i - 1})" for i in range(1, n)]
    model = compile_graph(read_text("\n".join(lines)))
    seen = {f"N{i}": i % 2 for i in range(n) if i != 700}
    expected = 0.7 * 0.7 / (0.7 * 0.7 + 0.3 * 0.2)  # N699 = 1, N701 = 1
    found = model.ask(f"P(N700=1 | {', '.join(f'{k}={v}' for k, v in seen.items())})")
    assert (found.method, found.value) == ("exact", pytest.approx(expected))
    assert model.joint().given(seen).marginal("N700").tolist() == pytest.approx([1 - expected, expected])
    tiny = [Factor((), np.asarray(1e-200)), Factor(("A",), np.array([1e-200, 3e-200])), Factor((), np.asarray(1e-100))]
    table, log_scale = eliminate_scaled(tiny, ("A",))
    assert table.table.tolist() == pytest.approx([1 / 3, 1])
    assert log_scale == pytest.approx(math.log(3) - 500 * math.log(10))


@pytest.mark.parametrize(
    ("do", "x", "natural", "log_slope"),
    [
        ("X := X + 3", 4.0, 1.0, 0.0),
        ("X := 3 - X/2", 2.0, 2.0, math.log(2)),
        ("X := exp(X)", 2.0, math.log(2), -math.log(2)),
    ],
)
def test_a_new_law_is_undone_to_the_natural_value(do, x, natural, log_slope):
    # P(B=1 | X=x) by Bayes; the slope is the same for both B and does not matter
    p = 0.4 * math.exp(-((natural - 2) ** 2) / 2)
    q = 0.6 * math.exp(-(natural**2) / 2)
    found = MIXED.ask(f"P(B=1 | do({do}), X={x})")
    assert abs(found.value - p / (p + q)) < 4 * found.stderr
    drawn = MIXED.sample(4000, do={"X": do[2:].strip()}, given={"X": x}, seed=2)
    assert drawn["X"].eq(x).all()
    assert float(drawn["B"].double().mean()) == pytest.approx(p / (p + q), abs=0.04)


def test_the_slope_counts_where_it_differs_between_units():
    found = MIXED.ask("P(B=1 | do(X := X*(1 + B)), X=2)")
    p = 0.4 * math.exp(-((1 - 2) ** 2) / 2) / 2  # X = 2 of B=1 was 1, and densities halve
    q = 0.6 * math.exp(-(2**2) / 2)
    assert abs(found.value - p / (p + q)) < 4 * found.stderr


def test_a_new_law_that_cannot_be_undone_says_so():
    assert MIXED.ask("P(X=0 | do(X := max(X, 0)), X=0)").value == 1  # an atom is met by draws
    with pytest.raises(UsageError, match=r"`X` cannot be traced back through its new law, X := max\(X, 0\)"):
        MIXED.ask("P(B=1 | do(X := max(X, 0)), X=1)")
    bounded = compile_graph(read_text("real X in [0, 1]; binary B; X := uniform(0, 1); B := X > 0.5"))
    with pytest.raises(RunError, match="agrees"):
        bounded.ask("P(B=1 | do(X := X/2), X=0.9)")  # the natural value would be 1.8
    assert bounded.ask("P(B=1 | do(X := X/2), X=0.4)").value == 0


def test_weights_of_batches_share_one_scale():
    logs = [
        torch.tensor([-1000.0, -999.0]).double(),
        torch.tensor([-math.inf, -990.0]).double(),
        torch.full((2,), -math.inf),
    ]
    scales = Scales()
    assert [scales.add(log) for log in logs] == [True, True, False]
    weights = torch.cat(logs[:2]).add(990).exp()
    assert scales.n == 6
    assert scales.worth == pytest.approx(float(weights.sum() ** 2 / (weights**2).sum()))
