"""Variable elimination: sums, and exact draws, of a product of small tables that is never written out.

A discrete model is a product of factors, a table each. To sum a variable out, only the factors that hold it are
multiplied, and the sum is a factor of what is left (Zhang and Poole 1996). The order is greedy: next comes the variable
whose product is smallest. Kept, the products say how to draw: the last variable that was summed out comes first, each
from its own product given those drawn before it (forward filtering, backward sampling).

The tables are numpy's, as they are small and many, and numpy is the quickest to begin.

Examples
--------
>>> x, y = Factor(("X",), np.array([0.5, 0.5])), Factor(("X", "Y"), np.array([[0.75, 0.25], [0.5, 0.5]]))
>>> eliminate([x, y], ("Y",)).table.tolist()
[0.625, 0.375]
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

CELL_LIMIT = 2**24
"""The most cells of one product."""
OPERANDS = 16
"""How many tables are multiplied in one go."""

Table = NDArray[np.float64]


class TooLargeError(Exception):
    """A product would have more than `CELL_LIMIT` cells; whoever asks takes another way, or says so."""


@dataclass(frozen=True)
class Factor:
    """A table over some variables.

    Parameters
    ----------
    names : tuple of hashable
        One a dimension.
    table : ndarray of float64
        Not negative.
    """

    names: tuple[Hashable, ...]
    table: Table

    def reduce(self, name: Hashable, level: int) -> Factor:
        """Return the factor where a variable has one level."""
        at = self.names.index(name)
        return Factor(self.names[:at] + self.names[at + 1 :], np.asarray(self.table.take(level, at)))


def eliminate(factors: Sequence[Factor], keep: Sequence[Hashable]) -> Factor:
    """Sum all variables but some out of a product of factors.

    Parameters
    ----------
    factors : sequence of Factor
        The product.
    keep : sequence of hashable
        The variables of the result, in its order.

    Raises
    ------
    TooLargeError
        If a product has too many cells.
    """
    found, log_scale = eliminate_scaled(factors, keep)
    return Factor(found.names, np.asarray(found.table * math.exp(log_scale)))


def eliminate_scaled(factors: Sequence[Factor], keep: Sequence[Hashable]) -> tuple[Factor, float]:
    """Do as `eliminate` does, where the product may be less than any number is: many nodes seen together.

    Returns
    -------
    factor : Factor
        Its largest entry is 1, or 0 where all of the product is.
    log_scale : float
        The logarithm of what it is to be multiplied by.
    """
    left, log_scale = _forward(factors, keep, None)
    table = product(left, keep).table
    top = float(table.max())
    if top > 0:
        table, log_scale = np.asarray(table / top), log_scale + math.log(top)
    return Factor(tuple(keep), table), log_scale


@dataclass(frozen=True)
class Sampler:
    """Draws from a product of factors, exactly.

    Parameters
    ----------
    steps : tuple of _Step
        What was summed out, in order.
    """

    steps: tuple[_Step, ...]

    @classmethod
    def of(cls, factors: Sequence[Factor]) -> Sampler:
        """Prepare; see `eliminate` for what may go wrong."""
        steps: list[_Step] = []
        _forward(factors, (), steps)
        return cls(tuple(steps))

    def sample(self, n: int, generator: Generator) -> dict[Hashable, Tensor]:
        """Draw `n` rows: for each variable its levels' indices, int64, shape (n,)."""
        drawn: dict[Hashable, Tensor] = {}
        for step in reversed(self.steps):
            *others, name = step.factor.names
            upper = step.upper.to(generator.device)
            if others:
                row = drawn[others[0]]
                for other, size in zip(others[1:], step.factor.table.shape[1:-1], strict=True):
                    row = torch.add(drawn[other], row, alpha=size)
                upper = upper.index_select(0, row)
            tick = torch.rand(n, generator=generator, device=generator.device)
            if upper.shape[-1] == 1:
                drawn[name] = (tick >= upper.squeeze(-1)).long()
            else:
                drawn[name] = (tick.unsqueeze(-1) >= upper).sum(-1)
        return drawn


@dataclass(frozen=True)
class _Step:
    """A variable that was summed out: the product that held it, the variable last."""

    factor: Factor

    @cached_property
    def upper(self) -> Tensor:
        """The cumulated probabilities of all levels but the last, a row for each combination of the others."""
        cumulated = self.factor.table.reshape(-1, self.factor.table.shape[-1]).cumsum(-1)
        total = cumulated[:, -1:]
        share = np.divide(cumulated, total, out=np.zeros_like(cumulated), where=total > 0)
        return torch.from_numpy(share[:, :-1]).to(torch.get_default_dtype()).contiguous()


def product(factors: Iterable[Factor], names: Sequence[Hashable]) -> Factor:
    """Multiply factors into one over given variables, the others summed out.

    Raises
    ------
    TooLargeError
        If it has too many cells.
    """
    factors = list(factors)
    while len(factors) > OPERANDS:
        some, factors = factors[:OPERANDS], factors[OPERANDS:]
        factors.append(product(some, list(dict.fromkeys(n for f in some for n in f.names))))
    sizes = {name: size for f in factors for name, size in zip(f.names, f.table.shape, strict=True)}
    _check_size(sizes.values())
    number = {name: i for i, name in enumerate(dict.fromkeys((*sizes, *names)))}
    operands: list[Any] = [part for f in factors for part in (f.table, [number[n] for n in f.names])]
    for name in names:
        if name not in sizes:  # nothing is said of it
            raise KeyError(name)
    table: Table = np.einsum(*operands, [number[n] for n in names]) if factors else np.ones(())
    return Factor(tuple(names), np.asarray(table))


def _forward(
    factors: Sequence[Factor], keep: Collection[Hashable], steps: list[_Step] | None
) -> tuple[list[Factor], float]:
    """Sum out all but some variables; return the factors that are left, and the logarithm of what they lack."""
    log_scale = sum(math.log(f.table.item()) for f in factors if not f.names and f.table.item() > 0)
    factors = [f for f in factors if f.names or not f.table.item() > 0]
    holding: dict[Hashable, set[int]] = {}
    alive = dict(enumerate(factors))
    log_size: dict[Hashable, float] = {}
    for i, factor in alive.items():
        for name, size in zip(factor.names, factor.table.shape, strict=True):
            holding.setdefault(name, set()).add(i)
            log_size[name] = math.log(size)

    def cells(name: Hashable) -> float:
        return sum(log_size[n] for n in {n for i in holding[name] for n in alive[i].names})

    costs = {name: cells(name) for name in holding if name not in keep}
    number = len(alive)
    while costs:
        name = min(costs, key=costs.__getitem__)
        del costs[name]
        used = sorted(holding.pop(name))
        together = [alive.pop(i) for i in used]
        others = list(dict.fromkeys(n for f in together for n in f.names if n != name))
        if steps is None:
            message = product(together, others).table
        else:
            joined = product(together, [*others, name])
            steps.append(_Step(joined))
            message = joined.table.sum(-1)
        top = float(message.max())
        if top > 0:
            message, log_scale = message / top, log_scale + math.log(top)
        alive[number] = Factor(tuple(others), message)
        for other in others:
            holding[other] = (holding[other] - set(used)) | {number}
        for other in others:
            if other in costs:
                costs[other] = cells(other)
        number += 1
    return list(alive.values()), log_scale


def _check_size(sizes: Iterable[int]) -> None:
    cells = 1
    for size in sizes:
        cells *= size
        if cells > CELL_LIMIT:
            raise TooLargeError
