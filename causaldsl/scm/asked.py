"""One probability or expectation in one set of worlds, ready to be worked out, and the estimate that comes of it."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from causaldsl.graph.domain import Discrete, Domain, Real
from causaldsl.graph.expression import Counterfactual, Expression, Variable, walk
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.question import Event
from causaldsl.plugins.defaults import domain_of
from causaldsl.scm.formula import Formula, name_of
from causaldsl.scm.world import World

GROUPS = 50
"""Into how many groups draws are parted for their standard error."""
ROUNDING = 1e-13
"""Spread of this share of a number is that of its last digits."""

AnyVariable = Variable | Counterfactual

_HOLDS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq, "==": operator.eq, "!=": operator.ne,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What is asked for, in one world and in those that its variables name.

    Parameters
    ----------
    world : World
        Where plain names live: the world under `do`, or the factual one.
    by, over : tuple of Variable or Counterfactual
        Names without a value, right and left of the bar: a dimension each of the result, in this order.
    given, events : tuple of Event
        Conditions and events with a value.
    body : Expression or None
        What the expectation is of; None for a probability.
    """

    world: World
    by: tuple[AnyVariable, ...]
    over: tuple[AnyVariable, ...]
    given: tuple[Event, ...]
    events: tuple[Event, ...]
    body: Expression | None = None

    @property
    def graph(self) -> CausalGraph:
        """The graph."""
        return self.world.graph

    @property
    def read(self) -> tuple[AnyVariable, ...]:
        """The variables that the body reads, each once."""
        found = () if self.body is None else walk(self.body)
        return tuple({str(n): n for n in found if isinstance(n, Variable | Counterfactual)}.values())

    def variables(self) -> Iterator[AnyVariable]:
        """Yield all variables."""
        yield from (*self.by, *self.over, *self.read)
        yield from (event.variable for event in (*self.given, *self.events))

    @property
    def counterfactual(self) -> bool:
        """Whether it is about more than one world."""
        return any(isinstance(v, Counterfactual) for v in self.variables())

    def domain(self, variable: AnyVariable) -> Domain:
        """Return the domain of a variable's node."""
        domain = domain_of(self.graph[variable.name])
        assert domain is not None
        return domain

    def sizes(self, variables: tuple[AnyVariable, ...]) -> list[int]:
        """Return the numbers of levels of discrete variables."""
        return [len(d.levels) for v in variables if isinstance(d := self.domain(v), Discrete)]

    def value(self, columns: Mapping[str, Tensor], n: int, device: torch.device) -> Tensor:
        """Return what the expectation is of, for each of `n` rows of the columns that it reads, shape (n,).

        Raises
        ------
        RunError
            If it is no number somewhere.
        """
        assert self.body is not None
        formula = Formula(f"E[{self.body}]", self.body, Real(), {name_of(v): self.domain(v) for v in self.read})
        return formula(columns, torch.zeros(n, 0, dtype=torch.float64, device=device))

    def holds(self, event: Event, column: Tensor) -> Tensor:
        """Tell where a column, of level indices or real numbers, agrees with an event."""
        assert event.relation is not None
        return _HOLDS[event.relation](column, encoded(self.domain(event.variable), event.value))  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Estimate:
    """A number or a table of numbers, with what is needed for its error.

    Parameters
    ----------
    values : Tensor of float64, shape (1, ...) or (1 + GROUPS, ...)
        The numbers; where they are from draws, once more from all draws but those of each group.
    method : str
        How they were found.
    worth : float
        How many exact draws they are from, where draws were weighted.
    """

    values: Tensor
    method: str
    worth: float = math.inf

    @property
    def stderr(self) -> Tensor:
        """Standard errors, shape (...): the delete-a-group jackknife's, 0 where the numbers are exact.

        NaN where the draws of one group alone tell of a number.
        """
        if len(self.values) == 1:
            return torch.zeros_like(self.values[0])
        without = self.values[1:]
        found = ((GROUPS - 1) / GROUPS * ((without - without.mean(0)) ** 2).sum(0)).sqrt()
        return torch.where(found <= ROUNDING * self.values[0].abs(), 0.0, found)


def encoded(domain: Domain, value: int | float | str | None) -> int | float:
    """Return a value as columns have it: a level's index, a real number."""
    assert value is not None
    return domain.index(value) if isinstance(domain, Discrete) else float(value)


def ratio(over: Tensor, under: Tensor) -> Tensor:
    """Divide; what is conditioned on with probability zero gives NaN."""
    return torch.where(under > 0, over / under, math.nan)
