"""Fit random models with unobserved causes and compare what they say of do() with the truth: `python bench/latents.py`.

For the front door, the napkin and the bow arc: three random models each, tables uniform in [.05, .95], every `<->` a
latent of four levels; 20,000 rows; the default fit (eight levels a latent). One thread. A line a model: seconds of CPU,
the largest error of P(Y=1 | do(X=x)), the TVD of the fitted law to the data's beside the floor of sampling.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
import torch

import causaldsl as cd

GRAPHS = {
    "front door": "binary X, M, Y\nX -> M -> Y\nX <-> Y\n",
    "napkin": "binary W, R, X, Y\nW -> R -> X -> Y\nW <-> X; W <-> Y\n",
    "bow arc": "binary X, Y\nX -> Y\nX <-> Y\n",
}
LEVELS = 4


def main() -> None:
    torch.set_num_threads(1)
    print(f"{'graph':12}{'seed':>5}{'seconds':>9}{'error':>8}{'identified':>12}{'TVD':>9}{'floor':>9}")
    for name, text in GRAPHS.items():
        for seed in range(3):
            truth = simulator(cd.parse(text), seed)
            data = {column: values.numpy() for column, values in truth.sample(20_000, seed=seed).items()}
            start = time.process_time()
            with tempfile.TemporaryDirectory() as folder:
                run = cd.fit(cd.compile(cd.parse(text)), data, Path(folder) / "run", seed=0)
            seconds = time.process_time() - start
            questions = [f"P(Y=1 | do(X={x}))" for x in (0, 1)]
            errors = [abs(run.ask(q, allow_unidentified=True).value - truth.ask(q).value) for q in questions]
            identified = run.graph.identify("P(Y | do(X))").identifiable
            labels = run.record["labels"]
            print(
                f"{name:12}{seed:>5}{seconds:9.1f}{max(errors):8.4f}{identified!s:>12}{labels['tvd']:9.4f}"
                f"{labels['tvd_floor']:9.4f}",
                flush=True,
            )


def simulator(graph: cd.CausalGraph, seed: int) -> cd.CausalModel:
    """Return a random model of the graph, its common causes declared as latents of a few levels."""
    rng = np.random.default_rng(seed)
    latents = {pair: f"U{i}" for i, pair in enumerate(graph.confounded)}
    lines = [f"binary {', '.join(graph.columns)}"]
    for name in latents.values():
        weights = rng.dirichlet(np.full(LEVELS, 2.0))
        lines += [f"latent {name} : categorical {{1..{LEVELS}}}", f"{name} := {[(weights / weights.sum()).tolist()]}"]
    for node in graph.nodes:
        unseen = [name for pair, name in latents.items() if node.name in pair]
        cells = 2 ** len(node.parents) * LEVELS ** len(unseen)
        rows = [[1 - p, p] for p in rng.uniform(0.05, 0.95, cells).tolist()]
        given = ", ".join([*node.parents, *unseen])
        lines.append(f"{node.name}{' | ' if given else ''}{given} := {rows}")
    return cd.compile(cd.parse("\n".join(lines)))


if __name__ == "__main__":
    main()
