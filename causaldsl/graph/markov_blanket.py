"""The Markov blanket: the least set of observed nodes that makes a node independent of all others.

In a DAG it holds a node's causes, its effects and the other causes of its effects. Where nodes share unobserved causes
it reaches further: along paths all of whose inner nodes are colliders, so through the districts of the node and of its
effects, and to the causes of all of these [1]_, [2]_. That is the neighbourhood in the moral graph
(`causaldsl.graph.moral`) of all observed nodes and their ancestors, latents walked through.

References
----------
.. [1] Richardson, "Markov properties for acyclic directed mixed graphs", Scandinavian Journal of Statistics 30, 2003
   (richardson2003).
.. [2] Pellet and Elisseeff, "Finding latent causes in causal networks: an efficient approach based on Markov blankets",
   NeurIPS 2008 (pellet2008).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from causaldsl.graph.moral import Moral
from causaldsl.graph.names import named
from causaldsl.graph.reach import reach

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph


def markov_blanket(graph: CausalGraph, name: str) -> frozenset[str]:
    """Return the least set of observed nodes that m-separates a node from all other observed ones.

    Parameters
    ----------
    graph : CausalGraph
        The graph, with `<->` and declared latents.
    name : str
        The node.

    Raises
    ------
    UsageError
        If it is no node of the graph.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> graph = read_text("node A, B, C, D, E, F; A -> B -> C <- D -> E; C <-> F")
    >>> sorted(markov_blanket(graph, "B"))
    ['A', 'C', 'D', 'F']
    """
    graph[name]
    links = graph.links
    node = links.number[name]
    latents = {links.number[latent] for latent in graph.latents}
    others = set(range(len(graph.nodes))) - latents - {node}
    moral = Moral(links, reach(links.parents.__getitem__, others | {node}))
    _, met = moral.component([node], others)
    return named(graph, met)
