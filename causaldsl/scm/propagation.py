"""From noise to values, causes first: the loop that every sample, and every world of a counterfactual, comes out of.

A large sample waits for memory more than for arithmetic. So the noise of units that are drawn once and for all is let
go node by node, and levels are bytes until someone asks for them as numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

import torch
from torch import Generator, Tensor

from causaldsl.graph.domain import Discrete
from causaldsl.scm.world import World

if TYPE_CHECKING:
    from causaldsl.scm.controller import Controller

NARROW = 255
"""A node of at most so many levels has them as bytes while units come about."""


class Stream(Mapping[str, Tensor]):
    """Every node's noise, drawn in the order of declaration, each when it is first needed; given once, and let go.

    What it gives is bit by bit what `Controller.noise` draws from the same generator.

    Parameters
    ----------
    controller : Controller
        Its mechanisms draw.
    n : int
        How many units.
    generator : Generator
        Of the draws.
    unread : collection of str
        Nodes whose noise nobody will ask for; it is drawn all the same.
    """

    def __init__(self, controller: Controller, n: int, generator: Generator, unread: Collection[str]) -> None:
        self._controller = controller
        self._n = n
        self._generator = generator
        self._unread = unread
        self._to_draw = list(reversed(controller.nodes))
        self._waiting: dict[str, Tensor] = {}
        self._last: Tensor | None = None

    def __getitem__(self, name: str) -> Tensor:
        while name not in self._waiting:
            self._draw()
        self._last = self._waiting.pop(name)
        return self._last

    def __iter__(self) -> Iterator[str]:
        return iter(self._controller.nodes)

    def __len__(self) -> int:
        return len(self._controller.nodes)

    def finish(self) -> None:
        """Draw what nobody needed, so that what is drawn next does not depend on what was."""
        while self._to_draw:
            self._draw()

    def _draw(self) -> None:
        """Draw one node's noise, while the one before is still held: so two pieces of memory serve in turn."""
        name = self._to_draw.pop()
        drawn = self._controller[name].noise(self._n, self._generator)
        if name in self._unread:
            self._last = drawn
        else:
            self._waiting[name] = drawn


def evaluated(
    controller: Controller,
    n: int,
    noise: Mapping[str, Tensor],
    do: Mapping[str, Tensor],
    world: World,
    soft_noise: Mapping[str, Tensor],
) -> dict[str, Tensor]:
    """Evaluate all nodes, causes first, as `Controller.propagate` does; levels are bytes where they fit.

    Each node's noise is read once, that of a node that is set not at all.
    """
    fixed = {name: torch.tensor(value, dtype=torch.float64) for name, value in world.values.items()} | dict(do)
    values: dict[str, Tensor] = {}
    for batch in controller.batches(world.after) if world.laws else controller.in_order:
        for name in (name for name in batch if name in fixed):
            values[name] = _narrowed(controller, name, fixed[name].to(controller.device)).expand(n).clone()
        laws = {name: world.laws[name] for name in batch if name in world.laws and name not in fixed}
        if free := [n for n in batch if n not in fixed and (n not in laws or n in laws[n].causes)]:
            found = controller.made(free, noise, values)
            values |= {name: _narrowed(controller, name, column) for name, column in found.items()}
        for name, law in laws.items():
            values[name] = _narrowed(controller, name, law(values, soft_noise[name]))
    return {name: values[name] for name in controller.nodes}


def _narrowed(controller: Controller, name: str, column: Tensor) -> Tensor:
    """Return a column as its node has it, few levels as bytes."""
    domain = controller[name].shape.domain
    if isinstance(domain, Discrete) and len(domain.levels) <= NARROW:
        return column.view(torch.uint8) if column.dtype == torch.bool else column.to(torch.uint8)
    return controller.typed(name, column)


def widened(column: Tensor) -> Tensor:
    """Return a column that is no bytes: levels as int64."""
    return column.long() if column.dtype == torch.uint8 else column
