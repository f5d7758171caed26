"""Data and model side by side: shares and means, and how many rows each share rests on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from causaldsl.datasets.encode import encode
from causaldsl.errors import DataError, UsageError
from causaldsl.graph.domain import Discrete
from causaldsl.graph.ir import CausalGraph
from causaldsl.measure.interval import Measured, Z
from causaldsl.plugins.defaults import domain_of
from causaldsl.train.data import data_of
from causaldsl.train.run import Run

DRAWS = 200_000
"""Rows of the model beside those of the data."""
STRICT = 3.5
"""Standard errors by which two shares may differ by chance; a page compares many."""
RARE = 100
"""Rows of the data below which a share is a guess."""


@dataclass(frozen=True)
class Marginal:
    """A share or a mean in data and model.

    Parameters
    ----------
    what : str
        As a question calls it.
    data : Measured
        In the data.
    model : float
        In the model.
    rows : int or None
        How often the level, or its opposite if that is rarer, is in the data; None of a mean.
    within : bool
        Whether data and model agree as far as their numbers of rows can tell.
    """

    what: str
    data: Measured
    model: float
    rows: int | None
    within: bool


@dataclass(frozen=True)
class Beside:
    """What the data say beside the model.

    Parameters
    ----------
    marginals : sequence of Marginal
        Of every label: each level of a discrete one, level 1 of a binary one, the mean of a real one.
    spots : sequence of str
        A sentence for each node whose causes' combinations the data hardly hold, or why there are no data.
    """

    marginals: tuple[Marginal, ...] = ()
    spots: tuple[str, ...] = ()


def beside_data(run: Run) -> Beside:
    """Compare a run with what it learned from; where that is not to be had there is nothing but the reason."""
    try:
        seen = encode(data_of(run, labels_only=True).labels, run.graph)
    except (DataError, UsageError) as error:
        return Beside(spots=(f"The data are not to be had, nothing is compared: {error.diagnostics[0].message}.",))
    drawn = run.model.sample(run.model.controller.affordable(DRAWS), pictures=False)
    names = [name for name in run.graph.columns if name in seen]
    marginals = (one for name in names for one in _of_node(run.graph, name, seen[name], drawn[name]))
    return Beside(tuple(marginals), tuple(_thin(run.graph, seen)))


def _of_node(graph: CausalGraph, name: str, seen: Tensor, drawn: Tensor) -> Iterator[Marginal]:
    domain = domain_of(graph[name])
    if isinstance(domain, Discrete):
        for level, text in list(enumerate(domain.levels))[1 if len(domain.levels) == 2 else 0 :]:
            yield _share(f"P({name}={text})", seen == level, drawn == level)
    else:
        here, there = (Measured.about(*_mean(column), len(column)) for column in (seen, drawn))
        gap, spread = abs(here.value - there.value), math.hypot(here.high - here.value, there.high - there.value)
        yield Marginal(f"E[{name}]", here, there.value, None, gap <= STRICT / Z * spread)


def _mean(column: Tensor) -> tuple[float, float]:
    """Return the mean of a column and its standard error."""
    values = column.double()
    return float(values.mean()), float(values.std(correction=0)) / math.sqrt(len(values))


def _share(what: str, seen: Tensor, drawn: Tensor) -> Marginal:
    shares = [(float(column.double().mean()), len(column)) for column in (seen, drawn)]
    data, model = (Measured.share(*share) for share in shares)
    gap = Measured.share(*shares[0], z=STRICT) - Measured.share(*shares[1], z=STRICT)
    rows = min(int(seen.sum()), int((~seen).sum()))
    return Marginal(what, data, model.value, rows, gap.low <= 0 <= gap.high)


def _thin(graph: CausalGraph, seen: Mapping[str, Tensor]) -> Iterator[str]:
    """Say of which nodes the causes come together in ways that the data hardly hold."""
    for name in (name for name in graph.columns if name in seen and graph[name].parents):
        domains = [domain_of(graph[cause]) for cause in graph[name].parents]
        levels = [len(domain.levels) for domain in domains if isinstance(domain, Discrete)]
        if len(levels) < len(domains) or any(cause not in seen for cause in graph[name].parents):
            continue
        rows = torch.stack([seen[cause] for cause in graph[name].parents], 1).numpy()
        counts = np.unique(rows, axis=0, return_counts=True)[1]
        cells = math.prod(levels)
        rare, never = cells - int((counts >= RARE).sum()), cells - len(counts)
        if rare:
            causes = ", ".join(graph[name].parents)
            of = f"{rare:,} of {cells:,} combinations of its causes {causes} have fewer than {RARE} rows in the data"
            yield f"{name}: {of}" + (f", {never:,} of them none." if never else ".")
