r"""IDC: the effect of setting X on Y among the units that then have Z.

`P(Y | do(X), Z)` is `P(Y, Z | do(X)) / P(Z | do(X))`, and may be identifiable where these two are not. The algorithm
first turns conditions into interventions where that is the same: by the second rule of the do-calculus,
`P(Y | do(X), Z, W) = P(Y | do(X, Z), W)` if Y and Z are m-separated given X and W in the graph without arrows into X
and out of Z. When no condition is left for which that holds, the effect is identifiable just if `P(Y, Z | do(X))` is
[1]_; the order in which conditions are turned does not matter.

References
----------
.. [1] Shpitser and Pearl, "Identification of conditional interventional distributions", UAI 2006 (shpitser2006idc).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from causaldsl.graph.identification.algebra import ratio
from causaldsl.graph.identification.effects import effect, least
from causaldsl.graph.identification.estimand import Estimand, Factor, Symbol
from causaldsl.graph.identification.hedge import Forests
from causaldsl.graph.identification.mixed import Mixed
from causaldsl.graph.identification.sums import total
from causaldsl.graph.m_separation import m_separated
from causaldsl.graph.surgery import do, without_effects

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph


def conditional_effect(
    graph: CausalGraph, observed: Mixed, y: Iterable[str], x: Iterable[str], z: Iterable[str]
) -> Estimand | Forests:
    """Identify `P(Y | do(X), Z)`.

    Parameters
    ----------
    graph : CausalGraph
        The graph, for separation.
    observed : Mixed
        The same graph, latents projected away.
    y, x, z : iterable of str
        Disjoint sets of nodes; y is not empty.

    Returns
    -------
    Estimand or Forests
        What to compute, bound variables still under their plain names; or the two forests of a hedge.
    """
    number = graph.links.number
    ys, xs, zs = list(y), list(x), list(z)
    symbols = tuple(map(Symbol, ys))
    if not xs:
        return Factor(symbols, tuple(map(Symbol, zs)))
    while (turned := _turned(graph, ys, xs, zs)) is not None:
        xs.append(turned)
        zs.remove(turned)
    asked, done = [number[name] for name in (*ys, *zs)], [number[name] for name in xs]
    joint = effect(observed, asked, done)
    if isinstance(joint, Forests):
        return least(observed, asked, done, joint)
    if not zs:
        return joint
    return ratio(joint, total(symbols, joint))


def _turned(graph: CausalGraph, y: list[str], x: list[str], z: list[str]) -> str | None:
    """Return a condition that may as well be an intervention."""
    if not z:
        return None
    cut = do(graph, x)
    for name in z:
        others = {*x, *z} - {name}
        if m_separated(without_effects(cut, [name]), y, [name], others):
            return name
    return None
