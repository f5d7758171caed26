"""The optimal adjustment set: of all that are valid, the one that estimates an effect with the least variance.

Different adjustment sets estimate the same effect with different precision. In linear models the asymptotic variance of
the coefficient of X is

    var(Y | X, Z) / var(X | Z)

so that a good set explains much of Y and little of X. Where all nodes are observed one set is best in *every* law of
the graph [1]_, and the same set is best for a large class of estimators beyond linear ones [2]_: with cn the nodes on
causal paths from X to Y, X excepted, and forb what these cause, it is

    O = parents(cn) minus forb minus X

Latents change that: a latent among these parents cannot be adjusted for, and then no set need be best [3]_. But a
latent whose effects are all in forb takes no part in confounding, as every way through it leads back into forb: it is
replaced by its own causes, or dropped where it has none. Where another latent is needed there is no answer here.

References
----------
.. [1] Henckel, Perkovic, Maathuis, "Graphical criteria for efficient total effect estimation via adjustment in causal
   linear models", Journal of the Royal Statistical Society B 84, 2022 (henckel2022).
.. [2] Rotnitzky and Smucler, "Efficient adjustment sets for population average causal treatment effect estimation in
   graphical models", Journal of Machine Learning Research 21, 2020 (rotnitzky2020).
.. [3] Smucler, Sapienza, Rotnitzky, "Efficient adjustment sets in causal graphical models with hidden variables",
   Biometrika 109, 2022 (smucler2022).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from causaldsl.graph.causal_paths import forbidden, on_causal_paths, proper_back_door
from causaldsl.graph.m_separation import m_connected
from causaldsl.graph.names import disjoint, named, numbered, observed_set

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph


def optimal_adjustment_set(graph: CausalGraph, x: Iterable[str], y: Iterable[str]) -> frozenset[str] | None:
    """Return the adjustment set of least asymptotic variance, where the graph alone tells which it is.

    Parameters
    ----------
    graph : CausalGraph
        The graph, with `<->` and declared latents.
    x, y : iterable of str
        Disjoint sets of observed nodes: what is set, and what it changes.

    Returns
    -------
    frozenset of str or None
        None if there is no adjustment set, if `x` does not cause all of `y`, or if a latent is in the way.

    Raises
    ------
    UsageError
        If a name is no node of the graph or latent, or the two sets overlap.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> graph = read_text("node X, Y, A, B, C; A -> X -> Y; A -> B -> Y; C -> Y")
    >>> sorted(optimal_adjustment_set(graph, "X", "Y"))
    ['B', 'C']
    """
    xs, ys = observed_set(graph, x), observed_set(graph, y)
    disjoint(graph, x=xs, y=ys)
    links, number_x, number_y = graph.links, numbered(graph, xs), numbered(graph, ys)
    causal = on_causal_paths(links, number_x, number_y)
    if not number_y <= causal:
        return None
    inside = forbidden(links, causal)  # and latents that lead into it alone
    hidden = numbered(graph, graph.latents)
    for node in (links.number[name] for name in reversed(graph.order)):
        if node in hidden and inside.issuperset(links.children[node]):
            inside.add(node)
    found: set[int] = set()
    todo = sorted(causal)
    while todo:
        node = todo.pop()
        if not inside.issuperset(links.siblings[node]):
            return None
        for parent in links.parents[node]:
            if parent in hidden and parent in inside:
                todo.append(parent)
            elif parent in hidden:
                return None
            elif parent not in inside and parent not in number_x:
                found.add(parent)
    if m_connected(proper_back_door(links, number_x, causal), number_x, number_y, found):
        return None
    return named(graph, found)
