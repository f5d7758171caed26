"""Combinations of two labels that the data hardly hold, or never: asked for, and read.

A model that has learned what it saw draws common pictures well. What it has understood shows where two labels are set
that the data never show together: a woman with a moustache.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import torch
from torch import Tensor

from causaldsl.evaluate.judge import Judge
from causaldsl.evaluate.readings import hits
from causaldsl.measure.interval import Measured
from causaldsl.scm.model import CausalModel

RARE = 0.01
"""A combination in a smaller share of the data is rare."""
MOST = 12
"""Combinations that are asked for, the rarest first."""


@dataclass(frozen=True)
class Combination:
    """Levels of two labels.

    Parameters
    ----------
    labels : mapping of str to int
        The levels, by index.
    rows : int
        In how many rows of the data they come together.
    """

    labels: Mapping[str, int]
    rows: int


def rare_combinations(levels: Mapping[str, Tensor], most: int = MOST) -> list[Combination]:
    """Return the combinations of two labels' levels that are rare in the data, the rarest first.

    Parameters
    ----------
    levels : mapping of str to Tensor of int, shape (rows,)
        The data. Levels are those up to the highest that occurs.
    most : int
        How many.

    Examples
    --------
    >>> rare_combinations({"A": torch.tensor([0, 0, 1]), "B": torch.tensor([0, 1, 1])})
    [Combination(labels={'A': 1, 'B': 0}, rows=0)]
    """
    found = []
    for (a, left), (b, right) in combinations(levels.items(), 2):
        sizes = [int(column.max()) + 1 for column in (left, right)]
        counts = torch.bincount(left.long() * sizes[1] + right.long(), minlength=math.prod(sizes)).tolist()
        for (x, y), rows in zip(product(*map(range, sizes)), counts, strict=True):
            if rows < RARE * len(left):
                found.append(Combination({a: x, b: y}, rows))
    return sorted(found, key=lambda combination: combination.rows)[:most]


@torch.no_grad()
def ask_combination(
    model: CausalModel, image: str, judges: Sequence[Judge], combination: Combination, n: int, seed: int
) -> Measured:
    """Set both labels, and return the share of pictures in which both are read, by the lower of the judges."""
    generator = torch.Generator(model.controller.device).manual_seed(seed)
    device = generator.device
    asked = {name: torch.full((n,), level, device=device) for name, level in combination.labels.items()}
    pictures = model.draw(image, model.controller.sample(n, generator, asked), generator)
    right = [torch.stack(list(hits(judge.read(pictures), asked).values())).all(0) for judge in judges]
    return Measured.share(min(float(both.double().mean()) for both in right), n)
