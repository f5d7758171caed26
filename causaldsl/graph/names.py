"""Sets of nodes as callers give them, checked by name."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import TYPE_CHECKING

from causaldsl.errors import UsageError
from causaldsl.graph.domain import quoted

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph


def node_set(graph: CausalGraph, names: Iterable[str]) -> frozenset[str]:
    """Return names as a set of nodes of the graph; a single text is one name.

    Raises
    ------
    UsageError
        If a name is no node of the graph.
    """
    found = frozenset((names,) if isinstance(names, str) else names)
    for name in found:
        graph[name]
    return found


def observed_set(graph: CausalGraph, names: Iterable[str]) -> frozenset[str]:
    """Return names as a set of observed nodes; as `node_set`, but latents are refused.

    Raises
    ------
    UsageError
        If a name is no node of the graph, or latent.
    """
    found = node_set(graph, names)
    for name in in_order(graph, found):
        if graph[name].latent:
            raise UsageError(f"`{name}` is latent, so nobody can set or measure it", "ask about observed nodes")
    return found


def disjoint(graph: CausalGraph, **sets: frozenset[str]) -> None:
    """Refuse sets that overlap.

    Raises
    ------
    UsageError
        If a node is in two of the sets; the first such node in order of declaration is named.
    """
    for (a, first), (b, second) in combinations(sets.items(), 2):
        if both := first & second:
            name = min(both, key=graph.links.number.__getitem__)
            raise UsageError(f"`{name}` is in {a} and in {b}", "the sets have to be disjoint")


def numbered(graph: CausalGraph, names: Iterable[str]) -> set[int]:
    """Return nodes by their numbers in `graph.links`."""
    number = graph.links.number
    return {number[name] for name in names}


def named(graph: CausalGraph, numbers: Iterable[int]) -> frozenset[str]:
    """Return nodes by their names."""
    nodes = graph.nodes
    return frozenset(nodes[i].name for i in numbers)


def in_order(graph: CausalGraph, names: Iterable[str]) -> list[str]:
    """Return nodes in their order of declaration."""
    return sorted(names, key=graph.links.number.__getitem__)


def listed(graph: CausalGraph, names: Iterable[str]) -> str:
    """Spell a list of nodes as the language does, in their order of declaration.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> listed(read_text('node A, "a b"'), {"a b", "A"}), listed(read_text("node A"), ())
    ('A, "a b"', '{}')
    """
    return ", ".join(map(quoted, in_order(graph, names))) or "{}"
