"""Probabilities and expectations from tables, exactly, in as many worlds as they are about."""

from __future__ import annotations

import math

import numpy as np
import torch

from causaldsl.graph.domain import Discrete
from causaldsl.graph.expression import Counterfactual, Variable
from causaldsl.graph.question import Event
from causaldsl.scm.asked import AnyVariable, Asked, Estimate, encoded, ratio
from causaldsl.scm.controller import Controller
from causaldsl.scm.elimination import Factor, eliminate_scaled
from causaldsl.scm.formula import name_of
from causaldsl.scm.network import Key, Network, NotTabledError, grid_of
from causaldsl.scm.world import World


def tabled(controller: Controller, asked: Asked) -> Estimate:
    """Work a question out by eliminating all that it does not name.

    Returns
    -------
    Estimate
        Its values have shape (1, levels of `by`, levels of `over`).

    Raises
    ------
    NotTabledError
        If no table holds a node that it needs.
    TooLargeError
        If a table would be too large.
    """
    worlds = Worlds(controller, asked)
    keys = {str(v): worlds.key(v) for v in asked.variables()}
    controller.refresh()
    factors = worlds.network.factors(keys.values())
    factors += [_holding(asked, event, keys[str(event.variable)]) for event in asked.given]
    by, by_keys = _copied(asked, asked.by, keys, "by")
    under, scale_under = eliminate_scaled([*factors, *by], by_keys)
    if asked.body is None:
        events = [_holding(asked, event, keys[str(event.variable)]) for event in asked.events]
        over, over_keys = _copied(asked, asked.over, keys, "over")
        found, scale = eliminate_scaled([*factors, *by, *events, *over], [*by_keys, *over_keys])
        table, below = found.table, under.table.reshape([*under.table.shape, *[1] * len(over_keys)])
    else:
        read, read_keys = _copied(asked, asked.read, keys, "read")
        joint, scale = eliminate_scaled([*factors, *by, *read], [*by_keys, *read_keys])
        grid = grid_of(asked.sizes(asked.read), controller.device)
        columns = {name_of(v): grid[:, i] for i, v in enumerate(asked.read)}
        body = asked.value(columns, len(grid), controller.device)
        below = under.table
        table = (joint.table.reshape(*below.shape, -1) * body.cpu().numpy()).sum(-1)
    table = np.asarray(table * math.exp(scale - scale_under))
    values = ratio(torch.from_numpy(table), torch.from_numpy(below)).unsqueeze(0)
    return Estimate(values, worlds.network.origin(keys.values()))


class Worlds:
    """The network of all worlds of a question.

    Parameters
    ----------
    controller : Controller
        The model.
    asked : Asked
        The question.
    """

    def __init__(self, controller: Controller, asked: Asked) -> None:
        self.asked = asked
        self.network = Network(controller)
        self._plain = self.network.add(asked.world)
        self._others: dict[str, dict[str, Key]] = {}

    def key(self, variable: AnyVariable) -> Key:
        """Return the copy that a variable is."""
        if isinstance(variable, Variable):
            return self._found(self._plain, variable.name)
        spelled = str(variable)
        if spelled not in self._others:
            borrowed = {n: self.key(v) for n, v in variable.world if isinstance(v, Counterfactual)}
            settings = ((n, v) for n, v in variable.world if not isinstance(v, Counterfactual))
            values = {n: encoded(self.asked.domain(Variable(n)), v) for n, v in settings}
            self._others[spelled] = self.network.add(World(self.asked.graph, values), borrowed)
        return self._found(self._others[spelled], variable.name)

    @staticmethod
    def _found(here: dict[str, Key], name: str) -> Key:
        if name not in here:
            raise NotTabledError(name)
        return here[name]


def _holding(asked: Asked, event: Event, key: Key) -> Factor:
    """Return the factor that is 1 where an event holds."""
    domain = asked.domain(event.variable)
    if not isinstance(domain, Discrete):
        raise NotTabledError(key[0])
    return Factor((key,), asked.holds(event, torch.arange(len(domain.levels))).double().numpy())


def _copied(
    asked: Asked, variables: tuple[AnyVariable, ...], keys: dict[str, Key], why: str
) -> tuple[list[Factor], list[Key]]:
    """Give variables that stay names of their own, as two of them may be one copy."""
    factors, names = [], []
    for i, variable in enumerate(variables):
        domain = asked.domain(variable)
        if not isinstance(domain, Discrete):
            raise NotTabledError(variable.name)
        name: Key = (f"{why} {variable}", -1 - i)
        factors.append(Factor((keys[str(variable)], name), np.eye(len(domain.levels))))
        names.append(name)
    return factors, names
