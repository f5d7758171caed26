"""A drawing as SVG, for pages light and dark: its ink is the page's own (`currentColor`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from causaldsl.graph.drawing.figure import FRAME, HEIGHT, ICON, SIZE, Box, Drawing, Line, Point
from causaldsl.graph.drawing.strokes import strokes

DO = "#2f7fc1"
"""The colour of what an intervention does; legible on white and on black."""
FONT = "Helvetica, Arial, 'Liberation Sans', system-ui, sans-serif"
DASHES = "4.5 3.5"
TOLD = 200
"""A screen reader is told the edges of a graph with up to so many."""

_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold, escaped or not."""


def write_svg(drawing: Drawing) -> str:
    """Return a drawing as one SVG element, the same bytes for the same drawing.

    It has no style sheet, script or identifier, so that any number of drawings share a page. Names that a screen reader
    says stand in `title` and `desc`; each node and edge has a tooltip.
    """
    size = f"{_number(drawing.width)} {_number(drawing.height)}"
    width, height = size.split()
    about = f"Causal graph{f' {drawing.title}' if drawing.title else ''}"
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="{width}" height="{height}" '
            f'style="max-width:100%;height:auto" role="img" aria-label={_attribute(about)}>',
            f"<title>{_text(about)}</title><desc>{_text(_told(drawing))}</desc>",
            '<g fill="none" stroke="currentColor" stroke-width="1.2" stroke-linecap="round" opacity=".8">',
            *map(_line, drawing.lines),
            '</g><g fill="none" stroke="currentColor" stroke-width="1.2">',
            *map(_box, drawing.boxes),
            f'</g><g fill="currentColor" font-family="{FONT}" font-size="{_number(SIZE)}" text-anchor="middle">',
            *map(_label, drawing.boxes),
            "</g></svg>\n",
        )
    )


def _told(drawing: Drawing) -> str:
    """Say the graph in words."""
    nodes, edges = len(drawing.boxes), len(drawing.lines)
    said = [f"{nodes} {'node' if nodes == 1 else 'nodes'}, {edges} {'edge' if edges == 1 else 'edges'}"]
    said += [f"{box.label} is {'set' if box.mark == 'do' else 'seen'}" for box in drawing.boxes if box.mark]
    if edges <= TOLD:
        said += map(_said, drawing.lines)
    return "; ".join(said)


def _said(line: Line) -> str:
    arrow = "↔" if line.sign == "<->" else "→"
    return f"{line.tail} {arrow} {line.head}" + (" (cut)" if line.cuts else "")


def _line(line: Line) -> str:
    drawn = strokes(line)
    dash = f' stroke-dasharray="{DASHES}"' if line.dashed else ""
    parts = [f"<title>{_text(_said(line))}</title>"]
    parts += [f'<path d="{_curve(points)}"{dash}/>' for points in drawn.whole]
    parts += [f'<path d="{_curve(points)}"{dash} opacity=".4"/>' for points in drawn.stubs]
    parts += [f'<path d="{_polygon(points)}" fill="currentColor" stroke="none"/>' for points in drawn.heads]
    faint = 'fill="currentColor" stroke="none" opacity=".4"'
    parts += [f'<path d="{_polygon(points)}" {faint}/>' for points in drawn.faint_heads]
    if drawn.slashes:
        slashes = "".join(f"M{_point(a)}L{_point(b)}" for a, b in drawn.slashes)
        parts.append(f'<path d="{slashes}" stroke="{DO}" stroke-width="2"/>')
    return f"<g>{''.join(parts)}</g>"


def _box(box: Box) -> str:
    parts = [f"<title>{_text(box.name)}</title>"]
    colour = f' stroke="{DO}" stroke-width="1.8" fill="{DO}" fill-opacity=".16"' if box.mark == "do" else ""
    colour = ' fill="currentColor" fill-opacity=".1"' if box.mark == "given" else colour
    dash = f' stroke-dasharray="{DASHES}"' if box.latent else ""
    parts.append(_rectangle(box, 0, colour + dash))
    if box.image or box.mark == "given":
        parts.append(_rectangle(box, FRAME, ' stroke-width=".8"'))
    if box.image:
        parts.append(_picture(box.x - box.width / 2 + 11, box.y))
    if box.mark == "do":
        place = f'x="{_number(box.x - box.width / 2 - 9)}" y="{_number(box.y - HEIGHT / 2 - 7)}"'
        parts.append(f'<rect {place} width="22" height="14" rx="7" fill="{DO}" stroke="none"/>')
    return f"<g>{''.join(parts)}</g>"


def _rectangle(box: Box, inset: float, attributes: str) -> str:
    """Draw a box's outline: a picture frame has corners, everything else is round."""
    x, y = box.x - box.width / 2 + inset, box.y - HEIGHT / 2 + inset
    width, height = box.width - 2 * inset, HEIGHT - 2 * inset
    round_ = 1.5 if box.image else height / 2
    place = f'x="{_number(x)}" y="{_number(y)}" width="{_number(width)}" height="{_number(height)}"'
    return f'<rect {place} rx="{_number(round_)}"{attributes}/>'


def _picture(x: float, y: float) -> str:
    """Draw a small picture, hills and a sun."""
    hills = f"M{_number(x)} {_number(y + 6)}l5 -7l3.5 4.5l2.5 -3l4 5.5z"
    sun = f'<circle cx="{_number(x + 11)}" cy="{_number(y - 4)}" r="1.8" stroke-width="1"/>'
    return f'<path d="{hills}" stroke-width="1"/>{sun}'


def _label(box: Box) -> str:
    x = box.x + (ICON / 2 if box.image else 0)
    text = f'<text x="{_number(x)}" y="{_number(box.y + 0.35 * SIZE)}">{_text(box.label)}</text>'
    if box.mark == "do":
        at = f'x="{_number(box.x - box.width / 2 + 2)}" y="{_number(box.y - HEIGHT / 2 + 3.3)}"'
        text += f'<text {at} fill="#fff" font-size="10">do</text>'
    return text


def _curve(points: tuple[Point, ...]) -> str:
    start, *rest = map(_point, points)
    return f"M{start}C{' '.join(rest)}"


def _polygon(points: Iterable[Point]) -> str:
    return f"M{'L'.join(map(_point, points))}z"


def _point(point: Point) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _text(text: str) -> str:
    return escape(_UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text))


def _attribute(text: str) -> str:
    return quoteattr(_UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text))
