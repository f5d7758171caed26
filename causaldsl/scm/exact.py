"""Exact inference on discrete nodes: a law as a product of tables, conditioned, read off and drawn from.

Under an intervention it is the truncated factorisation: the product of all mechanisms' tables, those of intervened
nodes replaced (Pearl 2009, eq. 3.10).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Generator, Tensor

from causaldsl.errors import RunError, UsageError
from causaldsl.scm.controller import Controller, Values
from causaldsl.scm.elimination import Factor, Sampler, TooLargeError, eliminate_scaled
from causaldsl.scm.infeasible import infeasible, smallest, spelled
from causaldsl.scm.network import Key, Network
from causaldsl.scm.world import World

CELL_LIMIT = 2**16
"""The most cells of a joint table that is written out."""
HINT = "condition on less, or on other values"


class LawTooLargeError(UsageError):
    """No table can hold what is asked for; whoever can draw draws instead."""


@dataclass(frozen=True)
class Law:
    """A law of discrete nodes in one world, given evidence.

    Parameters
    ----------
    controller : Controller
        The model.
    world : World
        What was done.
    evidence : mapping of str to int
        What was seen there: levels' indices.
    """

    controller: Controller
    world: World
    evidence: Mapping[str, int]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The nodes: those that are discrete with all that causes them, in causal order."""
        return tabulable_nodes(self.controller, self.world)

    @cached_property
    def log_mass(self) -> float:
        """The logarithm of the probability of the evidence."""
        table, log_scale = self._eliminated((), ())
        return log_scale + math.log(table.item()) if table.item() > 0 else -math.inf

    def given(self, evidence: Mapping[str, int]) -> Law:
        """Condition on more.

        Raises
        ------
        RunError
            If the evidence has probability zero; it says which part has.
        """
        law = Law(self.controller, self.world, {**self.evidence, **evidence})
        contradicted = {name: level for name, level in self.evidence.items() if evidence.get(name, level) != level}
        if contradicted:
            again = {name: evidence[name] for name in contradicted}
            before, now = (spelled(self.world.graph, values) for values in (contradicted, again))
            raise infeasible([], [*before, *now], self.world, HINT)
        if law.log_mass == -math.inf:
            raise law._impossible()
        return law

    def marginal(self, *names: str) -> Tensor:
        """Return the probabilities of some nodes' levels, a dimension each in the order asked for, float64.

        Raises
        ------
        LawTooLargeError
            If no table can hold it.
        """
        keys = [self._here[name] for name in names]
        free = [key for name, key in zip(names, keys, strict=True) if name not in self.evidence]
        table, log_scale = self._eliminated(names, free)
        return self._spread(table * math.exp(log_scale - self.log_mass), names)

    def sample(self, n: int, generator: Generator) -> Values:
        """Draw `n` units of the evidence and of all that causes it, exactly: level indices, int64, shape (n,)."""
        drawn = self._sampler.sample(n, generator)
        name_of = {key: name for name, key in self._here.items()}
        found = {name_of[key]: column for key, column in drawn.items() if key in name_of}
        for name, level in self.evidence.items():
            found[name] = torch.full((n,), level, device=self.controller.device)
        return found

    @cached_property
    def _sampler(self) -> Sampler:
        try:
            return Sampler.of(self._factors(()))
        except TooLargeError:
            raise _too_large() from None

    @cached_property
    def _network(self) -> tuple[Network, dict[str, Key]]:
        network = Network(self.controller)
        return network, network.add(self.world)

    @property
    def _here(self) -> dict[str, Key]:
        return self._network[1]

    def _eliminated(self, names: tuple[str, ...], free: Sequence[Key]) -> tuple[Tensor, float]:
        try:
            found, log_scale = eliminate_scaled(self._factors(names), free)
        except TooLargeError:
            raise _too_large() from None
        return torch.from_numpy(found.table).to(self.controller.device), log_scale

    def _factors(self, names: tuple[str, ...]) -> list[Factor]:
        """Return the factors of some nodes, the evidence and all that causes either, the evidence entered."""
        self.controller.refresh()
        factors = self._network[0].factors(self._here[name] for name in (*names, *self.evidence))
        levels = {self._here[name]: level for name, level in self.evidence.items()}
        for i, factor in enumerate(factors):
            for key in factor.names:
                if key in levels:
                    factors[i] = factors[i].reduce(key, levels[key])
        return factors

    def _spread(self, table: Tensor, names: tuple[str, ...]) -> Tensor:
        """Give nodes that were seen a dimension of their own again."""
        for i, name in enumerate(names):
            if name in self.evidence:
                levels = self.controller.law(name).shape[-1]
                spread = torch.zeros(*table.shape[:i], levels, *table.shape[i:], dtype=table.dtype, device=table.device)
                spread.select(i, self.evidence[name]).copy_(table)
                table = spread
        return table

    def _impossible(self) -> RunError:
        """Return the error that says which part of the evidence has probability zero."""
        ordered = [name for name in self.world.after.order if name in self.evidence]

        def impossible(names: Sequence[str]) -> bool:
            return Law(self.controller, self.world, {n: self.evidence[n] for n in names}).log_mass == -math.inf

        part = ordered
        with suppress(LawTooLargeError):  # a part may need a larger table than the whole
            part = smallest(ordered, impossible)
        whole, some = (
            spelled(self.world.graph, {n: self.evidence[n] for n in names}) for names in (self.evidence, part)
        )
        return infeasible(whole, some, self.world, HINT)


def tabulable_nodes(controller: Controller, world: World | None = None) -> tuple[str, ...]:
    """Return the nodes that are discrete with all their ancestors, in causal order."""
    after = controller.graph if world is None else world.after
    found: dict[str, None] = {}
    for name in after.order:
        if name in controller.nodes and all(parent in found for parent in after[name].parents):
            law = world.laws.get(name) if world is not None else None
            if controller.tabulable(name) and (law is None or law.outcomes is not None):
                found[name] = None
    return tuple(found)


def _too_large() -> LawTooLargeError:
    return LawTooLargeError("the law of these nodes needs a table that is too large", "ask about fewer nodes at once")
