"""The counterfactual graph of a question, as a graph that can be looked at and asked.

See `parallel` for what it is and how it is built. Its nodes are the variables of the question and all that causes them,
each once, under names such as `Y[X=0]`, and the values that are set, under names such as `X=0`. Two copies of a node
share its noise, and so are joined by `<->`, as are copies of nodes that share an unobserved cause [1]_, [2]_.

References
----------
.. [1] Balke and Pearl, "Probabilistic evaluation of counterfactual queries", AAAI 1994 (balke1994).
.. [2] Shpitser and Pearl, "Complete identification methods for the causal hierarchy", Journal of Machine Learning
   Research 9, 2008 (shpitser2008).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from causaldsl.errors import UsageError
from causaldsl.graph.identification.across import Claims, depends_on
from causaldsl.graph.identification.asked import one_probability
from causaldsl.graph.identification.drawn import drawn, spelled_variant
from causaldsl.graph.identification.estimand import Symbol
from causaldsl.graph.identification.mixed import Mixed, mixed
from causaldsl.graph.identification.parallel import Depends, Impossible, Parallel, settle

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph
    from causaldsl.graph.question import Quantity, Query


@dataclass(frozen=True)
class CounterfactualGraph:
    """The graph of the worlds that a question is about.

    Parameters
    ----------
    graph : CausalGraph or None
        The graph; None if what is claimed contradicts itself.
    variables : tuple of (str, str)
        Each variable of the question, as it is spelled, with its node; several may be the same. Variables that have
        their value by definition, such as `X[X=0]`, are left out.
    values : tuple of (str, str)
        Each node that the question gives a value, with that value; a variable's name stands for what is left open.
    """

    graph: CausalGraph | None
    variables: tuple[tuple[str, str], ...] = ()
    values: tuple[tuple[str, str], ...] = ()

    @property
    def consistent(self) -> bool:
        """Whether what is claimed can be true at all; if not, its probability is 0."""
        return self.graph is not None


def counterfactual_graph(graph: CausalGraph, question: str | Query | Quantity) -> CounterfactualGraph:
    """Return the graph of all that a question across worlds is about.

    Parameters
    ----------
    graph : CausalGraph
        The graph; latents are projected away.
    question : str or Query or Quantity
        A probability, such as `P(Y[X=0]=1 | X=1, Y=1)`; what is given is drawn like what is asked for.

    Raises
    ------
    UsageError
        If it is no such question, or which variables are the same depends on values that the question leaves open.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> found = counterfactual_graph(read_text("binary X, Y, Z; X, Z -> Y"), "P(Y[X=0]=1 | X=1, Y=1)")
    >>> for edge in found.graph.edges:
    ...     print(*edge)
    X Y ->
    Z Y ->
    X=0 Y[X=0] ->
    Z Y[X=0] ->
    Y Y[X=0] <->
    >>> found.values
    (('X', 'X=1'), ('Y', 'Y=1'), ('Y[X=0]', 'Y=1'))
    """
    asked = one_probability(graph, question)
    observed = mixed(graph)
    claims = Claims(graph, asked)
    settled = settle(observed, claims.all, claims.bound)
    if isinstance(settled, Depends):
        raise UsageError([depends_on(claims, settled.symbol)])
    if isinstance(settled, Impossible):
        return CounterfactualGraph(None)
    found, _ = settled
    names = _names(observed, found, claims)
    holders = {v.value: name for v, name in zip(found.variants, names, strict=True) if isinstance(v.value, Symbol)}
    set_to: list[list[str]] = []
    for i, variant in enumerate(found.variants):
        inner = {found.variants[p].node for p in found.parents[i]}
        terms = [term for node, term in variant.sources if node not in inner and not isinstance(term, int)]
        set_to.append([holders.get(term, str(term)) if isinstance(term, Symbol) else str(term) for term in terms])
    first = dict.fromkeys(name for causes in set_to for name in causes if name not in names)
    values = tuple((name, str(v.value)) for v, name in zip(found.variants, names, strict=True) if v.value is not None)
    variables = tuple(
        (spelled, names[found.where[claim.node, claim.world]])
        for spelled, claim in claims.spelled.items()
        if (claim.node, claim.world) in found.where
    )
    return CounterfactualGraph(drawn(observed, found, names, set_to, list(first)), variables, values)


def _names(observed: Mixed, found: Parallel, claims: Claims) -> list[str]:
    """Return a name for each variable, no two alike."""
    names: dict[str, None] = {}
    for variant in found.variants:
        name = spelled_variant(observed, variant.node, variant.world, claims.nested)
        while name in names:
            name += "'"
        names[name] = None
    return list(names)
