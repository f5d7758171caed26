"""Counterfactual units: abduction, action, prediction (Pearl 2009, theorem 7.1.7).

What was seen tells of the noise of the unit; the same noise in the world in which something else was done says what
would have been.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Generator, Tensor

from causaldsl.errors import UsageError
from causaldsl.graph.domain import Value
from causaldsl.scm.abduction import abduct
from causaldsl.scm.controller import Values
from causaldsl.scm.sampling import assignment
from causaldsl.scm.world import World, world_of

if TYPE_CHECKING:
    from causaldsl.scm.model import CausalModel

POOL = 10_000
"""The fewest weighted draws from which units are picked."""


def posterior(
    model: CausalModel, n: int, world: World, seen: Mapping[str, int | float], generator: Generator
) -> tuple[Values, Values, str | None]:
    """Draw `n` units of a world that agree with what was seen there.

    Returns
    -------
    noise, values : mapping of str to Tensor, shape (n, ...)
        Of each node.
    note : str or None
        What the draws are worth, where they are picked by weight.
    """
    units = abduct(model.controller, n, generator, world, seen)
    note = None
    if not units.exact:
        if n < POOL:
            units = abduct(model.controller, POOL, generator, world, seen)
        note = f"picked by weight from {len(units.log_weight):,} draws that are worth {units.ess:,.0f} exact ones"
    rows = units.resampled(n, generator)
    return {k: v[rows] for k, v in units.noise.items()}, {k: v[rows] for k, v in units.values.items()}, note


@torch.no_grad()
def counterfactual(
    model: CausalModel,
    evidence: Mapping[str, Any],
    do: Mapping[str, Value],
    n: int,
    generator: Generator,
) -> tuple[dict[str, Tensor], list[str]]:
    """Draw what units would have been, given what they were seen to be.

    Parameters
    ----------
    model : CausalModel
        The model.
    evidence : mapping of str to value, or of str to a sequence of values
        One unit, or a row a unit; levels by name or number.
    do : mapping of str to value
        What would have been done; see `CausalModel.sample`.
    n : int
        Draws a unit.
    generator : Generator
        Of the draws.

    Returns
    -------
    columns : dict of str to Tensor, shape (units * n,)
        The draws of one unit after those of another.
    notes : list of str
        What the draws are worth, where they are picked by weight.
    """
    world = world_of(model.controller.graph, do)
    factual = World(model.controller.graph)
    drawn, notes = [], dict[str, None]()
    for row in _rows(evidence):
        seen = assignment(model.graph, row, "evidence")
        noise, _, note = posterior(model, n, factual, seen, generator)
        if note is not None:
            notes[note] = None
        soft = {name: law.noise(n, generator) for name, law in world.laws.items()}
        drawn.append(model.controller.propagate(noise, world=world, soft_noise=soft))
    return {name: torch.cat([d[name] for d in drawn]) for name in model.graph.columns}, list(notes)


def _rows(evidence: Mapping[str, Any]) -> Sequence[Mapping[str, Value]]:
    """Return the evidence unit by unit."""
    listed = {k: _listed(v) for k, v in evidence.items() if not isinstance(v, int | float | str)}
    if not listed:
        return [evidence]
    lengths = {name: len(values) for name, values in listed.items()}
    if set(listed) != set(evidence) or len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name}: {lengths.get(name, 'one value')}" for name in evidence)
        raise UsageError(f"the evidence has columns of different lengths ({shown})", "give a value a unit in each")
    if not min(lengths.values()):
        raise UsageError("the evidence has no row")
    return [dict(zip(listed, row, strict=True)) for row in zip(*listed.values(), strict=True)]


def _listed(values: Any) -> list[Value]:
    """Return a column as plain values."""
    found = values.tolist() if hasattr(values, "tolist") else list(values)
    return found if isinstance(found, list) else [found]
