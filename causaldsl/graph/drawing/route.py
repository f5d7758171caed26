"""The ways of edges: past every box, and apart from each other where they end.

Between two rows there are no boxes, so a curve whose four points lie there meets none, wherever its ends are. Through a
row an edge passes upright, in a place of its own. Each edge is made of such curves: from its tail down to the next row,
upright past each bend, and at last to its head. The ends of many edges at one box are spread along the box's border, in
the order of where they come from.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from causaldsl.graph.drawing.figure import HEIGHT, Point
from causaldsl.graph.drawing.order import Grid
from causaldsl.graph.drawing.places import nearest

ROW = 84.0
"""From one row to the next, at least."""
STEEP, TALLEST = 0.25, 200.0
"""An edge falls by at least so much of its way to the side, until rows are so far from each other."""
PORT = 13.0
"""Between two ends of edges at one box, if it is wide enough."""
TURN = 0.1
"""How far from the middle of its box an edge begins or ends, as a part of how far to the side it goes."""
LEAN = 0.12
"""How much an edge leaves a box towards where it goes, instead of upright."""
BULGE = 26.0
"""How far `<->` between two rows bends to the side."""


@dataclass(frozen=True)
class Way:
    """How one edge goes.

    Parameters
    ----------
    items : list of int
        The items that it passes, from the upper node to the lower one.
    bent : bool
        It is a `<->`.
    arc : {"", "above", "below"}
        Where it joins two nodes of one row.
    """

    items: list[int]
    bent: bool
    arc: str = ""


class Router:
    """Finds the curves of all edges.

    Parameters
    ----------
    grid : Grid
        Items in rows.
    edges : sequence of (int, int, bool)
        Pairs of nodes as the grid was given them, and whether it is `->`.
    x : sequence of float
        The place of each item along its row.
    widths : sequence of float
        Of the nodes' boxes.
    square : sequence of bool
        Which nodes are boxes with corners.
    """

    def __init__(
        self,
        grid: Grid,
        edges: Sequence[tuple[int, int, bool]],
        x: Sequence[float],
        widths: Sequence[float],
        square: Sequence[bool],
    ) -> None:
        self.grid, self.edges, self.x, self.widths, self.square = grid, edges, x, widths, square
        self.ways = [self._way(chain, not causes) for chain, (_, _, causes) in zip(grid.chains, edges, strict=True)]
        self.y, self.height = self._rows()

    def _way(self, items: list[int], bent: bool) -> Way:
        a, b = items[0], items[-1]
        if self.grid.row[a] != self.grid.row[b]:
            return Way(items, bent)
        up, down = self.grid.up, self.grid.down
        crowded = (up[a] or up[b]) and not (down[a] or down[b])
        return Way(items, bent, "below" if crowded else "above")

    def _rows(self) -> tuple[list[float], float]:
        """Return the middle of each row, and the height of all: rows are apart as flat edges and arcs need it."""
        n = len(self.grid.rows)
        gaps = [0.0, *[ROW - HEIGHT] * (n - 1), 0.0]
        for way in self.ways:
            first = self.grid.row[way.items[0]]
            if way.arc:
                at = first if way.arc == "above" else first + 1
                gaps[at] = max(gaps[at], self._rise(way) + (14 if 0 < at < n else 4))
                continue
            for at, (u, v) in enumerate(pairwise(way.items), first + 1):
                gaps[at] = max(gaps[at], min(STEEP * abs(self.x[u] - self.x[v]), TALLEST - HEIGHT))
        middles = [bottom - HEIGHT / 2 for bottom in accumulate(gap + HEIGHT for gap in gaps[:-1])]
        return middles[:n], sum(gaps) + n * HEIGHT

    def _rise(self, way: Way) -> float:
        """Return how high an arc rises over its row."""
        return min(16 + 0.13 * abs(self.x[way.items[0]] - self.x[way.items[-1]]), 80)

    def curves(self) -> list[tuple[Point, ...]]:
        """Return for each edge its points from tail to head: a start, then three for each cubic curve."""
        ends = self._ends()
        found = []
        for (tail, _, _), way, (start, stop) in zip(self.edges, self.ways, ends, strict=True):
            points = self._arc(way, start, stop) if way.arc else self._fall(way, start, stop)
            found.append(tuple(points if way.items[0] == tail else reversed(points)))
        return found

    def _ends(self) -> list[tuple[Point, Point]]:
        """Spread the ends of edges along the borders of their boxes, in the order of where they come from."""
        sides: dict[tuple[int, str], list[tuple[float, int, int]]] = {}
        for i, way in enumerate(self.ways):
            a, b = way.items[0], way.items[-1]
            if way.arc:
                side = "top" if way.arc == "above" else "bottom"
                sides.setdefault((a, side), []).append((self.x[b], i, 0))
                sides.setdefault((b, side), []).append((self.x[a], i, 1))
            else:
                beside = 0.5 * self._side(way) if way.bent else 0.0
                sides.setdefault((a, "bottom"), []).append((self.x[way.items[1]] + beside, i, 0))
                sides.setdefault((b, "top"), []).append((self.x[way.items[-2]] + beside, i, 1))
        ends: list[list[Point]] = [[(0, 0), (0, 0)] for _ in self.ways]
        for (node, side), there in sides.items():
            there.sort()
            for off, (_, i, end) in zip(self._spread(node, [at for at, _, _ in there]), there, strict=True):
                ends[i][end] = self._border(node, side, off)
        return [(a, b) for a, b in ends]

    def _spread(self, node: int, others: list[float]) -> list[float]:
        """Return how far from a box's middle its edges end, one that comes straight as near to the middle as can be."""
        half = self.widths[node] * (0.4 if self.square[node] else 0.33)
        far = [other - self.x[node] for other in others]
        last = len(far) - 1
        straight = next((i for i, dx in enumerate(far) if abs(dx) < 1), last / 2)
        step = min(PORT, half / max(straight, last - straight, 1))
        weights = [1 / (1e-4 + (dx / 40) ** 2) for dx in far]
        offs = nearest([TURN * dx for dx in far], weights, [step] * last)
        return [min(max(off, step * i - half), half - step * (last - i)) for i, off in enumerate(offs)]

    def _border(self, node: int, side: str, off: float) -> Point:
        """Return the point of a box's border that lies `off` from its middle."""
        radius = HEIGHT / 2
        over = 0.0 if self.square[node] else max(abs(off) - (self.widths[node] / 2 - radius), 0.0)
        rise = math.sqrt(radius**2 - min(over, radius) ** 2)
        y = self.y[self.grid.row[node]]
        return self.x[node] + off, y - rise if side == "top" else y + rise

    def _side(self, way: Way) -> int:
        """Return the side to which a `<->` between two rows bends: 1 is right, -1 is left."""
        return 1 if self.x[way.items[-1]] >= self.x[way.items[0]] else -1

    def _arc(self, way: Way, start: Point, stop: Point) -> list[Point]:
        """Rise over the row, or fall under it, and come back."""
        (x1, y1), (x2, y2) = start, stop
        rise = self._rise(way) * 4 / 3 * (-1 if way.arc == "above" else 1)
        lean = 0.22 * (x2 - x1)
        return [start, (x1 + lean, y1 + rise), (x2 - lean, y2 + rise), stop]

    def _fall(self, way: Way, start: Point, stop: Point) -> list[Point]:
        """Go down from row to row, upright past each bend."""
        points = [start]
        bends = way.items[1:-1]
        for bend in bends:
            x, y = self.x[bend], self.y[self.grid.row[bend]]
            top, bottom = (x, y - HEIGHT / 2), (x, y + HEIGHT / 2)
            points += _curve(points[-1], top, LEAN if len(points) == 1 else 0, 0)
            points += _curve(top, bottom, 0, 0)
        (x1, y1), (x2, y2) = start, stop
        if way.bent and not bends and abs(x2 - x1) < 2 * BULGE:
            bulge, fall = BULGE * self._side(way), 0.35 * (y2 - y1)
            return [start, (x1 + bulge, y1 + fall), (x2 + bulge, y2 - fall), stop]
        return points + _curve(points[-1], stop, 0 if bends else LEAN, LEAN)


def _curve(start: Point, stop: Point, lean: float, land: float) -> list[Point]:
    """Return the three points after `start` of a curve that falls to `stop`."""
    (x1, y1), (x2, y2) = start, stop
    dx, half = x2 - x1, 0.5 * (y2 - y1)
    return [(x1 + lean * dx, y1 + half), (x2 - land * dx, y2 - half), stop]
