"""The three-node laws of the CausalGAN paper's synthetic study, as its text describes them.

Each variable is a random cubic polynomial of all its causes and of uniform noise, normalised so that it fills [0, 1].
(The generator that was published with the paper kept only the first of three inputs; this one keeps them all.)
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SHAPES = {
    "line": {"X1": (), "X2": ("X1",), "X3": ("X2",)},
    "collider": {"X1": (), "X3": (), "X2": ("X1", "X3")},
    "complete": {"X1": (), "X2": ("X1",), "X3": ("X1", "X2")},
}
"""Causes of each node, causes before effects."""
NAMES = ("X1", "X2", "X3")
BINS = 10
GRID = {1: 2001, 2: 201, 3: 41}
"""Points an axis on which the least and the largest value are looked for, by number of inputs."""


def polynomial(rng: np.random.Generator, inputs: int) -> Callable[[Array], Array]:
    """Return a random cubic polynomial that maps the unit cube, points of shape (n, inputs), onto [0, 1]."""
    weights = 2 * rng.random((inputs + 1,) * 3) - 1

    def value(points: Array) -> Array:
        z = np.column_stack([np.ones(len(points)), points])
        return np.einsum("ni,nj,nk,ijk->n", z, z, z, weights, optimize=True)

    low = -highest(lambda points: -value(points), inputs)
    high = highest(value, inputs)
    return lambda points: np.clip((value(points) - low) / (high - low), 0, 1)


def highest(value: Callable[[Array], Array], inputs: int) -> float:
    """Return the largest value on the unit cube: on a grid, then on ever finer ones around the best point."""
    axes = [np.linspace(0, 1, GRID[inputs])] * inputs
    best = -np.inf
    for _ in range(8):
        points = np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, inputs)
        found = value(points)
        best, at = max(best, float(found.max())), points[found.argmax()]
        steps = [axis[1] - axis[0] for axis in axes]
        axes = [np.linspace(max(0, x - s), min(1, x + s), 21) for x, s in zip(at, steps, strict=True)]
    return best


def law(shape: str, seed: int) -> Callable[[int, np.random.Generator], Array]:
    """Return a random law of a shape, as a function that draws rows, shape (n, 3), columns as in `NAMES`."""
    rng = np.random.default_rng(seed)
    equations = {name: polynomial(rng, len(causes) + 1) for name, causes in SHAPES[shape].items()}

    def draw(n: int, rng: np.random.Generator) -> Array:
        found: dict[str, Array] = {}
        for name, causes in SHAPES[shape].items():
            found[name] = equations[name](np.column_stack([*(found[c] for c in causes), rng.random(n)]))
        return np.column_stack([found[name] for name in NAMES])

    return draw


def cells(rows: Array) -> Array:
    """Return the shares of the cells of a histogram of ten bins an axis, shape (10, 10, 10)."""
    counts, _ = np.histogramdd(rows, bins=BINS, range=[(0, 1)] * len(NAMES))
    return counts / len(rows)
