"""Read one graph in every format, beside the peers: `OMP_NUM_THREADS=1 python bench/formats.py [--nodes 1000]`.

CPU seconds, the least of some runs; the ratio is to causaldsl's own reader of the same text. pgmpy is a peer where it
can be imported (`PYTHONPATH=DIR` after `pip install --target DIR pgmpy`), and left out, and said to be, where not.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from typing import Any

import networkx as nx

from causaldsl.graph.ir import Node
from causaldsl.graph.make import make_graph
from causaldsl.plugins.formats import formats


def seconds(read: Callable[[str], Any], text: str, runs: int = 5) -> float:
    """Return the least CPU time of some runs."""
    found = []
    for _ in range(runs):
        begun = time.process_time()
        read(text)
        found.append(time.process_time() - begun)
        if sum(found) > 20:
            break
    return min(found)


def peers() -> dict[str, dict[str, Callable[[str], Any]]]:
    """Return, for each format, who else reads it."""
    import pydot

    found: dict[str, dict[str, Callable[[str], Any]]] = {
        "dot": {
            "pydot": pydot.graph_from_dot_data,
            "networkx by pydot": lambda text: nx.nx_pydot.from_pydot(pydot.graph_from_dot_data(text)[0]),
        },
        "gml": {"networkx": lambda text: nx.parse_gml(text)},
        "json": {"networkx": lambda text: nx.node_link_graph(json.loads(text), edges="edges")},
    }
    try:
        from pgmpy.base import DAG
    except ImportError as error:
        print(f"pgmpy is left out: {error}")
    else:
        found["dagitty"] = {"pgmpy": DAG.from_dagitty}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=1_000)
    arguments = parser.parse_args()
    n, draw = arguments.nodes, random.Random(0)
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < n * 3 // 2:
        a, b = sorted(draw.sample(range(n), 2))
        pairs.add((a, b))
    graph = make_graph((Node(f"v{i}", None) for i in range(n)), ((f"v{a}", f"v{b}", "->") for a, b in sorted(pairs)))
    read, written, others = formats("read"), formats("written"), peers()
    print(f"{n:,} nodes, {len(pairs):,} edges\nformat   reader              CPU seconds  ratio")
    for name in ("dagitty", "causal", "json", "gml", "dot"):
        if name not in read or name not in written or (name == "dot" and n > 5_000):
            continue
        text = written[name].write(graph)[0]
        assert read[name].read(text, name)[0] == graph
        own = seconds(lambda text, plugin=read[name]: plugin.read(text, "x"), text)
        print(f"{name:8} {'causaldsl':18}  {own:11.4f}  {1:5}", flush=True)
        for peer, function in others.get(name, {}).items():
            spent = seconds(function, text, runs=3)
            print(f"{name:8} {peer:18}  {spent:11.4f}  {spent / own:5.1f}", flush=True)


if __name__ == "__main__":
    main()
