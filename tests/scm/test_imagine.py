"""Counterfactual units: composition, effectiveness, reversibility, and closed forms."""

import pandas as pd
import pytest
import torch

from causaldsl.errors import RunError, UsageError
from causaldsl.graph.read import read_text
from causaldsl.scm.build import compile_graph

MIXED = """
binary A, B
categorical H {x, y, z}
real R, S
A -> B; A, B -> H
A := bernoulli(0.4)
R := where(H == x, 1, 2)*A + exp(normal(B, 0.5))
S := R^2 - 3*A + laplace(0, 1)
B ~ neural
"""
MODEL = compile_graph(read_text(MIXED))


def one_unit(seed: int) -> dict[str, object]:
    row = MODEL.sample(1, seed=seed).to_pandas().iloc[0]
    return {name: row[name].item() if hasattr(row[name], "item") else row[name] for name in row.index}


@pytest.mark.parametrize("seed", range(5))
def test_doing_nothing_returns_the_unit(seed: int) -> None:
    unit = one_unit(seed)
    again = MODEL.counterfactual(unit, {}, n=50).to_pandas()
    for name, value in unit.items():
        if isinstance(value, float):
            assert again[name].to_numpy() == pytest.approx(value, rel=1e-6, abs=1e-6)
        else:
            assert (again[name] == value).all()


@pytest.mark.parametrize("seed", range(5))
def test_doing_what_was_so_changes_nothing(seed: int) -> None:
    unit = one_unit(seed)
    done = {"B": unit["B"], "R": unit["R"]}
    again = MODEL.counterfactual(unit, done, n=50).to_pandas()
    assert (again["H"] == unit["H"]).all()
    assert again["S"].to_numpy() == pytest.approx(unit["S"], rel=1e-6, abs=1e-6)


def test_what_is_done_holds_and_what_is_not_downstream_stays() -> None:
    unit = one_unit(1)
    found = MODEL.counterfactual(unit, {"B": 1 - unit["B"]}, n=200).to_pandas()
    assert (found["B"] == 1 - unit["B"]).all()
    assert (found["A"] == unit["A"]).all()


def test_noise_is_kept() -> None:
    unit = one_unit(2)
    found = MODEL.counterfactual(unit, {"R": unit["R"] + 1.0}, n=10).to_pandas()
    assert found["S"].to_numpy() == pytest.approx(unit["S"] + 2 * unit["R"] + 1, rel=1e-6)


def test_a_linear_gaussian_posterior_has_its_moments() -> None:
    model = compile_graph(
        read_text("real U, X, Y; U := normal(0, 1); X := U + normal(0, 1); Y := X + U + normal(0, 1)")
    )
    found = model.counterfactual({"X": 1.0, "Y": 2.0}, {"X": 0}, n=40_000, seed=0)
    # U given X=1, Y=2: precision 1 + 1 + 1, mean (1 + 1) / 3; then Y[X=0] = Y - X = 1 exactly
    assert float(found["U"].mean()) == pytest.approx(2 / 3, abs=0.03)
    assert float(found["U"].var()) == pytest.approx(1 / 3, abs=0.03)
    assert found["Y"].numpy() == pytest.approx(1)
    assert any("draws that are worth" in note for note in found.notes)


def test_a_table_of_units_is_a_row_a_unit() -> None:
    model = compile_graph(read_text("real X, Y\nX := normal(0, 1)\nY := 2*X + normal(0, 1)"))
    seen = model.sample(5, seed=0).to_pandas()
    found = model.counterfactual(seen, {"X": 0}, n=3)
    expected = torch.tensor((seen["Y"] - 2 * seen["X"]).to_numpy()).repeat_interleave(3)
    torch.testing.assert_close(found["Y"], expected)


def test_a_soft_intervention_in_the_other_world() -> None:
    model = compile_graph(read_text("real X, Y\nX := normal(0, 1)\nY := 2*X + normal(0, 1)"))
    found = model.counterfactual({"X": 1, "Y": 3}, {"X": ":= X + 10"}, n=4)
    assert found["Y"].tolist() == pytest.approx([23] * 4)


def test_real_evidence_is_met_by_weights() -> None:
    model = compile_graph(read_text("real X, Y\nX := normal(0, 1)\nY := 2*X + normal(0, 1)"))
    drawn = model.sample(5000, given={"Y": 2.0}, seed=0)
    assert drawn.n == 5000
    assert torch.equal(drawn["Y"], torch.full((5000,), 2.0, dtype=torch.float64))
    assert float(drawn["X"].mean()) == pytest.approx(0.8, abs=0.03)
    assert float(drawn["X"].std()) == pytest.approx(5**-0.5, abs=0.03)
    assert drawn.notes


def test_what_cannot_be_says_so() -> None:
    model = compile_graph(read_text("real X, Y; binary B\nX := uniform(0, 1)\nY := max(X, normal(0, 1))\nB := X > 0.5"))
    with pytest.raises(RunError, match="none of"):
        model.counterfactual({"X": 2.0}, {})
    with pytest.raises(UsageError, match="noise of `Y` cannot be inferred"):
        model.counterfactual({"Y": 2.0}, {})
    with pytest.raises(UsageError, match="different lengths"):
        model.counterfactual({"X": [0.1, 0.2], "B": [1]}, {})
    found = model.counterfactual({"B": 1}, {}, n=2000)
    assert float(found["X"].min()) > 0.5


