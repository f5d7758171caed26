"""evaluate: train the judges of a run, read its pictures, keep the figures in the run folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from causaldsl.errors import UsageError
from causaldsl.evaluate.judge import Judge, Kind
from causaldsl.evaluate.judges import train_judge
from causaldsl.evaluate.readings import binary_causes, effectiveness, rows
from causaldsl.plugins.protocols import Data
from causaldsl.train.data import data_of
from causaldsl.train.files import read_json, write_json
from causaldsl.train.run import Run

RESULTS = "evaluation.json"
KINDS: tuple[Kind, ...] = ("plain", "robust")
PICTURES = 5000
"""Pictures read for each figure."""
JUDGED = 20_000
"""Uniformly labelled pictures that a judge learns from, where the data can draw such."""
MOST_LESSONS = 60_000
"""Real pictures that a judge learns from at most: it holds them in memory."""


def evaluate(run: Run, say: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Return the evaluation of a run: from its folder, or measured now and kept there.

    Parameters
    ----------
    run : Run
        A run whose pictures are trained.
    say : callable
        Told what takes time.

    Returns
    -------
    dict
        `effectiveness`: `mean`, `labels`, `by_judge`, `n`; `rows`: see `Row`; `judges`: their accuracy by label.

    Raises
    ------
    UsageError
        If the run has no pictures.
    """
    if (run.folder / RESULTS).exists():
        return read_json(run.folder / RESULTS)
    if run.labels_only or not run.graph.images:
        raise UsageError(f"the run {run.folder} has no trained pictures to evaluate")
    image = run.graph.images[0]
    judges = run_judges(run, image, say)
    say(f"reading {PICTURES:,} pictures for each figure")
    seed = run.config.seed
    document = {
        "schema": 1,
        "image": image,
        "effectiveness": effectiveness(run.model, image, judges, PICTURES, seed).as_json(),
        "rows": [asdict(row) for row in rows(run.model, image, judges[-1], PICTURES, seed)],
        "judges": {judge.kind: _about(judge) for judge in judges},
    }
    write_json(run.folder / RESULTS, document)
    return document


def run_judges(run: Run, image: str, say: Callable[[str], None]) -> list[Judge]:
    """Return the plain and the robust judge of a run, trained once and kept in its folder.

    They learn from uniformly labelled pictures where the data set draws such, else from its real pictures, a sixth of
    them held out; never from a generated one.
    """
    paths = {kind: judge_path(run, kind) for kind in KINDS}
    missing = [kind for kind, path in paths.items() if not path.exists()]
    if missing:
        data = data_of(run, labels_only=False)
        pictures, labels = _lessons(data, image, binary_causes(run.model, image), run.config.seed)
        for kind in missing:
            say(f"training the {kind} judge on {len(pictures):,} pictures")
            judge = train_judge(kind, pictures, labels, seed=run.config.seed, flips=data.flips)
            judge.save(paths[kind])
    return [Judge.load(path) for path in paths.values()]


def judge_path(run: Run, kind: Kind) -> Path:
    """Return where a run's folder keeps a judge."""
    return run.folder / f"judge-{kind}.safetensors"


def _lessons(data: Data, image: str, names: tuple[str, ...], seed: int) -> tuple[Any, dict[str, Any]]:
    if data.uniform is not None:
        pictures, labels = data.uniform(JUDGED, seed + 1)
    else:
        found = data.pictures[image]
        rows = np.sort(np.random.default_rng(seed).permutation(len(found))[:MOST_LESSONS])
        pictures, labels = found[rows], {name: np.asarray(data.labels[name])[rows] for name in names}
    return pictures, {name: np.asarray(labels[name]) for name in names}


def _about(judge: Judge) -> dict[str, Any]:
    return {
        "accuracy": dict(zip(judge.names, judge.accuracy.tolist(), strict=True)),
        "accuracy_worn": dict(zip(judge.names, judge.accuracy_worn.tolist(), strict=True)),
        "balanced_accuracy": dict(zip(judge.names, judge.balanced_accuracy.tolist(), strict=True)),
    }
