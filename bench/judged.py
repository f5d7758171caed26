"""Image models trained on `faces` and the judges that read them: what the benches of image models share."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import torch

import causaldsl as cd
from causaldsl.evaluate.evaluation import KINDS
from causaldsl.evaluate.judge import Judge
from causaldsl.evaluate.judges import train_judge
from causaldsl.evaluate.real import JUDGED
from causaldsl.plugins.options import resolve
from causaldsl.plugins.protocols import Data, PictureData
from causaldsl.plugins.registry import load
from causaldsl.report.sheets import titled_rows
from causaldsl.scm.pictures import sheet
from causaldsl.train.config import Config, Images
from causaldsl.train.data import open_data
from causaldsl.train.fit import fit, resume
from causaldsl.train.labels import ControllerSampler
from causaldsl.train.machine import HERE
from causaldsl.train.progress import Lines
from causaldsl.train.run import RECORD, Run, open_run

FACES = (Path(__file__).parents[1] / "examples" / "faces.causal").read_text(encoding="utf-8")
PROBE = 12
SHOWN = ("Bald", "Mustache", "Eyeglasses", "Wearing_Lipstick")


def program(spec: str, size: int) -> str:
    """Return the text of the faces' graph, their pictures drawn by a mechanism."""
    text = FACES.replace("Face[3, 32, 32]", f"Face[3, {size}, {size}]")
    return f"{text}\ndefault binary ~ table\nFace ~ {spec}\n"


def portraits(size: int) -> Data:
    """Return the real portraits."""
    return open_data("faces", None, cd.parse(program("r3gan", size)), labels_only=False)


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


def trained(spec: str, folder: Path, steps: Callable[[], int], size: int, seed: int) -> Run:
    """Train a model for as many steps as are said when it begins, go on with it, or open it."""
    begun, clock = time.process_time(), folder.with_suffix(".seconds")
    spent = float(clock.read_text()) if clock.exists() else 0.0
    try:
        if (folder / RECORD).exists():
            run = open_run(folder) if json.loads((folder / RECORD).read_text())["complete"] else None
            return run or resume(folder, reporter=Lines(60))
        config = Config(seed, images=Images(steps=steps()), checkpoint_seconds=120)
        print(f"{spec}: {config.images.steps:,} steps", flush=True)
        begun = time.process_time()
        model = cd.compile(cd.parse(program(spec, size)))
        return fit(model, "faces", folder, config=config, seed=seed, reporter=Lines(60))
    finally:
        clock.write_text(str(spent + time.process_time() - begun))


def seconds(run: Run) -> float:
    """Return the CPU seconds that the training took."""
    return float(run.folder.with_suffix(".seconds").read_text())


def judges(folder: Path, data: Data, seed: int) -> list[Judge]:
    """Train the judges, or load them."""
    paths = {kind: folder / f"judge-{kind}.safetensors" for kind in KINDS}
    for kind, path in paths.items():
        if not path.exists():
            assert data.uniform is not None
            pictures, labels = data.uniform(JUDGED, seed + 1)
            train_judge(kind, dict.fromkeys(labels, 2), pictures, labels, seed=seed, flips=True).save(path)
    return [Judge.load(path) for path in paths.values()]


def picture(run: Run, path: Path) -> None:
    """Draw the rows of do and given of some labels."""
    groups = []
    for name in SHOWN:
        pair = (
            (f"do({name}=1)", run.sample(10, do={name: 1}, seed=1)),
            (f"given {name}=1", run.sample(10, given={name: 1}, seed=1)),
        )
        groups.append([(title, sheet(drawn["Face"], columns=10, scale=2)) for title, drawn in pair])
    titled_rows(groups).save(path)
