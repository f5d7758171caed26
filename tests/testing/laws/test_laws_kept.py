"""Right models keep every law: simulators of all kinds, models that learn, latents, runs."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from causaldsl.errors import UsageError
from causaldsl.scm.build import compile_graph
from causaldsl.testing import (
    check_composition,
    check_consistency,
    check_do_leaves_nondescendants,
    check_effectiveness,
    check_markov,
    scms,
)
from tests.models import random_graph, random_model
from tests.runs import begun
from tests.testing.laws.models import CHAIN, REAL, simulator

LAWS = (check_markov, check_do_leaves_nondescendants, check_effectiveness, check_consistency, check_composition)
LEARNED = "binary A, B; categorical H {x, y, z}; A -> B; A, B -> H"
CURVED = """real A, B, C, D
A := laplace(0, 1)
B := A^2 + normal(0, 0.5)
C := where(A > 0, 1, -1) + normal(0, 0.3)
D := B*C + normal(0, 1)
"""
STEEP = (
    "real A, B, C; A := exp(2*normal(0, 1)); B := A*normal(0, 1); C := A*normal(0, 1)",
    "real A, B, C; A := uniform(0, 1); B := (A > 0.5) + normal(0, 0.1); C := (A > 0.5) + normal(0, 0.1)",
    "real A, B, C; A := normal(0, 1); B := sin(9*A) + normal(0, 0.1); C := sin(9*A) + normal(0, 0.1)",
)
"""Real nodes that are given, and that no smooth regression explains."""
HIDDEN = (
    "binary A, B, C; latent U : binary; U := bernoulli(0.5); A := bernoulli(0.2 + 0.6*U); B := A; C := bernoulli(0.3*U)"
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@pytest.mark.parametrize(
    "text", [CHAIN, REAL, LEARNED, CURVED, HIDDEN], ids=["chain", "real", "learned", "curved", "hidden"]
)
def test_models_keep_the_laws(law, text):
    law(simulator(text))


@pytest.mark.parametrize("text", STEEP)
@pytest.mark.parametrize("seed", range(3))
def test_steep_models_are_not_accused(text, seed):
    check_markov(simulator(text), seed=seed)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_any_simulator_keeps_the_laws(law):
    @given(st.sampled_from(("discrete", "linear", "mixed")).flatmap(lambda kind: scms(3, min_nodes=2, kind=kind)))
    @settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
    def check(graph):
        law(compile_graph(graph))

    check()


@pytest.mark.parametrize("law", LAWS[:4], ids=lambda law: law.__name__)
@pytest.mark.parametrize("seed", range(2))
def test_random_tables_keep_the_laws(law, seed):
    law(random_model(random_graph(seed), seed)[0])


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_a_run_is_as_good_as_its_model(law, tmp_path: Path):
    run = begun(tmp_path / "run", simulator(LEARNED), LEARNED, labels_only=True)
    law(run)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_a_graph_of_one_node_and_one_of_a_latent_keep_them(law):
    law(simulator("binary A"))
    law(simulator("latent U"))


def test_without_counterfactuals_there_is_nothing_to_compose():
    with pytest.raises(UsageError, match="cannot be inferred"):
        check_composition(simulator("real A; A := sin(normal(0, 1))"))


def test_the_laws_leave_a_model_as_it_was():
    model = simulator(LEARNED)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    was = model.sample(50, seed=3)
    for law in LAWS:
        law(model)
    assert all(bool((before[name] == tensor).all()) for name, tensor in model.state_dict().items())
    assert all(bool((was[name] == column).all()) for name, column in model.sample(50, seed=3).items())
