"""Districts (c-components): nodes that unobserved common causes tie together, directly or through others.

The law of what is seen is a product with one factor a district, and each factor can be computed by itself; whether an
effect can be identified is decided district by district [1]_ (see `causaldsl.graph.identification.c_factors`).

References
----------
.. [1] Tian and Pearl, "A general identification condition for causal effects", AAAI 2002 (tian2002).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from causaldsl.graph.identification.mixed import mixed

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph


def districts(graph: CausalGraph) -> tuple[frozenset[str], ...]:
    """Return the districts of the observed nodes, in order of declaration of their first nodes.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> [sorted(d) for d in districts(read_text("node A, B, C, D; A -> B; A <-> C; latent U; U -> C, D"))]
    [['A', 'C', 'D'], ['B']]
    """
    observed = mixed(graph)
    seen = [i for i, node in enumerate(graph.nodes) if not node.latent]
    return tuple(frozenset(observed.names[i] for i in district) for district in observed.districts(seen))
