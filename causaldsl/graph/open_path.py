"""The open path: why two sets of nodes are not m-separated.

`m_separation` says whether a path is open; this module shows one. It is a breadth-first search over the same pairs of a
node and the mark with which the path came in, so that the path found is a shortest one. A shortest open *walk* never
comes back to a node: where it did, the loop could be cut out and what is left would still be open, for at the node
itself either one of the two visits passed as a non-collider, so that it is not conditioned on, or the loop left it by a
tail and met a collider below it, so that it has a conditioned descendant. So what is found is a path in the strict
sense, and it meets the two sets at its ends only [1]_.

A collider on it is open since it is given itself, or since it causes something that is given; both are worth saying,
as the second is what people overlook ("conditioning on a descendant of a collider").

References
----------
.. [1] van der Zander, Liskiewicz, Textor, "Separators and adjustment sets in causal graphs: complete criteria and an
   algorithmic framework", Artificial Intelligence 270, 2019 (vanderzander2019).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from causaldsl.graph.domain import quoted
from causaldsl.graph.names import disjoint, node_set, numbered
from causaldsl.graph.reach import reach

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph, Links

Sign = Literal["->", "<-", "<->"]
_Step = tuple[int, bool]
"""A node, and whether the path enters it through an arrowhead."""


@dataclass(frozen=True)
class OpenPath:
    """A path that a set of nodes leaves open.

    Parameters
    ----------
    nodes : tuple of str
        From one end to the other.
    signs : tuple of {"->", "<-", "<->"}
        The edges between them.
    opened : tuple of (str, str)
        Its colliders in order, each with the given node that opens it: itself, or one that it causes.
    """

    nodes: tuple[str, ...]
    signs: tuple[Sign, ...]
    opened: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self._edges} ({'; '.join(map(_opening, self.opened))})" if self.opened else self._edges

    @property
    def sentence(self) -> str:
        """Say that it is open, and what opens it.

        Examples
        --------
        >>> OpenPath(("A", "C", "B"), ("->", "<-"), (("C", "D"),)).sentence
        'the path A -> C <- B is open, since C causes D, which is given'
        """
        since = f", since {' and '.join(map(_opening, self.opened))}" if self.opened else ""
        return f"the path {self._edges} is open{since}"

    @property
    def _edges(self) -> str:
        ways = (f" {sign} {quoted(node)}" for sign, node in zip(self.signs, self.nodes[1:], strict=True))
        return quoted(self.nodes[0]) + "".join(ways)


def _opening(opened: tuple[str, str]) -> str:
    collider, by = map(quoted, opened)
    return f"{by} is given" if collider == by else f"{collider} causes {by}, which is given"


def open_path(graph: CausalGraph, x: Iterable[str], y: Iterable[str], z: Iterable[str] = ()) -> OpenPath | None:
    """Return a shortest path between `x` and `y` that is open given `z`; None if they are m-separated.

    Parameters
    ----------
    graph : CausalGraph
        The graph, with `<->` and declared latents.
    x, y, z : iterable of str
        Disjoint sets of nodes, latents included.

    Raises
    ------
    UsageError
        If a name is no node of the graph, or two of the sets overlap.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> lawn = read_text("node Rain, Sprinkler, Wet, Slippery; Rain, Sprinkler -> Wet -> Slippery")
    >>> print(open_path(lawn, "Rain", "Sprinkler", "Slippery"))
    Rain -> Wet <- Sprinkler (Wet causes Slippery, which is given)
    """
    xs, ys, zs = node_set(graph, x), node_set(graph, y), node_set(graph, z)
    disjoint(graph, x=xs, y=ys, z=zs)
    return open_path_between(graph, graph.links, *(numbered(graph, names) for names in (xs, ys, zs)))


def open_path_between(graph: CausalGraph, links: Links, x: Set[int], y: Set[int], given: Set[int]) -> OpenPath | None:
    """Return a shortest open path; as `open_path`, by numbers, with edges of its own over the nodes of a graph."""
    above = reach(links.parents.__getitem__, given)
    relevant = reach(links.parents.__getitem__, x | y) | above
    came: dict[_Step, tuple[_Step, Sign] | None] = {(node, False): None for node in sorted(x)}
    todo = deque(came)
    while todo:
        step = todo.popleft()
        if step[0] in y:
            return _path(graph, links, came, step, given)
        for next_, sign in _steps(links, step, given, above):
            if next_ not in came and next_[0] in relevant:
                came[next_] = step, sign
                todo.append(next_)
    return None


def _steps(links: Links, step: _Step, given: Set[int], above: Set[int]) -> Iterator[tuple[_Step, Sign]]:
    """Yield where an open path may go on."""
    node, head = step
    if node not in given:
        for child in links.children[node]:
            yield (child, True), "->"
    if node in above if head else node not in given:
        for parent in links.parents[node]:
            yield (parent, False), "<-"
        for sibling in links.siblings[node]:
            yield (sibling, True), "<->"


def _path(
    graph: CausalGraph, links: Links, came: dict[_Step, tuple[_Step, Sign] | None], end: _Step, given: Set[int]
) -> OpenPath:
    """Walk back from the end of a path."""
    nodes, signs = [end[0]], list[Sign]()
    at = end
    while (before := came[at]) is not None:
        at, sign = before
        nodes.append(at[0])
        signs.append(sign)
    nodes.reverse()
    signs.reverse()
    colliders = (
        node
        for node, before, after in zip(nodes[1:], signs, signs[1:], strict=False)
        if before != "<-" and after != "->"
    )
    names = graph.nodes
    opened = tuple((names[c].name, names[_opener(links, c, given)].name) for c in colliders)
    return OpenPath(tuple(names[n].name for n in nodes), tuple(signs), opened)


def _opener(links: Links, collider: int, given: Set[int]) -> int:
    """Return the nearest given node among a collider and what it causes."""
    found = {collider}
    todo = deque(found)
    while (node := todo.popleft()) not in given:
        new = [child for child in links.children[node] if child not in found]
        found.update(new)
        todo.extend(new)
    return node
