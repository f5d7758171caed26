"""Data and model side by side."""

import numpy as np
import pytest
import torch

import causaldsl as cd
from causaldsl.report.marginals import _share, beside_data
from causaldsl.train.config import read_config

TEXT = "binary A, B; categorical C {x, y, z}; real R; A, C -> B; A -> R; default binary ~ table; C ~ table"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    rng = np.random.default_rng(0)
    a, c = rng.random(3000) < 0.5, rng.choice(["x", "y", "z"], 3000, p=[0.6, 0.39, 0.01])
    c[(c == "z") & a] = "x"
    b = rng.random(3000) < np.where(a, 0.8, 0.2)
    lines = [f"{int(i)},{int(j)},{k},{r}" for i, j, k, r in zip(a, b, c, rng.normal(a, 1.0), strict=True)]
    (folder / "d.csv").write_text("\n".join(["A,B,C,R", *lines]))
    config = read_config(settings=["labels.steps=300"])
    return cd.fit(cd.compile(cd.parse(TEXT)), folder / "d.csv", out=folder / "run", config=config)


def test_shares_and_means_of_both(run):
    found = {m.what: m for m in beside_data(run).marginals}
    assert set(found) == {
        "P(A=1)",
        "P(B=1)",
        "P(C=x)",
        "P(C=y)",
        "P(C=z)",
        "E[R]",
    }
    assert all(found[what].within for what in ("P(A=1)", "P(B=1)", "P(C=x)"))
    assert found["P(C=z)"].rows < 40
    assert found["E[R]"].rows is None
    assert found["E[R]"].data.low < found["E[R]"].data.value < found["E[R]"].data.high
    assert found["E[R]"].model == pytest.approx(0.5, abs=0.1)


def test_a_share_that_the_model_has_wrong_is_told(run):
    counts = run.model.controller["A"].counts
    kept = counts.clone()
    try:
        counts[:] = counts.new_tensor([[1200, 1800]])
        off = {m.what for m in beside_data(run).marginals if not m.within}
    finally:
        counts[:] = kept
    assert "P(A=1)" in off


def test_combinations_of_causes_that_the_data_hardly_hold(run):
    (spot,) = beside_data(run).spots
    assert spot.startswith("B: 2 of 6 combinations of its causes A, C have fewer than 100 rows")
    assert spot.endswith("1 of them none.")


def test_data_that_are_gone(run):
    gone = cd.open_run(run.folder)
    gone.record["data"] = "nowhere.csv"
    found = beside_data(gone)
    assert found.marginals == ()
    assert "nowhere.csv" in found.spots[0]


@pytest.mark.parametrize(("errors", "within"), [(3.4, True), (3.6, False)])
def test_shares_may_differ_by_three_and_a_half_standard_errors_of_their_difference(errors, within):
    n, m = 20_000, 200_000
    gap = errors * (0.25 / n + 0.25 / m) ** 0.5
    columns = [torch.arange(k) < round(k * share) for k, share in ((n, 0.5), (m, 0.5 + gap))]
    assert _share("P(A=1)", *columns).within is within
