"""Probabilities and expectations from draws, weighted so that they agree with what was seen."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from causaldsl.graph.domain import Value, quoted
from causaldsl.graph.expression import Counterfactual, Variable
from causaldsl.scm.abduction import Units, batches, none_agrees
from causaldsl.scm.asked import AnyVariable, Asked, Estimate, encoded
from causaldsl.scm.controller import Controller, Values
from causaldsl.scm.randomness import seeded
from causaldsl.scm.tally import Tally
from causaldsl.scm.weights import Scales

DRAWS = 100_000
"""How many units are drawn unless someone says."""
WORTH = 1000
"""How many exact draws the draws are to be worth, if so many are made at all."""


def drawn(controller: Controller, asked: Asked, draws: int | None, seed: int) -> Estimate:
    """Work a question out from so many units, or from more where what was seen leaves little of them.

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
    controller = controller.ancestral(_read(asked))
    n = draws or controller.affordable(DRAWS)
    generator, _ = seeded(seed, controller.device)
    seen: dict[str, int | float] = {}
    others = []
    for event in asked.given:
        plain = isinstance(event.variable, Variable) and event.relation == "=" and event.name not in seen
        if plain:
            seen[event.name] = encoded(asked.domain(event.variable), event.value)
        else:
            others.append(event)
    scales, tally, exact = Scales(), Tally(asked), False
    for units in batches(controller, n, generator, asked.world, seen):
        worlds = Worlds(controller, asked, units)
        log_weight = units.log_weight
        for event in others:
            log_weight = torch.where(asked.holds(event, worlds.column(event.variable)), log_weight, -torch.inf)
        if scales.add(log_weight):
            tally.add(worlds.column, log_weight, scales)
        exact = units.exact and not others
        if scales.n >= n and (exact or scales.worth >= min(WORTH, n / 2)):
            break
    if not scales.worth:
        raise none_agrees(scales.n, ", ".join(map(str, asked.given)), asked.graph, seen, units.failed)
    if exact:
        return Estimate(tally.values(), f"sampled({scales.n})")
    return Estimate(tally.values(), f"weighted({scales.n}, ESS {scales.worth:.0f})", scales.worth)


def _read(asked: Asked) -> Iterator[str]:
    """Yield the nodes whose values a question needs, but for what causes them."""
    for variable in asked.variables():
        yield variable.name
        if isinstance(variable, Counterfactual):
            yield from (name for name, _ in variable.world)
            yield from (v.name for _, v in variable.world if isinstance(v, Counterfactual))
    for law in asked.world.laws.values():
        yield from (law.name, *law.causes)


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
