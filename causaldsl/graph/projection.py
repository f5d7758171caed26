"""Latent projection: the graph of what is seen, with the same separations and the same effects among it.

Where declared latents are left out of a graph, an arrow `A -> B` stands for every directed path from A to B whose inner
nodes are all latent, and `A <-> B` for every unobserved cause that reaches both in that way [1]_. A graph with latents
is as good as its projection for every question about observed nodes: which are separated, and which effects can
be identified [2]_.

References
----------
.. [1] Verma, "Graphical aspects of causal models", UCLA technical report R-191, 1993 (verma1993).
.. [2] Evans, "Margins of discrete Bayesian networks", Annals of Statistics 46, 2018 (evans2018).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from causaldsl.graph.identification.mixed import mixed
from causaldsl.graph.surgery import subgraph

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph


def latent_projection(graph: CausalGraph) -> CausalGraph:
    """Return the graph of the observed nodes.

    A latent with many children becomes a `<->` for each pair of them. Equations that name a latent are gone, and so are
    the questions, as they may be about latents.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> latent_projection(read_text("node A, B, C; latent U; latent V : real; A -> V -> B; V -> C; U -> A, B")).edges
    (('A', 'B', '->'), ('A', 'C', '->'), ('A', 'B', '<->'), ('B', 'C', '<->'))
    """
    kept = subgraph(graph, [node.name for node in graph.nodes if not node.latent])
    observed = mixed(graph)
    number = graph.links.number
    nodes = []
    for node in kept.nodes:
        parents = tuple(observed.names[p] for p in observed.parents[number[node.name]])
        nodes.append(node if set(parents) == set(node.parents) else replace(node, parents=parents))
    pairs = {pair for members in observed.confounders for pair in combinations(sorted(members), 2)}
    confounded = tuple((observed.names[a], observed.names[b]) for a, b in sorted(pairs))
    return replace(kept, nodes=tuple(nodes), confounded=confounded)
