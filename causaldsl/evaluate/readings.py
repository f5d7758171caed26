"""What judges read from a model's pictures: its effectiveness.

Ask for labels drawn uniformly, combinations that no data ever held included, and see how often a judge reads what was
asked for; of a real cause, how far from it. Of the two judges the worse figure is quoted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from causaldsl.evaluate.judge import Judge
from causaldsl.graph.domain import Discrete
from causaldsl.measure.interval import Measured
from causaldsl.scm.model import CausalModel


@dataclass(frozen=True)
class Errors:
    """How far what judges read of a real cause is from what was asked for.

    Parameters
    ----------
    by_judge : mapping of str to Measured
        Judge, mean absolute error, in the units of the cause.
    guess : float
        The same of who reads the median of what was asked for in every picture.
    """

    by_judge: Mapping[str, Measured]
    guess: float

    def as_json(self) -> dict[str, Any]:
        """Render for evaluation.json: of the judges the greater error is quoted."""
        greater = max(self.by_judge.values(), key=lambda error: error.value)
        by_judge = {kind: error.value for kind, error in self.by_judge.items()}
        return {**greater.as_json(), "by_judge": by_judge, "guess": self.guess}


@dataclass(frozen=True)
class Effectiveness:
    """How often judges read what was asked for.

    Parameters
    ----------
    by_judge : mapping of str to mapping of str to float
        Judge, label, share read rightly.
    means : mapping of str to Measured
        Judge, mean over the labels.
    n : int
        Pictures.
    errors : mapping of str to Errors
        By real cause; they are no part of the means.

    Notes
    -----
    Without a judge there are no labels, and no mean; nor is there a mean where all causes are real.
    """

    by_judge: Mapping[str, Mapping[str, float]]
    means: Mapping[str, Measured]
    n: int
    errors: Mapping[str, Errors] = field(default_factory=dict)

    @property
    def labels(self) -> dict[str, float]:
        """For each label the lower figure of the judges."""
        names = next(iter(self.by_judge.values()), ())
        return {name: min(figures[name] for figures in self.by_judge.values()) for name in names}

    @property
    def mean(self) -> Measured | None:
        """The mean over the labels, of that judge for whom it is lower."""
        return min(self.means.values(), key=lambda mean: mean.value, default=None)

    def as_json(self) -> dict[str, Any]:
        """Render for evaluation.json."""
        whole = {"value": None, "interval": None} if self.mean is None else self.mean.as_json()
        found = {"mean": whole["value"], "labels": self.labels, "by_judge": self.by_judge, "n": self.n}
        intervals = {name: Measured.share(share, self.n).as_json()["interval"] for name, share in self.labels.items()}
        return {**found, "interval": whole["interval"], "intervals": intervals}


def readable(model: CausalModel, image: str) -> dict[str, int]:
    """Return the causes of an image, which a picture of it can show, and how many levels each has; 0 of a real one."""
    parents = model.image(image).shape.parents
    return {name: len(domain.levels) if isinstance(domain, Discrete) else 0 for name, domain in parents}


def hits(said: Mapping[str, Tensor], asked: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return for each label whether in each picture the level is read that was asked for, shape (n,)."""
    return {name: said[name] == level.to(said[name].device) for name, level in asked.items()}


@torch.no_grad()
def effectiveness(model: CausalModel, image: str, judges: Sequence[Judge], n: int, seed: int) -> Effectiveness:
    """Measure how often judges read uniformly drawn labels in the pictures drawn for them.

    Real causes are set to values that they have elsewhere, each by itself.
    """
    generator = torch.Generator(model.controller.device).manual_seed(seed)
    asked, reals = dict[str, Tensor](), dict[str, Tensor]()
    for name, k in readable(model, image).items():
        if k:
            asked[name] = torch.randint(k, (n,), generator=generator, device=generator.device)
        else:
            reals[name] = model.controller.sample(n, generator)[name]
    pictures = model.draw(image, model.controller.sample(n, generator, {**asked, **reals}), generator)
    by_judge: dict[str, dict[str, float]] = {}
    means: dict[str, Measured] = {}
    errors: dict[str, dict[str, Measured]] = {name: {} for name in reals}
    for judge in judges:
        said = judge.read(pictures)
        right = {name: hit.double() for name, hit in hits(said, asked).items()}
        by_judge[judge.kind] = {name: float(hit.mean()) for name, hit in right.items()}
        if right:
            means[judge.kind] = share_of(torch.stack(list(right.values())))
        for name, value in reals.items():
            errors[name][judge.kind] = mean_of((said[name] - value.to(said[name].device)).abs().double())
    far = {name: Errors(errors[name], guess(value)) for name, value in reals.items() if judges}
    return Effectiveness(by_judge, means, n, far)


def share_of(right: Tensor) -> Measured:
    """Return the mean share of what is right in a picture, shape (labels, n); labels of a picture hang together."""
    each = right.mean(0)
    return Measured.shares(float(each.mean()), float(each.var()) if len(each) > 1 else 0.0, len(each))


def mean_of(each: Tensor) -> Measured:
    """Return the mean of what was found of each picture, shape (n,), none of it negative."""
    return Measured.about(float(each.mean()), float(each.std()) / math.sqrt(len(each)), len(each), least=0)


def guess(values: Tensor) -> float:
    """Return the mean absolute error of who says the median of some values of each."""
    return float((values - values.median()).abs().double().mean())
