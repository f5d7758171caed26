"""Proper causal paths, the nodes that they forbid, and the graph without their first edges.

A directed path from X to Y is *causal*; it is *proper* if only its first node is in X. The effect of X on Y flows along
the proper causal paths and nowhere else: what is left open between X and Y once their first edges are gone (the *proper
back-door graph*) is confounding. Conditioning on a node of such a path, or on anything that it causes, would take part
of the effect away or open a way around, so that these nodes are *forbidden* in adjustment [1]_, [2]_.

References
----------
.. [1] Shpitser, VanderWeele, Robins, "On the validity of covariate adjustment for estimating causal effects", UAI 2010.
   (shpitser2010).
.. [2] van der Zander, Liskiewicz, Textor, "Constructing separators and adjustment sets in ancestral graphs", UAI 2014.
   (vanderzander2014).
"""

from __future__ import annotations

from collections.abc import Set

from causaldsl.graph.ir import Links
from causaldsl.graph.reach import reach


def on_causal_paths(links: Links, x: Set[int], y: Set[int]) -> set[int]:
    """Return the nodes on proper causal paths from `x` to `y`, those of `x` excepted.

    Parameters
    ----------
    links : Links
        The graph.
    x, y : set of int
        Disjoint sets of nodes.
    """
    above = reach(lambda node: () if node in x else links.parents[node], y)
    below = reach(lambda node: [c for c in links.children[node] if c not in x], x)
    return (above & below) - x


def forbidden(links: Links, causal: Set[int]) -> set[int]:
    """Return the nodes on causal paths and all that they cause: what no adjustment set holds."""
    return reach(links.children.__getitem__, causal)


def proper_back_door(links: Links, x: Set[int], causal: Set[int]) -> Links:
    """Return the graph without the first edges of the proper causal paths.

    Parameters
    ----------
    links : Links
        The graph.
    x : set of int
        Where the paths start.
    causal : set of int
        The nodes on them, those of `x` excepted.
    """
    return without_edges(links, x, causal)


def without_edges(links: Links, tails: Set[int], heads: Set[int]) -> Links:
    """Return the graph without the edges from some nodes to others."""
    parents, children = list(links.parents), list(links.children)
    for tail in tails:
        for head in [c for c in children[tail] if c in heads]:
            parents[head] = tuple(p for p in parents[head] if p not in tails)
        children[tail] = tuple(c for c in children[tail] if c not in heads)
    return Links(links.number, tuple(parents), tuple(children), links.siblings)
