"""Separators: all sets of nodes that m-separate two sets, one after the other, without waiting for the next.

**Minimal ones.** A separator that holds the nodes `include` and loses its property with any other of its nodes lies
among the ancestors of the two sets and of `include`, so that the moral graph (`causaldsl.graph.moral`) is the same for
all of them and they are the minimal vertex separators of an undirected graph [1]_. Those are listed after Takata [2]_.
Let `A` be the side of one end: a connected set that holds it. Among the separators that leave all of `A` on that
side there is one nearest to `A`: the boundary of the other end's component once the neighbours of `A` are taken out.
Every other one moves at least one node `v` of the nearest over to the side of `A`. Taking the first such `v`, in a
fixed order, splits the others into disjoint families, each with a nearest separator of its own, so that nothing is
found twice, nothing is searched in vain for longer than one step, and the delay between two sets is a polynomial
however many there are.

Nodes that may not be in a separator (latents, forbidden ones) are walked through and never stopped at.

**All of them**, minimal or not: a separator between two sets `I` and `R` exists if and only if the ancestors of the
ends and of `I` that lie in `R` are one. So a node of `R` is decided after the other, and a branch without a solution is
left at once [1]_.

References
----------
.. [1] van der Zander, Liskiewicz, Textor, "Separators and adjustment sets in causal graphs: complete criteria and an
   algorithmic framework", Artificial Intelligence 270, 2019 (vanderzander2019).
.. [2] Takata, "Space-optimal, backtracking algorithms to list the minimal vertex separators of a graph", Discrete
   Applied Mathematics 158, 2010 (takata2010).
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import TYPE_CHECKING

from causaldsl.graph.m_separation import m_connected
from causaldsl.graph.moral import Moral
from causaldsl.graph.reach import reach

if TYPE_CHECKING:
    from causaldsl.graph.ir import Links

_NONE: frozenset[int] = frozenset()


def minimal_separators(
    links: Links, near: Set[int], far: Set[int], never: Set[int], include: Set[int] = _NONE
) -> Iterator[frozenset[int]]:
    """Yield each set that m-separates two sets of nodes and of which no part that holds `include` does.

    Parameters
    ----------
    links : Links
        The graph.
    near, far : set of int
        The two ends; the first set found is the one nearest to `near`.
    never : set of int
        Nodes that are in no separator.
    include : set of int
        Nodes that are in each.

    Notes
    -----
    Each set costs at most as many walks over the ancestors of the ends as it has nodes.
    """
    if not include.isdisjoint(never):
        return
    relevant = reach(links.parents.__getitem__, near | far | include)
    search = _Search(Moral(links, relevant), far, relevant - never - near - far - include, include)
    todo = [(found, _NONE) for found in search.nearest(near)]
    while todo:
        (separator, side), kept = todo.pop()
        yield separator | include
        branches = []
        for node in sorted(separator - kept):
            for found in search.nearest(side | {node}):
                if found[1].isdisjoint(kept):
                    branches.append((found, kept))
            kept |= {node}
        todo += reversed(branches)


class _Search:
    """Finds nearest separators.

    Parameters
    ----------
    moral : Moral
        The graph.
    far : set of int
        The end that is never on the side of the start.
    free : set of int
        Nodes that may be in a separator.
    fixed : set of int
        Nodes that are in every separator.
    """

    def __init__(self, moral: Moral, far: Set[int], free: set[int], fixed: Set[int]) -> None:
        self._moral = moral
        self._far = far
        self._free = free
        self._fixed = fixed

    def nearest(self, side: Set[int]) -> Iterator[tuple[frozenset[int], frozenset[int]]]:
        """Yield the separator nearest to a connected set, without `fixed`, and its side; nothing if there is none."""
        fixed = self._fixed
        inside, boundary = self._moral.component(side, (self._free - side) | fixed)
        if not inside.isdisjoint(self._far):
            return
        _, separator = self._moral.component(self._far, boundary | fixed)
        side, _ = self._moral.component(side, separator | fixed)
        yield frozenset(separator - fixed), frozenset(side)


def separators(
    links: Links, x: Set[int], y: Set[int], allowed: Set[int], include: Set[int] = _NONE
) -> Iterator[frozenset[int]]:
    """Yield each set that m-separates `x` from `y`, smaller ones rather first.

    Parameters
    ----------
    links : Links
        The graph.
    x, y : set of int
        The two ends.
    allowed : set of int
        The nodes that it may hold besides `include`; none of the ends.
    include : set of int
        Nodes that are in each.

    Notes
    -----
    Each set costs at most as many walks over the graph as `allowed` has nodes.
    """
    order = sorted(allowed - include)
    todo = [(frozenset(include), 0)]
    while todo:
        chosen, at = todo.pop()
        above = reach(links.parents.__getitem__, x | y | chosen)
        if m_connected(links, x, y, chosen.union(above.intersection(order[at:]))):
            continue
        if at == len(order):
            yield chosen
        else:
            todo.append((chosen | {order[at]}, at + 1))
            todo.append((chosen, at + 1))
