"""Separators: all sets of nodes that m-separate two sets, one after the other, without waiting for the next.

**Minimal ones.** A separator that holds the nodes `include` and loses its property with any other of its nodes lies
among the ancestors of the two sets and of `include`, so that the moral graph (`causaldsl.graph.moral`) is the same for
all of them and they are the minimal vertex separators of an undirected graph [1]_. Those are listed after Takata [2]_.
Let `A` be the side of one end: a connected set that holds it. Among the separators that leave all of `A` on that
side there is one nearest to `A`: the boundary of the other end's component once the neighbours of `A` are taken out.
Every other one moves at least one node `v` of the nearest over to the side of `A`. Taking the first such `v`, in a
fixed order, splits the others into disjoint families, each with a nearest separator of its own, so that nothing is
found twice, no family without one is entered, and the delay between two sets is a polynomial however many there are.

Nodes that may not be in a separator (latents, forbidden ones) are walked through and never stopped at.

**All of them**, minimal or not: those between two sets `I` and `R` hold a minimal one, if there are any. The others
differ from it at a first node, in a fixed order; so they fall into as many families as there are nodes to decide, each
of which lies between two other sets [1]_.

References
----------
.. [1] van der Zander, Liskiewicz, Textor, "Separators and adjustment sets in causal graphs: complete criteria and an
   algorithmic framework", Artificial Intelligence 270, 2019 (vanderzander2019).
.. [2] Takata, "Space-optimal, backtracking algorithms to list the minimal vertex separators of a graph", Discrete
   Applied Mathematics 158, 2010 (takata2010).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from causaldsl.graph.moral import Moral
from causaldsl.graph.reach import reach

if TYPE_CHECKING:
    from causaldsl.graph.ir import Links

_NONE: frozenset[int] = frozenset()
_One = Callable[[frozenset[int], frozenset[int]], frozenset[int] | None]
"""Returns a separator that holds some nodes and lacks others; None if there is none."""


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
    Between two sets there are at most as many walks over the ancestors of the ends as the square of their number, and
    nearly always a few.
    """
    if not include.isdisjoint(never):
        return iter(())
    relevant = reach(links.parents.__getitem__, near | far | include)
    search = _Search(Moral(links, relevant), far, relevant - never - near - far - include, include)
    return (separator | include for separator in _in_depth(search.branch(near, set())))


def separators(
    links: Links, near: Set[int], far: Set[int], never: Set[int], include: Set[int] = _NONE
) -> Iterator[frozenset[int]]:
    """Yield each set that m-separates two sets of nodes and holds `include`, minimal or not.

    Parameters are those of `minimal_separators`.

    Notes
    -----
    Between two sets there are at most as many searches for a minimal one as the square of the number of nodes.
    """
    nodes = frozenset(range(len(links.parents))) - never - near - far - include

    def one(chosen: frozenset[int], dropped: frozenset[int]) -> frozenset[int] | None:
        return next(minimal_separators(links, near, far, never | dropped, chosen), None)

    return _in_depth(_between(one, sorted(nodes), 0, frozenset(include), frozenset()))


class _Families(Protocol):
    """Sets of which one is known, and that fall into families of which it is not."""

    @property
    def separator(self) -> frozenset[int]:
        """The set that is known."""

    def next(self) -> _Families | None:
        """Return the next family that is not empty."""


def _in_depth(family: _Families | None) -> Iterator[frozenset[int]]:
    """Yield the sets of a family, each before those of the families in it."""
    path: list[_Families] = []
    while family is not None:
        yield family.separator
        path.append(family)
        family = None
        while path and (family := path[-1].next()) is None:
            path.pop()


class _Branch:
    """The minimal separators that have a connected set on one side and hold some nodes.

    Parameters
    ----------
    search : _Search
        What finds the nearest.
    separator, side : frozenset of int
        The nearest of them, and what is on its side.
    kept : set of int
        What they all hold.
    """

    def __init__(self, search: _Search, separator: frozenset[int], side: frozenset[int], kept: set[int]) -> None:
        self._search = search
        self.separator = separator
        self._side = side
        self._kept = kept
        self._nodes = iter(sorted(separator - kept))

    def next(self) -> _Branch | None:
        """Return the separators that move one more node to the side, and hold those that were moved before."""
        search = self._search
        for node in self._nodes:
            branch = None if search.is_at_the_end(node) else search.branch(self._side | {node}, self._kept)
            self._kept.add(node)
            if branch is not None:
                return branch
        return None


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
        self._fixed = fixed
        self._blocked = free | fixed
        self._at_the_end = moral.cliques(far)

    def branch(self, side: Set[int], kept: set[int]) -> _Branch | None:
        """Return the separators with a connected set on one side that hold some nodes; None if there are none."""
        fixed = self._fixed
        inside, boundary = self._moral.component(side, self._blocked)
        if not inside.isdisjoint(self._far):
            return None
        _, separator = self._moral.component(self._far, boundary | fixed)
        whole, _ = self._moral.component(side, separator | fixed)
        if not whole.isdisjoint(kept):
            return None
        return _Branch(self, frozenset(separator - fixed), frozenset(whole), set(kept))

    def is_at_the_end(self, node: int) -> bool:
        """Tell whether a node is a neighbour of the other end, so that it cannot be moved; cheap."""
        return not self._at_the_end.isdisjoint(self._moral.cliques([node]))


@dataclass
class _Between:
    """The separators that hold some nodes and lack others.

    Parameters
    ----------
    one : callable
        Returns one of them, or None.
    order : list of int
        The nodes to decide; those before `at` are decided.
    chosen, dropped : frozenset of int
        The nodes that they hold and that they lack.
    separator : frozenset of int
        One of them.
    """

    one: _One
    order: list[int]
    at: int
    chosen: frozenset[int]
    dropped: frozenset[int]
    separator: frozenset[int]

    def next(self) -> _Between | None:
        """Return those that agree with the known one up to a node, and differ there."""
        for at in range(self.at, len(self.order)):
            node = frozenset(self.order[at : at + 1])
            chosen, dropped = self.chosen, self.dropped
            if node <= self.separator:
                self.chosen, dropped = chosen | node, dropped | node
            else:
                chosen, self.dropped = chosen | node, dropped | node
            family = _between(self.one, self.order, at + 1, chosen, dropped)
            if family is not None:
                self.at = at + 1
                return family
        self.at = len(self.order)
        return None


def _between(one: _One, order: list[int], at: int, chosen: frozenset[int], dropped: frozenset[int]) -> _Between | None:
    """Return the separators that hold some nodes and lack others; None if there are none."""
    separator = one(chosen, dropped)
    return None if separator is None else _Between(one, order, at, chosen, dropped, separator)
