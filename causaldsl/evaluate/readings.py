"""What judges read from a model's pictures: effectiveness, errors, and the rows of do and given.

Effectiveness: ask for labels drawn uniformly, combinations that no data ever held included, and see how often a judge
reads what was asked for; of a real cause, how far from it. Of the two judges the worse figure is quoted. Rows: for each
label X the pictures under do(X=1) and given X=1, or each level of a categorical one, and the share of each other label
in them beside the exact one of the labels' law.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from causaldsl.errors import RunError
from causaldsl.evaluate.judge import Judge, corrected
from causaldsl.graph.domain import Binary, Discrete, Value
from causaldsl.measure.interval import Measured, wilson
from causaldsl.scm.exact import Law, LawTooLargeError
from causaldsl.scm.model import CausalModel
from causaldsl.scm.open_names import levels_shown

RELIABLE = 0.99
"""A label that a judge reads less often rightly than this has its shares corrected by the judge's own error rates."""
DRAWS = 100_000
"""Units for a share that no table tells."""
FEW = 10
"""A label of more levels than this has neither rows nor shares."""


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


@dataclass(frozen=True)
class Row:
    """One row of the paper's picture, in numbers.

    Parameters
    ----------
    label : str
        The label X.
    level : int or str
        The level x that it has.
    kind : {"do", "given"}
        do(X=x), or given X=x.
    exact : mapping of str to float
        The share of each event (`told`) by the labels' law; see `shares`.
    raw, read : mapping of str to float
        The share that the judge reads, and the same with its errors taken out where it is not reliable (`mended`);
        empty, as are the next two, where there is no judge.
    intervals : mapping of str to [float, float]
        About `read`; the judge's error rates are taken as they are.
    effective : mapping of str to float
        How often the labels that the pictures were drawn for are read in them, by the lower of the judges.
    n : int
        Pictures read.
    """

    label: str
    level: Value
    kind: str
    exact: Mapping[str, float]
    raw: Mapping[str, float]
    read: Mapping[str, float]
    intervals: Mapping[str, Sequence[float]]
    effective: Mapping[str, float]
    n: int


@dataclass(frozen=True)
class Event:
    """That a label has a level.

    Parameters
    ----------
    label : str
        Which.
    index : int
        The level, by index.
    level : int or str
        The same as it is shown.
    """

    label: str
    index: int
    level: Value


def readable(model: CausalModel, image: str) -> dict[str, int]:
    """Return the causes of an image, which a picture of it can show, and how many levels each has; 0 of a real one."""
    parents = model.image(image).shape.parents
    return {name: len(domain.levels) if isinstance(domain, Discrete) else 0 for name, domain in parents}


def told(model: CausalModel, image: str) -> dict[str, Event]:
    """Return the events that rows are about and whose shares are told, by name.

    `X`: a binary cause of the image is 1; `Y=y`: another has this level, unless it has more than `FEW`.
    """
    found = {}
    for name, k in readable(model, image).items():
        if not 0 < k <= FEW:
            continue
        domain = model.graph[name].domain
        shown = levels_shown(domain)
        if isinstance(domain, Binary):
            found[name] = Event(name, 1, 1)
        else:
            found |= {f"{name}={level}": Event(name, i, level) for i, level in enumerate(shown)}
    return found


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
            means[judge.kind] = _mean(torch.stack(list(right.values())).mean(0))
        for name, value in reals.items():
            errors[name][judge.kind] = _mean((said[name] - value.to(said[name].device)).abs().double())
    far = {name: Errors(errors[name], _guess(value)) for name, value in reals.items() if judges}
    return Effectiveness(by_judge, means, n, far)


def _mean(each: Tensor) -> Measured:
    """Return the mean of what was found of each picture, shape (n,), none of it negative."""
    return Measured.about(float(each.mean()), float(each.std()) / math.sqrt(len(each)), len(each), least=0)


def _guess(values: Tensor) -> float:
    return float((values - values.median()).abs().double().mean())


@torch.no_grad()
def rows(model: CausalModel, image: str, judges: Sequence[Judge], n: int, seed: int) -> list[Row]:
    """Read both rows of every event (`told`); one that never is has no `given` row.

    Shares are read by the last of the judges, which its own rates correct; `effective` is the lower of them all.
    Without a judge a row holds the law alone.
    """
    found, events = [], told(model, image)
    for event in events.values():
        about = {event.label: event.level}
        for kind in ("do", "given"):
            try:
                exact = shares(model, event, kind, events)
                if not judges:
                    found.append(Row(event.label, event.level, kind, exact, {}, {}, {}, {}, 0))
                    continue
                drawn = model.sample(n, about, seed=seed) if kind == "do" else model.sample(n, given=about, seed=seed)
            except RunError:  # the evidence has probability zero
                continue
            said = [judge.read(drawn[image]) for judge in judges]
            raw, read, intervals = {}, {}, {}
            for name, one in events.items():
                share = float((said[-1][one.label] == one.index).double().mean())
                raw[name] = share
                read[name], *intervals[name] = mended([share, *wilson(share, n)], one, judges[-1])
            right = [hits(levels, {label: drawn[label] for label in judges[-1].labels}) for levels in said]
            effective = {name: min(float(hit[name].double().mean()) for hit in right) for name in judges[-1].labels}
            found.append(Row(event.label, event.level, kind, exact, raw, read, intervals, effective, n))
    return found


def mended(raw: Sequence[float], event: Event, judge: Judge) -> list[float]:
    """Take a judge's errors out of shares that it read, of a label of two levels that it reads less than reliably."""
    at = judge.labels.index(event.label)
    if judge.levels[event.label] > 2 or float(judge.accuracy[at]) >= RELIABLE:
        return list(raw)
    rates = judge.confusion[at, :2, :2].double()
    found: list[float] = corrected(torch.tensor(raw), rates if event.index else rates.flip(0, 1)).tolist()
    return found


def shares(model: CausalModel, event: Event, kind: str, events: Mapping[str, Event]) -> dict[str, float]:
    """Return the shares of events under do() or given another: exact for each that has a table, else of draws.

    Raises
    ------
    RunError
        If what is seen has probability zero.
    """
    done = kind == "do"
    index = {event.label: event.index}
    law, found = model.joint(index if done else {}), dict[str, float]()
    seen = {} if done else index
    if seen.keys() <= set(law.names):
        with suppress(LawTooLargeError):
            found = _tabled(law.given(seen), events)
    if untold := {name: one for name, one in events.items() if name not in found}:
        level = {event.label: event.level}
        world, given = (level, {}) if done else ({}, level)
        drawn = model.sample(model.controller.affordable(DRAWS), world, given, pictures=False)
        found |= {name: float((drawn[one.label] == one.index).double().mean()) for name, one in untold.items()}
    return {name: found[name] for name in events}


def _tabled(law: Law, events: Mapping[str, Event]) -> dict[str, float]:
    """Return the exact share of each event that a table can hold."""
    found = {}
    for name, event in events.items():
        if event.label in law.names:
            with suppress(LawTooLargeError):
                found[name] = float(law.marginal(event.label)[event.index])
    return found
