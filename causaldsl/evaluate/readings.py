"""What judges read from a model's pictures: effectiveness, and the rows of do and given.

Effectiveness: ask for labels drawn uniformly, combinations that no data ever held included, and see how often a judge
reads what was asked for; of the two judges the lower figure is quoted. Rows: for each label X the pictures under
do(X=1) and given X=1, and the share of each other label in them beside the exact one of the labels' law.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from causaldsl.errors import RunError
from causaldsl.evaluate.judge import Judge, corrected
from causaldsl.graph.domain import Binary
from causaldsl.measure.interval import Measured, wilson
from causaldsl.scm.exact import Law, LawTooLargeError
from causaldsl.scm.model import CausalModel

RELIABLE = 0.99
"""A label that a judge reads less often rightly than this has its shares corrected by the judge's own error rates."""
DRAWS = 100_000
"""Units for a share that no table tells."""


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

    Notes
    -----
    Without a judge there are no labels, and no mean.
    """

    by_judge: Mapping[str, Mapping[str, float]]
    means: Mapping[str, Measured]
    n: int

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


@dataclass(frozen=True)
class Row:
    """One row of the paper's picture, in numbers.

    Parameters
    ----------
    label : str
        The label X.
    level : int
        The level x that it has, by index.
    kind : {"do", "given"}
        do(X=x), or given X=x.
    exact : mapping of str to float
        P(Y=1) of each label by the labels' law; see `shares`.
    raw, read : mapping of str to float
        The share that the judge reads, and the same with its errors taken out where it is not reliable; empty, as are
        the next two, where there is no judge.
    intervals : mapping of str to [float, float]
        About `read`; the judge's error rates are taken as they are.
    effective : mapping of str to float
        How often the labels that the pictures were drawn for are read in them, by the lower of the judges.
    n : int
        Pictures read.
    """

    label: str
    level: int
    kind: str
    exact: Mapping[str, float]
    raw: Mapping[str, float]
    read: Mapping[str, float]
    intervals: Mapping[str, Sequence[float]]
    effective: Mapping[str, float]
    n: int


def binary_causes(model: CausalModel, image: str) -> tuple[str, ...]:
    """Return the binary causes of an image: what a picture of it can show."""
    return tuple(name for name, domain in model.image(image).shape.parents if isinstance(domain, Binary))


def hits(said: Mapping[str, Tensor], asked: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return for each label whether in each picture the level is read that was asked for, shape (n,)."""
    return {name: said[name] == level.to(said[name].device) for name, level in asked.items()}


@torch.no_grad()
def effectiveness(model: CausalModel, image: str, judges: Sequence[Judge], n: int, seed: int) -> Effectiveness:
    """Measure how often judges read uniformly drawn labels in the pictures drawn for them."""
    generator = torch.Generator(model.controller.device).manual_seed(seed)
    asked = {
        name: torch.randint(2, (n,), generator=generator, device=generator.device)
        for name in binary_causes(model, image)
    }
    values = model.controller.sample(n, generator, asked)
    pictures = model.draw(image, values, generator)
    by_judge: dict[str, dict[str, float]] = {}
    means: dict[str, Measured] = {}
    for judge in judges:
        right = {name: hit.double() for name, hit in hits(judge.levels(pictures), asked).items()}
        by_judge[judge.kind] = {name: float(hit.mean()) for name, hit in right.items()}
        each = torch.stack(list(right.values())).mean(0)
        means[judge.kind] = Measured.about(float(each.mean()), float(each.std()) / math.sqrt(n), n, least=0)
    return Effectiveness(by_judge, means, n)


@torch.no_grad()
def rows(model: CausalModel, image: str, judges: Sequence[Judge], n: int, seed: int) -> list[Row]:
    """Read both rows of every binary cause of an image; a label that never is 1 has no `given` row.

    Shares are read by the last of the judges, which its own rates correct; `effective` is the lower of them all.
    Without a judge a row holds the law alone.
    """
    found, labels = [], binary_causes(model, image)
    for name in labels:
        for kind in ("do", "given"):
            try:
                exact = shares(model, name, kind, labels)
                if not judges:
                    found.append(Row(name, 1, kind, exact, {}, {}, {}, {}, 0))
                    continue
                reader = judges[-1]
                drawn = (
                    model.sample(n, {name: 1}, seed=seed)
                    if kind == "do"
                    else model.sample(n, given={name: 1}, seed=seed)
                )
            except RunError:  # the evidence has probability zero
                continue
            said = [judge.levels(drawn[image]) for judge in judges]
            raw = torch.stack([said[-1][label].double().mean() for label in reader.names])
            ends = torch.tensor([wilson(float(share), n) for share in raw], dtype=torch.float64).T
            read, low, high = (mended(part, reader) for part in (raw, *ends))
            right = [hits(levels, {label: drawn[label] for label in reader.names}) for levels in said]
            intervals = dict(zip(reader.names, torch.stack([low, high], 1).tolist(), strict=True))
            effective = {label: min(float(hit[label].double().mean()) for hit in right) for label in reader.names}
            row = Row(name, 1, kind, exact, _named(reader, raw), _named(reader, read), intervals, effective, n)
            found.append(row)
    return found


def mended(raw: Tensor, judge: Judge) -> Tensor:
    """Take a judge's errors out of the shares it read, shape (d,), for the labels that it reads less than reliably."""
    confusion = judge.confusion.double()
    reliable = judge.accuracy.double() >= RELIABLE
    return torch.where(reliable, raw, corrected(raw, confusion))


def shares(model: CausalModel, name: str, kind: str, labels: Sequence[str]) -> dict[str, float]:
    """Return P(Y=1) of labels under do(name=1) or given name=1: exact for each that has a table, else of draws.

    Raises
    ------
    RunError
        If name=1 has probability zero.
    """
    world, seen = ({name: 1}, {}) if kind == "do" else ({}, {name: 1})
    law, found = model.joint(world), dict[str, float]()
    if seen.keys() <= set(law.names):
        with suppress(LawTooLargeError):
            found = _tabled(law.given(seen), labels)
    if untold := [label for label in labels if label not in found]:
        drawn = model.sample(model.controller.affordable(DRAWS), world, seen, pictures=False)
        found |= {label: float(drawn[label].double().mean()) for label in untold}
    return {label: found[label] for label in labels}


def _tabled(law: Law, labels: Sequence[str]) -> dict[str, float]:
    """Return the exact share of each label that a table can hold."""
    found = {}
    for label in filter(law.names.__contains__, labels):
        with suppress(LawTooLargeError):
            found[label] = float(law.marginal(label)[1])
    return found


def _named(judge: Judge, values: Tensor) -> dict[str, float]:
    return dict(zip(judge.names, values.tolist(), strict=True))
