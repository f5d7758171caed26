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

from causaldsl.errors import RunError
from causaldsl.graph.domain import Value
from causaldsl.scm.abduction import Evidence, abduct, alike, batches, none_agrees
from causaldsl.scm.controller import Values
from causaldsl.scm.evidence import Seen, units_of
from causaldsl.scm.imagined_pictures import completed, redrawn, taken_apart
from causaldsl.scm.infeasible import spelled
from causaldsl.scm.weights import LEAST, Scales
from causaldsl.scm.world import World, world_of

if TYPE_CHECKING:
    from causaldsl.scm.model import CausalModel

POOL = 10_000
"""The fewest weighted draws from which units are picked."""
WORTH = 1000
"""How many exact draws they are to be worth together, if not more are asked for."""
SHOWN = 3
"""So many units' notes are shown."""


def posterior(
    model: CausalModel, n: int, world: World, seen: Evidence, generator: Generator
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
        whole = f"the evidence {', '.join(spelled(model.graph, seen))}"
        raise none_agrees(scales.n, whole, model.graph, seen, first.failed)
    note = f"picked by weight from {scales.n:,} draws that are worth {scales.worth:,.0f} exact ones"
    return noise, values, note + ", too few to tell what such units are like" * (scales.worth < LEAST)


@torch.no_grad()
def counterfactual(
    model: CausalModel,
    evidence: Any,
    do: Mapping[str, Value],
    n: int,
    generator: Generator,
) -> tuple[dict[str, Tensor], list[str]]:
    """Draw what units would have been, given what they were seen to be.

    Parameters
    ----------
    model : CausalModel
        The model.
    evidence : mapping of str to value, of str to a sequence of values, or data frame
        One unit, or a row a unit; levels by name or number, pictures of shape (channels, height, width) or, several,
        (units, channels, height, width).
    do : mapping of str to value
        What would have been done; see `CausalModel.sample`.
    n : int
        Draws a unit.
    generator : Generator
        Of the draws.

    Returns
    -------
    columns : dict of str to Tensor, shape (units * n, ...)
        The draws of one unit after those of another: the labels, and the pictures that were seen, as they would be.
    notes : list of str
        What the draws are worth, where they are picked by weight.
    """
    world = world_of(model.controller.graph, do)
    seen = taken_apart(model.graph, evidence)
    units, read = completed(model, units_of(model.graph, seen.labels), seen.pictures)
    within = {name: seen.pictures[name].flatten(1) for name in model.controller.pictures if name in seen.pictures}
    noise, notes = _noise_of(model, units, within, n, generator)
    soft = {name: law.noise(n * len(units), generator) for name, law in world.laws.items()}
    found = model.controller.propagate(noise, world=world, soft_noise=soft)
    columns = {name: found[name] for name in model.graph.columns}
    for name, pictures in seen.pictures.items():
        if name in within:
            columns[name] = model.draw(name, found, generator)
        else:
            columns[name], strange = redrawn(model, name, pictures, units, found, n)
            read = [*read, *strange]
    return columns, [*read, *notes]


def _noise_of(
    model: CausalModel, units: Sequence[Seen], pictures: Values, n: int, generator: Generator
) -> tuple[Values, list[str]]:
    """Draw the noise of units that were seen, `n` times each; units of which the same was seen are drawn together.

    `pictures` are those among the nodes of the controller, shape (units, pixels).
    """
    if (found := _noise_of_settled(model, units, pictures, n, generator)) is not None:
        return found, []
    same: dict[object, list[int]] = {}
    for number, seen in enumerate(units):
        same.setdefault(number if pictures else tuple(seen.items()), []).append(number)
    drawn, places, notes = [], [], []
    for numbers in same.values():
        noise, note = _noise_of_one(model, units, pictures, numbers[0], n * len(numbers), generator)
        drawn.append(noise)
        places.append((torch.tensor(numbers).unsqueeze(1) * n + torch.arange(n)).flatten())
        notes += [] if note is None else [note]
    if len(notes) > SHOWN:
        notes = [*notes[:SHOWN], f"and {len(notes) - SHOWN} more of the kind"]
    order = torch.cat(places).argsort().to(generator.device)
    return {name: torch.cat([part[name] for part in drawn])[order] for name in drawn[0]}, notes


def _noise_of_one(
    model: CausalModel, units: Sequence[Seen], pictures: Values, number: int, n: int, generator: Generator
) -> tuple[Values, str | None]:
    """Draw the noise of one of the units, and say what the draws are worth; its errors say which row it is."""
    seen = {**units[number], **{name: column[number : number + 1] for name, column in pictures.items()}}
    try:
        noise, _, note = posterior(model, n, World(model.controller.graph), seen, generator)
    except RunError as error:
        if len(units) == 1:
            raise
        first = error.diagnostics[0]
        raise RunError(f"evidence of row {number + 1}: {first.message}", first.hint) from None
    return noise, note


def _noise_of_settled(
    model: CausalModel, units: Sequence[Seen], pictures: Values, n: int, generator: Generator
) -> Values | None:
    """Draw the noise of all units at once, exactly; None where the causes of some node that was seen were not.

    Each node's noise is then drawn given its value and its causes', whatever is true of the others.
    """
    controller = model.controller
    columns = {
        name: torch.tensor([seen[name] for seen in units], dtype=torch.float64, device=controller.device)
        for name in units[0]
    } | {name: shown.to(controller.device) for name, shown in pictures.items()}
    if not all(cause in columns for name in columns for cause in controller.graph[name].parents):
        return None
    draws = max(n, 2)  # of one draw no one knows what another would weigh
    repeated = {name: column.repeat_interleave(draws, 0) for name, column in columns.items()}
    found = abduct(controller, draws * len(units), generator, World(controller.graph), repeated)
    weights = found.log_weight.reshape(-1, draws)
    if bool((lost := ~weights.isfinite().any(-1)).any()):
        _noise_of_one(model, units, pictures, int(lost.nonzero()[0]), n, generator)  # says why
    if not bool(alike(weights).all()):
        return None
    return {name: noise.unflatten(0, (-1, draws))[:, :n].flatten(0, 1) for name, noise in found.noise.items()}
