"""Questions to graphs, beside the peers: `OMP_NUM_THREADS=1 python bench/graph.py`.

CPU milliseconds a call, the least of some passes over the same questions; a ratio says how often ours fits into it.
networkx is always there. pgmpy, y0 and dowhy are peers where they can be imported (`PYTHONPATH=DIR` after `pip install
--no-deps --target DIR ..`), and left out, and said to be, where not. Peers that take seconds get fewer questions.
"""

from __future__ import annotations

import argparse
import importlib
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import networkx as nx

from causaldsl.graph.ir import CausalGraph, Node
from causaldsl.graph.make import make_graph
from causaldsl.graph.read import read_text

Ask = Callable[..., Any]


def random_dag(n: int, m: int, common: int = 0, seed: int = 0) -> CausalGraph:
    draw = random.Random(seed)
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < m + common:
        a, b = sorted(draw.sample(range(n), 2))
        pairs.add((a, b))
    edges = [
        (f"V{a}", f"V{b}", "->" if i < m else "<->") for i, (a, b) in enumerate(draw.sample(sorted(pairs), m + common))
    ]
    graph = make_graph([Node(f"V{i}", None) for i in range(n)], edges)
    assert graph.links
    return graph


LIMIT = 20
"""Seconds that a peer's pass may take."""


def milliseconds(ask: Ask, questions: Sequence[tuple[Any, ...]], passes: int = 5) -> float:
    """Return the CPU time of a question, the least mean of some passes; infinite if one pass takes too long."""
    best = float("inf")
    for _ in range(passes):
        signal.setitimer(signal.ITIMER_REAL, LIMIT)
        try:
            begun = time.process_time()
            for question in questions:
                ask(*question)
            took = time.process_time() - begun
        except TimeoutError:
            break
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        best = min(best, took / len(questions) * 1e3)
        if took > LIMIT / 4:
            break
    return best


def too_long(*_: object) -> None:
    raise TimeoutError


def row(task: str, who: str, value: float, ours: float) -> None:
    shown = f"{value:12.3f} {value / ours:10.1f}" if value < float("inf") else f"{f'over {LIMIT} s':>12}"
    print(f"{task:42} {who:12} {shown}", flush=True)


def peer(module: str) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(module)
    except ImportError as error:
        print(f"{module} is left out: {error}")
        return None


def separation(graph: CausalGraph, n: int) -> None:
    draw = random.Random(1)
    questions = [(a, b, set(z)) for a, b, *z in (draw.sample([v.name for v in graph], 5) for _ in range(300))]
    task = f"m-separation, n = {n:,}"
    ours = milliseconds(lambda a, b, z: graph.m_separated({a}, {b}, z), questions)
    row(task, "causaldsl", ours, ours)
    dag = nx.DiGraph(graph.nx)
    row(task, "networkx", milliseconds(lambda a, b, z: nx.is_d_separator(dag, {a}, {b}, z), questions[:60]), ours)
    if n > 1000:
        return
    if (base := peer("pgmpy.base")) is not None:
        theirs = base.DAG(list(dag.edges))
        theirs.add_nodes_from(dag.nodes)
        row(
            task,
            "pgmpy",
            milliseconds(lambda a, b, z: theirs.is_dconnected(a, b, observed=list(z)), questions[:60]),
            ours,
        )
    if (y0 := peer("y0.graph")) is not None:
        dsl, ci = peer("y0.dsl"), peer("y0.algorithm.conditional_independencies")
        mixed = y0.NxMixedGraph.from_str_edges(nodes=list(dag.nodes), directed=list(dag.edges))
        v = {name: dsl.Variable(name) for name in dag.nodes}
        ask = lambda a, b, z: ci.are_d_separated(mixed, v[a], v[b], conditions=[v[c] for c in z])  # noqa: E731
        row(task, "y0", milliseconds(ask, questions[:20], 2), ours)


def confounded(graph: CausalGraph, count: int) -> list[tuple[str, str]]:
    """Effects that need an adjustment set which is not empty, and have one."""
    draw, names = random.Random(2), [v.name for v in graph]
    found: list[tuple[str, str]] = []
    while len(found) < count:
        x = draw.choice(names)
        below = sorted(graph.descendants({x}) - {x})
        if below and next(graph.adjustment_sets(x, y := draw.choice(below)), None):
            found.append((x, y))
    return found


