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
from PIL.Image import Image
from torch import Tensor

from causaldsl.evaluate.evaluation import KINDS
from causaldsl.evaluate.judge import Judge, corrected
from causaldsl.evaluate.judges import Pictures, train_judge
from causaldsl.report.sheets import titled_rows
from causaldsl.scm.answers import NumberAnswer
from causaldsl.scm.pictures import from_bytes, sheet, to_bytes
from causaldsl.scm.sampling import Sample
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

Row = tuple[str, int]
"""A row of pictures: "do" or "given", and the level of its label."""
Seen = Mapping[str, Tensor]
"""In which pictures of a row a man is read, by sight."""


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


def men(read: Mapping[str, Judge], pictures: Tensor) -> Seen:
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
    run = open_run(arguments.run)
    both = judges(run)
    held_out(both)
    read = {sight: best(pair, "Male") for sight, pair in both.items()}
    print(f"\nMen in {arguments.pictures:,} pictures a row: by the law, drawn, read (the judge's errors taken out)\n")
    print("| | law | drawn | " + " | ".join(SIGHTS) + " | X read |\n" + "|---" * (4 + len(SIGHTS)) + "|")
    turned = {}
    for name in LABELS:
        drawn = rows(run, name, arguments.pictures, arguments.seed)
        seen = {row: men(read, sample["Face"]) for row, sample in drawn.items()}
        shares(run, name, drawn, seen, read, best(both["whole face"], name))
        assert torch.equal(drawn["do", 1]["Male"], drawn["do", 0]["Male"]), "units of one seed have equal noise"
        turned[name] = {sight: (seen["do", 0][sight], seen["do", 1][sight]) for sight in SIGHTS}
        if arguments.sheets is not None:
            arguments.sheets.mkdir(parents=True, exist_ok=True)
            strips(name, drawn).save(arguments.sheets / f"{name}.png")
    turns(turned)


def held_out(both: Mapping[str, list[Judge]]) -> None:
    """Print how often each judge reads real pictures rightly that it has not seen."""
    print("| label | judge | rightly | both truths alike |\n|---|---|---|---|")
    for sight, pair in both.items():
        for judge in pair:
            for name in ("Male", *LABELS):
                k = judge.labels.index(name)
                print(
                    f"| {name} | {sight}, {judge.kind} | {judge.accuracy[k]:.3f} | {judge.balanced_accuracy[k]:.3f} |"
                )


def rows(run: Run, name: str, n: int, seed: int) -> dict[Row, Sample]:
    """Draw n units with a label done or given, one and nought, of equal noise."""
    return {
        (kind, level): run.sample(n, **{kind: {name: level}}, seed=seed)
        for kind, level in product(("do", "given"), (1, 0))
    }


def shares(
    run: Run, name: str, drawn: Mapping[Row, Sample], seen: Mapping[Row, Seen], read: Mapping[str, Judge], judge: Judge
) -> None:
    """Print the share of men in each row, and how often a judge reads the label as it is."""
    men_as = {sight: one.confusion[one.labels.index("Male")].double() for sight, one in read.items()}
    for (kind, level), sample in drawn.items():
        event = f"{name}={level}"
        law = run.ask(f"P(Male=1 | {event if kind == 'given' else f'do({event})'})")
        assert isinstance(law, NumberAnswer)
        figures = []
        for sight, said in seen[kind, level].items():
            raw = mean(said)
            figures.append(f"{raw:.3f} ({float(corrected(raw, men_as[sight])):.3f})")
        shown = mean(judge.read(sample["Face"])[name].cpu() == level)
        print(
            f"| {kind} {event} | {law.value:.3f} | {mean(sample['Male']):.3f} | {' | '.join(figures)} | {shown:.3f} |",
            flush=True,
        )


def turns(turned: Mapping[str, Mapping[str, tuple[Tensor, Tensor]]]) -> None:
    """Print how often a unit is read as of another sex once a label is done."""
    print("\nUnits of equal noise, do(X=0) and do(X=1): read as of another sex; women turned men, men turned women\n")
    print("| X | " + " | ".join(SIGHTS) + " |\n" + "|---" * (1 + len(SIGHTS)) + "|")
    for name, pairs in turned.items():
        figures = [f"{mean(x != y):.3f}; {mean(~x & y):.3f}, {mean(x & ~y):.3f}" for x, y in pairs.values()]
        print(f"| {name} | {' | '.join(figures)} |")


def strips(name: str, drawn: Mapping[Row, Sample]) -> Image:
    """Return two lines of pictures each of do(X=1), do(X=0) and given X=1, in a sheet."""
    shown = {
        f"{kind} {name}={level}": drawn[kind, level]["Face"] for kind, level in (("do", 1), ("do", 0), ("given", 1))
    }
    return titled_rows(
        [[(title, sheet(faces[: 2 * COLUMNS], columns=COLUMNS, scale=1)) for title, faces in shown.items()]]
    )


def mean(values: Tensor) -> float:
    return float(values.double().mean())


if __name__ == "__main__":
    main()
