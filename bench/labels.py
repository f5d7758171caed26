"""The label experiments of the CausalGAN paper on CelebA: `python bench/labels.py G1 DIR` (DIR holds the lists).

G1, cG1, rcG1: nine labels on the paper's graph 1, on the complete graph of its order, on that reversed. A line a model:
steps, seconds of CPU, TVD to the data by tables (exact, or counted where the model has no probabilities), TVD of
500,000 draws, what as many draws of the data's law read (the floor), the graph's own gap, the TVD to its factorisation.
complete: all 40 labels, each caused by all before it; the largest error of a marginal and of a cell of a pair.
pairwise: who is male (smiling, young) where a label is seen and where it is set, under graph 1.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

import causaldsl as cd
from causaldsl.datasets.celeba import plugin as celeba
from causaldsl.datasets.encode import encode
from causaldsl.datasets.faces_sitter import LABELS
from causaldsl.errors import CausalError, RunError
from causaldsl.measure.tvd import empirical, factorised, floor, tvd
from causaldsl.train.config import read_config
from causaldsl.train.data import open_data
from causaldsl.train.run import Run

Rows = Mapping[str, NDArray[np.int64]]

G1 = """Young -> Eyeglasses
Young, Male -> Bald, Mustache, Smiling, Wearing_Lipstick
Young, Smiling -> Mouth_Slightly_Open
Young, Male, Smiling -> Narrow_Eyes
"""
MODELS = {
    "table": "table",
    "neural": "neural",
    "wgan": "wgan",
    "node": 'wgan(critic="node")',
    "paper": 'wgan(preset="paper")',
}
DRAWS = 500_000
PAIRS = {
    "Male": ("Eyeglasses", "Bald", "Mustache", "Smiling", "Wearing_Lipstick", "Mouth_Slightly_Open", "Narrow_Eyes"),
    "Smiling": ("Mouth_Slightly_Open", "Narrow_Eyes"),
    "Young": ("Eyeglasses", "Bald"),
}


def complete(names: Sequence[str]) -> str:
    """Return edges from each name to all that follow.

    >>> print(complete("ABC"), end="")
    A -> B
    A, B -> C
    """
    return "".join(f"{', '.join(names[:i])} -> {name}\n" for i, name in enumerate(names) if i)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("experiment", choices=["G1", "cG1", "rcG1", "complete", "pairwise"])
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", choices=MODELS, nargs="*", default=[*MODELS])
    parser.add_argument("--steps", type=int, default=0, help="0: the default of each")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    nine, forty = list(LABELS), list(celeba.columns(arguments.data, celeba.options()))
    names, edges = {
        "cG1": (nine, complete(nine)),
        "rcG1": (nine, complete(nine[::-1])),
        "complete": (forty, complete(forty)),
    }.get(arguments.experiment, (nine, G1))
    graph = cd.parse(f"binary {', '.join(names)}\n{edges}")
    data = open_data("celeba", arguments.data, graph, labels_only=True)
    rows = {name: column.numpy() for name, column in encode(data.labels, graph).items()}
    measure = {"complete": forty_labels, "pairwise": pairwise}.get(arguments.experiment, nine_labels)
    for line in measure(rows, lambda: fits(f"binary {', '.join(names)}\n{edges}", arguments)):
        print(line, flush=True)


def fits(text: str, arguments: argparse.Namespace) -> Iterator[tuple[str, Run]]:
    """Fit a graph with each mechanism that is asked for; yield its name, steps and seconds of CPU, and the run."""
    for name in arguments.only:
        with tempfile.TemporaryDirectory() as folder:
            begun = time.process_time()
            try:
                run = cd.fit(
                    cd.compile(cd.parse(f"{text}default binary ~ {MODELS[name]}\n"), seed=arguments.seed),
                    "celeba", root=arguments.data, out=Path(folder) / "run", seed=arguments.seed,
                    config=read_config(settings=[f"labels.steps={arguments.steps}"]), labels_only=True,
                )  # fmt: skip
            except CausalError as error:
                print(f"{name}: refused: {error}".splitlines()[0], flush=True)
                continue
            steps = sum(stage["steps"] for stage in run.record["stages"].values())
            yield f"{name:8}{steps:>7,}{time.process_time() - begun:9.1f}", run


def nine_labels(rows: Rows, fits: Callable[[], Iterator[tuple[str, Run]]]) -> Iterator[str]:
    """Yield a line a model: distances of joints."""
    yield f"{'model':8}{'steps':>7}{'seconds':>9}   by tables   drawn  floor    gap  to factorisation"
    for said, run in fits():
        graph = run.model.graph
        sizes = [2] * len(graph.columns)
        law = empirical([rows[name] for name in graph.columns], sizes)
        at = {name: i for i, name in enumerate(graph.columns)}
        own = factorised(law, [[at[parent] for parent in graph[name].parents] for name in graph.columns])
        table = run.model.joint().marginal(*graph.columns).numpy()
        seen = drawn(run)
        found = empirical([seen[name] for name in graph.columns], sizes)
        origin = run.ask(f"P({graph.columns[-1]}=1)").method
        yield (
            f"{said}   {tvd(table, law):9.4f}  {tvd(found, law):6.4f} {floor(law, DRAWS):6.4f} {tvd(own, law):6.4f}  "
            f"{tvd(table, own):16.4f}  {origin}"
        )


def forty_labels(rows: Rows, fits: Callable[[], Iterator[tuple[str, Run]]]) -> Iterator[str]:
    """Yield a line a model: errors of marginals and pairs in 500,000 draws."""
    yield f"{'model':8}{'steps':>7}{'seconds':>9}  marginals    pairs"
    law = pairs(rows)
    n = len(next(iter(rows.values())))
    again = np.random.default_rng(0).integers(0, n, DRAWS)
    yield f"{'the data, drawn again':24}  {errors(pairs({name: c[again] for name, c in rows.items()}), law)}"
    for said, run in fits():
        seen = drawn(run)
        yield f"{said}  {errors(pairs({name: seen[name] for name in rows}), law)}"


def pairwise(rows: Rows, fits: Callable[[], Iterator[tuple[str, Run]]]) -> Iterator[str]:
    """Yield a line a model and pair: the share where one label is seen, and where it is set."""
    yield f"{'model':8}{'steps':>7}{'seconds':>9}  {'share of':8} {'where':20} seen    set"
    law = pairs(rows)
    for of, labels in PAIRS.items():
        for label in labels:
            share = rows[of][rows[label] == 1].mean()
            yield f"{'the data':24}  {of:8} {label:20} {share:.4f}"
    for said, run in fits():
        for of, labels in PAIRS.items():
            for label in labels:
                seen, done = (asked(run, f"P({of}=1 | {c})") for c in (f"{label}=1", f"do({label}=1)"))
                yield f"{said}  {of:8} {label:20} {seen} {done}"
        seen = drawn(run)
        yield f"{said}  errors of marginals and pairs in draws: {errors(pairs({n: seen[n] for n in rows}), law)}"


def asked(run: Run, question: str) -> str:
    """Return a probability, or that what is conditioned on never comes about."""
    try:
        return f"{run.ask(question).value:.4f}"
    except RunError:
        return "none  "


def drawn(run: Run) -> Rows:
    """Return 500,000 rows of a run."""
    found = run.sample(DRAWS, seed=1)
    return {name: found[name].numpy() for name in run.model.graph.columns}


def pairs(rows: Rows) -> NDArray[np.float64]:
    """Return how often two labels are both there, shape (labels, labels); the diagonal are the marginals."""
    columns = np.stack(list(rows.values()), axis=1).astype(np.float32)
    return (columns.T @ columns).astype(np.float64) / len(columns)


def errors(found: NDArray[np.float64], law: NDArray[np.float64]) -> str:
    """Return the largest error of a marginal, and that of any of the four cells of a pair."""
    apart = found - law
    own = np.diag(apart)
    cells = (apart, own[:, None] - apart, own[None, :] - apart, apart - own[:, None] - own[None, :])
    off = ~np.eye(len(law), dtype=bool)
    return f"{np.abs(own).max():9.4f}  {max(np.abs(cell[off]).max() for cell in cells):7.4f}"


if __name__ == "__main__":
    main()
