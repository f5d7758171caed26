"""Sets of nodes as callers give them, checked by name."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import TYPE_CHECKING

from causaldsl.errors import UsageError

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
