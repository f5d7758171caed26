"""Comparing graphs: the true one predicts best, and each false one is told what the data contradict."""

import json
import math
import re

import numpy as np
import pytest
from click.testing import CliRunner

from causaldsl.cli import main
from causaldsl.errors import DataError, UsageError
from causaldsl.graph.read import read_text
from causaldsl.scm.build import compile_graph
from causaldsl.train.compare import compare
from causaldsl.train.config import Config, merge

LAWN = (
    "binary Cloudy, Rain, Wet; real Depth; Cloudy := bernoulli(0.5); Rain := bernoulli(where(Cloudy, 0.8, 0.2))\n"
    "Wet := bernoulli(0.05 + 0.9*Rain); Depth := 2*Wet + normal(0, 0.5)"
)
DECLARED = "binary Cloudy, Rain, Wet; real Depth\n"
TRUE = f"{DECLARED}Cloudy -> Rain -> Wet -> Depth"
FORK = f"{DECLARED}Cloudy -> Rain, Wet; Rain -> Depth"
LATENT = f"{DECLARED}Cloudy <-> Rain; Rain -> Wet -> Depth"
STEPS = merge(Config(), {"labels": {"steps": 150}})


@pytest.fixture(scope="module")
def rows():
    return {name: column.numpy() for name, column in compile_graph(read_text(LAWN)).sample(1500, seed=0).items()}


def test_the_true_graph_wins_and_the_false_one_is_contradicted(rows):
    graphs = {name: read_text(text) for name, text in [("fork", FORK), ("true", TRUE), ("latent", LATENT)]}
    ranked = {c.name: c for c in compare(graphs, rows, seed=0, config=STEPS)}
    assert ranked["true"].violations == ()
    assert ranked["true"].tested > 0
    assert ranked["fork"].behind > 5 * ranked["fork"].behind_stderr > 0
    assert ranked["fork"].violations[0].text.startswith("Wet _||_ Depth") or any(
        "Rain _||_ Wet" in violation.text for violation in ranked["fork"].violations
    )
    assert ranked["latent"].behind < 4 * ranked["latent"].behind_stderr + 0.01  # it says the same of the data
    assert ranked["true"].labels is not None


def test_a_simulator_competes_its_latents_summed_out(rows):
    """The latent of the first is the coin of the second: they say the same of every row."""
    known = "Wet := bernoulli(0.05 + 0.9*Rain); Depth := 2*Wet + normal(0, 0.5)"
    hidden = (
        f"{DECLARED}latent U : binary; U := bernoulli(0.5); Cloudy := U; Rain := bernoulli(where(U, 0.8, 0.2)); {known}"
    )
    open_ = f"{DECLARED}Cloudy := bernoulli(0.5); Rain := bernoulli(where(Cloudy, 0.8, 0.2)); {known}"
    one, other = compare({"hidden": read_text(hidden), "open": read_text(open_)}, rows)
    assert one.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-6)


def test_rows_that_a_graph_cannot_make_are_counted(tmp_path):
    (tmp_path / "a.causal").write_text("binary A, B; A -> B")
    (tmp_path / "b.causal").write_text("binary A, B; A := bernoulli(0.5); B := A")
    (tmp_path / "x.csv").write_text("A,B\n" + "0,0\n1,1\n1,0\n0,0\n1,1\n" * 40)
    arguments = ["compare", *(str(tmp_path / f) for f in ("b.causal", "a.causal")), "--data", str(tmp_path / "x.csv")]
    told = CliRunner().invoke(main, [*arguments, "--set", "labels.steps=3"])
    assert told.exit_code == 0, told.output
    counted = re.search(r"b\.causal: (\d+) of the rows held out have probability zero under it", told.stdout)
    assert 1 <= int(counted[1]) <= 40
    assert "nan" not in told.stdout
    found = CliRunner().invoke(main, [*arguments, "--set", "labels.steps=3", "--json"])
    assert json.loads(found.stdout)["graphs"][1]["impossible"] == int(counted[1])


def test_graphs_that_cannot_make_some_row_rank_by_the_others_whatever_their_order():
    rows = {"A": np.tile([0, 1, 1, 0, 0], 40), "B": np.tile([0, 1, 0, 0, 0], 40)}
    texts = {p: f"binary A, B; A := bernoulli({p}); B := A" for p in (0.5, 0.4)}
    graphs = {str(p): read_text(text) for p, text in texts.items()}
    for names in (["0.5", "0.4"], ["0.4", "0.5"]):
        best, other = compare({name: graphs[name] for name in names}, rows)
        assert best.name == "0.4"  # of the rows with A = B a quarter has 1
        assert best.impossible == other.impossible > 0
        assert 0 < other.behind < 0.2
        assert best.behind == 0
        assert math.isfinite(other.behind_stderr)


