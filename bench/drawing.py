"""Draw graphs of growing size, beside networkx: `OMP_NUM_THREADS=1 python bench/drawing.py`.

CPU seconds, the least of three runs; the ratio is networkx's time to ours. networkx lays the same rows out
(`multipartite_layout`) without ordering them and without routing edges; the crossings of both are counted between
neighbouring rows, edges that are longer being cut into pieces of one row.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import networkx as nx

from causaldsl.graph.drawing.layers import layers
from causaldsl.graph.drawing.layout import draw
from causaldsl.graph.drawing.order import Grid
from causaldsl.graph.ir import CausalGraph, Node
from causaldsl.graph.make import make_graph


def seconds(do: Callable[[], Any]) -> float:
    """Return the least CPU time of three runs."""
    found = []
    for _ in range(3):
        begun = time.process_time()
        do()
        found.append(time.process_time() - begun)
    return min(found)


def random_graph(n: int, m: int) -> CausalGraph:
    """Draw a graph of n nodes and m edges."""
    rng = random.Random(0)
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < m:
        a, b = sorted(rng.sample(range(n), 2))
        pairs.add((a, b))
    return make_graph([Node(f"V{i}", None) for i in range(n)], [(f"V{a}", f"V{b}", "->") for a, b in sorted(pairs)])


def chain(n: int) -> CausalGraph:
    """Return a chain of n nodes."""
    return make_graph([Node(f"V{i}", None) for i in range(n)], [(f"V{i}", f"V{i + 1}", "->") for i in range(n - 1)])


def crossings(graph: CausalGraph) -> tuple[int, int]:
    """Count crossings in the order of declaration, and in ours."""
    number = graph.links.number
    edges = [(number[a], number[b], True) for a, b, _ in graph.edges]
    grid = Grid(layers(graph, [66.0] * len(graph.nodes), 84.0), edges)
    before = grid.crossings()
    grid.arrange()
    return before, grid.crossings()


def main() -> None:
    print("graph              layout     SVG  networkx  ratio  crossings as declared   ours")
    graphs = {
        "20 nodes, 30": random_graph(20, 30),
        "100, 150": random_graph(100, 150),
        "1,000, 1,500": random_graph(1_000, 1_500),
        "10,000, 15,000": random_graph(10_000, 15_000),
        "chain of 10,000": chain(10_000),
    }
    for name, graph in graphs.items():
        drawing = draw(graph)
        own, written = seconds(lambda graph=graph: draw(graph)), seconds(drawing.svg)
        view = nx.DiGraph(graph.nx)
        for node, row in zip(graph.nodes, layers(graph, [66.0] * len(graph.nodes), 84.0), strict=True):
            view.nodes[node.name]["row"] = row
        peer = seconds(lambda view=view: nx.multipartite_layout(view, subset_key="row"))
        before, after = crossings(graph)
        print(f"{name:16} {own:8.3f} {written:7.3f} {peer:9.3f} {peer / own:6.2f} {before:22,} {after:6,}", flush=True)


if __name__ == "__main__":
    main()
