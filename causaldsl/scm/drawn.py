"""Probabilities and expectations from draws, weighted so that they agree with what was seen."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from causaldsl.errors import RunError
from causaldsl.graph.domain import Value, quoted
from causaldsl.graph.expression import Counterfactual, Variable
from causaldsl.scm.abduction import Units, abduct, effective
from causaldsl.scm.asked import GROUPS, AnyVariable, Asked, Estimate, encoded, ratio
from causaldsl.scm.controller import Controller, Values
from causaldsl.scm.formula import name_of
from causaldsl.scm.randomness import seeded


def drawn(controller: Controller, asked: Asked, n: int, seed: int) -> Estimate:
    """Work a question out from `n` units.

    Returns
    -------
    Estimate
        Its values have shape (1 + GROUPS, levels of `by`, levels of `over`).

    Raises
    ------
    RunError
        If no draw agrees with what was seen.
    UsageError
        If a real node was seen whose noise cannot be inferred.
    """
    generator, _ = seeded(seed, controller.device)
    seen: dict[str, int | float] = {}
    others = []
    for event in asked.given:
        plain = isinstance(event.variable, Variable) and event.relation == "=" and event.name not in seen
        if plain:
            seen[event.name] = encoded(asked.domain(event.variable), event.value)
        else:
            others.append(event)
    worlds = Worlds(controller, asked, abduct(controller, n, generator, asked.world, seen))
    weight = worlds.units.weight
    for event in others:
        weight = weight * asked.holds(event, worlds.column(event.variable))
    if not bool((weight > 0).any()):
        shown = ", ".join(map(str, asked.given))
        raise RunError(f"none of {n:,} draws agrees with {shown}", "it has probability zero in this model, or nearly")
    by, over = asked.sizes(asked.by), asked.sizes(asked.over)
    row = worlds.cell(asked.by)
    under = _sums(weight, row, math.prod(by))
    if asked.body is None:
        holding = weight
        for event in asked.events:
            holding = holding * asked.holds(event, worlds.column(event.variable))
        table = _sums(holding, row * math.prod(over) + worlds.cell(asked.over), math.prod(by) * math.prod(over))
    else:
        columns = {name_of(v): worlds.column(v) for v in asked.read}
        table = _sums(weight * asked.value(columns, n, controller.device), row, math.prod(by))
    shape = [1 + GROUPS, *by]
    values = ratio(table.reshape([*shape, *over]), under.reshape([*shape, *[1] * len(over)]))
    exact = worlds.units.exact and not others
    return Estimate(values, f"sampled({n})" if exact else f"weighted({n}, ESS {effective(weight):.0f})")


class Worlds:
    """All worlds of a question, unit by unit: the noise that the units have in one, they have in every other.

    Parameters
    ----------
    controller : Controller
        The model.
    asked : Asked
        The question.
    units : Units
        The units in the world of plain names.
    """

    def __init__(self, controller: Controller, asked: Asked, units: Units) -> None:
        self.controller = controller
        self.asked = asked
        self.units = units
        self._others: dict[str, Values] = {}

    def column(self, variable: AnyVariable) -> Tensor:
        """Return a variable's values, shape (n,)."""
        if isinstance(variable, Variable):
            return self.units.values[variable.name]
        world = str(variable).removeprefix(quoted(variable.name))
        if world not in self._others:
            settings = {name: self._setting(name, value) for name, value in variable.world}
            self._others[world] = self.controller.propagate(self.units.noise, settings)
        return self._others[world][variable.name]

    def _setting(self, name: str, value: Value | Counterfactual) -> Tensor:
        if isinstance(value, Counterfactual):
            return self.column(value)
        return torch.tensor(float(encoded(self.asked.domain(Variable(name)), value)), dtype=torch.float64)

    def cell(self, variables: tuple[AnyVariable, ...]) -> Tensor:
        """Return the number of the combination of levels that each unit has, the last variable fastest."""
        found = torch.zeros(len(self.units.log_weight), dtype=torch.long, device=self.controller.device)
        for variable, size in zip(variables, self.asked.sizes(variables), strict=True):
            found = found * size + self.column(variable)
        return found


def _sums(weight: Tensor, cell: Tensor, cells: int) -> Tensor:
    """Sum weights a cell: over all units, and without each group of them; shape (1 + GROUPS, cells)."""
    group = torch.arange(len(weight), device=weight.device) % GROUPS
    sums = torch.zeros(GROUPS * cells, dtype=torch.float64, device=weight.device)
    sums = sums.scatter_add(0, group * cells + cell, weight).reshape(GROUPS, cells)
    total = sums.sum(0)
    return torch.cat([total.unsqueeze(0), total - sums])
