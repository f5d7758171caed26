"""Hypothesis strategies of causal graphs: small, readable, and simpler the further they shrink (`A`, then `A -> B`).

Nodes are `A, B, C, ..`, latents `U, V, W`. Nodes are declared in any order, so that none can be relied on.

Examples
--------
>>> from hypothesis import given
>>> from causaldsl.testing import graphs
>>> @given(graphs())
... def test_causes_come_first(graph):
...     place = {name: i for i, name in enumerate(graph.order)}
...     assert all(place[cause] < place[effect] for cause, effect, arrow in graph.edges if arrow == "->")
>>> test_causes_come_first()
"""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from causaldsl.graph.domain import Binary, Categorical, Domain, Real
from causaldsl.graph.ir import CausalGraph, Edge, Node
from causaldsl.graph.make import make_graph

NAMES = "ABCDEFGHIJKLMNOPQRST"
LATENTS = "UVW"
DOMAINS: tuple[Domain | None, ...] = (
    Binary(),
    Categorical(("a", "b", "c")),
    Categorical(("-1", "0", "1"), is_range=True),
    Real(),
    Real(0, 10),
    None,
)
"""What nodes are by default."""


@st.composite
def graphs(
    draw: st.DrawFn,
    max_nodes: int = 5,
    *,
    min_nodes: int = 1,
    domains: st.SearchStrategy[Domain | None] | None = None,
    latents: bool = True,
    confounded: bool = True,
) -> CausalGraph:
    """Draw a causal graph.

    Parameters
    ----------
    draw : callable
        Given by hypothesis.
    max_nodes, min_nodes : int
        How many observed nodes, 20 at most.
    domains : strategy of Domain or None, optional
        What a node's values are; by default any but pictures, sometimes not stated.
    latents : bool
        Whether there may be declared latents, each with two effects or more.
    confounded : bool
        Whether there may be edges `A <-> B`.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(graphs(latents=False, confounded=False), lambda graph: len(graph.edges) > 0).edges
    (('A', 'B', '->'),)
    """
    kinds = st.sampled_from(DOMAINS) if domains is None else domains
    nodes: list[Node] = []
    edges: list[Edge] = []
    while len(nodes) < min_nodes or (len(nodes) < max_nodes and draw(_more())):
        causes = [node.name for node in nodes]
        name = NAMES[len(nodes)]
        nodes.append(Node(name, draw(kinds)))
        if causes and confounded:
            edges += [(other, name, "<->") for other in sorted(draw(_some(causes, at_most=1)))]
        if causes:
            edges += [(cause, name, "->") for cause in sorted(draw(_some(causes)))]
    effects = [node.name for node in nodes]
    nodes = draw(st.permutations(nodes))
    hidden = iter(LATENTS if latents and len(effects) > 1 else "")
    while draw(st.integers(0, 3)) == 3 and (latent := next(hidden, None)):
        nodes.append(Node(latent, None, latent=True))
        edges += [(latent, effect, "->") for effect in sorted(draw(_some(effects, at_least=2)))]
    return make_graph(nodes, edges)


def admgs(max_nodes: int = 5, *, min_nodes: int = 1) -> st.SearchStrategy[CausalGraph]:
    """Acyclic directed mixed graphs: nodes without domains, `->` and `<->`, no declared latents.

    Parameters
    ----------
    max_nodes, min_nodes : int
        How many nodes, 20 at most.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(admgs(), lambda graph: len(graph.confounded) > 0).edges
    (('A', 'B', '<->'),)
    """
    return graphs(max_nodes, min_nodes=min_nodes, domains=st.none(), latents=False)


def _more() -> st.SearchStrategy[bool]:
    """Return a strategy of whether to go on: mostly, but less when a graph is made smaller."""
    return st.integers(0, 3).map(bool)


def _some(names: Sequence[str], at_least: int = 0, at_most: int = 3) -> st.SearchStrategy[set[str]]:
    """Return a strategy of a few of some names."""
    return st.sets(st.sampled_from(names), min_size=at_least, max_size=min(at_most, len(names)))
