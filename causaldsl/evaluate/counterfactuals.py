"""Real pictures imagined otherwise, measured as the counterfactual-image benchmark does (melistas2024, monteiro2023).

Composition: what is left of a picture to which nothing was done, after one cycle of abduction and prediction and after
ten. Effectiveness: whether the judges read what was set, and the other causes as they would be. Minimality: whether the
picture has moved no further than it had to. Realism: how far imagined pictures are from real ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from causaldsl.evaluate.judge import Judge
from causaldsl.evaluate.likeness import Look, looks
from causaldsl.evaluate.otherwise import otherwise
from causaldsl.evaluate.readings import Errors, guess, hits, mean_of, readable, share_of
from causaldsl.evaluate.real import Real
from causaldsl.graph.domain import Image
from causaldsl.measure.diversity import spread
from causaldsl.measure.frechet import frechet
from causaldsl.measure.interval import Measured
from causaldsl.measure.minimality import minimality
from causaldsl.scm.picture_node import PictureNode
from causaldsl.scm.pictures import from_bytes
from causaldsl.scm.sampling import Sample
from causaldsl.train.run import Run

PERCEPTION = "random"
"""The features in which pictures are near or far: a judge's see little but labels, and all sitters are alike to it."""
CYCLES = 10
LONG = 20
"""One of so many pictures goes through all cycles: each abducts anew."""
FEWEST = 3
"""Pictures below which nothing is said."""
REAL = 5
"""For each picture imagined so many other real ones are looked at."""
BINS = 10
"""Real causes have so many levels, equally many of the data in each, where minimality compares like with like."""
BYTE = 127.5
"""What a picture's unit is of 255."""


@dataclass(frozen=True)
class Seen:
    """Real pictures, and their labels.

    Parameters
    ----------
    labels : Sample
        All that was observed of them but the pictures.
    pictures : Tensor, shape (n, channels, height, width), in [-1, 1]
        As they were seen.
    """

    labels: Sample
    pictures: Tensor

    def first(self, n: int) -> Seen:
        """Return the first `n`."""
        return Seen(Sample(self.labels.graph, {name: self.labels[name][:n] for name in self.labels}), self.pictures[:n])


def seen_in(run: Run, real: Real, rows: NDArray[np.int64]) -> Seen:
    """Return some of the real pictures of a run."""
    labels = {name: column[torch.from_numpy(rows)] for name, column in real.columns.items()}
    return Seen(Sample(run.graph, labels), from_bytes(real.pictures[rows]))


class Imaginer:
    """The pictures of one image node of a run, imagined otherwise.

    Parameters
    ----------
    run : Run
        Whose model abducts pictures of the node.
    image : str
        The node.
    seen : Seen
        What is imagined otherwise; the noise of it is inferred once.
    """

    def __init__(self, run: Run, image: str, seen: Seen) -> None:
        self.run, self.name, self.seen = run, image, seen
        self.node = PictureNode(run.model.image(image))
        self.device = self.node.image.encoder.location.device
        self.noise = self._inferred(seen.pictures)

    def _inferred(self, pictures: Tensor) -> Tensor:
        """Infer the noise of the units, had their pictures been so: shape (n, latent + 2 * pixels)."""
        return self.node.inferred(self._causes(self.seen.labels), pictures.to(self.device))

    def _causes(self, columns: Mapping[str, Tensor]) -> Tensor:
        return self.node.image.causes_in(columns).to(self.device)

    def drawn(self, columns: Mapping[str, Tensor], noise: Tensor, whole: bool = True) -> Tensor:
        """Draw the units in the world of some labels; if not whole, what the generator alone makes of them."""
        used = noise if whole else noise[:, : self.node.image.latent]
        pixels: Tensor = self.node(self._causes(columns), used)
        return pixels.view(-1, *self.seen.pictures.shape[1:]).cpu()

    def cycled(self, cycles: int, whole: bool) -> Tensor:
        """Return the pictures after so many cycles in which nothing was done."""
        found = self.drawn(self.seen.labels, self.noise, whole)
        for _ in range(cycles - 1):
            found = self.drawn(self.seen.labels, self._inferred(found), whole)
        return found


