"""Counterfactual units: abduction, action, prediction (Pearl 2009, theorem 7.1.7).

What was seen tells of the noise of the unit; the same noise in the world in which something else was done says what
would have been.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import torch
from torch import Generator, Tensor

from causaldsl.errors import UsageError
from causaldsl.graph.domain import Value
from causaldsl.scm.abduction import abduct, batches, none_agrees, shown
from causaldsl.scm.controller import Values
from causaldsl.scm.sampling import assignment
from causaldsl.scm.weights import LEAST, Scales
from causaldsl.scm.world import World, world_of

if TYPE_CHECKING:
    from causaldsl.scm.model import CausalModel

POOL = 10_000
"""The fewest weighted draws from which units are picked."""
WORTH = 1000
"""How many exact draws they are to be worth together, if not more are asked for."""


def posterior(
    model: CausalModel, n: int, world: World, seen: Mapping[str, int | float], generator: Generator
) -> tuple[Values, Values, str | None]:
    """Draw `n` units of a world that agree with what was seen there.

    Weighted draws come in batches, until they are worth as many exact ones as are asked for, or enough were drawn. Each
    place among the `n` takes a unit of the batch at hand with the share that the batch has in all weights so far.

    Returns
    -------
    noise, values : mapping of str to Tensor, shape (n, ...)
        Of each node.
    note : str or None
        What the draws are worth, where they are picked by weight.

    Raises
    ------
    RunError
        If no draw agrees with what was seen.
    """
    controller = model.controller
    first = abduct(controller, n, generator, world, seen)
    if first.exact:
        return first.noise, first.values, None
    noise, values = dict(first.noise), dict(first.values)
    scales = Scales()
    for units in chain([first], batches(controller, max(n, POOL), generator, world, seen)):
        if not scales.add(units.log_weight):
            continue
        ticks = torch.rand(n, generator=generator, device=generator.device, dtype=torch.float64)
        places = (ticks < scales.share).nonzero().squeeze(-1)
        rows = units.resampled(len(places), generator)
        noise = {name: old.index_copy(0, places, units.noise[name][rows]) for name, old in noise.items()}
        values = {name: old.index_copy(0, places, units.values[name][rows]) for name, old in values.items()}
        if scales.worth >= max(n, WORTH):
            break
    if not scales.worth:
        raise none_agrees(scales.n, f"the evidence {shown(controller, seen)}")
    note = f"picked by weight from {scales.n:,} draws that are worth {scales.worth:,.0f} exact ones"
    return noise, values, note + ", too few to tell what such units are like" * (scales.worth < LEAST)


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
