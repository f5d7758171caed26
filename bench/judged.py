"""Image models trained on `faces` and the judges that read them: what the benches of image models share."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

import causaldsl as cd
from causaldsl.datasets.encode import encode
from causaldsl.datasets.faces import LABELS
from causaldsl.evaluate.evaluation import KINDS
from causaldsl.evaluate.judge import Judge
from causaldsl.evaluate.judges import train_judge
from causaldsl.evaluate.likeness import Look, diversities
from causaldsl.evaluate.readings import hits
from causaldsl.evaluate.real import JUDGED, Real
from causaldsl.measure.frechet import frechet
from causaldsl.plugins.protocols import Data, Learner
from causaldsl.report.sheets import titled_rows
from causaldsl.scm.model import CausalModel
from causaldsl.scm.pictures import sheet
from causaldsl.train.config import Config, Images
from causaldsl.train.data import open_data
from causaldsl.train.fit import fit, resume
from causaldsl.train.machine import HERE
from causaldsl.train.progress import Lines
from causaldsl.train.run import RECORD, Run, open_run, planned_run
from causaldsl.train.stages import stages_of

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


def learner_of(spec: str, size: int, data: Data, seed: int) -> tuple[CausalModel, Learner]:
    """Return a model whose labels are fitted, and what trains its pictures, as a run has them."""
    run = planned_run(Path(), cd.compile(cd.parse(program(spec, size)), seed=seed), Config(seed), "faces", False, None)
    labels, pictures = stages_of(run, data, encode(data.labels, run.graph), HERE)
    counted, learner = labels.build(), pictures.build()
    assert counted is not None
    assert learner is not None
    for t in range(counted.steps):
        counted.step(t)
    run.model.train()
    return run.model, learner


def steps_in(spec: str, size: int, minutes: float, data: Data, seed: int) -> int:
    """Return how many steps fit, by the CPU time of a few."""
    _, learner = learner_of(spec, size, data, seed)
    for t in range(2 * PROBE):
        if t == PROBE:
            begun = time.process_time()
        learner.step(t)
    return max(1, int(60 * minutes * PROBE / (time.process_time() - begun)))


def trained(spec: str, folder: Path, steps: Callable[[], int], size: int, seed: int) -> Run:
    """Train a model for as many steps as are said when it begins, go on with it, or open it."""
    begun, clock = time.process_time(), folder.with_suffix(".seconds")
    spent = float(clock.read_text()) if clock.exists() else 0.0
    if (folder / RECORD).exists() and json.loads((folder / RECORD).read_text())["complete"]:
        return open_run(folder)
    try:
        if (folder / RECORD).exists():
            return resume(folder, reporter=Lines(60))
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


def real_portraits(data: Data) -> Real:
    """Return the portraits that are learned from, with their labels."""
    return Real(data.pictures["Face"], {name: torch.from_numpy(data.labels[name]) for name in LABELS}, LABELS)


@dataclass(frozen=True)
class Judged:
    """Pictures of uniformly drawn labels, as they were read.

    Parameters
    ----------
    asked : dict of str to Tensor, shape (n,)
        Their labels.
    right : dict of str to Tensor, shape (labels, n)
        Judge, and where it reads what was asked for.
    distance : float
        Frechet distance to real pictures of uniform labels, in the features of the robust judge.
    diversity : dict of str to float
        By label, of pictures in which it is 1.
    """

    asked: dict[str, Tensor]
    right: dict[str, Tensor]
    distance: float
    diversity: dict[str, float]

    @property
    def mean(self) -> float:
        """The mean over the labels of that judge for whom it is lower."""
        return min(float(hit.mean()) for hit in self.right.values())

    @property
    def labels(self) -> dict[str, float]:
        """For each label the lower figure of the judges."""
        lower = torch.stack([hit.mean(1) for hit in self.right.values()]).amin(0)
        return dict(zip(self.asked, lower.tolist(), strict=True))


def judged(run: Run, both: list[Judge], look: Look, real: Real, uniform: Tensor, n: int, seed: int) -> Judged:
    """Read a run's pictures, and hold them beside real ones, `uniform` of uniform labels."""
    generator = torch.Generator().manual_seed(seed)
    asked = {name: torch.randint(2, (n,), generator=generator) for name in LABELS}
    drawn = run.model.draw("Face", asked, generator)
    right = {judge.kind: torch.stack(list(hits(judge.read(drawn), asked).values())).double() for judge in both}
    apart = {name: one.value for name, _, one in diversities(run.model, "Face", real, look, 400, seed)}
    return Judged(asked, right, frechet(look(drawn), look(uniform)).value, apart)


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
