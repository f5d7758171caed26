"""Rows of do and given, in numbers: what judges read in the pictures of a world, beside the labels' law.

For each label X the pictures under do(X=1) and given X=1, or each level of a categorical one, and the share of each
other label in them beside the exact one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import torch

from causaldsl.errors import RunError
from causaldsl.evaluate.judge import Judge, corrected
from causaldsl.evaluate.readings import hits, readable, share_of
from causaldsl.graph.domain import Binary, Value
from causaldsl.measure.interval import wilson
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
    whole : mapping or None
        The mean over those labels, of that judge for whom it is lower: `value`, `interval`, `n`.
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
    whole: Mapping[str, Any] | None
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
                    found.append(Row(event.label, event.level, kind, exact, {}, {}, {}, {}, None, 0))
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
            means = [share_of(torch.stack([hit[name].double() for name in effective])) for hit in right]
            whole = min(means, key=lambda mean: mean.value).as_json()
            found.append(Row(event.label, event.level, kind, exact, raw, read, intervals, effective, whole, n))
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
