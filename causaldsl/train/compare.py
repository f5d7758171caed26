"""Compare candidate graphs on the same data: which predicts rows that it has not seen, and what each gets wrong."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from causaldsl.datasets.encode import encode
from causaldsl.errors import CausalError, DataError, UsageError
from causaldsl.graph.domain import Domain
from causaldsl.graph.ir import CausalGraph
from causaldsl.measure.independence import independence
from causaldsl.mechanisms.likelihood import log_likelihood
from causaldsl.scm.build import compile_graph
from causaldsl.scm.model import CausalModel
from causaldsl.train.config import Config
from causaldsl.train.data import open_data, require_labels_suffice
from causaldsl.train.fit import fit
from causaldsl.train.labels import LabelMeasure, LabelMeter

HELD_OUT = 0.2
"""The share of the rows that no graph is fitted to."""
TESTED = 200
"""How many of a graph's independencies are tested at most."""
ALARM = 0.01
"""The chance that a right graph is blamed for any of its independencies at all."""


@dataclass(frozen=True)
class Violation:
    """An independency that a graph implies and the data contradict.

    Parameters
    ----------
    text : str
        As the language has it: `A _||_ B | C`.
    p_value : float
        How often data of the graph would look so.
    strength : float
        0 to 1: Cramer's V, or a partial correlation.
    """

    text: str
    p_value: float
    strength: float


@dataclass(frozen=True)
class Candidate:
    """How one graph did.

    Parameters
    ----------
    name : str
        Its file.
    log_likelihood : float
        Mean log likelihood of a row that was held out, in nats.
    behind, behind_stderr : float
        How much the best graph's is larger, and the standard error of that over the rows that are possible under all
        graphs; infinite for a graph under which more rows are impossible than under the best.
    impossible : int
        How many of those rows have probability zero under the graph; the fewer the better it ranks, whatever else.
    labels : LabelMeasure or None
        TVD to the rows that were held out, with the floor of sampling and the graph's own gap.
    violations : tuple of Violation
        The independencies that the data contradict, the strongest first.
    tested : int
        How many were tested.
    """

    name: str
    log_likelihood: float
    behind: float
    behind_stderr: float
    impossible: int
    labels: LabelMeasure | None
    violations: tuple[Violation, ...]
    tested: int


def compare(
    graphs: Mapping[str, CausalGraph],
    data: Any,
    root: Path | None = None,
    seed: int = 0,
    config: Config | None = None,
    drop_missing: bool = False,
    say: Callable[[str], None] | None = None,
) -> list[Candidate]:
    """Fit every graph to the same rows and rank them by the likelihood of the others.

    Parameters
    ----------
    graphs : mapping of str to CausalGraph
        By name; all over the same label columns with the same domains.
    data : str, Path, data frame or mapping
        See `causaldsl.train.data.open_data`.
    root : Path, optional
        Folder of a data set.
    seed : int
        Of the split, the weights and the training.
    config : Config, optional
        Of the training.
    drop_missing : bool
        Leave out rows in which a label is missing; else a missing value is an error.
    say : callable, optional
        Told what is to be known of the data.

    Returns
    -------
    list of Candidate
        The best first.

    Raises
    ------
    UsageError
        If the graphs are about different columns, or rows have no likelihood under one.
    DataError
        If there are too few rows.
    """
    named, first = next(iter(graphs.items()))
    for name, graph in graphs.items():
        if _domains(graph) != _domains(first):
            raise UsageError(f"{name} has other label nodes or domains than {named}", "compare like with like")
        require_labels_suffice(graph)
    found = open_data(data, root, first, labels_only=True, drop_missing=drop_missing)
    if say is not None:
        for note in found.notes:
            say(note)
    rows = encode(found.labels, first)
    n = len(next(iter(rows.values())))
    order = _order(rows, torch.Generator().manual_seed(seed))
    kept = n - int(n * HELD_OUT)
    if n - kept < 10:
        raise DataError(f"{n} rows are too few to hold any out", "give at least 50")
    train = {name: column[order[:kept]] for name, column in rows.items()}
    held = {name: column[order[kept:]] for name, column in rows.items()}
    models = {name: compile_graph(graph, seed=seed) for name, graph in graphs.items()}
    for name, model in models.items():
        _has_likelihood(name, model, train)
    fitted = {name: _fitted(model, found.labels, order[:kept].numpy(), seed, config) for name, model in models.items()}
    likelihoods = {name: log_likelihood(model.controller, held) for name, model in fitted.items()}
    impossible = {name: int((each == -math.inf).sum()) for name, each in likelihoods.items()}
    everywhere = (
        torch.stack(list(likelihoods.values())).isfinite().all(0)
    )  # the rows that all of them can tell apart by
    order_of = {name: (impossible[name], -float(each[everywhere].sum())) for name, each in likelihoods.items()}
    names = sorted(fitted, key=order_of.__getitem__)
    best = likelihoods[names[0]]
    ranked = []
    for name in names:
        model = fitted[name]
        behind = (best - likelihoods[name])[everywhere]
        lost = impossible[name] > impossible[names[0]] or not bool(everywhere.any())
        violations, tested = _violated(graphs[name], train)
        ranked.append(
            Candidate(
                name,
                float(likelihoods[name].mean()),
                math.inf if lost else float(behind.mean()),
                math.inf if lost else float(behind.std()) / math.sqrt(len(behind)),
                impossible[name],
                LabelMeter(model, held).measure(),
                violations,
                tested,
            )
        )
    return ranked


