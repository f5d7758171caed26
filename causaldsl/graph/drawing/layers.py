"""Which row each node stands in: causes above effects, edges short, and no row too wide."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate

from causaldsl.graph.ir import CausalGraph

NARROW = 1200.0
"""A row up to this width is never broken."""
ASPECT = 3.4
"""A row may be as wide as a square of all boxes would be, times the root of this: edges need height too."""


def layers(graph: CausalGraph, widths: Sequence[float], row_height: float) -> list[int]:
    """Return the row of each node, counted from the top; every node stands under its causes.

    Parameters
    ----------
    graph : CausalGraph
        The graph; its nodes are numbered in order of declaration.
    widths : sequence of float
        For each node how much of a row it takes.
    row_height : float
        From one row to the next, in the same unit.
    """
    row = [graph.depth[node.name] for node in graph.nodes]
    _lower(graph, row)
    return _broken(row, widths, max(NARROW, math.sqrt(ASPECT * row_height * sum(widths))))


def _lower(graph: CausalGraph, row: list[int]) -> None:
    """Lower each node to just above its effects if that makes its edges shorter."""
    number, parents, children, siblings = graph.links
    for name in reversed(graph.order):
        v = number[name]
        lowest = min((row[c] - 1 for c in children[v]), default=row[v])
        longer = (lowest - row[v]) * (len(parents[v]) - len(children[v]))
        longer += sum(abs(row[s] - lowest) - abs(row[s] - row[v]) for s in siblings[v])
        if longer < 0:
            row[v] = lowest


def _broken(row: list[int], widths: Sequence[float], full: float) -> list[int]:
    """Break rows that are wider than `full` into rows of equal length, and leave out empty ones."""
    members: list[list[int]] = [[] for _ in range(max(row, default=-1) + 1)]
    for v, at in enumerate(row):
        members[at].append(v)
    counts = [min(len(there), max(1, math.ceil(sum(widths[v] for v in there) / full))) for there in members]
    first = [0, *accumulate(counts)]
    broken = list(row)
    for at, there in enumerate(members):
        for i, v in enumerate(there):
            broken[v] = first[at] + i % counts[at]
    return broken
