"""Instruments: nodes that move a cause, and reach its effect through that cause alone.

Where X and Y share an unobserved cause no adjustment helps, but a third node I that moves X and is otherwise unrelated
to Y tells how strongly Y follows X; in linear models the effect is cov(I, Y) / cov(I, X), and in others bounds follow.
Often I is unrelated to Y only among units that are alike in some Z. The pair (I, Z) is a *conditional instrument* of X
on Y [1]_, [2]_ if

1. Z consists of observed nodes that Y does not cause;
2. I is not m-separated from X given Z;
3. I is m-separated from Y given Z once the edge X -> Y is deleted.

What it tells is the effect along the edge X -> Y: a way from X to Y through other nodes counts as open unless Z blocks
it. What is listed is each I with every Z that is minimal by inclusion among those that do.

Whether a given I has such a Z at all is NP-complete [2]_: conditions 2 and 3 pull in opposite directions, and Z may
have to open a collider between I and X. But what has to be opened is the only hard part. Let C be the nodes of Z that
open the colliders of a path from I to X which Z leaves open: then the path is open given any set between C and Z, so
that a minimal Z is a minimal separator for condition 3 among those that hold C. So the search goes over sets C, the
empty one first, which is nearly always enough, then over those that open one collider more; and for each C over minimal
separators, which are listed in polynomial time a set (`causaldsl.graph.separators`).

References
----------
.. [1] Brito and Pearl, "Generalized instrumental variables", UAI 2002 (brito2002).
.. [2] van der Zander, Textor, Liskiewicz, "Efficiently finding conditional instruments for causal inference", IJCAI
   2015 (vanderzander2015).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Set
from typing import TYPE_CHECKING

from causaldsl.errors import UsageError
from causaldsl.graph.answers import Instrument
from causaldsl.graph.causal_paths import without_edges
from causaldsl.graph.m_separation import m_connected
from causaldsl.graph.names import disjoint, named, observed_set
from causaldsl.graph.reach import reach
from causaldsl.graph.separators import minimal_separators

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph, Links

_NONE: frozenset[int] = frozenset()


def instruments(graph: CausalGraph, x: Iterable[str], y: Iterable[str]) -> Iterator[Instrument]:
    """Return the instruments of `x` on `y`, each with each minimal set that has to be given, one by one.

    Parameters
    ----------
    graph : CausalGraph
        The graph, with `<->` and declared latents.
    x, y : str
        One observed node each; a set of one node will do.

    Returns
    -------
    iterator of Instrument
        Pairs of a node and a frozenset; those that need no collider opened come first. To list them to the end may
        take time exponential in the colliders of the graph.

    Raises
    ------
    UsageError
        If a name is no node of the graph or latent, there is not one of each, or both are the same.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> trial = read_text("node W, I, X, Y; W -> I -> X -> Y; W -> Y; X <-> Y")
    >>> [(i.node, set(i.given)) for i in instruments(trial, "X", "Y")]
    [('I', {'W'})]
    """
    return iter(InstrumentSearch(graph, x, y))


class InstrumentSearch:
    """The search for instruments, which may be given up.

    Parameters
    ----------
    graph, x, y
        As in `instruments`.
    budget : float
        How many nodes may be visited, roughly, before the search is given up.

    Attributes
    ----------
    given_up : bool
        Whether it was, so that there may be more than was found.
    """

    def __init__(self, graph: CausalGraph, x: Iterable[str], y: Iterable[str], budget: float = math.inf) -> None:
        xs, ys = observed_set(graph, x), observed_set(graph, y)
        disjoint(graph, x=xs, y=ys)
        if len(xs) != 1 or len(ys) != 1:
            raise UsageError("`instruments` is about one cause and one effect", "ask for each alone")
        number = graph.links.number
        cause, effect = (number[name] for names in (xs, ys) for name in names)
        latents = {number[name] for name in graph.latents}
        self._graph = graph
        self._search = _Search(graph.links, cause, effect, latents, budget)
        self.given_up = False

    def __iter__(self) -> Iterator[Instrument]:
        try:
            for node, given in self._search.run():
                yield Instrument(self._graph.nodes[node].name, named(self._graph, given))
        except _GivenUpError:
            self.given_up = True


class _GivenUpError(Exception):
    """The budget is spent."""


class _Search:
    """The instruments of one node on another, by numbers.

    Parameters
    ----------
    links : Links
        The graph.
    x, y : int
        The cause and the effect.
    never : set of int
        Nodes that are neither instruments nor given.
    budget : float
        How many nodes may be visited, roughly.
    """

    def __init__(self, links: Links, x: int, y: int, never: Set[int], budget: float) -> None:
        self._links = links
        self._left = budget
        self._cut = without_edges(links, {x}, {y})
        self._x, self._y = {x}, {y}
        self._never = never | {x} | reach(links.children.__getitem__, [y])

    def run(self) -> Iterator[tuple[int, frozenset[int]]]:
        """Yield pairs of an instrument and what has to be given.

        Raises
        ------
        _GivenUpError
            If the budget is spent.
        """
        nodes = [node for node in range(len(self._links.parents)) if node not in self._never]
        waiting = deque((node, _NONE) for node in nodes)
        reached: set[tuple[int, frozenset[int]]] = set()
        seen: set[tuple[int, frozenset[int]]] = set()
        while waiting:
            node, openers = waiting.popleft()
            never = self._never | {node}
            separable = False
            for given, connects in self._separators(node, never, openers):
                separable = True
                if connects and (node, given) not in seen:
                    seen.add((node, given))
                    if not openers or self._is_minimal(node, given):
                        yield node, given
            if separable:  # else nothing separates the node from y that holds more than these openers
                more = {(node, openers | {opener}) for opener in self._openers(node, never, openers)} - reached
                reached |= more
                waiting += sorted(more, key=lambda branch: (branch[0], sorted(branch[1])))

    def _separators(self, node: int, never: Set[int], openers: frozenset[int]) -> Iterator[tuple[frozenset[int], bool]]:
        """Yield the minimal sets for condition 3 that hold some nodes, and whether they leave a way to x open."""
        walk = len(reach(self._cut.parents.__getitem__, self._y | {node} | openers))
        self._spend(walk)
        for given in minimal_separators(self._cut, self._y, {node}, never, openers):
            yield given, m_connected(self._links, {node}, self._x, given)
            self._spend(walk * (1 + len(given)))

    def _spend(self, nodes: int) -> None:
        """Take nodes that were visited off the budget."""
        if self._left < 0:
            raise _GivenUpError
        self._left -= nodes

    def _is_minimal(self, node: int, given: frozenset[int]) -> bool:
        """Tell whether no proper part of what is given will do."""
        return not any(self._suffices(node, given - {left_out}) for left_out in given)

    def _suffices(self, node: int, allowed: frozenset[int]) -> bool:
        """Tell whether some of these nodes make an instrument."""
        never = set(range(len(self._links.parents))) - allowed
        waiting, reached = [_NONE], {_NONE}
        while waiting:
            openers = waiting.pop()
            if any(connects for _, connects in self._separators(node, never, openers)):
                return True
            more = {openers | {opener} for opener in self._openers(node, never, openers)} - reached
            reached |= more
            waiting += more
        return False

    def _openers(self, node: int, never: Set[int], openers: frozenset[int]) -> set[int]:
        """Return what would open a collider at which all paths from a node end, when some others are opened."""
        links = self._links
        above = reach(links.parents.__getitem__, openers)
        shut: set[int] = set()
        steps = {(node, False)}
        todo = list(steps)
        while todo:
            at, head = todo.pop()
            onward: list[tuple[int, bool]] = []
            if at not in openers:
                onward += [(child, True) for child in links.children[at]]
            if at in above if head else at not in openers:
                onward += [(parent, False) for parent in links.parents[at]]
                onward += [(sibling, True) for sibling in links.siblings[at]]
            elif head:
                shut.add(at)
            new = [step for step in onward if step not in steps]
            steps.update(new)
            todo += new
        self._spend(len(steps))
        return reach(links.children.__getitem__, shut) - never - openers
