"""One probability or expectation worked out: from tables where they hold it, else from draws; once for each open do."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from causaldsl.errors import RunError
from causaldsl.graph.domain import Discrete, Value, quoted
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.question import Event, Expectation, Intervention, Probability, Quantity
from causaldsl.plugins.defaults import domain_of
from causaldsl.scm.asked import Asked, Estimate, encoded
from causaldsl.scm.drawn import drawn
from causaldsl.scm.elimination import TooLargeError
from causaldsl.scm.infeasible import infeasible, smallest
from causaldsl.scm.network import NotTabledError
from causaldsl.scm.open_names import OpenNames, levels_shown
from causaldsl.scm.tabled import tabled
from causaldsl.scm.world import World, law_of

if TYPE_CHECKING:
    from causaldsl.scm.model import CausalModel


def worked_out(model: CausalModel, quantity: Quantity, opened: OpenNames, draws: int | None, seed: int) -> Estimate:
    """Work out one probability or expectation; the dimensions are those of the open names."""
    done = [i for i in quantity.do if i.value is None and i.law is None]
    tables, method, worth = [], "exact", math.inf
    levels = [levels_shown(d) for i in done if isinstance(d := domain_of(model.controller.graph[i.name]), Discrete)]
    for combination in itertools.product(*levels):
        set_to = dict(zip((i.name for i in done), combination, strict=True))
        asked = asked_of(model, quantity, set_to)
        try:
            found = tabled(model.controller, asked)
        except (NotTabledError, TooLargeError):
            found = drawn(model.controller, asked, draws, seed)
        if found.method != "exact":
            method = found.method
        if not asked.by and bool(found.values[0].isnan().any()):
            raise _impossible(model, asked, quantity)
        tables.append(found.values)
        worth = min(worth, found.worth)
    groups = max(len(t) for t in tables)
    stacked = torch.stack([t.expand(groups, *t.shape[1:]) for t in tables], 1)
    values = stacked.reshape(groups, *(len(x) for x in levels), *stacked.shape[2:])
    names = [quoted(i.name) for i in done] + [str(e.variable) for e in _events(quantity) if e.relation is None]
    if not names:
        return Estimate(values, method, worth)
    order = [names.index(name) for name in opened.names]
    return Estimate(values.permute(0, *(1 + i for i in order)), method, worth)


def _impossible(model: CausalModel, asked: Asked, quantity: Quantity) -> RunError:
    """Return the error that says which part of what tables were conditioned on has probability zero."""
    place = {name: i for i, name in enumerate(asked.world.after.order)}
    ordered = sorted(asked.given, key=lambda event: place[event.name])

    def impossible(events: Sequence[Event]) -> bool:
        part = replace(asked, given=tuple(events), events=(), over=(), body=None)
        return bool(tabled(model.controller, part).values.isnan().any())

    part = ordered
    with suppress(TooLargeError):  # a part may need a larger table than the whole
        part = smallest(ordered, impossible)
    whole = [] if len(part) == len(ordered) else list(map(str, asked.given))
    return infeasible(whole, list(map(str, part)), asked.world, f"in `{quantity}`")


def _events(quantity: Quantity) -> list[Event]:
    return [*quantity.given, *(quantity.events if isinstance(quantity, Probability) else ())]


def asked_of(model: CausalModel, quantity: Quantity, set_to: dict[str, Value] | None = None) -> Asked:
    """Return a quantity with its world, in which names that `do` leaves open are set."""
    values: dict[str, int | float] = {}
    laws = {}
    for intervention in quantity.do:
        if intervention.law is not None:
            laws[intervention.name] = law_of(model.controller.graph, intervention.name, intervention.law)
        else:
            values[intervention.name] = _value(model.controller.graph, intervention, set_to or {})
    events = quantity.events if isinstance(quantity, Probability) else ()
    return Asked(
        World(model.controller.graph, values, laws).checked(),
        tuple(e.variable for e in quantity.given if e.relation is None),
        tuple(e.variable for e in events if e.relation is None),
        tuple(e for e in quantity.given if e.relation is not None),
        tuple(e for e in events if e.relation is not None),
        quantity.body if isinstance(quantity, Expectation) else None,
    )


def _value(graph: CausalGraph, intervention: Intervention, set_to: dict[str, Value]) -> int | float:
    domain = domain_of(graph[intervention.name])
    assert domain is not None
    value = intervention.value if intervention.value is not None else set_to.get(intervention.name)
    if value is None and isinstance(domain, Discrete):
        value = domain.levels[0]  # any will do: only the shape of the question is looked at
    return encoded(domain, value)
