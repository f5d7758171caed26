"""Random models: their laws by factors and by enumeration of all noises agree, and every level is possible."""

import itertools

import numpy as np
import pytest

from causaldsl.errors import UsageError
from causaldsl.graph.identification.random_models import draw_model
from causaldsl.graph.read import read_text
from tests.brute_force import random_graph


def test_laws_by_factors_and_by_enumeration() -> None:
    for seed in range(60):
        graph = random_graph(seed, max_nodes=4)
        model = draw_model(graph, np.random.default_rng(seed), [n.name for n in graph], {"A": 3}, states=3)
        if model.weights.size > 200_000 or len(model.observed) < 2:
            continue
        for done in ((), model.observed[-1:], model.observed[:1]):
            law = model.law(done)
            assert law.names == model.observed
            assert law.values.min() > 0
            for setting in itertools.product(*(range(model.levels[n]) for n in done)):
                world = model.world(dict(zip(done, setting, strict=True)))
                cells = np.zeros([model.levels[n] for n in law.names])
                levels = np.broadcast_arrays(*(world[n] for n in law.names), model.weights)
                np.add.at(cells, tuple(levels[:-1]), levels[-1])
                at = tuple(setting[done.index(n)] if n in done else slice(None) for n in law.names)
                np.testing.assert_allclose(cells[at], law.values[at], atol=1e-12)


def test_worlds_share_their_noises() -> None:
    graph = read_text("binary A, B, C; A -> B -> C; A <-> C")
    model = draw_model(graph, np.random.default_rng(0), ["C"], states=3)
    fact, other = model.world({}), model.world({"B": 1})
    assert (fact["A"] == other["A"]).all()
    b, c, again = np.broadcast_arrays(fact["B"], fact["C"], other["C"])
    assert (c == again)[b == 1].all()
    assert not (c == again)[b == 0].all()
    assert (model.world({"B": fact["B"]})["C"] == fact["C"]).all()


def test_only_what_matters_is_drawn_and_names_are_kept_apart() -> None:
    graph = read_text('node A, B, C, "A <-> B"; A -> B -> C; A <-> B; "A <-> B" -> A')
    model = draw_model(graph, np.random.default_rng(0), ["B"])
    assert model.observed == ("A <-> B", "A", "B")
    assert next(iter(model.levels)) == "A <-> B'"


def test_too_large_models_are_refused() -> None:
    names = [f"N{i}" for i in range(24)]
    graph = read_text(f"node {', '.join(names)}; {', '.join(names[:-1])} -> {names[-1]}")
    with pytest.raises(UsageError, match="the joint law of 24 nodes is too large"):
        draw_model(graph, np.random.default_rng(0), names)
    draw = np.random.default_rng(0)
    model = draw_model(read_text("node A, B, C; A -> B -> C"), draw, ["C"], states=500)
    assert model.weights.sum() == pytest.approx(1)
    larger = draw_model(read_text("node A, B, C, D; A -> B -> C -> D"), draw, ["D"], states=500)
    with pytest.raises(UsageError, match="noises of 4 variables are too many"):
        _ = larger.weights
