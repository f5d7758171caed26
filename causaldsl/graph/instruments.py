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
    found = search(graph, x, y)
    return (instrument for instrument in found if instrument is not None)


def search(graph: CausalGraph, x: Iterable[str], y: Iterable[str]) -> Iterator[Instrument | None]:
    """Return the instruments of `x` on `y`, as `instruments` does, with a None after each step that found nothing.

    So that one may give up.
    """
    xs, ys = observed_set(graph, x), observed_set(graph, y)
    disjoint(graph, x=xs, y=ys)
    if len(xs) != 1 or len(ys) != 1:
        raise UsageError("`instruments` is about one cause and one effect", "ask for each alone")
    number = graph.links.number
    cause, effect = (number[name] for names in (xs, ys) for name in names)
    latents = {number[name] for name in graph.latents}
    found = _Search(graph.links, cause, effect, latents).run()
    return (pair and Instrument(graph.nodes[pair[0]].name, named(graph, pair[1])) for pair in found)


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
    """

    def __init__(self, links: Links, x: int, y: int, never: Set[int]) -> None:
        self._links = links
        self._cut = without_edges(links, {x}, {y})
        self._x, self._y = {x}, {y}
        self._never = never | {x} | reach(links.children.__getitem__, [y])

    def run(self) -> Iterator[tuple[int, frozenset[int]] | None]:
        """Yield pairs of an instrument and what has to be given; None where a step found nothing."""
        nodes = [node for node in range(len(self._links.parents)) if node not in self._never]
        waiting = deque((node, _NONE) for node in nodes)
        reached: set[tuple[int, frozenset[int]]] = set()
        seen: set[tuple[int, frozenset[int]]] = set()
        while waiting:
            node, openers = waiting.popleft()
            never = self._never | {node}
            separable = False
            for given in self._given(node, never, openers):
                separable = True
                new = given is not None and (node, given) not in seen
                if given is not None and new:
                    seen.add((node, given))
                    new = not openers or self._is_minimal(node, given)
                yield (node, given) if given is not None and new else None
            if separable:  # else nothing separates the node from y that holds more than these openers
                more = {(node, openers | {opener}) for opener in self._openers(node, never, openers)} - reached
                reached |= more
                waiting += sorted(more, key=lambda branch: (branch[0], sorted(branch[1])))

    def _given(self, node: int, never: Set[int], openers: frozenset[int]) -> Iterator[frozenset[int] | None]:
        """Yield the minimal separators that hold some nodes and leave a way to x open, None for one that does not."""
        for given in minimal_separators(self._cut, self._y, {node}, never, openers):
            yield given if m_connected(self._links, {node}, self._x, given) else None

    def _is_minimal(self, node: int, given: frozenset[int]) -> bool:
        """Tell whether no proper part of what is given will do."""
        return not any(self._suffices(node, given - {left_out}) for left_out in given)

    def _suffices(self, node: int, allowed: frozenset[int]) -> bool:
        """Tell whether some of these nodes make an instrument."""
        never = set(range(len(self._links.parents))) - allowed
        waiting, reached = [_NONE], {_NONE}
        while waiting:
            openers = waiting.pop()
            for given in self._given(node, never, openers):
                if given is not None:
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
        return reach(links.children.__getitem__, shut) - never - openers
