"""The graph that identification walks: observed nodes by number, arrows, and unobserved common causes.

What is unobserved is projected away [1]_: an arrow stands for every directed path whose inner nodes are all latent,
and what a latent reaches in that way shares a *confounder*. `A <-> B` is a confounder of two; `latent U; U -> A, B, C`
is one of three. Nodes that share one are siblings, and a *district* (a c-component [2]_) is a set of nodes that are
connected through siblings. A confounder is kept as the list of its nodes, and not as pairs, so that a latent with a
thousand children costs a thousand and not half a million.

References
----------
.. [1] Verma, "Graphical aspects of causal models", UCLA technical report R-191, 1993 (verma1993).
.. [2] Tian and Pearl, "A general identification condition for causal effects", AAAI 2002 (tian2002).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from causaldsl.graph.reach import reach

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph

Adjacency = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Mixed:
    """A graph of observed nodes.

    Parameters
    ----------
    names : tuple of str
        The names of all nodes by number, those of latents too.
    parents, children : sequence of sequence of int
        For each node the numbers of its causes and of its effects; empty for latents.
    confounders : sequence of sequence of int
        For each unobserved common cause the nodes that it reaches.
    shares : sequence of sequence of int
        For each node the numbers of the confounders that reach it.
    """

    names: tuple[str, ...]
    parents: Adjacency
    children: Adjacency
    confounders: Adjacency
    shares: Adjacency

    @cached_property
    def rank(self) -> Mapping[str, int]:
        """The number of each node by name."""
        return {name: i for i, name in enumerate(self.names)}

    def without(self, node: int) -> Mixed:
        """Return the graph without a node."""

        def left(lists: Adjacency) -> Adjacency:
            return [[n for n in some if n != node] for some in lists]

        parents, children, shares = (
            [[] if i == node else some for i, some in enumerate(lists)]
            for lists in (left(self.parents), left(self.children), self.shares)
        )
        return Mixed(self.names, parents, children, left(self.confounders), shares)

    def ancestors(self, nodes: Iterable[int], within: Collection[int] | None = None) -> set[int]:
        """Return nodes and what causes them, in the subgraph of some nodes."""
        if within is None:
            return reach(self.parents.__getitem__, nodes)
        return reach(lambda node: [p for p in self.parents[node] if p in within], nodes)

    def district(self, node: int, within: Collection[int]) -> set[int]:
        """Return the district of a node in the subgraph of some nodes."""
        seen: set[int] = set()
        found = {node}
        todo = [node]
        while todo:
            for confounder in self.shares[todo.pop()]:
                if confounder not in seen:
                    seen.add(confounder)
                    new = [m for m in self.confounders[confounder] if m in within and m not in found]
                    found.update(new)
                    todo += new
        return found

    def districts(self, within: Collection[int]) -> list[set[int]]:
        """Return the districts of the subgraph of some nodes."""
        left = set(within)
        found = []
        for node in sorted(within):
            if node in left:
                district = self.district(node, left) if self.shares[node] else {node}
                left -= district
                found.append(district)
        return found

    def order(self, within: Collection[int]) -> list[int]:
        """Return some nodes, causes before effects; the order of declaration where causation leaves it free."""
        waits = {node: sum(p in within for p in self.parents[node]) for node in within}
        ready = [node for node, count in waits.items() if count == 0]
        heapify(ready)
        found = []
        while ready:
            node = heappop(ready)
            found.append(node)
            for child in self.children[node]:
                if child in waits:
                    waits[child] -= 1
                    if waits[child] == 0:
                        heappush(ready, child)
        return found


def mixed(graph: CausalGraph) -> Mixed:
    """Return the graph of the observed nodes.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> found = mixed(read_text("node A, B, C; latent U; U -> A, B; A -> B <-> C"))
    >>> found.parents, found.confounders
    ([(), (0,), (), ()], [[1, 2], [0, 1]])
    """
    links = graph.links
    number = links.number
    confounders: list[Sequence[int]] = [[number[a], number[b]] for a, b in graph.confounded]
    parents: Adjacency = links.parents
    children: Adjacency = links.children
    if graph.latents:
        latent = {number[name] for name in graph.latents}
        parents, children, confounders = _projected(links.parents, links.children, confounders, latent)
    shares: list[list[int]] = [[] for _ in graph.nodes]
    for i, members in enumerate(confounders):
        for member in members:
            shares[member].append(i)
    return Mixed(tuple(number), parents, children, confounders, shares)


def _projected(
    parents: Adjacency, children: Adjacency, confounders: Adjacency, latent: set[int]
) -> tuple[Adjacency, Adjacency, list[Sequence[int]]]:
    """Return parents, children and confounders of the observed nodes."""

    def seen_from(node: int) -> set[int]:
        """Return the observed nodes that a node reaches through latents; itself, if it is observed."""
        if node not in latent:
            return {node}
        return reach(lambda n: children[n] if n in latent else (), [node]) - latent

    def causes_of(node: int) -> tuple[int, ...]:
        """Return the observed nodes that reach a node through latents."""
        above = reach(lambda n: [p for p in parents[n] if n == node or n in latent], [node]) - latent - {node}
        return tuple(sorted(above))

    touched = {child for node in latent for child in children[node]}
    causes = [
        () if node in latent else causes_of(node) if node in touched else tuple(parents[node])
        for node in range(len(parents))
    ]
    effects: list[list[int]] = [[] for _ in parents]
    for node, above in enumerate(causes):
        for cause in above:
            effects[cause].append(node)
    shared = [set[int]().union(*map(seen_from, members)) for members in confounders]
    shared += [seen_from(node) for node in sorted(latent) if latent.isdisjoint(parents[node])]
    return causes, effects, [sorted(members) for members in shared if len(members) > 1]
