"""Graphs made from a graph: arrows cut by an intervention, nodes left out, what lies above and below."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from causaldsl.graph.expression import reads
from causaldsl.graph.names import node_set
from causaldsl.graph.reach import reach

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph, Node


def do(graph: CausalGraph, names: Iterable[str]) -> CausalGraph:
    """Return the graph after an intervention on some nodes: nothing causes them any more.

    Arrows into them are gone, `<->` at them too, and their mechanisms and equations. In the literature this is the
    graph with a bar over X.

    Raises
    ------
    UsageError
        If a name is no node of the graph.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> do(read_text("node A, B, C; A -> B -> C; A <-> B"), {"B"}).edges
    (('B', 'C', '->'),)
    """
    cut = node_set(graph, names)
    return replace(
        graph,
        nodes=tuple(replace(n, parents=(), mechanism=None, equation=None) if n.name in cut else n for n in graph.nodes),
        confounded=tuple(pair for pair in graph.confounded if cut.isdisjoint(pair)),
    )


def without_effects(graph: CausalGraph, names: Iterable[str]) -> CausalGraph:
    """Return the graph in which some nodes cause nothing: arrows out of them are gone.

    In the literature this is the graph with a bar under X. An equation that names such a node is gone too.

    Raises
    ------
    UsageError
        If a name is no node of the graph.
    """
    cut = node_set(graph, names)
    nodes = (_with_parents(n, [p for p in n.parents if p not in cut]) for n in graph.nodes)
    return replace(graph, nodes=tuple(nodes))


def subgraph(graph: CausalGraph, names: Iterable[str]) -> CausalGraph:
    """Return the graph of some nodes and of the edges among them; groups keep the members that are left.

    Questions are left out, as they may be about nodes that are gone, and so are equations that name such nodes.

    Raises
    ------
    UsageError
        If a name is no node of the graph.
    """
    kept = node_set(graph, names)
    nodes = (_with_parents(n, [p for p in n.parents if p in kept]) for n in graph.nodes if n.name in kept)
    groups = ((name, tuple(m for m in members if m in kept)) for name, members in graph.groups)
    return replace(
        graph,
        nodes=tuple(nodes),
        confounded=tuple(pair for pair in graph.confounded if kept.issuperset(pair)),
        groups=tuple((name, members) for name, members in groups if members),
        queries=(),
        assertions=(),
        warnings=(),
    )


def ancestors(graph: CausalGraph, names: Iterable[str]) -> frozenset[str]:
    """Return some nodes and everything that causes them, directly or not.

    Raises
    ------
    UsageError
        If a name is no node of the graph.
    """
    return frozenset(reach({n.name: n.parents for n in graph.nodes}.__getitem__, node_set(graph, names)))


def descendants(graph: CausalGraph, names: Iterable[str]) -> frozenset[str]:
    """Return some nodes and everything that they cause, directly or not.

    Raises
    ------
    UsageError
        If a name is no node of the graph.
    """
    return frozenset(reach(graph.children.__getitem__, node_set(graph, names)))


def _with_parents(node: Node, parents: list[str]) -> Node:
    """Return a node with other parents, and with its equation only if that names no others."""
    keeps = node.equation is not None and set(reads(node.equation)).issubset(parents)
    return replace(node, parents=tuple(parents), equation=node.equation if keeps else None)
