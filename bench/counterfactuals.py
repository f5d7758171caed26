"""Imagine held-out faces otherwise, beside what they would truly have been: `python bench/counterfactuals.py RUN`.

RUN is a run of `faces` whose image model has an encoder, `r3gan(encoder=true)`; the run that travels with the package,
causaldsl/demo, is one. 1,000 portraits that it never saw, of labels as they come; of each one label is set to what it
is not, every label in turn, and its picture is compared with the portrait of the same sitter whose labels are those
that the model imagines. Errors are mean absolute differences of pixels in [-1, 1], inside the region that truly
changes (by more than .1 in a channel) and outside of it. Beside it: the picture left as it was, and a new picture of
the labels imagined. Read: the share in which the robust judge reads the label that was set, and the others as imagined.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch

from causaldsl.datasets.faces import LABELS, sample_labels
from causaldsl.datasets.faces_drawing import draw
from causaldsl.evaluate.evaluation import run_judges
from causaldsl.report.sheets import titled_rows
from causaldsl.scm.pictures import from_bytes, sheet
from causaldsl.train.run import open_run

UNITS = 1000
SEED = 2_000_000_000
"""Beyond the seeds of all portraits that are learned from or judged by."""
CHANGED = 0.1
SHOWN = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--sheet", type=Path, help="a picture: seen, imagined, true, a row a label")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    run = open_run(arguments.run)
    (image,) = run.graph.images
    size = run.graph[image].domain.height
    labels = sample_labels(UNITS, np.random.default_rng(SEED))
    seen = from_bytes(draw(labels, size, SEED))
    imagined, true, fresh = (torch.empty_like(seen) for _ in range(3))
    asked = torch.from_numpy(labels.astype(np.int64)).clone()
    whose = np.arange(UNITS) % len(LABELS)
    for j, name in enumerate(LABELS):
        for level in (0, 1):
            rows = np.flatnonzero((whose == j) & (labels[:, j] == 1 - level))
            if not len(rows):
                continue
            evidence = {other: labels[rows, k].tolist() for k, other in enumerate(LABELS)}
            found = run.counterfactual({**evidence, image: seen[rows]}, {name: level}, n=1)
            asked[rows] = torch.stack([found[other] for other in LABELS], 1)
            imagined[rows] = found[image]
            values = {other: found[other] for other in LABELS}
            fresh[rows] = run.model.draw(image, values, torch.Generator().manual_seed(j))
    for at in range(0, UNITS, 100):  # the same sitters: what the labels leave open follows from seed and row
        true[at : at + 100] = from_bytes(draw(asked[at : at + 100].numpy(), size, SEED, first=at))
    nothing = run.counterfactual(
        {**{name: labels[:, k].tolist() for k, name in enumerate(LABELS)}, image: seen}, {}, n=1
    )[image]
    print(f"doing nothing changes a pixel by {(nothing - seen).abs().max():.1e} at most\n")
    judge = run_judges(run, image, print)[-1]
    region = ((true - seen).abs().amax(1, keepdim=True) > CHANGED).expand_as(seen)
    mine = torch.zeros(UNITS, len(LABELS), dtype=torch.bool)
    mine[torch.arange(UNITS), torch.from_numpy(whose)] = True
    print("| picture | error inside | outside | all | label set, read | others, read |\n|---|---|---|---|---|---|")
    rows = {"imagined": imagined, "left as it was": seen, "a new picture of the labels": fresh, "*true*": true}
    read = {}
    for title, pictures in rows.items():
        error = (pictures - true).abs()
        seen_in = judge.read(pictures)
        right = torch.stack([seen_in[name] for name in LABELS], 1) == asked
        read[title] = right
        print(
            f"| {title} | {error[region].mean():.4f} | {error[~region].mean():.4f} | {error.mean():.4f} "
            f"| {right[mine].float().mean():.3f} | {right[~mine].float().mean():.3f} |"
        )
    nearer = (imagined - true).abs().mean((1, 2, 3)) - (seen - true).abs().mean((1, 2, 3))
    half = 1.96 * nearer.std().item() / UNITS**0.5
    print(
        f"\nimagined less left as it was, all pixels: {nearer.mean():.4f} (95 of 100: within {half:.4f}); "
        f"nearer in {(nearer < 0).float().mean():.3f} of the units\n"
    )
    print(
        "| label | set, read | others, read | error inside | left, inside | all | left, all | nearer |\n"
        + "|---" * 8
        + "|"
    )
    for j, name in enumerate(LABELS):
        at = torch.from_numpy(whose == j)
        right, inside = read["imagined"][at], region[at]
        others = torch.ones(len(LABELS), dtype=torch.bool)
        others[j] = False
        print(
            f"| {name} | {right[:, j].float().mean():.3f} | {right[:, others].float().mean():.3f} "
            f"| {(imagined[at] - true[at]).abs()[inside].mean():.4f} "
            f"| {(seen[at] - true[at]).abs()[inside].mean():.4f} "
            f"| {(imagined[at] - true[at]).abs().mean():.4f} | {(seen[at] - true[at]).abs().mean():.4f} "
            f"| {(nearer[at] < 0).float().mean():.3f} |"
        )
    if arguments.sheet is not None:
        groups = []
        for j, name in enumerate(LABELS):
            at = np.flatnonzero(whose == j)[:SHOWN]
            strips = (("seen", seen), (f"{name} set", imagined), ("true", true))
            groups.append([(title, sheet(pictures[at], columns=SHOWN)) for title, pictures in strips])
        titled_rows(groups).save(arguments.sheet)


if __name__ == "__main__":
    main()
