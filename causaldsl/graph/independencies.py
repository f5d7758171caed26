"""Independencies: what a graph says must be independent of what, and can so be tested in data.

Two observed nodes that are not adjacent are often m-separated by some set Z of observed nodes, and then independent
given Z in every law that the graph generates: an implication that data can contradict. `independencies` lists, for each
pair, every Z that is minimal by inclusion. With unobserved causes in the graph a pair need not have any, though it is
not adjacent (an *inducing path* joins it) [1]_; what such a pair implies instead is said by `causaldsl.graph.verma`.

The list may be exponentially long, and is made as it is read. It holds much more than has to be tested: all of it
follows from the few statements of `causaldsl.graph.local_markov`.

References
----------
.. [1] Verma and Pearl, "Equivalence and synthesis of causal models", UAI 1990 (verma1990).
.. [2] van der Zander, Liskiewicz, Textor, "Separators and adjustment sets in causal graphs: complete criteria and an
   algorithmic framework", Artificial Intelligence 270, 2019 (vanderzander2019).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from causaldsl.graph.answers import Independency
from causaldsl.graph.names import named
from causaldsl.graph.separators import minimal_separators

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph


def independencies(graph: CausalGraph) -> Iterator[Independency]:
    """Yield the pairs of observed nodes that are independent given others, with each minimal set of these.

    Parameters
    ----------
    graph : CausalGraph
        The graph, with `<->` and declared latents.

    Yields
    ------
    Independency
        Pairs in order of declaration; (a, b, frozenset).

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> print(*independencies(read_text("node A, B, C, D; A -> B -> C -> D; A <-> D")), sep="; ")
    A _||_ C | B; B _||_ D | A, C
    """
    links = graph.links
    latents = {links.number[name] for name in graph.latents}
    observed = [node for node in range(len(graph.nodes)) if node not in latents]
    for a, b in combinations(observed, 2):
        if a in links.parents[b] or b in links.parents[a] or b in links.siblings[a]:
            continue
        for given in minimal_separators(links, {a}, {b}, latents):
            yield Independency(graph.nodes[a].name, graph.nodes[b].name, named(graph, given))
