"""Imagine held-out digits otherwise, and measure their strokes: `python bench/morphomnist.py RUN DIR`.

DIR holds the files of Morpho-MNIST; RUN is a run of examples/morphomnist.causal, trained on its first 9,000 pictures:

    causaldsl train examples/morphomnist.causal --data morphomnist --root DIR --out RUN --set images.steps=7000
    OMP_NUM_THREADS=1 python bench/morphomnist.py RUN DIR --sheet sheet.png

Each of the 1,000 pictures held out is imagined under do(thickness=t), under do(intensity=i) and under do(digit=d), and
under nothing. t and i are those of another picture held out, drawn without replacement; d is one of the nine other
digits. A unit's noise is inferred from all that was seen of it, columns and picture, so under do(thickness=t) its
intensity moves along with its own noise, and under do(intensity=i) its thickness stays. Strokes are read as
`causaldsl.measure.stroke` reads them, 0 to 255 grey values, and compared with what the other world holds; digits by
the lower of two judges that learned from the 9,000 and never saw a generated picture.

Beside them: pictures imagined without the rest, which is what the generator cannot draw of a picture and is else kept
in every world; pictures drawn anew of the same causes; the pictures as they were seen; and the reading of the real ones
against their own columns, which is what the measurement itself errs.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from causaldsl.datasets.decoding import load
from causaldsl.evaluate.evaluation import KINDS
from causaldsl.evaluate.judge import Judge
from causaldsl.evaluate.judges import train_judge
from causaldsl.graph.domain import Image
from causaldsl.measure import stroke
from causaldsl.plugins.datasets import dataset
from causaldsl.report.sheets import titled_rows
from causaldsl.scm.pictures import from_bytes, sheet
from causaldsl.train.run import Run, open_run

NAMES = ("digit", "thickness", "intensity")
PICTURE = "Picture"
SIZE = Image(1, 32, 32)
EPOCHS = 12
SHOWN = 12
Columns = dict[str, Tensor]


def imagined(run: Run, seen: Tensor, labels: Columns, name: str | None, values: Tensor) -> Columns:
    """Imagine each picture with its own value of one node, or with nothing done."""
    evidence = {n: column.tolist() for n, column in labels.items()}
    if name is None:
        return dict(run.counterfactual({**evidence, PICTURE: seen}, {}, n=1).items())
    found = []
    for row, value in enumerate(values.tolist()):
        unit = {n: column[row] for n, column in evidence.items()}
        found.append(run.counterfactual({**unit, PICTURE: seen[row]}, {name: value}, n=1))
    return {n: torch.cat([one[n] for one in found]) for n in (*NAMES, PICTURE)}


@torch.no_grad()
def generator_alone(run: Run, seen: Tensor, labels: Columns, asked: Mapping[str, Tensor]) -> Tensor:
    """Return what the generator draws of the inferred noise and the causes asked for."""
    image = run.model.image(PICTURE)
    noise = image.abduct(seen, image.encoded(labels))
    return image(image.encoded(asked), noise)


def judges(folder: Path, pictures: np.ndarray, digits: np.ndarray, test: tuple[np.ndarray, np.ndarray]) -> list[Judge]:
    """Train judges of digits, or open those that were trained before."""
    found = []
    for kind in KINDS:
        path = folder / f"digit-{kind}.safetensors"
        if not path.exists():
            exam = test[0], {"digit": test[1]}
            judge = train_judge(kind, {"digit": 10}, pictures, {"digit": digits}, seed=0, test=exam, epochs=EPOCHS)
            judge.save(path)
        found.append(Judge.load(path))
    return found


def lower(read: list[Judge], pictures: Tensor, digits: Tensor) -> float:
    return min((j.read(pictures)["digit"] == digits).float().mean().item() for j in read)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sheet", type=Path, help="a picture: seen, and imagined otherwise, a group an intervention")
    parser.add_argument("--seed", type=int, default=0, help="of what is asked for (default: %(default)s)")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    run, data = open_run(arguments.run), dataset("morphomnist", arguments.data)
    train, held = (load(data, NAMES, {PICTURE: SIZE}, part) for part in ("train", "held_out"))
    pixels = np.asarray(held.pictures[PICTURE])
    seen = from_bytes(pixels)
    labels = {n: torch.from_numpy(held.labels[n]) for n in NAMES}
    labels = {n: c.long() if n == "digit" else c for n, c in labels.items()}
    units = len(seen)
    read = judges(
        arguments.run, np.asarray(train.pictures[PICTURE]), train.labels["digit"], (pixels, held.labels["digit"])
    )
    chance = torch.Generator().manual_seed(arguments.seed)
    others = {n: labels[n][torch.randperm(units, generator=chance)] for n in ("thickness", "intensity")}
    others["digit"] = (labels["digit"] + torch.randint(1, 10, (units,), generator=chance)) % 10

    def line(title: str, pictures: Tensor, asked: Mapping[str, Tensor]) -> None:
        grey = ((pictures + 1) * 127.5).numpy()
        thick = stroke.thickness(grey) - asked["thickness"].numpy()
        bright = stroke.intensity(grey) - asked["intensity"].numpy()
        print(
            f"| {title} | {np.abs(thick).mean():.3f} | {thick.mean():+.3f} | {np.abs(bright).mean():.2f} "
            f"| {bright.mean():+.2f} | {lower(read, pictures, asked['digit']):.3f} |",
            flush=True,
        )

    print(f"{units} pictures held out; read against what the other world holds: mean absolute and mean error\n")
    print("| | thickness | mean | intensity | mean | digit read |\n|---|---|---|---|---|---|")
    line("*real digits, their own columns*", seen, labels)
    nothing = imagined(run, seen, labels, None, labels["digit"])
    groups = []
    for name, values in others.items():
        begun = time.process_time()
        world = imagined(run, seen, labels, name, values)
        seconds = time.process_time() - begun
        fresh = run.model.draw(PICTURE, {n: world[n] for n in NAMES}, torch.Generator().manual_seed(arguments.seed))
        bare = generator_alone(run, seen, labels, world)
        line(f"**do({name})**, imagined", world[PICTURE], world)
        line("the generator alone", bare, world)
        line("a new picture of those causes", fresh, world)
        line("left as it was", seen, world)
        moved = (world[PICTURE] - seen).abs().mean().item()
        print(f"  {1e3 * seconds / units:.1f} ms a picture; pixels move by {127.5 * moved:.2f} of 255", flush=True)
        strips = (("seen", seen), (f"do({name})", world[PICTURE]), ("generator alone", bare), ("drawn anew", fresh))
        groups.append([(title, sheet(pictures[:SHOWN], columns=SHOWN, scale=2)) for title, pictures in strips])
    again = generator_alone(run, seen, labels, labels)
    whole, bare = (127.5 * (pictures - seen).abs().mean().item() for pictures in (nothing[PICTURE], again))
    print(f"\ncomposition, L1 of 255 after one null intervention: {whole:.2g}; of the generator alone {bare:.2f}")
    if arguments.sheet is not None:
        titled_rows(groups).save(arguments.sheet)


if __name__ == "__main__":
    main()
