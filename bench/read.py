"""How fast causal texts are read: `OMP_NUM_THREADS=1 python bench/read.py`, beside readers of other languages.

CPU seconds of this process, the least of some runs; commands in seconds of the clock, the median of some. pgmpy is a
peer where it can be imported (`PYTHONPATH=DIR` after `pip install --target DIR pgmpy`), and said to be left out if not.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pydot

from causaldsl.graph.ir import Node
from causaldsl.graph.make import make_graph
from causaldsl.graph.read import read_source, read_text
from causaldsl.plugins.formats import formats
from causaldsl.source import Source
from causaldsl.syntax.parser import parse

ROOT = Path(__file__).resolve().parents[1]
Pairs = list[tuple[int, int]]


def cpu(work: Callable[[], Any], runs: int = 25) -> float:
    """Return the least CPU time of some runs."""
    found: list[float] = []
    while len(found) < runs and sum(found) < 20:
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found)


def clock(command: list[str], runs: int) -> float:
    """Return the median time by the clock of a command, after one run that fills the caches."""
    found: list[float] = []
    for _ in range(runs + 1):
        begun = time.monotonic()
        subprocess.run([sys.executable, "-m", "causaldsl", *command], check=True, capture_output=True)
        found.append(time.monotonic() - begun)
    return statistics.median(found[1:])


def row(what: str, seconds: float, bar: float | None = None, more: str = "") -> None:
    """Print one figure."""
    verdict = "" if bar is None else f"bar {bar * 1e3:5.0f} ms, {'kept' if seconds < bar else 'MISSED'}"
    print(f"{what:52} {seconds * 1e3:9.1f} ms  {verdict:24} {more}".rstrip(), flush=True)


def random_pairs(nodes: int, edges: int) -> Pairs:
    """Return so many edges of a random acyclic graph."""
    draw = random.Random(0)
    found: set[tuple[int, int]] = set()
    while len(found) < edges:
        a, b = sorted(draw.sample(range(nodes), 2))
        found.add((a, b))
    return sorted(found)


def text_of(nodes: int, pairs: Pairs, together: bool = False) -> str:
    """Write a graph with a statement a node and an edge; `together` declares all nodes in one."""
    names = [f"v{i}" for i in range(nodes)]
    declared = [f"binary {', '.join(names)}"] if together else [f"binary {name}" for name in names]
    return "\n".join([*declared, *(f"v{a} -> v{b}" for a, b in pairs)]) + "\n"


def reading(pairs: Pairs) -> float:
    """Print our own figures for the graph of the peers; return the seconds of the slower way to write it."""
    slower = 0.0
    for together, what in ((False, "a declaration a node"), (True, "declared at once")):
        source = Source("<text>", text_of(1_000, pairs, together))
        row(f"1,000 nodes, 1,500 edges, {what}: reading", cpu(lambda s=source: parse(s)), 0.05)
        both = cpu(lambda s=source: read_source(s))
        row(f"1,000 nodes, 1,500 edges, {what}: and meaning", both, 0.1)
        slower = max(slower, both)
    return slower


def growth() -> None:
    """Print figures for long and for deep texts."""
    texts = {n: text_of(n // 2, random_pairs(n // 2, n)) for n in (10_000, 20_000)}
    ten, twenty = (cpu(lambda t=text: read_text(t), 5) for text in texts.values())
    row("10,000 edges, 5,000 nodes", ten)
    row("20,000 edges, 10,000 nodes", twenty, 2.0, f"{twenty / ten:.2f} times that of 10,000")
    names = [f"v{i}" for i in range(10_000)]
    row("a chain of 10,000 nodes", cpu(lambda: read_text(f"node {', '.join(names)}\n{' -> '.join(names)}"), 3))
    nested = Source("<text>", "(" * 100_000)
    codes = [finding.code for finding in read_source(nested)[1]]
    row("100,000 nested brackets", cpu(lambda: read_source(nested), 3), None, f"findings: {', '.join(codes)}")


def commands(runs: int) -> None:
    """Print how long commands take by the clock."""
    check = ["check", str(ROOT / "examples/celeba.causal")]
    row("`check examples/celeba.causal`, by the clock", clock(check, runs), 0.35)
    lines = [f"categorical  v{i} {{a,b}} # node {i}" for i in range(400)]
    lines += [f"v{i},v{i + 1}->v{i + 2}" for i in range(300)]
    lines += [f"v{i}~neural( hidden={i + 1})" for i in range(300)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "long.causal"
        file.write_text("\n".join(lines), encoding="utf-8")
        row(f"`fmt --diff` of {len(lines):,} lines, by the clock", clock(["fmt", "--diff", str(file)], runs), 0.5)


def peers(pairs: Pairs, own: float) -> None:
    """Print what other readers take for the same graph in their own language."""
    graph = make_graph([Node(f"v{i}", None) for i in range(1_000)], [(f"v{a}", f"v{b}", "->") for a, b in pairs])
    readers: dict[str, tuple[str, Callable[[str], Any]]] = {
        "networkx, node-link JSON": ("json", lambda text: nx.node_link_graph(json.loads(text))),
        "networkx, GML": ("gml", lambda text: nx.parse_gml(text)),
        "pydot, DOT": ("dot", pydot.graph_from_dot_data),
    }
    try:
        from pgmpy.base import DAG
    except ImportError as error:
        print(f"pgmpy is left out: {error}")
    else:
        readers["pgmpy, dagitty"] = ("dagitty", DAG.from_dagitty)
    for name, (kind, read) in readers.items():
        text = formats("written")[kind].write(graph)[0]
        seconds = cpu(lambda read=read, text=text: read(text), 3)
        row(f"{name}: 1,000 nodes, 1,500 edges", seconds, None, f"{seconds / own:.1f} times ours")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7, help="how often each command is started")
    arguments = parser.parse_args()
    pairs = random_pairs(1_000, 1_500)
    peers(pairs, reading(pairs))
    growth()
    commands(arguments.runs)


if __name__ == "__main__":
    main()
