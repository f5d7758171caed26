"""Front-door sets: the mechanism of an effect seen as a whole, where its confounding cannot be.

If smoking causes cancer through tar alone, and the unobserved cause that they share has no way to tar but through
smoking, then the effect can be had in two steps, smoking on tar and tar on cancer, neither of which it confounds. A set
Z satisfies the *front-door criterion* for the effect of X on Y [1]_ if

1. Z intercepts every causal path from X to Y;
2. no back-door path from X to Z is open: X and Z are m-separated in the graph without the edges out of X;
3. X blocks every back-door path from Z to Y: they are m-separated given X in the graph without the edges out of Z.

Then P(y | do(x)) is the sum over z of P(z | x) times the sum over x' of P(y | x', z) P(x').

Whether a set exists between two sets I and R is decided in polynomial time [2]_. Condition 2 is one of single nodes. A
node that breaks condition 3 breaks it in every smaller set too, where more edges are left, so that taking out such
nodes by turns ends with the largest set that satisfies it. Condition 1 is the easier the larger the set. So there is a
front-door set if and only if this largest one intercepts all paths and holds I. All sets are listed by deciding a node
after the other, with polynomial delay. The minimal ones are found by taking nodes out while a set remains; another
minimal set lacks one of the nodes of those found before. Between two minimal sets there may be an exponential wait.

References
----------
.. [1] Pearl, "Causal diagrams for empirical research", Biometrika 82, 1995 (pearl1995).
.. [2] Jeong, Tian, Bareinboim, "Finding and listing front-door adjustment sets", NeurIPS 2022 (jeong2022).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from typing import TYPE_CHECKING

from causaldsl.graph.causal_paths import on_causal_paths, without_edges
from causaldsl.graph.m_separation import m_reachable
from causaldsl.graph.names import disjoint, named, node_set, numbered, observed_set
from causaldsl.graph.reach import reach

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph, Links


def front_door_sets(
    graph: CausalGraph,
    x: Iterable[str],
    y: Iterable[str],
    minimal: bool = True,
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
) -> Iterator[frozenset[str]]:
    """Return the front-door sets for the effect of `x` on `y`, found one by one as they are asked for.

    Parameters
    ----------
    graph : CausalGraph
        The graph, with `<->` and declared latents.
    x, y : iterable of str
        Disjoint sets of observed nodes: what is set, and what it changes.
    minimal : bool
        Only those of which no part that holds `include` is a front-door set; else all of them.
    include, exclude : iterable of str
        Nodes that are in each set, and nodes that are in none.

    Raises
    ------
    UsageError
        If a name is no node of the graph, one in `x` or `y` is latent, or two of the sets overlap.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> smoking = read_text("node Smoking, Tar, Cancer; Smoking -> Tar -> Cancer; Smoking <-> Cancer")
    >>> list(front_door_sets(smoking, "Smoking", "Cancer"))
    [frozenset({'Tar'})]
    """
    xs, ys = observed_set(graph, x), observed_set(graph, y)
    included, excluded = node_set(graph, include), node_set(graph, exclude)
    disjoint(graph, x=xs, y=ys, include=included, exclude=excluded)
    search = _Search(graph.links, numbered(graph, xs), numbered(graph, ys))
    never = numbered(graph, [*graph.latents, *xs, *ys, *excluded])
    allowed = frozenset(range(len(graph.nodes))) - never
    fixed = frozenset(numbered(graph, included))
    found = search.minimal(fixed, allowed) if minimal else search.all(fixed, allowed)
    return (named(graph, z) for z in found)


class _Search:
    """The front-door sets of one effect, by numbers."""

    def __init__(self, links: Links, x: Set[int], y: Set[int]) -> None:
        self._links = links
        self._x, self._y = x, y
        causal = on_causal_paths(links, x, y)
        self._within = causal | x
        self._everything = frozenset(range(len(links.parents)))
        no_effects = without_edges(links, x, self._everything)
        self._confounded = m_reachable(no_effects, x, frozenset())

    def largest(self, fixed: Set[int], allowed: Set[int]) -> frozenset[int] | None:
        """Return the largest front-door set between two sets; None if there is none."""
        kept = frozenset(allowed - self._confounded)
        while fixed <= kept:
            cut = without_edges(self._links, kept, self._everything)
            bad = kept & m_reachable(cut, self._y, self._x)
            if not bad:
                return kept if self._intercepts(kept) else None
            kept -= bad
        return None

    def _intercepts(self, z: Set[int]) -> bool:
        """Tell whether every causal path meets a set."""
        onward = self._within - z
        return self._y.isdisjoint(reach(lambda n: [c for c in self._links.children[n] if c in onward], self._x))

    def all(self, fixed: frozenset[int], allowed: frozenset[int]) -> Iterator[frozenset[int]]:
        """Yield all front-door sets between two sets."""
        todo = [(fixed, allowed)]
        while todo:
            chosen, possible = todo.pop()
            largest = self.largest(chosen, possible)
            if largest is None:
                continue
            if largest == chosen:
                yield chosen
            else:
                node = min(largest - chosen)
                todo += [(chosen | {node}, largest), (chosen, largest - {node})]

    def minimal(self, fixed: frozenset[int], allowed: frozenset[int]) -> Iterator[frozenset[int]]:
        """Yield the minimal ones among the front-door sets between two sets."""
        todo = [allowed]
        tried, found = set(todo), set[frozenset[int]]()
        while todo:
            within = self.largest(fixed, todo.pop())
            if within is None:
                continue
            least = self._least(fixed, within)
            if least not in found:
                found.add(least)
                yield least
            for node in sorted(least - fixed):
                if (smaller := within - {node}) not in tried:
                    tried.add(smaller)
                    todo.append(smaller)

    def _least(self, fixed: frozenset[int], within: frozenset[int]) -> frozenset[int]:
        """Take nodes out of a front-door set while one remains."""
        for node in sorted(within - fixed):
            if node in within and (smaller := self.largest(fixed, within - {node})) is not None:
                within = smaller
        return within
