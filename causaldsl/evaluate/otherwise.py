"""Units of a run, each as it would have been had one label been otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from causaldsl.graph.domain import Discrete, Domain, Value
from causaldsl.plugins.defaults import domain_of
from causaldsl.scm.open_names import levels_shown
from causaldsl.scm.sampling import Sample
from causaldsl.train.run import Run

LOW, HIGH = 0.1, 0.9
"""Quantiles that real labels are set to: below the median the high one, above it the low one."""


def otherwise(run: Run, units: Sample, name: str, n: int) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """Draw what each unit would have been had a label been otherwise.

    A label with levels has its next one, after the last the first; a real one that of the units' two quantiles, .1 and
    .9, which is further off.

    Parameters
    ----------
    run : Run
        Whose model imagines.
    units : Sample
        What was seen; pictures too, where their model has an encoder.
    name : str
        The label.
    n : int
        Draws a unit.

    Returns
    -------
    dict of str to Tensor, shape (units * n, ...)
        `n` rows a unit.
    tuple of str
        What is assumed.
    """
    frame = units.to_pandas().drop(columns=list(run.graph.latents), errors="ignore")
    pictures = {image: units[image] for image in run.graph.images if image in units}
    columns: dict[str, Tensor] = {}
    notes: dict[str, None] = {}
    for value, rows in _asked(domain_of(run.graph[name]), units[name]):
        seen: dict[str, Any] = {str(column): frame[column].iloc[rows.numpy()].tolist() for column in frame}
        seen |= {image: shown[rows] for image, shown in pictures.items()}
        found = run.counterfactual(seen, {name: value}, n, seed=run.config.seed)
        places = (rows[:, None] * n + torch.arange(n)).flatten()
        for column, values in found.items():
            whole = columns.setdefault(column, values.new_zeros(units.n * n, *values.shape[1:]))
            whole[places] = values
        notes |= dict.fromkeys(found.notes)
    return columns, tuple(notes)


def _asked(domain: Domain | None, seen: Tensor) -> Iterator[tuple[Value, Tensor]]:
    """Yield a value to set, and the rows of the units that it is set for."""
    if isinstance(domain, Discrete):
        levels = levels_shown(domain)
        for level in seen.unique().tolist():
            yield levels[(level + 1) % len(levels)], (seen == level).nonzero().squeeze(-1)
        return
    middle, *ends = (float(torch.quantile(seen, q)) for q in (0.5, HIGH, LOW))
    for value, here in zip(ends, (seen < middle, seen >= middle), strict=True):
        if bool(here.any()):
            yield value, here.nonzero().squeeze(-1)
