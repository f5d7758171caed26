"""m-separation: whether a set of nodes blocks every path between two others.

A path is *open* given Z if every collider on it (both neighbouring edges point at it) is an ancestor of Z or in Z, and
no other node on it is in Z. An edge `A <-> B` has an arrowhead at both ends. Two sets are m-separated given Z if no
path between them is open; in a graph without `<->` that is d-separation. Separation in the graph implies independence
in every law that the graph generates [1]_, [2]_.

The search below is the reachability of [3]_: it walks over pairs of a node and the mark with which the path came in, an
arrowhead or a tail, each at most once, so that it is linear in nodes and edges. As only ancestors of the three sets can
lie on an open path, the rest of the graph is never visited.

References
----------
.. [1] Pearl, Causality, 2nd ed., Cambridge University Press 2009, section 1.2.3 (pearl2009).
.. [2] Richardson, "Markov properties for acyclic directed mixed graphs", Scandinavian Journal of Statistics 30, 2003
   (richardson2003).
.. [3] Shachter, "Bayes-ball: the rational pastime", UAI 1998 (shachter1998).
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import TYPE_CHECKING

from causaldsl.graph.names import disjoint, node_set, numbered
from causaldsl.graph.reach import reach

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph, Links


def m_separated(graph: CausalGraph, x: Iterable[str], y: Iterable[str], z: Iterable[str] = ()) -> bool:
    """Tell whether `z` m-separates `x` from `y`.

    Parameters
    ----------
    graph : CausalGraph
        The graph, with `<->` and declared latents.
    x, y, z : iterable of str
        Disjoint sets of nodes, latents included.

    Returns
    -------
    bool
        True if no path between `x` and `y` is open given `z`.

    Raises
    ------
    UsageError
        If a name is no node of the graph, or two of the sets overlap.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> collider = read_text("node Rain, Sprinkler, Wet; Rain, Sprinkler -> Wet")
    >>> m_separated(collider, {"Rain"}, {"Sprinkler"}), m_separated(collider, {"Rain"}, {"Sprinkler"}, {"Wet"})
    (True, False)
    """
    xs, ys, zs = node_set(graph, x), node_set(graph, y), node_set(graph, z)
    disjoint(graph, x=xs, y=ys, z=zs)
    return not m_connected(graph.links, *(numbered(graph, names) for names in (xs, ys, zs)))


def m_connected(links: Links, x: Set[int], y: Set[int], given: Set[int]) -> bool:
    """Tell whether a path between two sets of nodes is open; the same as `not m_separated`, by numbers.

    Parameters
    ----------
    links : Links
        The graph.
    x, y, given : set of int
        Disjoint sets of nodes.
    """
    _, parents, children, siblings = links
    above = reach(parents.__getitem__, given)
    relevant = reach(parents.__getitem__, x | y) | above

    by_head: set[int] = set()  # nodes that an open path enters through an arrowhead
    by_tail: set[int] = set(x)  # nodes that an open path enters through a tail, and the nodes of x
    todo = [(node, False) for node in x]
    while todo:
        node, head = todo.pop()
        if node in y:
            return True
        passes = node not in given
        if passes:
            for child in children[node]:
                if child not in by_head and child in relevant:
                    by_head.add(child)
                    todo.append((child, True))
        if node in above if head else passes:
            for parent in parents[node]:
                if parent not in by_tail:
                    by_tail.add(parent)
                    todo.append((parent, False))
            for sibling in siblings[node]:
                if sibling not in by_head and sibling in relevant:
                    by_head.add(sibling)
                    todo.append((sibling, True))
    return False


def m_reachable(links: Links, x: Set[int], given: Set[int]) -> set[int]:
    """Return the nodes that open paths from `x` lead to, `x` included; by numbers.

    Parameters
    ----------
    links : Links
        The graph.
    x, given : set of int
        Disjoint sets of nodes.
    """
    _, parents, children, siblings = links
    above = reach(parents.__getitem__, given)
    steps = {(node, False) for node in x}
    todo = list(steps)
    while todo:
        node, head = todo.pop()
        onward: list[tuple[int, bool]] = []
        if node not in given:
            onward += [(child, True) for child in children[node]]
        if node in above if head else node not in given:
            onward += [(parent, False) for parent in parents[node]]
            onward += [(sibling, True) for sibling in siblings[node]]
        new = [step for step in onward if step not in steps]
        steps.update(new)
        todo += new
    return {node for node, _ in steps if node not in given}
