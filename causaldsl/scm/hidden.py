"""Latents on their way to a model: each unobserved common cause becomes a node that mechanisms can read.

`A <-> B` is `latent U` with `U -> A, B`, and such a latent, of which nobody knows anything, is a number without units:
whatever law its effects have of it, they have of an evenly cut uniform variable too, the finer the better. So where all
effects of a latent without a domain are learned, it becomes `LEVELS` levels of equal weight. A latent of which more is
known is declared: `latent U : binary`, `latent U : categorical {1..16}` (its law is learned), or with an equation.
"""

from __future__ import annotations

from dataclasses import replace

from causaldsl.graph.domain import Categorical
from causaldsl.graph.expression import Table
from causaldsl.graph.ir import CausalGraph, Node
from causaldsl.plugins.defaults import equation_of

LEVELS = 8
"""The levels of a latent of which nothing is declared."""


def with_latents(graph: CausalGraph) -> CausalGraph:
    """Return the graph with a latent node for each `<->`, and levels for latents of which nothing is declared.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> [node.name for node in with_latents(read_text("binary A, B; A -> B; A <-> B"))]
    ['A', 'B', 'A <-> B']
    """
    by_chance = Table((), ((1 / LEVELS,) * LEVELS,))
    domain = Categorical(tuple(map(str, range(LEVELS))), is_range=True)
    nodes = {
        node.name: replace(node, domain=domain, equation=by_chance) if _is_open(graph, node) else node for node in graph
    }
    causes: dict[str, list[str]] = {}
    for a, b in graph.confounded:
        name = f"{a} <-> {b}"
        while name in nodes:
            name += "'"
        nodes[name] = Node(name, domain, latent=True, equation=by_chance)
        for end in (a, b):
            causes.setdefault(end, []).append(name)
    for name, unseen in causes.items():
        nodes[name] = replace(nodes[name], parents=(*nodes[name].parents, *unseen))
    return replace(graph, nodes=tuple(nodes.values()), confounded=())


def _is_open(graph: CausalGraph, node: Node) -> bool:
    """Whether nothing is declared of a latent, and all that it causes is learned."""
    effects = [graph[name] for name in graph.children[node.name]]
    return node.latent and node.domain is None and all(equation_of(effect) is None for effect in effects)
