"""Read a run on real faces, where no true counterfactual is known: `python bench/celeba.py RUN`.

RUN is of examples/celeba.causal or the like, trained on the first 8,000 of 9,000 pictures, of which 1,000 are held out:

    causaldsl train FILE --data 'celeba(crop=whole_width, train_rows=8000)' --root DIR --out RUN
    OMP_NUM_THREADS=1 python bench/celeba.py RUN --sheets DIR

In the data every moustache is a man's, so a judge of whole faces calls every moustache a man: it never saw a
counter-example. Who is male is therefore read a second time, by judges that see the upper half alone, down to the eyes;
what lies below is grey to them. Both are trained on the 8,000, with a plain and a robust architecture, and measured on
the 1,000.

For each label X, 5,000 pictures under do(X=1), do(X=0), given X=1 and given X=0; do(X=1) and do(X=0) of equal noise.
The share of men: as the labels' law has it, as drawn for the pictures, as read, and with the judge's own errors taken
out. X read: the share of pictures in which a judge of whole faces reads X as it is. Of the two architectures that one
reads a label that does it better on the 1,000.

The pictures are of CelebA's making: for non-commercial research, and never to be published with the project.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from itertools import product
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from causaldsl.evaluate.evaluation import KINDS
from causaldsl.evaluate.judge import Judge, corrected
from causaldsl.evaluate.judges import Pictures, train_judge
from causaldsl.report.sheets import titled_rows
from causaldsl.scm.answers import NumberAnswer
from causaldsl.scm.pictures import from_bytes, sheet, to_bytes
from causaldsl.train.data import data_of
from causaldsl.train.run import Run, open_run

LABELS = ("Mustache", "Bald", "Eyeglasses", "Smiling", "Wearing_Lipstick")
EPOCHS = {"upper half": 24, "whole face": 12}
"""The less there is to see, the longer it is looked at."""
PICTURES = 5000
COLUMNS = 12
GREY = 128
EYES = 9 / 16
"""Of the height of a whole-width crop: the eyes end above, the nose and all of a moustache lie below."""


def upper(pictures: Pictures) -> Pictures:
    """Return the pictures, grey from below the eyes on."""
    half = pictures.copy()
    half[:, :, int(EYES * half.shape[2]) :] = GREY
    return half


def whole(pictures: Pictures) -> Pictures:
    return pictures


SIGHTS = {"upper half": upper, "whole face": whole}


def judges(run: Run) -> dict[str, list[Judge]]:
    """Train the judges of both sights on what the run learned from, or open those that were trained before."""
    levels = dict.fromkeys(run.graph["Face"].parents, 2)
    found: dict[str, list[Judge]] = {}
    parts = [data_of(run, labels_only=False, part=part) for part in ("train", "held_out")]
    pixels = [np.asarray(part.pictures["Face"][:]) for part in parts]
    columns = [{name: np.asarray(part.labels[name]) for name in levels} for part in parts]
    for sight, seen in SIGHTS.items():
        for kind in KINDS:
            path = run.folder / f"{sight.replace(' ', '-')}-{kind}.safetensors"
            if not path.exists():
                train, test = ((seen(pictures), labels) for pictures, labels in zip(pixels, columns, strict=True))
                judge = train_judge(kind, levels, *train, seed=0, test=test, epochs=EPOCHS[sight], flips=True)
                judge.save(path)
            found.setdefault(sight, []).append(Judge.load(path))
    return found


def best(read: list[Judge], name: str) -> Judge:
    """Return the judge that reads a label best, both truths counting alike, in real pictures it has not seen."""
    return max(read, key=lambda judge: float(judge.balanced_accuracy[judge.labels.index(name)]))


def men(read: Mapping[str, Judge], pictures: Tensor) -> dict[str, Tensor]:
    """Return in which pictures a man is read, by sight, shape (n,)."""
    pixels = to_bytes(pictures).numpy()
    return {sight: judge.read(from_bytes(SIGHTS[sight](pixels)))["Male"].bool().cpu() for sight, judge in read.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--sheets", type=Path, help="a folder for a sheet of pictures a label")
    parser.add_argument("--pictures", type=int, default=PICTURES, help="a row (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    run, n, seed = open_run(arguments.run), arguments.pictures, arguments.seed
    both = judges(run)
    print("| label | judge | rightly | both truths alike |\n|---|---|---|---|")
    for sight, pair in both.items():
        for judge in pair:
            for name in ("Male", *LABELS):
                k = judge.labels.index(name)
                right, even = judge.accuracy[k], judge.balanced_accuracy[k]
                print(f"| {name} | {sight}, {judge.kind} | {right:.3f} | {even:.3f} |")
    read = {sight: best(pair, "Male") for sight, pair in both.items()}
    men_as = {sight: judge.confusion[judge.labels.index("Male")].double() for sight, judge in read.items()}
    print(f"\nMen in {n:,} pictures a row: by the law, as drawn, as read (and with the judge's errors taken out)\n")
    print("| | law | drawn | " + " | ".join(SIGHTS) + " | X read |\n" + "|---" * (4 + len(SIGHTS)) + "|")
    turned = []
    for name in LABELS:
        judge, seen = best(both["whole face"], name), {}
        for kind, level in product(("do", "given"), (1, 0)):
            drawn = run.sample(n, **{kind: {name: level}}, seed=seed)
            event = f"{name}={level}" if kind == "given" else f"do({name}={level})"
            law = run.ask(f"P(Male=1 | {event})")
            assert isinstance(law, NumberAnswer)
            seen[kind, level] = drawn, men(read, drawn["Face"])
            figures = [
                f"{(raw := float(said.double().mean())):.3f} ({float(corrected(raw, men_as[sight])):.3f})"
                for sight, said in seen[kind, level][1].items()
            ]
            shown = float((judge.read(drawn["Face"])[name].cpu() == level).double().mean())
            male = float(drawn["Male"].double().mean())
            print(
                f"| {kind} {name}={level} | {law.value:.3f} | {male:.3f} | {' | '.join(figures)} | {shown:.3f} |",
                flush=True,
            )
        (one, ones), (none, nones) = seen["do", 1], seen["do", 0]
        assert torch.equal(one["Male"], none["Male"]), "units of one seed have equal noise"
        turned.append((name, {sight: (nones[sight], ones[sight]) for sight in SIGHTS}))
        if arguments.sheets is not None:
            arguments.sheets.mkdir(parents=True, exist_ok=True)
            rows = [
                (f"{kind} {name}={x}", drawn["Face"]) for (kind, x), (drawn, _) in seen.items() if kind == "do" or x
            ]
            strips = [(title, sheet(faces[: 2 * COLUMNS], columns=COLUMNS, scale=1)) for title, faces in rows]
            titled_rows([strips]).save(arguments.sheets / f"{name}.png")
    print("\nUnits of equal noise, do(X=0) and do(X=1): read as of another sex; women turned men, men turned women\n")
    print("| X | " + " | ".join(SIGHTS) + " |\n" + "|---" * (1 + len(SIGHTS)) + "|")
    for name, pairs in turned:
        figures = [
            f"{float((x != y).double().mean()):.3f}; {float((~x & y).double().mean()):.3f}, "
            f"{float((x & ~y).double().mean()):.3f}"
            for x, y in pairs.values()
        ]
        print(f"| {name} | {' | '.join(figures)} |")


if __name__ == "__main__":
    main()
