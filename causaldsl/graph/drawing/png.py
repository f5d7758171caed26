"""A drawing as PNG, by matplotlib: black on white, for papers and slides. Imported only when a PNG is written."""

from __future__ import annotations

import io
import math
import re
import warnings
from collections.abc import Iterable
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, Patch, PathPatch, Polygon
from matplotlib.path import Path

from causaldsl.errors import UsageError
from causaldsl.graph.drawing.figure import FRAME, HEIGHT, ICON, SIZE, Box, Drawing, Line, Point
from causaldsl.graph.drawing.strokes import strokes
from causaldsl.graph.drawing.svg import DO

INK = "#1d2129"
PIXELS = 2.5
"""How many pixels a unit of the drawing takes."""
COARSEST = 0.7
"""A large drawing has fewer pixels a unit, but never fewer than so many: no label could be read."""
SIDE, LARGEST = 30_000, 60_000_000
"""How many pixels a picture has at most, along a side and in all."""
UNIT = 72
"""Units an inch, so that a font size in points is one in units."""


def write_png(drawing: Drawing) -> tuple[bytes, tuple[str, ...]]:
    """Return a drawing as PNG, and the characters that no font here has, drawn as boxes.

    Raises
    ------
    UsageError
        If the graph is so large that its labels could not be read.
    """
    size = drawing.width, drawing.height
    pixels = min(PIXELS, SIDE / max(size), math.sqrt(LARGEST / math.prod(size)))
    if pixels < COARSEST:
        raise UsageError(f"{len(drawing.boxes):,} nodes are too many for pixels", "write .svg, which can be magnified")
    figure = Figure(figsize=(drawing.width / UNIT, drawing.height / UNIT), dpi=UNIT * pixels)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, drawing.width), ylim=(drawing.height, 0))
    axes.set_axis_off()
    for line in drawing.lines:
        for patch in _line(line):
            axes.add_patch(patch)
    for box in drawing.boxes:
        for patch in _box(box):
            axes.add_patch(patch)
        style: dict[str, Any] = {"ha": "center", "va": "center_baseline", "parse_math": False}
        x = box.x + (ICON / 2 if box.image else 0)
        axes.text(x, box.y, box.label, color=INK, size=SIZE, **style)
        if box.mark == "do":
            axes.text(box.x - box.width / 2 + 2, box.y - HEIGHT / 2, "do", color="white", size=10, **style)
    buffer = io.BytesIO()
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        figure.savefig(buffer, format="png", metadata={"Software": None})
    missing = (re.match(r"Glyph (\d+)", str(warning.message)) for warning in said)
    return buffer.getvalue(), tuple(dict.fromkeys(chr(int(found[1])) for found in missing if found))


def _line(line: Line) -> Iterable[Patch]:
    drawn = strokes(line)
    dash = (0, (4, 3)) if line.dashed else "solid"
    for points in drawn.whole:
        yield PathPatch(_curve(points), fill=False, ec=INK, lw=1.1, ls=dash)
    for points in drawn.stubs:
        yield PathPatch(_curve(points), fill=False, ec=INK, lw=1.1, ls=dash, alpha=0.4)
    for points in drawn.heads:
        yield Polygon(points, fc=INK, lw=0)
    for points in drawn.faint_heads:
        yield Polygon(points, fc=INK, lw=0, alpha=0.4)
    for a, b in drawn.slashes:
        yield PathPatch(Path([a, b]), fill=False, ec=DO, lw=2)


def _box(box: Box) -> Iterable[Patch]:
    dash = (0, (4, 3)) if box.latent else "solid"
    face = {"do": "#dce9f5", "given": "#e8e8e9", "": "white"}[box.mark]
    ink, width = (DO, 1.8) if box.mark == "do" else (INK, 1.2)
    yield _outline(box, 0, fc=face, ec=ink, lw=width, ls=dash)
    if box.image or box.mark == "given":
        yield _outline(box, FRAME, fill=False, ec=INK, lw=0.8)
    if box.image:
        x, y = box.x - box.width / 2 + 11, box.y
        hills = ((0, 6), (5, -1), (8.5, 3.5), (11, 0.5), (15, 6))
        yield Polygon([(x + dx, y + dy) for dx, dy in hills], fill=False, ec=INK, lw=1)
        yield Circle((x + 11, y - 4), 1.8, fill=False, ec=INK, lw=1)
    if box.mark == "do":
        corner = (box.x - box.width / 2 - 9, box.y - HEIGHT / 2 - 7)
        yield FancyBboxPatch(corner, 22, 14, boxstyle="round,pad=0,rounding_size=7", fc=DO, lw=0)


def _outline(box: Box, inset: float, **style: Any) -> Patch:
    corner = (box.x - box.width / 2 + inset, box.y - HEIGHT / 2 + inset)
    width, height = box.width - 2 * inset, HEIGHT - 2 * inset
    radius = 1.5 if box.image else height / 2
    return FancyBboxPatch(corner, width, height, boxstyle=f"round,pad=0,rounding_size={radius}", **style)


def _curve(points: tuple[Point, ...]) -> Path:
    return Path(points, [Path.MOVETO] + [Path.CURVE4] * (len(points) - 1))
