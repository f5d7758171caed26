"""Other names and another order of declaration change no answer; nor does the spelling of an unobserved cause."""

import random
from collections.abc import Iterable
from itertools import combinations
from typing import Any

import pytest

from causaldsl.graph.ir import CausalGraph, Node
from causaldsl.graph.make import make_graph
from tests.brute_force import random_graph, written_out


def answers(graph: CausalGraph, names: list[str]) -> list[Any]:
    """What a graph says about some of its nodes, names by their place in the list."""
    at = {name: i for i, name in enumerate(names)}

    def numbers(found: Iterable[str]) -> frozenset[int]:
        return frozenset(at[name] for name in found)

    x, y, *rest = [name for name in names if not graph[name].latent]
    best = graph.optimal_adjustment_set(x, y)
    return [
        {numbers(z) for z in graph.adjustment_sets(x, y)},
        {numbers(z) for z in graph.adjustment_sets(x, y, minimal=False, include=rest[:1])},
        {numbers(z) for z in graph.front_door_sets(x, y)},
        {(at[i.node], numbers(i.given)) for i in graph.instruments(x, y)},
        {(numbers({i.a, i.b}), numbers(i.given)) for i in graph.independencies()},
        best and numbers(best),
        [numbers(graph.markov_blanket(name)) for name in names],
        [graph.m_separated(a, b, rest[:2]) for a, b in combinations(names, 2) if not {a, b} & set(rest[:2])],
    ]


def renamed(graph: CausalGraph, names: dict[str, str], order: list[str]) -> CausalGraph:
    edges = [(names[a], names[b], sign) for a, b, sign in graph.edges]
    return make_graph([Node(names[name], None, latent=graph[name].latent) for name in order], edges)


@pytest.mark.parametrize("block", range(2))
def test_answers_are_about_the_graph_alone(block: int) -> None:
    for seed in range(150 * block, 150 * block + 150):
        graph, random_ = random_graph(seed, max_nodes=6), random.Random(seed)
        names = [node.name for node in graph]
        if len(names) - len(graph.latents) < 2:
            continue
        others = dict(zip(names, random_.sample([f"{n}{n} x" for n in names], len(names)), strict=True))
        same = renamed(graph, others, random_.sample(names, len(names)))
        expected = answers(graph, names)
        assert answers(same, [others[name] for name in names]) == expected, (seed, graph.edges)
        assert answers(written_out(graph), names) == expected, (seed, graph.edges)
