"""A run of labels of three kinds."""

from pathlib import Path

import numpy as np

import causaldsl as cd
from causaldsl.train.run import Run

LABELS = "binary A, B; categorical C {2..4}; real R; A -> B, R; C -> B; default binary ~ table; C ~ table; R ~ linear"


def data(n: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    a, c = rng.random(n) < 0.5, rng.integers(2, 5, n)
    return {"A": a, "C": c, "B": rng.random(n) < np.where(a, 0.8, 0.3), "R": rng.normal(a, 1.0)}


def small_labels(folder: Path) -> Run:
    return cd.fit(cd.compile(cd.parse(LABELS)), data(4000), out=folder)