@torch.no_grad()
def counterfactuals(run: Run, image: str, judges: Sequence[Judge], real: Real, n: int, seed: int) -> dict[str, Any]:
    """Imagine real pictures with each of their causes otherwise, and measure what came of it.

    Parameters
    ----------
    run : Run
        Whose model of the image abducts; nothing depends on the image.
    image : str
        The image node.
    judges : sequence of Judge
        Who read; one at least.
    real : Real
        The data; what they hold out is imagined otherwise, where they do.
    n, seed : int
        How many pictures are imagined, fewer where there are not as many, and of which draw.

    Returns
    -------
    dict
        `n`; `held_out`: whether the run has not learned from them; `features`; `composition`: see `_composition`;
        `causes`: for each what `_read` returns, its `minimality`, and `anew`, that of a new picture of the same causes;
        `realism`: Frechet distance to real pictures, of each unit with one cause otherwise, with `anew`, that of new
        pictures, and `floor`, that of other real ones. Empty where there are too few pictures.

    Raises
    ------
    CausalError
        If the units' noise cannot be inferred from what was seen.
    """
    rng = np.random.default_rng(seed)
    source = real if real.held_out is None else real.held_out
    rows = rng.permutation(len(source))
    n = min(n, len(rows) // (1 + REAL)) if source is real else min(n, len(rows), len(real) // 2)
    if n < FEWEST:
        return {}
    others = rows[n:] if source is real else rng.permutation(len(real))
    seen, beside = seen_in(run, source, rows[:n]), seen_in(run, real, others[: REAL * n])
    domain = run.graph[image].domain
    assert isinstance(domain, Image)
    (look,) = looks([PERCEPTION], domain, judges).values()
    imaginer, at, about = Imaginer(run, image, seen), look(seen.pictures), look(beside.pictures)
    before = [hits(judge.read(seen.pictures), {name: seen.labels[name] for name in judge.labels}) for judge in judges]
    found: dict[str, Any] = {
        "n": n,
        "held_out": source is not real,
        "features": PERCEPTION,
        "composition": _composition(imaginer, look, spread(about).value),
        "causes": [],
    }
    names = list(readable(run.model, image))
    generator = Generator(run.model.controller.device).manual_seed(seed)
    once: dict[str, list[Tensor]] = {"imagined": [], "anew": []}
    for k, name in enumerate(names):
        columns, _ = otherwise(run, seen.labels, name, 1)
        worlds = {
            "imagined": imaginer.drawn(columns, imaginer.noise),
            "anew": run.model.draw(image, columns, generator).cpu(),
        }
        levels = [_levels(one[name], beside.labels[name]) for one in (seen.labels, columns, beside.labels)]
        near = {
            key: minimality(at, look(pictures), levels[0], levels[1], about, levels[2])
            for key, pictures in worlds.items()
        }
        figures = {key: None if one is None else one.as_json() for key, one in near.items()}
        read = _read(judges, name, before, columns, worlds["imagined"])
        found["causes"].append({"cause": name, **read, "minimality": figures["imagined"], "anew": figures["anew"]})
        for key, pictures in worlds.items():
            once[key].append(pictures[k :: len(names)])  # a unit once, so that they are independent
    far = {key: frechet(look(torch.cat(parts)), about[:n]) for key, parts in once.items()}
    floor = frechet(about[n : 2 * n], about[:n])
    found["realism"] = {**far["imagined"].as_json(), "anew": far["anew"].value, "floor": floor.value}
    return found


def _composition(imaginer: Imaginer, look: Look, unit: float) -> list[dict[str, Any]]:
    """Measure how far pictures have moved after one and after ten cycles in which nothing was done.

    Returns
    -------
    list of dict
        `cycles`; `whole`: as pictures are imagined, or of the generator alone; `pixels`: mean absolute difference, of
        255; `features`: distance, by that of two real pictures, `unit`.
    """
    short = Imaginer(imaginer.run, imaginer.name, imaginer.seen.first(max(FEWEST, imaginer.seen.labels.n // LONG)))
    found = []
    for cycles, whose in ((1, imaginer), (CYCLES, short)):
        before = whose.seen.pictures
        for whole in (True, False):
            after = whose.cycled(cycles, whole)
            pixels = BYTE * (after - before).abs().flatten(1).mean(1).double()
            features = torch.from_numpy(np.linalg.norm(look(after) - look(before), axis=1) / unit)
            figures = {"pixels": mean_of(pixels).as_json(), "features": mean_of(features).as_json()}
            found.append({"cycles": cycles, "whole": whole, **figures})
    return found


def _read(
    judges: Sequence[Judge],
    name: str,
    before: Sequence[Mapping[str, Tensor]],
    asked: Mapping[str, Tensor],
    pictures: Tensor,
) -> dict[str, Any]:
    """Read the cause that was set, and the others, in imagined pictures; `before` is what each judge read rightly.

    Returns
    -------
    dict
        `read`: the share in which the level set is read, by the lower judge, or `error`: see `Errors`, of a real cause;
        `others`: the share of other labels that are read as they would be, by the judge for whom it is lower, with
        `before`, what that judge reads of them in the pictures that were seen; None where no other has levels.
    """
    labels = judges[0].labels
    others = [other for other in labels if other != name]
    shares, kept = list[float](), list[dict[str, Any]]()
    errors: dict[str, Measured] = {}
    for judge, read_before in zip(judges, before, strict=True):
        said = judge.read(pictures)
        right = hits(said, {label: asked[label] for label in labels})
        if name in right:
            shares.append(float(right[name].double().mean()))
        else:
            errors[judge.kind] = mean_of((said[name].cpu() - asked[name].cpu()).abs().double())
        if others:
            each, was = (torch.stack([found[other].double() for other in others]) for found in (right, read_before))
            kept.append({**share_of(each).as_json(), "before": float(was.mean())})
    figure: dict[str, Any] = {"others": min(kept, key=lambda one: one["value"], default=None)}
    if shares:
        return {"read": Measured.share(min(shares), len(pictures)).as_json(), **figure}
    return {"error": Errors(errors, guess(asked[name])).as_json(), **figure}


def _levels(column: Tensor, data: Tensor) -> NDArray[np.int64]:
    """Return the level of each value; a real one has that of its tenth of the data."""
    values, all_values = (values.double().cpu().numpy() for values in (column, data))
    if data.is_floating_point():
        edges = np.quantile(all_values, np.linspace(0, 1, BINS + 1)[1:-1])
        return np.searchsorted(edges, values, side="right")
    return values.astype(np.int64)