def test_tables_of_units_whatever_holds_them() -> None:
    unit = MODEL.sample(40, seed=5).to_pandas()
    found = MODEL.counterfactual(unit, {}, n=3).to_pandas()
    for name in unit:
        seen = unit[name].to_numpy().repeat(3).tolist()
        assert found[name].tolist() == (pytest.approx(seen, rel=1e-5, abs=1e-5) if name in "RS" else seen)
    columns = {name: unit[name].tolist() for name in unit}
    expected = MODEL.counterfactual(unit, {"A": 1}, n=3)["S"]
    assert torch.equal(MODEL.counterfactual(columns, {"A": 1}, n=3)["S"], expected)
    polars = pytest.importorskip("polars")
    assert torch.equal(MODEL.counterfactual(polars.DataFrame(columns), {"A": 1}, n=3)["S"], expected)


def test_a_unit_is_a_row_of_a_frame_too() -> None:
    frame = MODEL.sample(3, seed=5).to_pandas()
    of_a_row = MODEL.counterfactual(frame.iloc[1], {"A": 1}, n=4)
    assert torch.equal(of_a_row["S"], MODEL.counterfactual(frame.iloc[[1]], {"A": 1}, n=4)["S"])
    scalars = {name: frame[name].to_numpy()[1] if name in "BR" else frame[name].tolist()[1] for name in frame}
    assert torch.equal(of_a_row["S"], MODEL.counterfactual(scalars, {"A": 1}, n=4)["S"])


@pytest.mark.parametrize("evidence", ["B", [{"B": 1}], None, 1])
def test_what_is_no_evidence_says_so(evidence: object) -> None:
    with pytest.raises(UsageError, match="evidence is a mapping of nodes"):
        MODEL.counterfactual(evidence, {})


@pytest.mark.parametrize("absent", [None, pd.NA, float("nan")])
@pytest.mark.parametrize("name", ["B", "H", "R"])
def test_what_was_not_seen_is_no_evidence(name: str, absent: object) -> None:
    with pytest.raises(UsageError, match=f"evidence: `{name}` is missing"):
        MODEL.counterfactual({"A": 1, name: absent}, {})
    rows = MODEL.sample(2, seed=0).to_pandas()[[name]].astype(object)
    rows.iloc[1, 0] = absent
    with pytest.raises(UsageError, match=f"evidence of row 2: `{name}` is missing"):
        MODEL.counterfactual(rows, {})


def test_of_many_nodes_the_note_names_the_first() -> None:
    chain = "binary " + ", ".join(f"N{i}" for i in range(30)) + "; " + " -> ".join(f"N{i}" for i in range(30))
    model = compile_graph(read_text(chain))
    *_, note = model.counterfactual({"N0": 1}, {"N0": 0}, n=2).notes
    assert "N9, N10 and 19 more: one uniform" in note
    *_, note = model.counterfactual({"N0": 1}, {"N20": 0}, n=2).notes
    assert "N28, N29: one uniform" in note


def test_units_of_which_the_same_was_seen_are_drawn_together() -> None:
    text = "binary A, B, C; A := bernoulli(0.5); B := bernoulli(0.2 + 0.6*A); C := bernoulli(0.3)"
    model = compile_graph(read_text(text))
    seen = {"A": [1, 0] * 2000, "B": [1, 1] * 2000}
    found = model.counterfactual(seen, {"A": 0}, n=2)
    assert found["A"].eq(0).all()
    of_ones = found["B"].reshape(-1, 2)[::2].double().mean()  # B's uniform was below 0.8, and is below 0.2 now
    assert float(of_ones) == pytest.approx(0.25, abs=0.03)
    assert found["B"].reshape(-1, 2)[1::2].eq(1).all()
    assert float(found["C"].double().mean()) == pytest.approx(0.3, abs=0.02)
    known = {**seen, "C": [0, 1, 1, 0] * 1000}
    again = model.counterfactual(known, {"A": 0}, n=2)
    assert again["C"].reshape(-1, 2)[:, 0].tolist() == known["C"]
    assert float(again["B"].reshape(-1, 2)[::2].double().mean()) == pytest.approx(0.25, abs=0.03)


def test_draws_of_known_units_are_weighted_where_they_must_be() -> None:
    model = compile_graph(read_text("real X, Y\nX := normal(0, 1)\nY := X + uniform(0, 1) + normal(0, 0.01)"))
    found = model.counterfactual({"X": [1.0, 0.0], "Y": [1.999, 0.001]}, {"X": ":= 0*X"}, n=50)
    assert found["Y"].numpy() == pytest.approx([0.999] * 50 + [0.001] * 50, abs=1e-6)
    assert len(found.notes) == 3


def test_faults_of_a_table_name_the_row() -> None:
    with pytest.raises(UsageError, match="evidence of row 2 B=2: there is no level `2`"):
        MODEL.counterfactual({"B": [1, 2]}, {})
    with pytest.raises(UsageError, match="evidence of row 3: `R` is missing"):
        MODEL.counterfactual({"R": [1.0, 2.0, float("nan")]}, {})
    flat = compile_graph(read_text("real X; binary A; X := uniform(0, 1); A := 1"))
    with pytest.raises(RunError, match="evidence of row 2: none of"):
        flat.counterfactual({"X": [0.5, 2.0]}, {})
    with pytest.raises(RunError, match="evidence of row 2: the evidence A=0 has probability zero"):
        flat.counterfactual({"A": [1, 0, 0]}, {})
