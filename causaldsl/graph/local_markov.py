"""A basis of independencies: few statements from which all others follow.

In a DAG it is enough that each node is independent of those that come before it, given its causes (the ordered local
Markov property). Where nodes share unobserved causes, "its causes" becomes the Markov blanket of the node in the graph
up to it: its district, and the causes of that. But the graph up to a node can be cut down further, and then other
nodes come apart. So there is one statement for each set A that is closed under causes and ends with the node V [1]_:

    V is independent of A minus blanket(V, A) minus V, given blanket(V, A)

Of the sets A with the same blanket only the largest is needed. There is one for each way to cut the district of V,
often just one, at worst exponentially many; they are made as they are read. The statements imply, by the rules that
hold in every law (the semi-graphoid axioms), every independency of the graph [1]_.

References
----------
.. [1] Richardson, "Markov properties for acyclic directed mixed graphs", Scandinavian Journal of Statistics 30, 2003
   (richardson2003).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from causaldsl.graph.answers import LocalIndependency
from causaldsl.graph.identification.mixed import Mixed, mixed
from causaldsl.graph.names import named
from causaldsl.graph.reach import reach

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph


def local_independencies(graph: CausalGraph) -> Iterator[LocalIndependency]:
    """Yield the statements of the ordered local Markov property that say something.

    Parameters
    ----------
    graph : CausalGraph
        The graph, with `<->` and declared latents.

    Yields
    ------
    LocalIndependency
        By node, causes before effects.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> print(*local_independencies(read_text("node A, B, C, D; A -> B -> C -> D; A <-> D")), sep="; ")
    C _||_ A | B; D _||_ B | A, C
    """
    observed = mixed(graph)
    names = observed.names
    before: set[int] = set()
    for node in observed.order([number for number, node in enumerate(graph.nodes) if not node.latent]):
        before.add(node)
        for members in _ancestral(observed, node, frozenset(before)):
            district = observed.district(node, members)
            blanket = district.union(*(observed.parents[member] for member in district)) - {node}
            if others := members - blanket - {node}:
                yield LocalIndependency(names[node], named(graph, others), named(graph, blanket))


def _ancestral(observed: Mixed, node: int, before: frozenset[int]) -> Iterator[frozenset[int]]:
    """Yield the largest set of nodes closed under causes for each district that the last node of them can have."""
    todo, seen = [before], {before}
    while todo:
        members = todo.pop()
        yield members
        district = observed.district(node, members)
        for cut in sorted(district - observed.ancestors([node])):
            smaller = observed.district(node, members - _below(observed, [cut], members))
            # what shares an unobserved cause with the new district and is not in it has to go; all else may stay
            near = {n for member in smaller for c in observed.shares[member] for n in observed.confounders[c]}
            largest = before - _below(observed, sorted((near & before) - smaller), before)
            if largest not in seen:
                seen.add(largest)
                todo.append(largest)


def _below(observed: Mixed, nodes: list[int], within: frozenset[int]) -> set[int]:
    """Return nodes and what they cause, among some nodes."""
    return reach(lambda node: [child for child in observed.children[node] if child in within], nodes)