@pytest.mark.parametrize(
    ("node", "hint"),
    [
        ("Rain ~ wgan; Cloudy -> Rain", "`neural`"),
        ("latent U; Rain := bernoulli(sigmoid(U)); Wet := bernoulli(sigmoid(U))", "`latent U : binary`"),
    ],
)
def test_what_has_no_likelihood_is_refused_before_anything_is_fitted(rows, node, hint, monkeypatch):
    monkeypatch.setattr("causaldsl.train.compare.fit", None)
    with pytest.raises(UsageError, match=r"odd.causal: ") as error:
        compare({"true": read_text(TRUE), "odd.causal": read_text(DECLARED + node)}, rows)
    assert hint in error.value.diagnostics[0].hint


def test_what_cannot_be_compared_says_so(rows):
    with pytest.raises(UsageError, match="other label nodes"):
        compare({"a": read_text("binary A"), "b": read_text("binary A, B")}, {"A": [0, 1] * 50})
    with pytest.raises(DataError, match="too few"):
        compare({"a": read_text("binary A")}, {"A": [0, 1]})


def test_the_command(tmp_path):
    (tmp_path / "a.causal").write_text("binary A, B; A -> B")
    (tmp_path / "b.causal").write_text("binary A, B")
    (tmp_path / "x.csv").write_text("A,B\n" + "0,0\n1,1\n1,0\n0,0\n1,1\n" * 40)
    arguments = ["compare", *(str(tmp_path / f) for f in ("b.causal", "a.causal")), "--data", str(tmp_path / "x.csv")]
    found = CliRunner().invoke(main, [*arguments, "--set", "labels.steps=60", "--json"])
    assert found.exit_code == 0, found.output
    first, second = json.loads(found.stdout)["graphs"]
    assert first["name"].endswith("a.causal")
    assert second["violations"][0]["text"] == "A _||_ B"
    told = CliRunner().invoke(main, [*arguments, "--set", "labels.steps=60"])
    assert "the data contradict A _||_ B" in told.stdout


def test_rows_with_missing_values_are_left_out_if_asked(tmp_path):
    (tmp_path / "a.causal").write_text("binary A, B; A -> B")
    (tmp_path / "x.csv").write_text("A,B\n" + "0,0\n1,1\n1,NA\n0,0\n1,1\n" * 40)
    arguments = ["compare", str(tmp_path / "a.causal"), "--data", str(tmp_path / "x.csv"), "--set", "labels.steps=3"]
    refused = CliRunner().invoke(main, arguments)
    assert refused.exit_code == 3
    assert "row 3: `B` is missing" in refused.stderr
    assert "`--drop-missing`" in refused.stderr
    found = CliRunner().invoke(main, [*arguments, "--drop-missing"])
    assert found.exit_code == 0
    assert "left out 40 of 200 rows" in found.stderr


def test_no_level_is_held_out_altogether():
    graph = read_text(
        "binary A; categorical C {lo, mid, hi}; A -> C; default binary ~ table; default categorical ~ table"
    )
    rows = {"A": [0, 1] * 30, "C": ["lo", "mid"] * 29 + ["lo", "hi"]}
    for seed in range(8):
        assert len(compare({"a": graph}, rows, seed=seed)) == 1


def test_a_row_that_cannot_be_is_no_number_in_json(tmp_path):
    kinds = "default binary ~ table(prior=0)"
    (tmp_path / "a.causal").write_text(f"binary A, B; A -> B; {kinds}")
    (tmp_path / "b.causal").write_text(f"binary A, B; B -> A; {kinds}")
    (tmp_path / "x.csv").write_text("A,B\n" + "0,0\n1,1\n" * 30 + "0,1\n")
    arguments = ["compare", *(str(tmp_path / f"{f}.causal") for f in "ab"), "--data", str(tmp_path / "x.csv"), "--json"]
    for seed in range(6):
        found = CliRunner().invoke(main, [*arguments, "--seed", str(seed)])
        assert found.exit_code == 0, found.output
        graphs = json.loads(found.stdout, parse_constant=pytest.fail)["graphs"]
        if graphs[0]["log_likelihood"] is None:
            assert [graph["behind"] for graph in graphs] == [0, 0]
            break
    else:
        pytest.fail("the odd row was never held out")
