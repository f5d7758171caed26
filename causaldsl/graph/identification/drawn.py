"""The counterfactual graph with names: as a graph of ours that can be drawn, and asked for separation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations

from causaldsl.graph.domain import quoted
from causaldsl.graph.identification.estimand import Symbol
from causaldsl.graph.identification.mixed import Mixed
from causaldsl.graph.identification.parallel import Parallel, World
from causaldsl.graph.ir import CausalGraph, Node


def drawn(
    graph: Mixed, found: Parallel, names: Sequence[str], more: Sequence[Sequence[str]] = (), first: Sequence[str] = ()
) -> CausalGraph:
    """Return a counterfactual graph under some names.

    Copies of a node share its noise, and copies of nodes that share an unobserved cause share that: both are `<->`.

    Parameters
    ----------
    graph : Mixed
        The graph of the factual world.
    found : Parallel
        Its counterfactual graph.
    names : sequence of str
        The name of each variable.
    more : sequence of sequence of str, optional
        For each variable further causes.
    first : sequence of str, optional
        Nodes that are no variables, to stand first.
    """
    nodes = [Node(name, None) for name in first]
    for i, parents in enumerate(found.parents):
        nodes.append(Node(names[i], None, (*(more[i] if more else ()), *(names[p] for p in parents))))
    together: dict[tuple[str, int], list[int]] = defaultdict(list)
    for i, variant in enumerate(found.variants):
        together["its own noise", variant.node].append(i)
        for confounder in graph.shares[variant.node]:
            together["an unobserved cause", confounder].append(i)
    pairs = sorted({pair for group in together.values() for pair in combinations(group, 2)})
    confounded = [(names[i], names[j]) for i, j in pairs]
    return CausalGraph(tuple(nodes), tuple(confounded))


def spelled_variant(graph: Mixed, node: int, world: World, texts: Mapping[Symbol, str]) -> str:
    """Spell a variable of a world: `Y[X=0]`, or `Y` in the factual one.

    Parameters
    ----------
    graph : Mixed
        The graph.
    node : int
        The node.
    world : tuple of (int, Symbol or Fixed)
        What is set.
    texts : mapping of Symbol to str
        For variables that stand for what would have been in another world: that, as it is spelled.
    """
    settings = [
        f"{quoted(graph.names[at])}={texts[term]}" if isinstance(term, Symbol) and term in texts else str(term)
        for at, term in world
    ]
    return quoted(graph.names[node]) + (f"[{', '.join(settings)}]" if settings else "")
