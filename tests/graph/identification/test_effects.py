"""ID and IDC on thousands of random graphs: every number against the truth, every refusal against the theory."""

import random

import numpy as np
import pytest

from causaldsl.graph.identification.evaluation import answers
from causaldsl.graph.ir import CausalGraph, Node
from causaldsl.graph.make import make_graph
from tests.brute_force import Dag, random_graph, written_out
from tests.discrete import Model
from tests.identification import (
    dense_graph,
    effect,
    id_verdict,
    is_hedge,
    observed_law,
    parity_models,
    some_effect,
    true_effect,
)

Set = frozenset[str]


def difference(graph: CausalGraph, seed: int, y: list[str], x: list[str], z: list[str]) -> float | None:
    """How far an estimand is from the truth in a random model, for the worst value of what may be chosen freely."""
    found = graph.identify(effect(y, x, z))
    if not found:
        return None
    dag = Dag.of(graph)
    model = Model(dag, seed)
    cells = answers(found, observed_law(dag, model))
    truth = true_effect(dag, model, y, x, z)
    return float(np.abs(cells - truth.reshape(truth.shape + (1,) * (cells.ndim - truth.ndim))).max())


@pytest.mark.parametrize("block", range(5))
def test_every_estimand_is_the_effect(block: int) -> None:
    right = 0
    for seed in range(300 * block, 300 * block + 300):
        graph = dense_graph(seed) if seed % 3 else random_graph(seed)
        if len(Dag.of(graph).nodes) > 14 or len([n for n in graph if not n.latent]) < 2:
            continue
        for question in range(3):
            y, x, z = some_effect(graph, 3 * seed + question, conditions=question)
            if x and (off := difference(graph, seed, y, x, z)) is not None:
                right += 1
                assert off < 1e-9, (seed, graph.edges, graph.identify(effect(y, x, z)))
    assert right > 200


@pytest.mark.parametrize("block", range(4))
def test_refused_just_where_the_printed_algorithm_fails(block: int) -> None:
    yes = no = 0
    for seed in range(500 * block, 500 * block + 500):
        graph = dense_graph(seed, latents=seed % 2)
        y, x, _ = some_effect(graph, seed)
        found = graph.identify(effect(y, x)) if x else None
        if found is not None:
            assert found.identifiable == id_verdict(graph, y, x), (seed, graph.edges, y, x)
            yes, no = yes + bool(found), no + (not found)
    assert min(yes, no) > 90


@pytest.mark.parametrize("block", range(3))
def test_every_hedge_is_one_and_shows_two_models(block: int) -> None:
    checked = shown = 0
    for seed in range(400 * block, 400 * block + 400):
        graph = dense_graph(seed, latents=seed % 2)
        y, x, _ = some_effect(graph, seed + 1)
        hedge = graph.identify(effect(y, x)).hedge if x else None
        if hedge is None:
            continue
        checked += 1
        ys, xs = frozenset(y), frozenset(x)
        assert is_hedge(graph, hedge, ys, xs), (seed, graph.edges, y, x, hedge)
        (first, even), (second, always) = parity_models(graph, hedge, xs)
        assert first == second, (seed, graph.edges, hedge)  # nobody can tell the two from what is seen
        assert (even, always) == (0.5, 1.0), (seed, graph.edges, hedge)  # and they disagree on what do(x) does
        shown += hedge.roots <= ys
    assert checked > 70
    assert shown > 20


def test_hedges_are_least() -> None:
    """No node can be left out: without any one of them, what the rest does to the roots can be identified."""
    checked = 0
    for seed in range(1000):
        graph = dense_graph(seed, most=6)
        y, x, _ = some_effect(graph, seed)
        hedge = graph.identify(effect(y, x)).hedge if x else None
        if hedge is None:
            continue
        for node in hedge.outer:
            less = graph.subgraph(hedge.outer - {node})
            left, done = hedge.roots - {node}, (hedge.outer & set(x)) - {node}
            if left and done:
                checked += 1
                assert less.identify(effect(sorted(left), sorted(done))), (seed, graph.edges, hedge, node)
    assert checked > 20


def verdicts(graph: CausalGraph, seed: int, names: dict[str, str]) -> list[object]:
    """What a graph says about some effects, in the names of another."""
    back = {new: old for old, new in names.items()}
    said: list[object] = []
    for question in range(3):
        draw = random.Random(seed + question)
        seen = sorted(n for n in names if n in names and not n.startswith("U"))
        y, x, *z = draw.sample(seen, min(len(seen), 2 + question))
        found = graph.identify(effect([names[y]], [names[x]], [names[n] for n in z]))
        hedge = found.hedge
        said.append((found.identifiable, hedge and frozenset(back[n] for n in hedge.outer)))
    return said


def test_names_and_order_change_no_number_and_no_verdict() -> None:
    for seed in range(200):
        graph, draw = dense_graph(seed, most=6), random.Random(seed)
        names = [node.name for node in graph]
        others = dict(zip(names, draw.sample([f"{n} {n}'" for n in names], len(names)), strict=True))
        same = make_graph(
            [Node(others[n], None) for n in draw.sample(names, len(names))],
            [(others[a], others[b], sign) for a, b, sign in graph.edges],
        )
        said = [identifiable for identifiable, _ in verdicts(graph, seed, dict(zip(names, names, strict=True)))]
        assert [identifiable for identifiable, _ in verdicts(same, seed, others)] == said, (seed, graph.edges)
        y, x, z = some_effect(graph, seed, 1)
        if x:
            there = difference(same, seed, [others[n] for n in y], [others[n] for n in x], [others[n] for n in z])
            assert there is None or there < 1e-9


def test_a_common_cause_and_its_latent_spelling_give_one_answer() -> None:
    for seed in range(300):
        graph = dense_graph(seed)
        y, x, z = some_effect(graph, seed, 1)
        if x:
            one, other = graph.identify(effect(y, x, z)), written_out(graph).identify(effect(y, x, z))
            assert (one.estimand, one.hedge) == (other.estimand, other.hedge), (seed, graph.edges)


def test_the_order_of_conditions_changes_nothing() -> None:
    conditional = 0
    for seed in range(400):
        graph = dense_graph(seed, most=6)
        y, x, z = some_effect(graph, seed, 3)
        if x and len(z) > 1:
            one, other = graph.identify(effect(y, x, z)), graph.identify(effect(y, x, z[::-1]))
            assert one.identifiable == other.identifiable, (seed, graph.edges, y, x, z)
            conditional += not one.identifiable
    assert conditional > 5
