"""What training under interventions brings, choice by choice: `python bench/interventions.py --out DIR`.

    OMP_NUM_THREADS=1 python bench/interventions.py --out DIR
    OMP_NUM_THREADS=1 python bench/interventions.py --out DIR --arms none uniform --train-only

Each arm is an `r3gan` with other options, trained on `faces` at 32 px for as many steps as the others; two processes
may train different arms in one DIR at a time. Each has a run folder, its log and its checkpoint: the same command goes
on where it was stopped, and only judges what is trained. One table at the end, a sheet of pictures an arm (DIR/ARM.png)
and a file of all figures.

5,000 pictures of uniformly drawn labels are read by two judges that never saw a generated picture. By the robust one,
mean over the nine labels: all pictures, and those of combinations that the 20,000 training portraits hold at least 20
times (seen), 1 to 19 times (rare), never (unseen). Trap: by how much more the plain judge, which is shaped like the
Labeler, reads rightly than the robust one. Least label: by the lower of both. Diversity: mean distance of two pictures
in which a label is 1, by real ones', mean over the labels. FD[robust]: against 5,000 real portraits of uniform labels,
in the features of the robust judge.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import torch
from judged import Judged, judged, judges, picture, portraits, real_portraits, seconds, trained
from torch import Tensor

from causaldsl.datasets.faces import LABELS
from causaldsl.evaluate.likeness import looks
from causaldsl.evaluate.real import Real
from causaldsl.graph.domain import Image
from causaldsl.measure.frechet import frechet
from causaldsl.scm.pictures import from_bytes
from causaldsl.train.run import Run

ARMS = {
    "none": "label_weight=4.0, interventional=0.0",
    "single": 'label_weight=4.0, interventions="single"',
    "uniform": 'label_weight=4.0, interventions="uniform"',
    "label_weight=1": "label_weight=1.0",
    "unblemished": 'label_weight=4.0, augment="none"',
}
"""Options of `r3gan`, besides its defaults."""
PICTURES = 5000
SIZE = 32
COMMON = 20
"""From so many training portraits on a combination counts as seen."""


def counts(real: Real, asked: dict[str, Tensor]) -> Tensor:
    """Return how many real portraits have each row of labels, shape (n,)."""
    places = 2 ** torch.arange(len(LABELS))
    cells = [torch.stack([levels[name].long() for name in LABELS], 1) @ places for levels in (real.levels, asked)]
    return torch.bincount(cells[0], minlength=2 ** len(LABELS))[cells[1]]


def figures(run: Run, found: Judged, real: Real) -> dict[str, Any]:
    """Return an arm's figures."""
    held, robust = counts(real, found.asked), found.right["robust"]
    parts = {"seen": held >= COMMON, "rare": (held > 0) & (held < COMMON), "unseen": held == 0}
    return {
        "minutes": seconds(run) / 60,
        "mean": float(robust.mean()),
        **{name: float(robust[:, rows].mean()) for name, rows in parts.items()},
        "trap": float(found.right["plain"].mean() - robust.mean()),
        "labels": found.labels,
        "diversity": sum(found.diversity.values()) / len(found.diversity),
        "frechet": found.distance,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=2000, help="of each arm (default: %(default)s)")
    parser.add_argument("--arms", nargs="+", default=list(ARMS), choices=ARMS, metavar="ARM")
    parser.add_argument("--width", type=int, default=32, help="of the networks (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--train-only", action="store_true", help="judge nothing")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    seed = arguments.seed
    runs = {}
    for arm in arguments.arms:
        folder = arguments.out / f"{arm}-width{arguments.width}-{arguments.steps}-{seed}"
        runs[arm] = trained(f"r3gan(width={arguments.width}, {ARMS[arm]})", folder, lambda: arguments.steps, SIZE, seed)
    if arguments.train_only:
        return
    data = portraits(SIZE)
    assert data.uniform is not None
    real = real_portraits(data)
    both = judges(arguments.out, data, 0)
    (look,) = looks(["robust"], Image(3, SIZE, SIZE), both).values()
    uniform, more = (from_bytes(data.uniform(PICTURES, k)[0]) for k in (2, 3))
    columns = ("arm", "CPU min", "all", "seen", "rare", "unseen", "trap", "least label", "diversity", "FD[robust]")
    print(f"| {' | '.join(columns)} |", "|---" * len(columns) + "|", sep="\n")
    results = {}
    for arm, run in runs.items():
        results[arm] = found = figures(run, judged(run, both, look, real, uniform, PICTURES, seed), real)
        least = min(found["labels"], key=found["labels"].__getitem__)
        shares = " | ".join(f"{found[name]:.3f}" for name in ("mean", "seen", "rare", "unseen"))
        worst = f"{found['labels'][least]:.3f} {least}"
        print(
            f"| {arm} | {found['minutes']:.1f} | {shares} | {found['trap']:+.3f} | {worst} "
            f"| {found['diversity']:.2f} | {found['frechet']:.1f} |",
            flush=True,
        )
        picture(run, run.folder.with_suffix(".png"))
    print(f"| *real portraits* | | | | | | | | 1 | {frechet(look(more), look(uniform)).value:.1f} |")
    (arguments.out / f"results-width{arguments.width}-{arguments.steps}-{seed}.json").write_text(
        json.dumps(results, indent=1)
    )


if __name__ == "__main__":
    main()
