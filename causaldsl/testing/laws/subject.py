"""What is put to a law, and what the laws ask of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from causaldsl.graph.domain import Categorical, Discrete, Domain, Real, Value, quoted
from causaldsl.graph.ir import CausalGraph
from causaldsl.scm.model import CausalModel
from causaldsl.train.run import Run

Subject = Run | CausalModel
"""A trained run, or a compiled model."""

_LEVELS = 4
"""How many levels of a node are tried at most."""


def model_of(subject: Subject) -> CausalModel:
    """Return the model itself."""
    return subject.model if isinstance(subject, Run) else subject


def draws_pictures(subject: Subject) -> bool:
    """Tell whether pictures can be drawn, trained or not."""
    return not (isinstance(subject, Run) and subject.labels_only)


def values_of(graph: CausalGraph, columns: Mapping[str, Tensor], name: str) -> list[Value]:
    """Return values of a label to try: its levels, or two numbers among those that it has."""
    domain = graph[name].domain
    if isinstance(domain, Real):
        return [columns[name].double().quantile(q, interpolation="nearest").item() for q in (0.25, 0.75)]
    assert isinstance(domain, Discrete)
    return [value_of(domain, i) for i in range(min(len(domain.levels), _LEVELS))]


def value_of(domain: Domain | None, entry: float) -> Value:
    """Return an entry of a column as users write it: a level by name or number, a real number."""
    if isinstance(domain, Discrete):
        level = domain.levels[int(entry)]
        return level if isinstance(domain, Categorical) and not domain.is_range else int(level)
    return float(entry)


def code_of(domain: Domain | None, value: Value) -> float:
    """Return a value as columns have it."""
    return domain.index(value) if isinstance(domain, Discrete) else float(value)


def spelled(name: str, value: Value) -> str:
    """Spell `X=x` as a question does."""
    return f"{quoted(name)}={quoted(value) if isinstance(value, str) else format(value, '.9g')}"


def rows_of(graph: CausalGraph, columns: Mapping[str, Tensor], row: int) -> dict[str, Value]:
    """Return one unit: the values of its labels."""
    return {name: value_of(graph[name].domain, columns[name][row].item()) for name in graph.columns}


def shown(unit: Mapping[str, Value]) -> str:
    """Spell a unit."""
    return ", ".join(spelled(name, value) for name, value in unit.items())


def same(a: Tensor, b: Tensor, scale: float = 1.0) -> Tensor:
    """Tell which entries of two columns are the same, real numbers up to rounding, shape (n,)."""
    if not a.is_floating_point():
        return a == b
    return torch.isclose(a.double(), b.double(), rtol=1e-4, atol=1e-4 * scale)


def effects(graph: CausalGraph, name: str) -> list[str]:
    """Return the labels that a label causes, in order of declaration."""
    below = graph.descendants([name])
    return [other for other in graph.columns if other in below and other != name]


def others(graph: CausalGraph, names: Sequence[str]) -> list[str]:
    """Return the labels that are none of some."""
    return [name for name in graph.columns if name not in names]
