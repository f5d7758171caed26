"""Adjustment: which sets of nodes take the confounding out of an effect.

A set Z is an *adjustment set* for the effect of X on Y if, in every law that the graph generates,

    P(y | do(x)) = sum_z P(y | x, z) P(z)

which is a property of the graph alone, and this criterion is sound and complete for it [1]_, [2]_, [3]_:

1. the nodes of Z are observed, and in neither X nor Y;
2. none of them lies on a proper causal path from X to Y, X excepted, or is caused by a node that does
   (`causaldsl.graph.causal_paths`: the forbidden nodes);
3. Z m-separates X from Y in the proper back-door graph, in which those paths are cut at their first edge.

Pearl's back-door criterion is the special case that also forbids all other effects of X. Only part 3 depends on the
set, so that listing adjustment sets is listing separators of one graph (`causaldsl.graph.separators`), which takes
polynomial time a set however many there are [2]_. A set is *minimal* if none of its parts is an adjustment set too
(none that holds the nodes which were asked for). Minimal sets come nearest to Y first, as what is near Y explains more
of its variance.

References
----------
.. [1] Shpitser, VanderWeele, Robins, "On the validity of covariate adjustment for estimating causal effects", UAI 2010.
   (shpitser2010).
.. [2] van der Zander, Liskiewicz, Textor, "Constructing separators and adjustment sets in ancestral graphs", UAI 2014.
   (vanderzander2014).
.. [3] Perkovic, Textor, Kalisch, Maathuis, "Complete graphical characterization and construction of adjustment sets in
   Markov equivalence classes of ancestral graphs", Journal of Machine Learning Research 18, 2018 (perkovic2018).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from causaldsl.graph.causal_paths import forbidden, on_causal_paths, proper_back_door
from causaldsl.graph.domain import quoted
from causaldsl.graph.m_separation import m_connected
from causaldsl.graph.names import disjoint, listed, named, node_set, numbered, observed_set
from causaldsl.graph.open_path import open_path_between
from causaldsl.graph.reach import directed_path
from causaldsl.graph.separators import minimal_separators, separators

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph, Links


@dataclass(frozen=True)
class _Effect:
    """The effect of some nodes on others, by numbers."""

    x: set[int]
    y: set[int]
    causal: set[int]
    forbidden: set[int]
    back_door: Links


def is_adjustment_set(graph: CausalGraph, x: Iterable[str], y: Iterable[str], z: Iterable[str]) -> bool:
    """Tell whether adjusting for `z` gives the effect of `x` on `y`.

    Parameters
    ----------
    graph : CausalGraph
        The graph, with `<->` and declared latents.
    x, y : iterable of str
        Disjoint sets of observed nodes: what is set, and what it changes.
    z : iterable of str
        Nodes in neither; with a latent among them the answer is no.

    Raises
    ------
    UsageError
        If a name is no node of the graph, one in `x` or `y` is latent, or two of the sets overlap.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> graph = read_text("node X, Y, Z, M; Z -> X -> M -> Y; Z -> Y")
    >>> is_adjustment_set(graph, "X", "Y", "Z"), is_adjustment_set(graph, "X", "Y", {"Z", "M"})
    (True, False)
    """
    effect, (zs,) = _asked(graph, x, y, z=z)
    given = numbered(graph, zs)
    if not effect.forbidden.isdisjoint(given) or any(graph[name].latent for name in zs):
        return False
    return not m_connected(effect.back_door, effect.x, effect.y, given)


def objection(graph: CausalGraph, x: Iterable[str], y: Iterable[str], z: Iterable[str]) -> str | None:
    """Say why `z` is no adjustment set; None if it is one. Parameters are those of `is_adjustment_set`.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> graph = read_text("node X, Y, Z, M, D; Z -> X -> M -> Y; Z -> Y; M -> D")
    >>> objection(graph, "X", "Y", ())
    'the path X <- Z -> Y is open'
    >>> objection(graph, "X", "Y", {"Z", "D"})
    'D is an effect of M on the causal path X -> M -> Y'
    """
    effect, (zs,) = _asked(graph, x, y, z=z)
    given = numbered(graph, zs)
    links = graph.links
    if latent := [name for name in zs if graph[name].latent]:
        return f"{listed(graph, latent[:1])} is latent"
    for node in sorted(effect.forbidden & given):
        cause = directed_path(links.parents, node, effect.causal)[-1]
        start = directed_path(links.parents, cause, effect.x)[::-1]
        end = directed_path(links.children, cause, effect.y, avoid=effect.x)
        causal = " -> ".join(quoted(graph.nodes[i].name) for i in start + end[1:])
        name, by = (quoted(graph.nodes[i].name) for i in (node, cause))
        role = "lies" if node == cause else f"is an effect of {by}"
        return f"{name} {role} on the causal path {causal}"
    path = open_path_between(graph, effect.back_door, effect.x, effect.y, given)
    return None if path is None else path.sentence


def adjustment_sets(
    graph: CausalGraph,
    x: Iterable[str],
    y: Iterable[str],
    minimal: bool = True,
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
) -> Iterator[frozenset[str]]:
    """Return the adjustment sets for the effect of `x` on `y`, found one by one as they are asked for.

    Parameters
    ----------
    graph : CausalGraph
        The graph, with `<->` and declared latents.
    x, y : iterable of str
        Disjoint sets of observed nodes: what is set, and what it changes.
    minimal : bool
        Only those of which no part that holds `include` is an adjustment set; else all of them.
    include, exclude : iterable of str
        Nodes that are in each set, and nodes that are in none.

    Returns
    -------
    iterator of frozenset of str
        Each set once; none if there is no adjustment set; the empty set where there is no confounding.

    Raises
    ------
    UsageError
        If a name is no node of the graph, one in `x` or `y` is latent, or two of the sets overlap.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> graph = read_text("node X, Y, A, B; A -> X -> Y; A -> B -> Y")
    >>> [sorted(z) for z in adjustment_sets(graph, "X", "Y")]
    [['B'], ['A']]
    >>> [sorted(z) for z in adjustment_sets(graph, "X", "Y", minimal=False)]
    [['B'], ['A'], ['A', 'B']]
    >>> list(adjustment_sets(read_text("node X, Y; X -> Y; X <-> Y"), "X", "Y"))
    []
    """
    effect, (included, excluded) = _asked(graph, x, y, include=include, exclude=exclude)
    inner = numbered(graph, included)
    never = numbered(graph, [*graph.latents, *excluded]) | effect.forbidden
    if not inner.isdisjoint(never):
        return iter(())
    links = effect.back_door
    found = (minimal_separators if minimal else separators)(links, effect.y, effect.x, never, inner)
    return (named(graph, z) for z in found)


def _asked(
    graph: CausalGraph, x: Iterable[str], y: Iterable[str], **others: Iterable[str]
) -> tuple[_Effect, list[frozenset[str]]]:
    """Check the sets of a question; return the effect that it is about, and the other sets."""
    xs, ys = observed_set(graph, x), observed_set(graph, y)
    checked = {name: node_set(graph, names) for name, names in others.items()}
    disjoint(graph, x=xs, y=ys, **checked)
    links, number_x, number_y = graph.links, numbered(graph, xs), numbered(graph, ys)
    causal = on_causal_paths(links, number_x, number_y)
    back_door = proper_back_door(links, number_x, causal)
    return _Effect(number_x, number_y, causal, forbidden(links, causal), back_door), list(checked.values())
