"""Distinct rows, weighted by their counts, are the data."""

import copy

import numpy as np
import pytest
import torch

from causaldsl.graph.read import read_text
from causaldsl.mechanisms import distinct as module
from causaldsl.mechanisms.distinct import distinct
from causaldsl.mechanisms.likelihood import log_likelihood
from causaldsl.plugins.protocols import Schedule
from causaldsl.plugins.registry import load
from causaldsl.scm.build import compile_graph
from tests.models import random_graph, random_model


@pytest.mark.parametrize("counted", [True, False])
def test_rows_are_those_of_numpy(counted, monkeypatch):
    monkeypatch.setattr(module, "COUNTED", 2**16 if counted else 0)
    rng = np.random.default_rng(0)
    table = np.column_stack([rng.integers(0, 3, 400), rng.integers(0, 2, 400), rng.integers(0, 5, 400)])
    rows, number, counts = np.unique(table, axis=0, return_inverse=True, return_counts=True)
    found = distinct(torch.as_tensor(table).unbind(1))
    np.testing.assert_array_equal(table[found.first], rows)
    np.testing.assert_array_equal(found.number, number.ravel())
    np.testing.assert_allclose(found.shares, counts / 400, rtol=1e-6)


def test_reals_and_many_columns_have_rows_too():
    rng = np.random.default_rng(1)
    some = rng.integers(0, 3, (20, 80))  # 3**80 combinations are no code
    table = some[rng.integers(0, 20, 500)]
    real = rng.normal(size=5)[rng.integers(0, 5, 500)]
    rows, counts = np.unique(np.column_stack([real, table]), axis=0, return_counts=True)
    found = distinct([torch.as_tensor(real), *torch.as_tensor(table).unbind(1)])
    np.testing.assert_array_equal(np.column_stack([real, table])[found.first], rows)
    np.testing.assert_allclose(found.shares, counts / 500, rtol=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_they_have_the_loss_and_the_gradient_of_all_rows(seed):
    graph = random_graph(seed, nodes=7)
    rows = dict(random_model(graph, seed)[0].sample(700, seed=seed))
    model = compile_graph(graph)
    learner = load("mechanisms", "neural").learner(model.controller, graph.columns, rows, Schedule(0))
    plain = copy.deepcopy(model)
    loss = learner.loss(torch.Generator())
    loss.backward()
    with torch.enable_grad():
        raw = -log_likelihood.__wrapped__(plain.controller, rows).mean()
    raw.backward()
    assert loss.item() == pytest.approx(raw.item(), abs=1e-6)
    for stack in learner.stacks:
        for i, mechanism in enumerate(stack.mechanisms):
            for name, weight in plain.controller[mechanism.shape.name].named_parameters():
                found = stack.tensors[name].grad
                torch.testing.assert_close(
                    found[i] if found.dim() > weight.dim() else found, weight.grad, atol=1e-6, rtol=0
                )


def test_a_step_on_many_rows_draws_them_by_their_shares():
    text = "categorical C {0..15}; binary A, B; C -> A, B"
    rng = np.random.default_rng(0)
    rows = {"C": rng.integers(0, 16, 3000), "A": rng.integers(0, 2, 3000)}
    rows |= {"B": rows["C"] // 8}  # of fewer distinct rows than A
    rows = {name: torch.as_tensor(column) for name, column in rows.items()}
    model = compile_graph(read_text(text))
    learner = load("mechanisms", "neural").learner(model.controller, ["A", "B"], rows, Schedule(0, batch=20))
    with torch.no_grad():
        losses = torch.stack([learner.loss(torch.Generator().manual_seed(i)) for i in range(2000)])
        exact = -sum(
            model.controller[n].log_prob(rows["C"].float().unsqueeze(-1), rows[n]).mean().item() for n in ("A", "B")
        )
    assert losses.std() > 0
    assert losses.mean().item() == pytest.approx(exact, abs=4 * losses.std().item() / 2000**0.5)
