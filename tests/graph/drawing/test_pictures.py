"""Pictures that were looked at and found right, and the PNG against its SVG, pixel by pixel."""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from causaldsl.graph.drawing.figure import HEIGHT, Drawing
from causaldsl.graph.drawing.layout import draw
from causaldsl.graph.drawing.png import PIXELS, write_png
from causaldsl.graph.drawing.strokes import strokes
from causaldsl.graph.drawing.svg import write_svg
from causaldsl.graph.read import read_file, read_text

HERE = Path(__file__).parent / "pictures"
EXAMPLES = Path(__file__).parents[3] / "examples"
MARKS = {"do": ["X", "Y", "Face"], "given": ["Age", 'Hair="dark blond"']}


@pytest.mark.parametrize(
    ("file", "marks"),
    [(HERE / "set_and_seen.causal", MARKS), (HERE / "crowded.causal", {}), (EXAMPLES / "celeba.causal", {})],
    ids=lambda value: value.stem if isinstance(value, Path) else "",
)
def test_a_picture_is_as_it_was_when_it_was_looked_at(file: Path, marks: dict[str, list[str]]) -> None:
    """After a change that is meant, look at `causaldsl show FILE --do .. --out PICTURE --force` and keep it."""
    expected = (HERE / f"{file.stem}.svg").read_text(encoding="utf-8")
    assert write_svg(draw(read_file(file), **marks)) == expected


# ---- PNG

INK, BLUE, SET, SEEN = (29, 33, 41), (47, 127, 193), (220, 233, 245), (232, 232, 233)
FAINT = tuple(round(0.4 * ink + 0.6 * 255) for ink in INK)


class Pixels:
    """A drawing's PNG, asked for colours at places of the drawing."""

    def __init__(self, drawing: Drawing) -> None:
        content, _ = write_png(drawing)
        self.rgb = np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int)

    def near(self, colour: tuple[int, ...], x: float, y: float, within: float = 0.6) -> bool:
        """Whether a colour is found at most so far from a place."""
        left, right, top, bottom = (
            max(round(PIXELS * at), 0) for at in (x - within, x + within, y - within, y + within)
        )
        patch = self.rgb[top : bottom + 1, left : right + 1].reshape(-1, 3)
        return bool((abs(patch - colour).max(axis=1) <= 12).any())

    def inked(self, left: float, right: float, top: float, bottom: float) -> tuple[float, float, float, float]:
        """Return the bounds of what is dark within bounds."""
        there = self.rgb[round(PIXELS * top) : round(PIXELS * bottom), round(PIXELS * left) : round(PIXELS * right)]
        rows, columns = np.nonzero(there.max(axis=2) < 100)
        return (
            left + columns.min() / PIXELS,
            left + columns.max() / PIXELS,
            top + rows.min() / PIXELS,
            top + rows.max() / PIXELS,
        )


@pytest.fixture(scope="module")
def drawing() -> Drawing:
    return draw(read_file(HERE / "set_and_seen.causal"), **MARKS)


@pytest.fixture(scope="module")
def pixels(drawing: Drawing) -> Pixels:
    return Pixels(drawing)


def test_boxes_have_their_colours_and_frames(drawing: Drawing, pixels: Pixels) -> None:
    for box in drawing.boxes:
        ink = BLUE if box.mark == "do" else INK
        face = {"do": SET, "given": SEEN, "": (255, 255, 255)}[box.mark]
        left, top = box.x - box.width / 2, box.y - HEIGHT / 2
        assert pixels.near(face, box.x, box.y + HEIGHT / 2 - 5.5), box.name
        assert pixels.near(ink, left, box.y, 1.5), box.name
        assert pixels.near(ink, left + box.width, box.y, 1.5), box.name
        assert pixels.near(ink, box.x, top + HEIGHT, 3.5), box.name
        framed = box.image or box.mark == "given"
        assert pixels.near(INK, left + 3.5, box.y) == framed, box.name
        assert pixels.near(INK, box.x, top + HEIGHT - 3.5) == framed, box.name
        assert pixels.near(BLUE, left - 6, top - 4) == (box.mark == "do"), "the badge"
        assert pixels.near((255, 255, 255), left + 5, top, 2) or box.mark != "do", "do, in white"


