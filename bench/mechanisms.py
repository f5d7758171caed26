"""Fit random binary models by the default mechanism, one thread: `python bench/mechanisms.py [--only NAME]`.

g1     20,000 rows of CelebA's graph 1 with random tables, six times: the TVD (by exact tables) of the fit to the counts
       of each node given its causes, which are the likelihood's optimum
scale  random graphs of 250 to 2,000 nodes with at most four causes each: compiling, fitting 20,000 rows, drawing

Seconds are of CPU; a fit's are of all of `cd.fit`, the making and measuring of the run folder included. CelebA's labels
are in bench/labels.py.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from labels import G1

import causaldsl as cd
from causaldsl.datasets.faces_sitter import LABELS
from causaldsl.measure.tvd import empirical, factorised, tvd
from causaldsl.train.run import Run

ROWS = 20_000
SIZES = (250, 500, 1000, 2000)
DRAWS = 100_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=FIGURES)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    for name in [arguments.only] if arguments.only else FIGURES:
        for line in FIGURES[name]():
            print(f"{name:6} {line}", flush=True)


def g1() -> Iterator[str]:
    graph = cd.parse(f"binary {', '.join(LABELS)}\n{G1}")
    for seed in range(6):
        rows = ancestral(graph, seed)
        run, seconds = fitted(graph, rows)
        yield f"seed {seed}: {seconds:.2f} s, {to_counts(run, graph, rows):.5f} TVD to the counts"


def scale() -> Iterator[str]:
    for n in SIZES:
        text, rows = random_graph(n)
        graph = cd.parse(text)
        begun = time.process_time()
        cd.compile(graph)
        compiling = time.process_time() - begun
        run, seconds = fitted(graph, rows)
        run.sample(DRAWS)
        begun = time.process_time()
        run.sample(DRAWS, seed=1)
        rate = DRAWS / (time.process_time() - begun)
        yield (
            f"{n:5,} nodes: compile {compiling:.2f} s, fit {seconds:.1f} s ({seconds / n * 1000:.1f} ms a node), "
            f"{rate:,.0f} rows/s ({rate * n / 1e6:.0f} million values/s)"
        )


def fitted(graph: cd.CausalGraph, data: dict[str, np.ndarray]) -> tuple[Run, float]:
    """Return a run of the default fit, and the seconds of CPU it took."""
    model = cd.compile(graph)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        run = cd.fit(model, data, Path(folder) / "run", seed=0)
        return run, time.process_time() - begun


def to_counts(run: Run, graph: cd.CausalGraph, rows: dict[str, np.ndarray]) -> float:
    """Return the TVD of the fitted law to the likelihood's optimum: the counts of each node given its causes."""
    at = {name: i for i, name in enumerate(graph.columns)}
    law = empirical([rows[n] for n in graph.columns], [2] * len(graph.columns))
    best = factorised(law, [[at[p] for p in graph[n].parents] for n in graph.columns])
    return tvd(run.model.joint().marginal(*graph.columns).numpy(), best)


def random_graph(n: int) -> tuple[str, dict[str, np.ndarray]]:
    """Return the text of a random binary graph, and rows of it."""
    rng = np.random.default_rng(n)
    names = [f"V{i}" for i in range(n)]
    lines = [f"binary {', '.join(names)}"]
    for i, name in enumerate(names):
        if causes := rng.choice(i, min(i, int(rng.integers(0, 5))), replace=False).tolist():
            lines.append(f"{', '.join(names[c] for c in sorted(causes))} -> {name}")
    text = "\n".join(lines)
    return text, ancestral(cd.parse(text), n)


def ancestral(graph: cd.CausalGraph, seed: int) -> dict[str, np.ndarray]:
    """Return rows of a binary graph with random tables, their probabilities uniform in [.05, .95]."""
    rng = np.random.default_rng(seed)
    rows: dict[str, np.ndarray] = {}
    for name in graph.order:
        causes = graph[name].parents
        cell = sum((rows[c] << i for i, c in enumerate(causes)), np.zeros(ROWS, np.int64))
        rows[name] = (rng.random(ROWS) < rng.uniform(0.05, 0.95, 2 ** len(causes))[cell]).astype(np.int64)
    return rows


FIGURES = {"g1": g1, "scale": scale}

if __name__ == "__main__":
    main()
