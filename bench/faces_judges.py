"""How fast faces are drawn, and how well and how fast judges learn to read them.

    python bench/faces_judges.py [--threads N] [--celeba DIR]

Prints the rows of docs/benchmarks.md, "Faces and judges". `--celeba` adds judges of real pictures, trained on the
training part and measured on the validation part of DIR.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch

from causaldsl.datasets.decoding import load
from causaldsl.datasets.faces_drawing import draw
from causaldsl.datasets.faces_sitter import LABELS
from causaldsl.evaluate.judge import Judge
from causaldsl.evaluate.judges import train_judge
from causaldsl.graph.domain import Image
from causaldsl.plugins.datasets import dataset

LESSONS, EXAM = 20_000, 10_000
SIZE = 32


def drawing() -> None:
    labels = np.random.default_rng(0).integers(0, 2, (8192, len(LABELS)))
    draw(labels[:256])
    for size in (32, 64):
        wall, cpu = time.perf_counter(), time.process_time()
        draw(labels, size)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(f"draw {size} px: {len(labels) / wall:,.0f} pictures/s ({len(labels) / cpu:,.0f} a core second)")


def table(names: tuple[str, ...], rows: dict[str, torch.Tensor]) -> None:
    print("| label | " + " | ".join(rows) + " |")
    print("|---|" + "---|" * len(rows))
    for j, name in enumerate(names):
        print(f"| {name} | " + " | ".join(f"{row[j]:.3f}" for row in rows.values()) + " |")
    print("| *least* | " + " | ".join(f"{row.min():.3f}" for row in rows.values()) + " |\n")


def timed(kind: str, *args: object, **options: object) -> Judge:
    wall, cpu = time.perf_counter(), time.process_time()
    judge = train_judge(kind, *args, **options)  # type: ignore[arg-type]
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{kind}: {wall:.1f} s, {cpu:.1f} core seconds, {torch.get_num_threads()} threads")
    return judge


def judges_of_faces() -> None:
    data = load(dataset("faces"), LABELS, {"Face": Image(3, SIZE, SIZE)})
    assert data.uniform is not None
    pictures, labels = data.uniform(LESSONS, 1)
    exam = data.uniform(EXAM, 2)
    plain, robust = (
        timed(kind, dict.fromkeys(LABELS, 2), pictures, labels, seed=0, test=exam, flips=True)
        for kind in ("plain", "robust")
    )
    rows = {"plain": plain.accuracy, "robust, as it reads": robust.accuracy, "robust, worn": robust.accuracy_worn}
    table(plain.labels, rows)


def judges_of_celeba(root: Path) -> None:
    data, images = dataset("celeba", root), {"Face": Image(3, SIZE, SIZE)}
    train, exam = (load(data, LABELS, images, part) for part in ("train", "held_out"))
    lessons, test = np.asarray(train.pictures["Face"]), (np.asarray(exam.pictures["Face"]), exam.labels)
    plain, robust = (
        timed(kind, dict.fromkeys(LABELS, 2), lessons, train.labels, seed=0, test=test, flips=True, epochs=8)
        for kind in ("plain", "robust")
    )
    rows = {}
    for judge in (plain, robust):
        rows |= {judge.kind: judge.accuracy, f"{judge.kind}, balanced": judge.balanced_accuracy}
    table(plain.labels, rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--celeba", type=Path, metavar="DIR")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    drawing()
    judges_of_faces()
    if options.celeba is not None:
        judges_of_celeba(options.celeba)
