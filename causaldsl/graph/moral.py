"""The moral graph of an ancestral set: m-separation as plain separation of an undirected graph.

Two sets are m-separated given Z exactly if Z separates them, as a set of vertices does in an undirected graph, in the
*moral* (or augmented) graph of the ancestors of all three [1]_, [2]_. Two nodes are neighbours there if they are joined
by a path all of whose inner nodes are colliders. Such a path runs within one district (a maximal set of nodes that are
joined by `<->`) once it has entered it, so that each district together with its parents is a clique, and there are no
other neighbours. `Moral` holds these cliques and not the edges: it stays linear in the graph, where the edges would be
quadratic in the parents of a node.

References
----------
.. [1] Lauritzen, Dawid, Larsen, Leimer, "Independence properties of directed Markov fields", Networks 20, 1990.
   (lauritzen1990).
.. [2] Richardson, "Markov properties for acyclic directed mixed graphs", Scandinavian Journal of Statistics 30, 2003.
   (richardson2003).
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import TYPE_CHECKING

from causaldsl.graph.reach import reach

if TYPE_CHECKING:
    from causaldsl.graph.ir import Links


class Moral:
    """The moral graph of some nodes that are closed under ancestors.

    Parameters
    ----------
    links : Links
        The graph.
    nodes : set of int
        An ancestral set: with a node it holds the node's causes.
    """

    def __init__(self, links: Links, nodes: Set[int]) -> None:
        self.nodes = nodes
        self._links = links
        self._known: dict[int, int] = {}  # node -> the clique of its district
        self._cliques: list[tuple[int, ...]] = []

    def cliques(self, nodes: Iterable[int]) -> set[int]:
        """Return the numbers of the cliques that some nodes are in."""
        members = (member for node in nodes for member in (node, *self._links.children[node]))
        return {self._clique_of(member) for member in members if member in self.nodes}

    def component(self, start: Iterable[int], blocked: Set[int]) -> tuple[set[int], set[int]]:
        """Return what can be reached from some nodes around others, and which of these others were met.

        Parameters
        ----------
        start : iterable of int
            Where to start; blocked or not.
        blocked : set of int
            Nodes that may be met and are not passed.
        """
        found = set(start)
        met: set[int] = set()
        entered: set[int] = set()
        todo = list(found)
        nodes, children = self.nodes, self._links.children
        known, cliques = self._known, self._cliques
        while todo:
            node = todo.pop()
            for member in (node, *children[node]):
                if member not in nodes:
                    continue
                number = known.get(member, -1)
                if number < 0:
                    number = self._clique_of(member)
                if number in entered:
                    continue
                entered.add(number)
                for neighbour in cliques[number]:
                    if neighbour in blocked:
                        met.add(neighbour)
                    elif neighbour not in found:
                        found.add(neighbour)
                        todo.append(neighbour)
        return found, met

    def _clique_of(self, node: int) -> int:
        """Return the number of the clique that a node's district makes; it is gathered when it is first met."""
        if (number := self._known.get(node, -1)) >= 0:
            return number
        links, nodes, number = self._links, self.nodes, len(self._cliques)
        if links.siblings[node]:
            district = reach(lambda member: [s for s in links.siblings[member] if s in nodes], [node])
            clique = {*district, *(parent for member in district for parent in links.parents[member])}
            self._known.update(dict.fromkeys(district, number))
            self._cliques.append(tuple(clique))
        else:
            self._known[node] = number
            self._cliques.append((node, *links.parents[node]))
        return number
