"""Variable elimination: sums, and exact draws, of a product of small tables that is never written out.

A discrete model is a product of factors, a table each. To sum a variable out, only the factors that hold it are
multiplied, and the sum is a factor of what is left (Zhang and Poole 1996). The order is greedy: next comes the variable
whose product is smallest. Kept, the products say how to draw: the last variable that was summed out comes first, each
from its own product given those drawn before it (forward filtering, backward sampling).

Examples
--------
>>> x, y = Factor(("X",), torch.tensor([0.5, 0.5])), Factor(("X", "Y"), torch.tensor([[0.75, 0.25], [0.5, 0.5]]))
>>> eliminate([x, y], ("Y",)).table.tolist()
[0.625, 0.375]
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Generator, Tensor

CELL_LIMIT = 2**24
"""The most cells of one product."""


class TooLargeError(Exception):
    """A product would have more than `CELL_LIMIT` cells; whoever asks takes another way, or says so."""


@dataclass(frozen=True)
class Factor:
    """A table over some variables.

    Parameters
    ----------
    names : tuple of hashable
        One a dimension.
    table : Tensor of float64
        Not negative.
    """

    names: tuple[Hashable, ...]
    table: Tensor

    def reduce(self, name: Hashable, level: int) -> Factor:
        """Return the factor where a variable has one level."""
        at = self.names.index(name)
        return Factor(self.names[:at] + self.names[at + 1 :], self.table.select(at, level))

    def ordered(self, names: Sequence[Hashable]) -> Factor:
        """Return the factor with its dimensions in another order."""
        return Factor(tuple(names), self.table.permute([self.names.index(name) for name in names]))


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
    left, steps = _forward(factors, keep)
    scale = math.exp(sum(step.log_scale for step in steps))
    return Factor(tuple(keep), product(left, keep).table * scale)


@dataclass(frozen=True)
class Sampler:
    """Draws from a product of factors, exactly.

    Parameters
    ----------
    log_mass : float
        Logarithm of the product's sum; -inf where there is nothing to draw.
    steps : tuple of _Step
        In the order of elimination.
    """

    log_mass: float
    steps: tuple[_Step, ...]

    @classmethod
    def of(cls, factors: Sequence[Factor]) -> Sampler:
        """Prepare; see `eliminate` for what may go wrong."""
        left, steps = _forward(factors, ())
        mass = float(product(left, ()).table)
        log_mass = (math.log(mass) if mass > 0 else -math.inf) + sum(step.log_scale for step in steps)
        return cls(log_mass, tuple(steps))

    def sample(self, n: int, generator: Generator) -> dict[Hashable, Tensor]:
        """Draw `n` rows: for each variable its levels' indices, int64, shape (n,)."""
        drawn: dict[Hashable, Tensor] = {}
        for step in reversed(self.steps):
            *others, name = step.factor.names
            levels = step.factor.table.shape[-1]
            upper = step.upper
            if others:
                row = drawn[others[0]]
                for other, size in zip(others[1:], step.factor.table.shape[1:-1], strict=True):
                    row = row * size + drawn[other]
                upper = upper[row]
            tick = torch.rand(n, generator=generator, device=generator.device)
            if levels == 2:
                drawn[name] = (tick >= upper[..., 0]).long()
            else:
                drawn[name] = (tick.unsqueeze(-1) >= upper).sum(-1)
        return drawn


@dataclass(frozen=True)
class _Step:
    """A variable that was summed out: the product that held it, the variable last, and what it was divided by."""

    factor: Factor
    log_scale: float

    @cached_property
    def upper(self) -> Tensor:
        """The cumulated probabilities of all levels but the last, a row for each combination of the others."""
        table = self.factor.table.reshape(-1, self.factor.table.shape[-1])
        cumulated = table.cumsum(-1)
        total = cumulated[:, -1:]
        return torch.where(total > 0, cumulated / total, 0)[:, :-1].to(torch.get_default_dtype())


def product(factors: Iterable[Factor], names: Sequence[Hashable]) -> Factor:
    """Multiply factors into one over given variables, which hold all of theirs.

    Raises
    ------
    TooLargeError
        If it has too many cells.
    """
    factors = list(factors)
    sizes = {name: size for f in factors for name, size in zip(f.names, f.table.shape, strict=True)}
    _check_size(sizes[name] for name in names if name in sizes)
    device = factors[0].table.device if factors else torch.device("cpu")
    table = torch.ones([sizes.get(name, 1) for name in names], dtype=torch.float64, device=device)
    for factor in factors:
        kept = [name for name in names if name in factor.names]
        shape = [sizes[name] if name in factor.names else 1 for name in names]
        table = table * factor.ordered(kept).table.reshape(shape)
    return Factor(tuple(names), table)


def _forward(factors: Sequence[Factor], keep: Collection[Hashable]) -> tuple[list[Factor], list[_Step]]:
    """Sum out all but some variables; return the factors that are left, and what was done."""
    holding: dict[Hashable, set[int]] = {}
    alive = dict(enumerate(factors))
    sizes: dict[Hashable, int] = {}
    for i, factor in alive.items():
        for name, size in zip(factor.names, factor.table.shape, strict=True):
            holding.setdefault(name, set()).add(i)
            sizes[name] = size

    def cells(name: Hashable) -> float:
        return sum(math.log(sizes[n]) for n in {n for i in holding[name] for n in alive[i].names})

    costs = {name: cells(name) for name in holding if name not in keep}
    steps: list[_Step] = []
    number = len(alive)
    while costs:
        name = min(costs, key=costs.__getitem__)
        del costs[name]
        used = sorted(holding.pop(name))
        together = [alive.pop(i) for i in used]
        others = list(dict.fromkeys(n for f in together for n in f.names if n != name))
        joined = product(together, [*others, name])
        top = float(joined.table.max())
        scale = top if top > 0 else 1.0
        step = _Step(Factor(joined.names, joined.table / scale), math.log(scale))
        steps.append(step)
        alive[number] = Factor(tuple(others), step.factor.table.sum(-1))
        for other in others:
            holding[other] = (holding[other] - set(used)) | {number}
        for other in others:
            if other in costs:
                costs[other] = cells(other)
        number += 1
    return list(alive.values()), steps


def _check_size(sizes: Iterable[int]) -> None:
    cells = 1
    for size in sizes:
        cells *= size
        if cells > CELL_LIMIT:
            raise TooLargeError
