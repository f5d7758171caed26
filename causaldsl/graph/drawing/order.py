"""The order of each row: long edges are cut into pieces of one row each, and the rows ordered so that few pieces cross.

Finding the best order is NP-hard already for two rows. Here each row in turn is sorted by the mean place of what its
items are joined to in the row before it, down and up again and again; then, where the drawing is small, neighbours swap
places while that helps. Where that ends depends on where it begins, so small drawings are begun several times, always
from the same orders. The best order that was met is kept.
"""

from __future__ import annotations

import random
from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence
from itertools import pairwise

Rows = list[list[int]]

BENDS = 30_000
"""How many bends all long edges together may have; beyond that the longest edges go straight, behind other nodes."""
SWEEPS = 24
PATIENCE = 4
"""After so many sweeps that bring nothing better, the order is good enough."""
STARTS, WORK = 10, 1_000
"""How many other orders are tried as a start, each with all items, so that there is not too much to do."""
SMALL = 400
"""Up to so many items, neighbours swap places too."""


class Grid:
    """Items in rows: the nodes 0 to n - 1, and from n on the bends, one wherever a long edge passes a row.

    Parameters
    ----------
    row : sequence of int
        The row of each node.
    edges : sequence of (int, int, bool)
        Pairs of nodes, and whether they pull each other straight; those of one row are drawn as arcs and kept close.
    """

    def __init__(self, row: Sequence[int], edges: Sequence[tuple[int, int, bool]]) -> None:
        self.nodes = len(row)
        self.row = list(row)
        self.up: Rows = [[] for _ in row]
        self.down: Rows = [[] for _ in row]
        self.beside: Rows = [[] for _ in row]
        self.firm: set[tuple[int, int]] = set()
        self.chains: list[list[int]] = [[] for _ in edges]
        self._leads = list(range(len(row)))
        for i in sorted(range(len(edges)), key=lambda i: abs(row[edges[i][0]] - row[edges[i][1]])):
            self.chains[i] = self._chain(*edges[i])
        self.rows: Rows = [[] for _ in range(max(row, default=-1) + 1)]
        for item in sorted(range(len(self.row)), key=lambda item: self._leads[item]):
            self.rows[self.row[item]].append(item)

    def _chain(self, a: int, b: int, firm: bool) -> list[int]:
        """Join two nodes, and return the items on the way from the upper to the lower one."""
        if self.row[a] == self.row[b]:
            self.beside[a].append(b)
            self.beside[b].append(a)
            return [a, b]
        top, bottom = (a, b) if self.row[a] < self.row[b] else (b, a)
        between = range(self.row[top] + 1, self.row[bottom])
        if len(self.row) - self.nodes + len(between) > BENDS:
            return [top, bottom]
        chain = [top]
        for at in between:
            chain.append(len(self.row))
            self.row.append(at)
            self._leads.append(bottom)
            self.up.append([])
            self.down.append([])
            self.beside.append([])
        chain.append(bottom)
        for upper, lower in pairwise(chain):
            self.down[upper].append(lower)
            self.up[lower].append(upper)
            if firm:
                self.firm.add((upper, lower))
        return chain

    def is_bend(self, item: int) -> bool:
        """Whether an item is a bend of a long edge."""
        return item >= self.nodes

    def arrange(self) -> None:
        """Order the rows so that few edges cross, starting from the order given and, if there is time, from others."""
        given = _copy(self.rows)
        found = []
        for start in range(1 + min(STARTS, WORK // max(len(self.row), 1))):
            self.rows = _copy(given)
            if start:
                shuffle = random.Random(start).shuffle
                for row in self.rows:
                    shuffle(row)
            found.append(self._improve())
            if found[-1][0] == (0, 0):
                break
        self.rows = min(found, key=lambda pair: pair[0])[1]

    def _improve(self) -> tuple[tuple[int, int], Rows]:
        """Sweep until that brings nothing better; return the least badness met, and its rows."""
        best, least, idle = _copy(self.rows), self._badness(), 0
        small = len(self.row) <= SMALL
        for sweep in range(SWEEPS):
            if least == (0, 0) or idle == PATIENCE:
                break
            self._sweep(down=sweep % 2 == 0)
            if small:
                self._swap()
            badness = self._badness()
            if badness < least:
                best, least, idle = _copy(self.rows), badness, 0
            else:
                idle += 1
        return least, best

    def crossings(self) -> int:
        """Count the pairs of edges that cross between two rows."""
        place = self._places()
        return sum(_inversions(sorted((place[u], place[v]) for u in row for v in self.down[u])) for row in self.rows)

    def _badness(self) -> tuple[int, int]:
        place = self._places()
        return self.crossings(), sum(abs(place[a] - place[b]) - 1 for a, b in self._arcs())

    def _arcs(self) -> Iterator[tuple[int, int]]:
        return ((a, b) for a, others in enumerate(self.beside) for b in others if a < b)

    def _places(self) -> list[int]:
        place = [0] * len(self.row)
        for row in self.rows:
            for i, item in enumerate(row):
                place[item] = i
        return place

    def _sweep(self, down: bool) -> None:
        """Sort each row by the mean place of what its items are joined to in the row before; the others stay put."""
        place = self._places()
        joined = self.up if down else self.down
        for row in self.rows if down else reversed(self.rows):
            mean = {v: sum(place[u] for u in joined[v]) / len(joined[v]) for v in row if joined[v]}
            drawn = {v: _mean([mean[v], *(mean[s] for s in self.beside[v] if s in mean)]) for v in mean}
            ranked = iter(sorted(mean, key=drawn.__getitem__))
            row[:] = [next(ranked) if v in mean else v for v in row]
            for i, item in enumerate(row):
                place[item] = i

    def _swap(self) -> None:
        """Swap neighbours while fewer edges cross, or arcs get shorter."""
        place = self._places()
        for _ in range(PATIENCE):
            changed = False
            for row in self.rows:
                for i in range(len(row) - 1):
                    u, v = row[i], row[i + 1]
                    if self._gain(u, v, place) > 0:
                        row[i], row[i + 1] = v, u
                        place[u], place[v] = i + 1, i
                        changed = True
            if not changed:
                return

    def _gain(self, u: int, v: int, place: Sequence[int]) -> float:
        """Return what it brings to swap `u` with `v`, its right neighbour: crossings, and a little for shorter arcs."""
        gain = 0.0
        for joined in (self.up, self.down):
            for a in joined[u]:
                for b in joined[v]:
                    gain += (place[a] > place[b]) - (place[a] < place[b])
        for item, other, step in ((u, v, 0.1), (v, u, -0.1)):
            for s in self.beside[item]:
                if s != other:
                    gain += step if place[s] > place[item] else -step
        return gain


def _copy(rows: Rows) -> Rows:
    return [list(row) for row in rows]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _inversions(edges: Sequence[tuple[int, int]]) -> int:
    """Count the pairs of edges, sorted by their upper ends, whose lower ends lie the other way round."""
    seen: list[int] = []
    count = 0
    for _, lower in edges:
        count += len(seen) - bisect_right(seen, lower)
        insort(seen, lower)
    return count