def _order(rows: Mapping[str, Tensor], generator: torch.Generator) -> Tensor:
    """Return the rows in random order, but one of each level first: those are fitted to, and cannot do without."""
    order = torch.randperm(len(next(iter(rows.values()))), generator=generator)
    first = torch.zeros(len(order), dtype=torch.bool)
    for column in rows.values():
        if not column.is_floating_point():
            for level in column.unique():
                first[(column[order] == level).nonzero()[0]] = True
    return torch.cat([order[first], order[~first]])


def _domains(graph: CausalGraph) -> dict[str, Domain | None]:
    return {name: graph[name].domain for name in graph.columns}


def _has_likelihood(name: str, model: CausalModel, rows: Mapping[str, Tensor]) -> None:
    """Refuse a graph under which rows have no likelihood, before any is fitted."""
    try:
        log_likelihood(model.controller, {column: values[:1] for column, values in rows.items()})
    except CausalError as error:
        first = error.diagnostics[0]
        hint = first.hint or "graphs are ranked by it; give the node a kind that has one, such as `neural`"
        raise UsageError(f"{name}: {first.message}", hint) from None


def _fitted(
    model: CausalModel, labels: Mapping[str, Any], kept: np.ndarray[Any, Any], seed: int, config: Config | None
) -> CausalModel:
    """Fit a graph to some rows; the run is not kept."""
    rows = {name: np.asarray(labels[name])[kept] for name in model.graph.columns}
    with tempfile.TemporaryDirectory() as folder:
        run = fit(
            model, rows, Path(folder) / "run", seed=seed, config=config, labels_only=True, allow_unidentified=True
        )
        return run.model


def _violated(graph: CausalGraph, rows: Mapping[str, Tensor]) -> tuple[tuple[Violation, ...], int]:
    """Test the independencies that a graph implies of its label columns; all together cry wolf once in 100 times."""
    columns = {name: column.numpy() for name, column in rows.items()}
    about_labels = (i for i in graph.independencies() if {i.a, i.b, *i.given} <= columns.keys())
    implied = list(islice(about_labels, TESTED))
    found = []
    for each in implied:
        test = independence(columns[each.a], columns[each.b], [columns[name] for name in sorted(each.given)])
        if test.p_value < ALARM / len(implied):
            found.append(Violation(str(each), test.p_value, test.strength))
    return tuple(sorted(found, key=lambda violation: -violation.strength)), len(implied)
