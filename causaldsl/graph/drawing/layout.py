"""From a graph to its drawing: the four steps, one after the other."""

from __future__ import annotations

from causaldsl.graph.domain import Image
from causaldsl.graph.drawing.figure import HEIGHT, ICON, SIZE, Box, Drawing, End, Line, Point
from causaldsl.graph.drawing.layers import layers
from causaldsl.graph.drawing.marks import Marked, Marks, read_marks
from causaldsl.graph.drawing.measure import ems, shortened
from causaldsl.graph.drawing.order import Grid
from causaldsl.graph.drawing.places import places
from causaldsl.graph.drawing.route import ROW, Router
from causaldsl.graph.ir import CausalGraph, Edge

PADDING = 13.0
"""Left and right of a label."""
APART = (24.0, 16.0, 14.0)
"""Between neighbours in a row: two boxes, a box and a bend, two bends."""
MARGIN = 14.0
"""Around the whole."""


def draw(graph: CausalGraph, do: Marked = (), given: Marked = ()) -> Drawing:
    """Lay a graph out.

    Parameters
    ----------
    graph : CausalGraph
        The graph.
    do, given : iterable of str, or mapping of str to a value
        Nodes that are set, and nodes that are seen: names, assignments (`"Bald=1"`), or names with values.

    Returns
    -------
    Drawing
        The same graph gives the same drawing, to the last digit. What is marked by name alone moves nothing.

    Raises
    ------
    UsageError
        If a name is no node of the graph, a value is not of its domain, or a node is marked twice.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> drawing = draw(read_text("binary Z, X, Y; Z -> X, Y; X -> Y"), do=["X"])
    >>> [(line.tail, line.head) for line in drawing.lines if line.cuts]
    [('Z', 'X')]
    """
    marks = read_marks(graph, do, given)
    labels = [shortened(marks.label(node.name)) for node in graph.nodes]
    images = [isinstance(node.domain, Image) for node in graph.nodes]
    widths = [_width(label, image) for label, image in zip(labels, images, strict=True)]
    number = graph.links.number
    edges = [(number[a], number[b], sign == "->") for a, b, sign in graph.edges]
    grid = Grid(
        layers(graph, [width + APART[0] for width in widths], ROW),
        [(a, b, causes and not graph.nodes[a].latent) for a, b, causes in edges],
    )
    grid.arrange()

    def apart(u: int, v: int) -> float:
        halves = sum(widths[item] / 2 for item in (u, v) if not grid.is_bend(item))
        return halves + APART[grid.is_bend(u) + grid.is_bend(v)]

    x = places(grid, apart)
    router = Router(grid, edges, x, widths, images)
    curves = router.curves()
    reach = [x[v] - width / 2 for v, width in enumerate(widths)], [x[v] + width / 2 for v, width in enumerate(widths)]
    left = min([*reach[0], *(px for curve in curves for px, _ in curve)], default=0) - MARGIN
    right = max([*reach[1], *(px for curve in curves for px, _ in curve)], default=0) + MARGIN

    def moved(point: Point) -> Point:
        return round(point[0] - left, 1), round(point[1] + MARGIN, 1)

    boxes = []
    for v, node in enumerate(graph.nodes):
        middle = moved((x[v], router.y[grid.row[v]]))
        boxes.append(Box(node.name, labels[v], *middle, widths[v], images[v], node.latent, marks.of(node.name)))
    lines = [
        Line(*edge, tuple(map(moved, curve)), edge[2] == "<->" or graph[edge[0]].latent, _cuts(edge, marks))
        for edge, curve in zip(graph.edges, curves, strict=True)
    ]
    return Drawing(
        tuple(boxes), tuple(lines), round(right - left, 1), round(router.height + 2 * MARGIN, 1), _title(graph)
    )


def _width(label: str, image: bool) -> float:
    return round(max(SIZE * ems(label) + 2 * PADDING + (ICON if image else 0), HEIGHT + 10), 1)


def _cuts(edge: Edge, marks: Marks) -> tuple[End, ...]:
    """Return the ends at which an intervention cuts an edge."""
    tail, head, sign = edge
    if sign == "<->":
        ends: tuple[tuple[str, End], ...] = ((tail, "tail"), (head, "head"))
        return tuple(end for name, end in ends if marks.cuts(None, name))
    return ("head",) if marks.cuts(tail, head) else ()


def _title(graph: CausalGraph) -> str:
    return graph.title or graph.name
