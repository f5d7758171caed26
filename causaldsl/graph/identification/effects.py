r"""ID: the effect of setting X on Y, computed from what is seen, for every model of the graph, or a hedge.

The algorithm is sound and complete [1]_, [2]_: what it returns is right in every model, and where it fails two models
agree on all that is seen and disagree on the effect. In the form of [3]_ it runs as follows.

1. Only ancestors of Y matter. Those that are not in X and reach Y without passing through X are called D; then
   `P(Y | do(X))` is the sum of `Q[D]` over `D \ Y`, where `Q[C]` stands for `P(C | do(everything else))`.
2. `Q[D]` is the product of `Q[S]` over the districts S of the graph of D.
3. Each S lies in a district C of the graph of all ancestors, and `Q[C]` is known. `Q[S]` is made from it by turns: sum
   out what does not cause S within C, go to the district of S among what is left (see `c_factors`). If neither makes C
   smaller and it still is not S, then C and S are the two forests of a hedge (see `hedge`).

In the front door, `X -> M -> Y` with `X <-> Y`, D is {M, Y}, with districts {M} and {Y}. `Q[M]` is `P(M | X)`. {Y} lies
in the district {X, Y}, whose factor is `P(X) P(Y | X, M)`; X does not cause Y within it, so it is summed out.

What is done to nodes that do not cause Y, or cause it only through other nodes of X, does not show in the estimand. A
variable that is neither in X nor in Y may show, as Z does in the napkin, `W -> Z -> X -> Y` with `X <-> W <-> Y`:

    (sum_{W} P(X, Y | W, Z) P(W)) / (sum_{W} P(X | W, Z) P(W))

It is a value that may be chosen freely: in every model of the graph the estimand is the same for each.

References
----------
.. [1] Shpitser and Pearl, "Identification of joint interventional distributions in recursive semi-Markovian causal
   models", AAAI 2006 (shpitser2006id).
.. [2] Huang and Valtorta, "Pearl's calculus of intervention is complete", UAI 2006 (huang2006).
.. [3] Tian and Pearl, "On the identification of causal effects", UCLA technical report R-290-L, 2003 (tian2003).
"""

from __future__ import annotations

from collections.abc import Collection

from causaldsl.graph.identification.algebra import product
from causaldsl.graph.identification.c_factors import CFactors
from causaldsl.graph.identification.estimand import Estimand, Factor
from causaldsl.graph.identification.hedge import Forests
from causaldsl.graph.identification.mixed import Mixed
from causaldsl.graph.identification.sums import total

_MOST_TRIED = 2000


def effect(graph: Mixed, y: Collection[int], x: Collection[int]) -> Estimand | Forests:
    """Identify `P(Y | do(X))`.

    Parameters
    ----------
    graph : Mixed
        The graph.
    y, x : collection of int
        Disjoint sets of nodes; y is not empty.

    Returns
    -------
    Estimand or Forests
        What to compute, bound variables still under their plain names; or the two forests of a hedge.
    """
    ancestors = graph.ancestors(y)
    done = ancestors.intersection(x)
    factors = CFactors(graph, ancestors)
    if not done:
        return Factor(factors.symbols(y))
    reaching = graph.ancestors(y, ancestors - done)
    found = q(factors, reaching)
    if isinstance(found, Forests):
        return found
    return total(factors.symbols(reaching.difference(y)), found)


def least(graph: Mixed, y: Collection[int], x: Collection[int], found: Forests) -> Forests:
    """Return a hedge from which no node can be left out, if the graph is not too large to try.

    Where an effect is not identifiable in a graph without some node, it is not identifiable in the graph: a model in
    which that node does nothing would show it.
    """
    if len(found.outer) * len(graph.ancestors(y)) > _MOST_TRIED:
        return found
    ys = set(y)
    needed: set[int] = set()
    while untried := found.outer - needed:
        node = min(untried)
        needed.add(node)
        smaller = graph.without(node)
        law = effect(smaller, ys - {node}, x) if ys - {node} else None
        if isinstance(law, Forests):
            graph, found = smaller, law
            ys.discard(node)
    return found


def q(factors: CFactors, nodes: Collection[int]) -> Estimand | Forests:
    """Identify `Q[D]`, the law of D where everything else is set.

    Parameters
    ----------
    factors : CFactors
        The factors of an ancestral set.
    nodes : collection of int
        D, part of that set.
    """
    graph = factors.graph
    found = []
    for part in graph.districts(nodes):
        node = next(iter(part))
        district = graph.district(node, factors.nodes)
        if district == part:
            law: Estimand | Forests = factors.of_district(part)
        else:
            smaller = CFactors(graph, graph.ancestors(part))
            law = smaller.within(part, graph.district(node, smaller.nodes))
        if isinstance(law, Forests):
            return law
        found.append((max(map(factors.rank.__getitem__, part)), law))
    found.sort(key=lambda pair: -pair[0])
    return product(law for _, law in found)
