"""`table` is counts and a prior."""

import numpy as np
import pytest
import torch

from causaldsl.errors import GraphError
from causaldsl.formats.causal import write_causal
from causaldsl.graph.read import read_text
from causaldsl.measure.tvd import empirical, factorised, tvd
from causaldsl.mechanisms.table import TableOptions
from causaldsl.plugins.protocols import Schedule
from causaldsl.plugins.registry import load
from causaldsl.scm.build import compile_graph
from tests.models import G1, random_graph, random_model

TABLE = "default binary ~ table\ndefault categorical ~ table\n"


def learned(text, rows):
    model = compile_graph(read_text(text))
    learner = load("mechanisms", "table").learner(model.controller, model.graph.columns, rows, Schedule(0, steps=800))
    assert learner.steps == 1
    return model, learner.step(0)["nll"]


def joint(model):
    return model.joint().marginal(*model.graph.columns).numpy()


def test_without_a_prior_it_is_the_likelihood_optimum():
    truth, _ = random_model(read_text(G1), 0)
    rows = dict(truth.sample(20_000, seed=1))
    model, nll = learned(G1 + "default binary ~ table(prior=0)", rows)
    names = model.graph.columns
    law = empirical([rows[n].numpy() for n in names], [2] * 9)
    best = factorised(law, [[names.index(p) for p in model.graph[n].parents] for n in names])
    np.testing.assert_allclose(joint(model), best, atol=1e-6)
    assert nll == pytest.approx(-(law[law > 0] * np.log(best[law > 0])).sum(), abs=1e-5)


@pytest.mark.parametrize("seed", range(4))
def test_more_rows_come_nearer_to_the_truth(seed):
    graph = random_graph(seed)
    truth, _ = random_model(graph, seed)
    text = write_causal(graph) + TABLE
    models = [learned(text, dict(truth.sample(n, seed=1)))[0] for n in (500, 50_000)]
    off = [tvd(joint(model), joint(truth)) for model in models]
    assert off[1] < off[0] / 3


def test_the_prior_is_a_pseudo_count_a_cell():
    rows = {"A": torch.tensor([0, 0, 1]), "C": torch.tensor([2, 2, 0])}
    model, _ = learned("binary A; categorical C {x, y, z}; A -> C; A ~ table; C ~ table(prior=0.5)", rows)
    np.testing.assert_allclose(model.controller.law("A"), [[3 / 5, 2 / 5]], atol=1e-6)
    np.testing.assert_allclose(
        model.controller.law("C"), [[0.5 / 3.5, 0.5 / 3.5, 2.5 / 3.5], [1.5 / 2.5, 0.5 / 2.5, 0.5 / 2.5]], atol=1e-6
    )


def test_what_was_never_seen_is_equally_likely_without_a_prior():
    rows = {"A": torch.tensor([0, 0]), "B": torch.tensor([0, 1])}
    model, nll = learned("binary A, B; A -> B; default binary ~ table(prior=0)", rows)
    np.testing.assert_allclose(model.controller.law("A"), [[1, 0]])
    np.testing.assert_allclose(model.controller.law("B"), [[0.5, 0.5], [0.5, 0.5]])
    assert nll == pytest.approx(np.log(2))


def test_a_table_does_not_learn_with_what_is_latent():
    with pytest.raises(GraphError, match="`table` cannot learn `A` with its unobserved cause"):
        compile_graph(read_text("binary A, B; A <-> B; A ~ table"))


def test_a_table_takes_no_real_cause():
    with pytest.raises(GraphError, match="`table` cannot take the real node `X`"):
        compile_graph(read_text("binary A; real X; X -> A; A ~ table"))


@pytest.mark.parametrize("prior", [-1.0, float("inf"), float("nan")])
def test_a_prior_is_a_number_that_is_not_negative(prior):
    with pytest.raises(ValueError, match="at least 0"):
        TableOptions(prior)
