"""A graph as it is drawn: boxes and lines as plain numbers; y grows downwards. `svg` and `png` make pictures of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Point = tuple[float, float]
End = Literal["tail", "head"]

SIZE = 13.0
"""Of the letters; every other length is in the same unit."""
HEIGHT = 32.0
"""Of a box."""
FRAME = 3.5
"""Between the two lines of a picture frame, and of a node that is seen."""
ICON = 22.0
"""How far the label of an image is moved to the right, for a small picture."""


@dataclass(frozen=True)
class Box:
    """A node as it is drawn.

    Parameters
    ----------
    name : str
        The node.
    label : str
        What stands in the box: its name, or what it is set to or seen with; shortened where it is long.
    x, y, width : float
        Its middle, and how wide it is; its height is `HEIGHT`.
    image, latent : bool
        An image is a picture frame, a latent is dashed.
    mark : {"", "do", "given"}
        Whether the node is set, or seen.
    """

    name: str
    label: str
    x: float
    y: float
    width: float
    image: bool = False
    latent: bool = False
    mark: Literal["", "do", "given"] = ""


@dataclass(frozen=True)
class Line:
    """An edge as it is drawn.

    Parameters
    ----------
    tail, head, sign : str
        The edge, as in `CausalGraph.edges`.
    points : tuple of (float, float)
        From the tail's border to the head's: a start, then three points for each cubic curve.
    dashed : bool
        Whether the cause is unobserved.
    cuts : tuple of {"tail", "head"}
        The ends at which an intervention cuts the edge.
    """

    tail: str
    head: str
    sign: str
    points: tuple[Point, ...]
    dashed: bool = False
    cuts: tuple[End, ...] = ()


@dataclass(frozen=True)
class Drawing:
    """A graph as it is drawn, from (0, 0) to (width, height). A notebook shows it as SVG."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: float
    height: float
    title: str = ""

    def svg(self) -> str:
        """Return the drawing as an SVG element; see `causaldsl.graph.drawing.svg`."""
        from causaldsl.graph.drawing.svg import write_svg

        return write_svg(self)

    def _repr_svg_(self) -> str:
        return self.svg()
