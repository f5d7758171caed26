"""Where along its row each item stands: near what it is joined to, in the order given, with room between neighbours.

One row is a small problem of its own: of all places that keep the distances, find those nearest, in least squares, to
the places wanted. Less the distances it is an isotonic regression, and pooling neighbours that violate the order solves
it exactly in linear time (Best and Chakravarti, 1990). The rows are solved in turn, down and up. Links of a chain give
way to nothing, so that chains are straight; bends give way to everything, and are put under each other in the end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, pairwise

from causaldsl.graph.drawing.order import Grid

BEND, NODE, LINK = 1.0, 2.0, 1000.0
"""How hard it is to push an item aside."""
SWEEPS, LATE, QUICK = 16, 3, 4
"""How often the rows are solved; of these the last ones look up and down at once; and how often in a large drawing."""
LARGE = 3_000
"""A drawing of so many items is large."""
NEAR = 8.0
"""A node that stands so little aside from its one cause is moved under it."""


def places(grid: Grid, apart: Callable[[int, int], float]) -> list[float]:
    """Return the place of each item's middle along its row.

    Parameters
    ----------
    grid : Grid
        Items in rows, in order.
    apart : callable
        How far from each other the middles of two neighbours are at least.
    """
    placing = _Placing(grid, apart)
    sweeps = SWEEPS if len(grid.row) <= LARGE else QUICK
    for sweep in range(sweeps):
        late = sweep >= sweeps - LATE
        placing.solve(placing.both if late else placing.up, grid.rows)
        placing.solve(placing.both if late else placing.down, reversed(grid.rows))
    placing.align()
    placing.straighten()
    return placing.place


def nearest(wanted: Sequence[float], weights: Sequence[float], apart: Sequence[float]) -> list[float]:
    """Return the places nearest to those wanted that keep a distance from each to the next.

    Parameters
    ----------
    wanted, weights : sequence of float
        Where each item would be, and how much that matters (above 0).
    apart : sequence of float
        The least distance from each item but the last to the next.

    Examples
    --------
    >>> nearest([0.0, 0.0, 9.0], [1.0, 1.0, 1.0], [4.0, 4.0])
    [-2.0, 2.0, 9.0]
    """
    offsets = list(accumulate(apart, initial=0.0))
    blocks: list[tuple[float, float, int]] = []  # the place of a block's first item, its weight, how many items
    for want, weight, offset in zip(wanted, weights, offsets, strict=True):
        at, mass, size = want - offset, weight, 1
        while blocks and blocks[-1][0] >= at:
            before, more, count = blocks.pop()
            at = (before * more + at * mass) / (more + mass)
            mass, size = mass + more, size + count
        blocks.append((at, mass, size))
    flat = [at for at, _, size in blocks for _ in range(size)]
    return [at + offset for at, offset in zip(flat, offsets, strict=True)]


class _Placing:
    """The places so far, and what pulls each item where."""

    def __init__(self, grid: Grid, apart: Callable[[int, int], float]) -> None:
        self.grid = grid
        self.place = [0.0] * len(grid.row)
        self.left: dict[int, tuple[int, float]] = {}
        self.right: dict[int, tuple[int, float]] = {}
        for row in grid.rows:
            for u, v in pairwise(row):
                gap = apart(u, v)
                self.left[v], self.right[u] = (u, gap), (v, gap)
            for item, at in zip(row, accumulate(self._gaps(row), initial=-sum(self._gaps(row)) / 2), strict=True):
                self.place[item] = at
        items = range(len(grid.row))
        self.up = [self._pulling(v, grid.up[v]) for v in items]
        self.down = [self._pulling(v, grid.down[v]) for v in items]
        self.both = [above + below for above, below in zip(self.up, self.down, strict=True)]
        self.mass = [self._mass(v) for v in items]

    def _gaps(self, row: Sequence[int]) -> list[float]:
        return [self.right[u][1] for u in row[:-1]]

    def _pulling(self, v: int, joined: list[int]) -> list[int]:
        """Return what an item follows: what it has firm edges with, if there is any."""
        firm = self.grid.firm
        return [u for u in joined if (u, v) in firm or (v, u) in firm] or joined

    def _mass(self, v: int) -> float:
        """Return how hard an item is to push aside; a link of a chain most of all."""
        if self.grid.is_bend(v):
            return BEND
        is_link = len(self.up[v]) <= 1 and len(self.down[v]) <= 1 and not any(map(self.grid.is_bend, self.both[v]))
        return LINK if is_link else NODE

    def solve(self, pulling: Sequence[list[int]], rows: Iterable[list[int]]) -> None:
        """Move the items of each row to where others want them; what nothing pulls stays beside its neighbours."""
        place = self.place
        for row in rows:
            wanted, weights = [], []
            for i, v in enumerate(row):
                pulls = pulling[v] or self.grid.beside[v] or [*row[max(i - 1, 0) : i], *row[i + 1 : i + 2]] or [v]
                wanted.append(sum(place[u] for u in pulls) / len(pulls))
                weights.append(self.mass[v] * len(pulls) if pulling[v] else 0.01)
            for v, at in zip(row, nearest(wanted, weights, self._gaps(row)), strict=True):
                place[v] = at

    def align(self) -> None:
        """Put each node that is all but under its one cause just there."""
        for row in self.grid.rows:
            for v in row:
                if len(self.up[v]) == 1 and not self.grid.is_bend(v):
                    above = self.place[self.up[v][0]]
                    low, high = self._room(v)
                    if abs(above - self.place[v]) < NEAR and low <= above <= high:
                        self.place[v] = above

    def straighten(self) -> None:
        """Put the bends of each long edge under each other where their rows have room for that."""
        for chain in self.grid.chains:
            bends = chain[1:-1]
            if bends:
                rooms = [self._room(bend) for bend in bends]
                low, high = max(room[0] for room in rooms), min(room[1] for room in rooms)
                if low <= high:
                    at = min(max(sum(self.place[bend] for bend in bends) / len(bends), low), high)
                    for bend in bends:
                        self.place[bend] = at

    def _room(self, item: int) -> tuple[float, float]:
        """Return between which places an item may be moved, its neighbours being where they are."""
        low, high = -math.inf, math.inf
        if item in self.left:
            neighbour, gap = self.left[item]
            low = self.place[neighbour] + gap
        if item in self.right:
            neighbour, gap = self.right[item]
            high = self.place[neighbour] - gap
        return low, high