def test_a_latent_is_dashed(drawing: Drawing, pixels: Pixels) -> None:
    for box in drawing.boxes:
        if not box.mark:
            below = [pixels.near(INK, box.x + dx, box.y + HEIGHT / 2, 0.4) for dx in np.arange(-4, 4, 0.5)]
            assert all(below) != box.latent, box.name


def test_an_image_is_a_frame_with_a_small_picture(drawing: Drawing, pixels: Pixels) -> None:
    (box,) = (box for box in drawing.boxes if box.image)
    left = box.x - box.width / 2
    inside = pixels.inked(left + 5, left + 30, box.y - HEIGHT / 2 + 5, box.y + HEIGHT / 2 - 5)
    assert inside == pytest.approx((left + 10.5, left + 26.5, box.y - 6.3, box.y + 6.5), abs=1.2)
    sun = left + 22, box.y - 4
    assert pixels.near(SET, *sun, 0.2)
    for angle in np.arange(0, 2 * math.pi, 0.5):
        assert pixels.near(INK, sun[0] + 1.8 * math.cos(angle), sun[1] + 1.8 * math.sin(angle))
    label = pixels.inked(left + 30, left + box.width - 5, box.y - 8, box.y + 8)
    assert (label[0] + label[1]) / 2 == pytest.approx(box.x + 11, abs=1.5)
    assert (label[2] + label[3]) / 2 == pytest.approx(box.y, abs=1.5)
    corner = left + 0.8, box.y - HEIGHT / 2 + HEIGHT - 0.8
    assert pixels.near(BLUE, *corner, 0.3), "it has corners"


def test_lines_are_where_their_strokes_are(drawing: Drawing, pixels: Pixels) -> None:
    for line in drawing.lines:
        drawn = strokes(line)
        for points in drawn.whole:
            along = list(zip(points[::3], points[1::3], points[2::3], points[3::3], strict=False))
            there = [pixels.near(INK, *_at(curve, t)) for curve in along for t in np.arange(0.1, 0.9, 0.02)]
            assert any(there), line
            assert all(there) or line.dashed, line
        for points in drawn.stubs:
            there = [pixels.near(FAINT, *_at(points, t)) for t in np.arange(0.1, 0.7, 0.1)]
            assert any(there), line
        for colour, heads in ((INK, drawn.heads), (FAINT, drawn.faint_heads)):
            for head in heads:
                middle = np.mean(head, axis=0)  # perhaps behind the badge of a node that is set
                badge = colour == FAINT and pixels.near(BLUE, *middle)
                assert pixels.near(colour, *middle) or badge, (line, middle)
        for a, b in drawn.slashes:
            for t in (0.1, 0.3, 0.7, 0.9):
                assert pixels.near(BLUE, a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), 1.2), line


def _at(curve, t: float):
    """A point of a cubic curve."""
    p, q, r, s = (np.array(point) for point in curve)
    return (1 - t) ** 3 * p + 3 * t * (1 - t) ** 2 * q + 3 * t**2 * (1 - t) * r + t**3 * s


def test_a_large_drawing_has_fewer_pixels() -> None:
    wide = Drawing((), (), 20_000.0, 100.0)
    assert Image.open(io.BytesIO(write_png(wide)[0])).size == pytest.approx((30_000, 150), abs=1)
    names = ", ".join(f"N{i}" for i in range(20))
    large = draw(read_text(f"node {names}"))
    assert Image.open(io.BytesIO(write_png(large)[0])).width == pytest.approx(2.5 * large.width, abs=1)


def test_a_character_that_no_font_has_is_told() -> None:
    assert write_png(draw(read_text("node A, 因, 果; A -> 因")))[1] == ("因", "果")