def adjustment(graph: CausalGraph, n: int) -> None:
    questions = confounded(graph, 60)
    task = f"first minimal adjustment set, n = {n:,}"
    ours = milliseconds(lambda x, y: next(graph.adjustment_sets(x, y)), questions)
    row(task, "causaldsl", ours, ours)
    hardest = max(milliseconds(lambda x, y: next(graph.adjustment_sets(x, y)), [q] * 50) for q in questions)
    print(f"{'':42} {'hardest':12} {hardest:12.3f}")
    dag = nx.DiGraph(graph.nx)
    prepared = []
    for x, y in questions[:20]:
        causal = (nx.descendants(dag, x) & nx.ancestors(dag, y)) | {y}
        back_door = dag.copy()
        back_door.remove_edges_from([(x, c) for c in causal])
        allowed = set(dag) - {x, y} - causal.union(*(nx.descendants(dag, c) for c in causal))
        prepared.append((back_door, {x}, {y}, allowed))
    ask = lambda g, x, y, allowed: nx.find_minimal_d_separator(g, x, y, restricted=allowed)  # noqa: E731
    row(task, "networkx *", milliseconds(ask, prepared, 2), ours)
    if n > 1000:
        return
    if (base := peer("pgmpy.base")) is not None:
        inference = peer("pgmpy.inference")
        theirs = base.DAG(list(dag.edges))
        theirs.add_nodes_from(dag.nodes)
        ask = lambda x, y: inference.CausalInference(theirs).get_minimal_adjustment_set(x, y)  # noqa: E731
        row(task, "pgmpy", milliseconds(ask, questions[:5], 1), ours)
    if (dowhy := peer("dowhy.causal_identifier")) is not None:
        ask = lambda x, y: dowhy.auto_identifier.identify_backdoor(  # noqa: E731
            dag, [x], [y], list(dag.nodes), dowhy.BackdoorAdjustment.BACKDOOR_MIN
        )
        row(task, "dowhy", milliseconds(ask, questions[:1], 1), ours)


def ten_of_many() -> None:
    arms = [f"node A{i}, B{i}, C{i}; X <- A{i} -> B{i} -> C{i} -> Y" for i in range(12)]
    graph = read_text("; ".join(["node X, Y; X -> Y", *arms]))
    assert graph.links
    task = "of 3^12 minimal adjustment sets"
    first = milliseconds(lambda: list(islice(graph.adjustment_sets("X", "Y"), 10)), [()] * 20)
    row(f"the first ten {task}", "causaldsl", first, first)
    more = milliseconds(lambda: list(islice(graph.adjustment_sets("X", "Y"), 1000)), [()], 2)
    row(f"the first 1,000 {task}", "causaldsl", more, first)


START = {
    "networkx": "import networkx as nx\n"
    "print(nx.is_d_separator(nx.DiGraph([('A', 'B'), ('B', 'C')]), {'A'}, {'C'}, {'B'}))",
    "pgmpy": "from pgmpy.base import DAG; print(DAG([('A', 'B'), ('B', 'C')]).is_dconnected('A', 'C', observed=['B']))",
    "y0": "from y0.graph import NxMixedGraph as G; from y0.dsl import A, B, C\n"
    "from y0.algorithm.conditional_independencies import are_d_separated as s\n"
    "print(s(G.from_edges(directed=[(A, B), (B, C)]), A, C, conditions=[B]))",
    "dowhy": "from dowhy.graph import check_dseparation as s; import networkx as nx\n"
    "print(s(nx.DiGraph([('A', 'B'), ('B', 'C')]), ['A'], ['C'], ['B']))",
}


def spent_by_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def start() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x.causal"
        file.write_text("node A, B, C; A -> B -> C\n", encoding="utf-8")
        commands = {"causaldsl": [sys.executable, "-m", "causaldsl", "ask", str(file), "A _||_ C | B"]}
        commands |= {who: [sys.executable, "-W", "ignore", "-c", code] for who, code in START.items()}
        ours = 0.0
        for who, command in commands.items():
            if who != "causaldsl" and peer(who) is None:
                continue
            took, cpu = [], []
            for _ in range(5):
                begun, spent = time.perf_counter(), spent_by_children()
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                took.append((time.perf_counter() - begun) * 1e3)
                cpu.append((spent_by_children() - spent) * 1e3)
            if done.returncode:
                print(f"{who} is left out: {done.stderr.strip().splitlines()[-1]}")
                continue
            ours = ours or min(cpu)
            row("start to first answer", who, min(cpu), ours)
            print(f"{'':42} {'wall':12} {min(took):12.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, too_long)
    print(f"{'':42} {'':12} {'ms':>12} {'ratio':>10}")
    for n in arguments.sizes:
        graph = random_dag(n, n * 3 // 2)
        separation(graph, n)
        adjustment(graph, n)
    print("* on back-door graphs that were made before, which costs it more than the search")
    ten_of_many()
    start()


if __name__ == "__main__":
    main()
