"""Train image models on `faces` for so many minutes each, judge their pictures: `python bench/images.py --out DIR`.

    OMP_NUM_THREADS=1 python bench/images.py --out DIR --minutes 20
    OMP_NUM_THREADS=1 python bench/images.py --out DIR --minutes 20 --models 'causalgan(width=32, anti_labeler=false)'

Minutes are of CPU time of one thread, so that other jobs do not count: a probe of a few steps says how many fit. Each
model has a run folder in DIR, with its log and its checkpoint: the same command goes on where it was stopped, and only
judges what is trained. One table at the end, a sheet of pictures a model (DIR/MODEL.png), DIR/results.json.

Effectiveness: 5,000 pictures of uniformly drawn labels, read by two judges that never saw a generated picture, the
lower of the two. FD[robust]: those pictures against 5,000 real ones of uniform labels, in the features of the robust
judge; below them FD of as many real ones. Diversity: mean distance of two pictures in which a label is 1, by real
ones' in the data; given as the mean over labels and for Bald, 2 % of the data.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from pathlib import Path

import torch

import causaldsl as cd
from causaldsl.datasets.faces import LABELS
from causaldsl.evaluate.evaluation import KINDS
from causaldsl.evaluate.judge import Judge
from causaldsl.evaluate.judges import train_judge
from causaldsl.evaluate.likeness import diversities, looks
from causaldsl.evaluate.readings import effectiveness
from causaldsl.evaluate.real import JUDGED, Real
from causaldsl.graph.domain import Image
from causaldsl.measure.frechet import frechet
from causaldsl.plugins.options import resolve
from causaldsl.plugins.protocols import Data, PictureData
from causaldsl.plugins.registry import load
from causaldsl.report.sheets import titled_rows
from causaldsl.scm.pictures import from_bytes, sheet
from causaldsl.train.config import Config, Images
from causaldsl.train.data import open_data
from causaldsl.train.fit import fit, resume
from causaldsl.train.labels import ControllerSampler
from causaldsl.train.machine import HERE
from causaldsl.train.progress import Lines
from causaldsl.train.run import RECORD, Run, open_run

FACES = (Path(__file__).parents[1] / "examples" / "faces.causal").read_text(encoding="utf-8")
MODELS = ("r3gan(width=32)", "causalgan(width=32)", "causalbegan(width=32)")
PICTURES = 5000
PROBE = 12
SHOWN = ("Bald", "Mustache", "Eyeglasses", "Wearing_Lipstick")


def program(spec: str, size: int) -> str:
    text = FACES.replace("Face[3, 32, 32]", f"Face[3, {size}, {size}]")
    return f"{text}\ndefault binary ~ table\nFace ~ {spec}\n"


def steps_in(spec: str, size: int, minutes: float, data: Data, seed: int) -> int:
    """Return how many steps fit, by the CPU time of a few."""
    model = cd.compile(cd.parse(program(spec, size)))
    found = model.graph["Face"].mechanism
    assert found is not None
    plugin = load("images", found.kind)
    labels = torch.stack([torch.from_numpy(data.labels[name]) for name in model.graph["Face"].parents], 1)
    pictures = PictureData(data.pictures["Face"], labels, ControllerSampler(model, "Face", seed), data.flips)
    schedule = Config(seed).schedule(Images(), HERE)
    learner = plugin.learner(model.image("Face").train(), pictures, resolve(plugin.options, found)[0], schedule)
    for t in range(2 * PROBE):
        if t == PROBE:
            begun = time.process_time()
        learner.step(t)
    return max(1, int(60 * minutes * PROBE / (time.process_time() - begun)))


def trained(spec: str, folder: Path, minutes: float, size: int, data: Data, seed: int) -> Run:
    """Train a model, go on with it, or open it."""
    begun, clock = time.process_time(), folder.with_suffix(".seconds")
    spent = float(clock.read_text()) if clock.exists() else 0.0
    try:
        if (folder / RECORD).exists():
            run = open_run(folder) if json.loads((folder / RECORD).read_text())["complete"] else None
            return run or resume(folder, reporter=Lines(60))
        steps = steps_in(spec, size, minutes, data, seed)
        print(f"{spec}: {steps:,} steps", flush=True)
        begun = time.process_time()
        model = cd.compile(cd.parse(program(spec, size)))
        config = Config(seed, images=Images(steps=steps), checkpoint_seconds=120)
        return fit(model, "faces", folder, config=config, seed=seed, reporter=Lines(60))
    finally:
        clock.write_text(str(spent + time.process_time() - begun))


def judges(folder: Path, data: Data, seed: int) -> list[Judge]:
    paths = {kind: folder / f"judge-{kind}.safetensors" for kind in KINDS}
    for kind, path in paths.items():
        if not path.exists():
            assert data.uniform is not None
            pictures, labels = data.uniform(JUDGED, seed + 1)
            train_judge(kind, pictures, labels, seed=seed, flips=True).save(path)
    return [Judge.load(path) for path in paths.values()]


def picture(run: Run, path: Path) -> None:
    groups = []
    for name in SHOWN:
        pair = (
            (f"do({name}=1)", run.sample(10, do={name: 1}, seed=1)),
            (f"given {name}=1", run.sample(10, given={name: 1}, seed=1)),
        )
        groups.append([(title, sheet(drawn["Face"], columns=10, scale=2)) for title, drawn in pair])
    titled_rows(groups).save(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=20, help="of CPU time a model (default: %(default)s)")
    parser.add_argument("--models", nargs="+", default=MODELS, metavar="MECHANISM")
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    size, seed = arguments.size, arguments.seed
    data = open_data("faces", None, cd.parse(program(MODELS[0], size)), labels_only=False)
    runs = {}
    for spec in arguments.models:
        folder = arguments.out / re.sub(r"\W+", "-", f"{spec} {arguments.minutes:g}min {size}px").strip("-")
        runs[spec] = trained(spec, folder, arguments.minutes, size, data, seed)
    both = judges(arguments.out, data, seed)
    assert data.uniform is not None
    (look,) = looks(["robust"], Image(3, size, size), both).values()
    seen, more = (look(from_bytes(data.uniform(PICTURES, seed + k)[0])) for k in (2, 3))
    real = Real(data.pictures["Face"], {name: torch.from_numpy(data.labels[name]) for name in LABELS})
    header = (
        "| model | steps | CPU min | real images/s | generated/s | mean | least label | FD[robust] | diversity | Bald |"
    )
    print(header, "|---" * 10 + "|", sep="\n")
    results = {}
    for spec, run in runs.items():
        read = effectiveness(run.model, "Face", both, PICTURES, seed)
        least = min(read.labels, key=read.labels.__getitem__)
        generator = torch.Generator().manual_seed(seed)
        asked = {name: torch.randint(2, (PICTURES,), generator=generator) for name in LABELS}
        drawn = run.model.draw("Face", asked, generator)
        distance = frechet(look(drawn), seen).value
        apart = {name: one.value for name, _, one in diversities(run.model, "Face", real, look, 400, seed)}
        steps, batch = (run.record["stages"]["images: Face"][key] for key in ("steps", "batch"))
        seconds = float(run.folder.with_suffix(".seconds").read_text())
        options = resolve(load("images", spec.split("(")[0]).options, run.graph["Face"].mechanism)[0]
        rate, turns = steps * batch / seconds, getattr(options, "generator_steps", 1)
        mean = sum(apart.values()) / len(apart)
        print(
            f"| `{spec}` | {steps:,} | {seconds / 60:.1f} | {rate:,.0f} | {rate * turns:,.0f} | {read.mean:.3f} "
            f"| {read.labels[least]:.3f} {least} | {distance:.1f} | {mean:.2f} | {apart['Bald']:.2f} |",
            flush=True,
        )
        picture(run, run.folder.with_suffix(".png"))
        results[spec] = {
            "steps": steps, "seconds": seconds, "images_per_second": rate, "effectiveness": read.as_json(),
            "frechet": distance, "diversity": apart,
        }  # fmt: skip
    print(f"| *real pictures* | | | | | | | {frechet(more, seen).value:.1f} | 1 | 1 |")
    (arguments.out / "results.json").write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
