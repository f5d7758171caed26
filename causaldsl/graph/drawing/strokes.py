"""A line in strokes: its curve, arrowheads as triangles, and where an intervention cuts it, a stub and two slashes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from causaldsl.graph.drawing.figure import Line, Point

LENGTH, BREADTH = 8.0, 3.2
"""Of an arrowhead: how long it is, and how far it reaches to either side."""
GAP = 7.0
"""Between the two stubs of a cut line."""
SLASH = 5.0
"""How far a slash reaches to either side of the line."""


@dataclass
class Strokes:
    """What is to be drawn of a line.

    Parameters
    ----------
    whole, stubs : list of tuple of (float, float)
        Curves as points: a start, then three a curve. Stubs are what is left between a cut and the node that is set.
    heads, faint_heads : list of tuple of (float, float)
        Triangles; the faint ones are at the end of stubs.
    slashes : list of ((float, float), (float, float))
        The marks of a cut.
    """

    whole: list[tuple[Point, ...]] = field(default_factory=list)
    stubs: list[tuple[Point, ...]] = field(default_factory=list)
    heads: list[tuple[Point, ...]] = field(default_factory=list)
    faint_heads: list[tuple[Point, ...]] = field(default_factory=list)
    slashes: list[tuple[Point, Point]] = field(default_factory=list)


def strokes(line: Line) -> Strokes:
    """Take a line apart."""
    found = Strokes()
    head, points = _pointed(line.points)
    (found.faint_heads if "head" in line.cuts else found.heads).append(head)
    if line.sign == "<->":
        head, points = _pointed(points[::-1])
        (found.faint_heads if "tail" in line.cuts else found.heads).append(head)
        points = points[::-1]
    if "head" in line.cuts:
        points, stub = _cut(points, 0.68 if line.sign == "<->" else 0.5, found)
        found.stubs.append(stub)
    if "tail" in line.cuts:
        rest, stub = _cut(points[::-1], 0.6, found)
        points = rest[::-1]
        found.stubs.append(stub)
    found.whole.append(points)
    return found


def _pointed(points: tuple[Point, ...]) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Return the arrowhead at a line's end, and the line shortened to the arrowhead's foot."""
    tip = points[-1]
    along = _direction(points[-2], tip)
    foot = _moved(tip, along, -LENGTH)
    aside = (-along[1], along[0])
    head = (tip, _moved(foot, aside, BREADTH), _moved(foot, aside, -BREADTH))
    end = _moved(tip, along, -LENGTH * 0.8)
    return head, (*points[:-2], _moved(points[-2], along, -LENGTH * 0.4), end)


def _cut(points: tuple[Point, ...], at: float, found: Strokes) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Cut the last curve of a line; return what lies before the cut and what lies after it."""
    last = points[-4:]
    half = GAP / 2 / max(math.dist(last[0], last[-1]), 2 * GAP)
    before, after = _split(last, at - half)[0], _split(last, at + half)[1]
    found.slashes.append(_slash(before[-1], _direction(before[-2], before[-1])))
    found.slashes.append(_slash(after[0], _direction(after[0], after[1])))
    return (*points[:-4], *before), after


def _slash(at: Point, along: Point) -> tuple[Point, Point]:
    """Return a slanted stroke through a point of a line."""
    across = (-along[1] + 0.45 * along[0], along[0] + 0.45 * along[1])
    return _moved(at, across, -SLASH), _moved(at, across, SLASH)


def _split(curve: Sequence[Point], t: float) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Split a cubic curve at `t` (de Casteljau)."""
    p0, p1, p2, p3 = curve
    a, b, c = _between(p0, p1, t), _between(p1, p2, t), _between(p2, p3, t)
    d, e = _between(a, b, t), _between(b, c, t)
    middle = _between(d, e, t)
    return (p0, a, d, middle), (middle, e, c, p3)


def _between(p: Point, q: Point, t: float) -> Point:
    return p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])


def _direction(p: Point, q: Point) -> Point:
    length = math.dist(p, q) or 1.0
    return (q[0] - p[0]) / length, (q[1] - p[1]) / length


def _moved(p: Point, along: Point, far: float) -> Point:
    return p[0] + far * along[0], p[1] + far * along[1]
