"""A graph as SVG: layers from causes to effects, our own layout, no outside program."""

from __future__ import annotations

from xml.sax.saxutils import escape

from causaldsl.graph.domain import Image
from causaldsl.graph.ir import CausalGraph

ROW, GAP, CHARACTER, HEIGHT, MARGIN = 92, 26, 7.6, 34, 24


def graph_svg(graph: CausalGraph) -> str:
    """Draw a graph: labels as rounded boxes, images as boxes with a corner, latents and `<->` dashed.

    Nodes of one depth share a row; each row is ordered by the mean place of the nodes' causes, so that arrows cross
    little.
    """
    layers: dict[int, list[str]] = {}
    for name in graph.order:
        layers.setdefault(graph.depth[name], []).append(name)
    place: dict[str, float] = {}
    for depth in sorted(layers):
        layers[depth].sort(key=lambda n: _mean([place[p] for p in graph[n].parents]))
        place |= {name: (i + 0.5) / len(layers[depth]) for i, name in enumerate(layers[depth])}
    width = {name: CHARACTER * len(name) + 24 for name in place}
    whole = max(sum(width[n] + GAP for n in names) for names in layers.values()) + 2 * MARGIN
    at: dict[str, tuple[float, float]] = {}
    for depth, names in layers.items():
        space = (whole - sum(width[n] for n in names)) / (len(names) + 1)
        x = space
        for name in names:
            at[name] = (x + width[name] / 2, MARGIN + HEIGHT / 2 + depth * ROW)
            x += width[name] + space
    tall = 2 * MARGIN + HEIGHT + ROW * max(layers)
    lines = [_arrow(at[a], at[b], dashed=graph[a].latent) for a, b, kind in graph.edges if kind == "->"]
    arcs = [_arc(at[a], at[b]) for a, b in graph.confounded]
    boxes = [_box(name, at[name], width[name], graph) for name in place]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole:.0f} {tall:.0f}" role="img" '
        f'aria-label="the causal graph" style="max-width:{whole:.0f}px">'
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="currentColor"/></marker></defs>'
        '<g fill="none" stroke="currentColor" stroke-opacity=".55">' + "".join(lines + arcs) + "</g>"
        '<g fill="none" stroke="currentColor" font-family="system-ui, sans-serif" font-size="13">'
        + "".join(boxes)
        + "</g></svg>"
    )


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.5


def _arrow(a: tuple[float, float], b: tuple[float, float], dashed: bool) -> str:
    (x1, y1), (x2, y2) = (a[0], a[1] + HEIGHT / 2), (b[0], b[1] - HEIGHT / 2 - 1)
    middle = (y1 + y2) / 2
    dash = ' stroke-dasharray="4 3"' if dashed else ""
    path = f"M{x1:.1f} {y1:.1f}C{x1:.1f} {middle:.1f} {x2:.1f} {middle:.1f} {x2:.1f} {y2:.1f}"
    return f'<path d="{path}" marker-end="url(#head)"{dash}/>'


def _arc(a: tuple[float, float], b: tuple[float, float]) -> str:
    bend = min(a[1], b[1]) - HEIGHT
    return (
        f'<path d="M{a[0]:.1f} {a[1] - HEIGHT / 2:.1f}Q{(a[0] + b[0]) / 2:.1f} {bend:.1f} {b[0]:.1f} '
        f'{b[1] - HEIGHT / 2:.1f}" stroke-dasharray="4 3" marker-end="url(#head)" marker-start="url(#head)"/>'
    )


def _box(name: str, at: tuple[float, float], width: float, graph: CausalGraph) -> str:
    x, y = at[0] - width / 2, at[1] - HEIGHT / 2
    image = isinstance(graph[name].domain, Image)
    dash = ' stroke-dasharray="4 3"' if graph[name].latent else ""
    frame = f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{HEIGHT}" rx="{2 if image else 17}"{dash}/>'
    inner = (
        f'<rect x="{x + 4:.1f}" y="{y + 4:.1f}" width="{width - 8:.1f}" height="{HEIGHT - 8}" stroke-opacity=".4"/>'
        if image
        else ""
    )
    text = (
        f'<text x="{at[0]:.1f}" y="{at[1] + 4.5:.1f}" text-anchor="middle" fill="currentColor" stroke="none">'
        f"{escape(name)}</text>"
    )
    return f"<g>{frame}{inner}{text}</g>"
