"""The painter of the faces: one function a layer, from the wall behind the sitter to the glasses on the nose.

Each function sees a whole canvas and a stack of sitters, and paints one layer into a window of it. A label is a
number in {0, 1} that scales an opacity or moves a shape, so that every combination of labels can be painted.
"""

from __future__ import annotations

import numpy as np

from causaldsl.datasets.faces_canvas import Array, Canvas, box, ellipse, leaf
from causaldsl.datasets.faces_sitter import Sitter

INK = (0.13, 0.08, 0.08)
WHITE = (0.99, 0.98, 0.97)

HEAD_Y, HEAD_WIDTH, HEAD_HEIGHT = -0.05, 0.54, 0.70
EYE_X, EYE_Y = 0.255, -0.10
MOUTH_Y = 0.39


def paint(canvas: Canvas, sitter: Sitter) -> None:
    """Paint the whole portrait, back to front."""
    for layer in (wall, hair_behind, body, ears, head, age, nose, eyes, hair, mouth, moustache, brows, glasses):
        layer(canvas, sitter)


def wall(canvas: Canvas, s: Sitter) -> None:
    """Paint the wall behind: one colour, lit from a side and from above."""
    lit = 1 + 0.10 * s.light * canvas.x - 0.10 * canvas.y
    canvas.paint(np.ones_like(lit), s.wall[:, None, None] * lit)


def hair_behind(canvas: Canvas, s: Sitter) -> None:
    """Let long hair fall behind the neck, on the shoulders."""
    c = canvas.window(-0.85, -0.95, 0.85, 0.95)
    away = box(c.x, c.y - 0.03, 0.66 + s.broad, 0.80, 0.60)
    c.paint(c.cover(away) * (s.long_hair * (1 - s.bald)), s.hair * 0.72)


def body(canvas: Canvas, s: Sitter) -> None:
    """Paint neck, shoulders and clothes: a broad jacket with shirt and tie, or a round neckline."""
    c = canvas.window(-1.3, 0.40, 1.3, 1.3)
    neck = box(c.x, c.y - 0.7, 0.17 + 0.11 * s.male, 0.5, 0.05)
    c.paint(c.cover(neck), s.skin * 0.80)
    shoulders = ellipse(c.x, c.y - 1.22, 0.74 + 0.26 * s.male, 0.46 + 0.08 * s.male)
    c.paint(c.cover(shoulders), s.cloth)
    neckline = ellipse(c.x, c.y - 0.70, 0.30, 0.20)
    c.paint(c.cover(neckline) * (1 - s.male), s.skin * 0.88)
    across = np.abs(c.x)
    shirt = np.maximum(across * 1.6 + c.y - 1.08, 0.66 - c.y + across * 0.2)
    c.paint(c.cover(shirt * 0.6) * s.male, _tint(*WHITE))
    tie = box(c.x, c.y - 0.95, 0.06, 0.2)
    c.paint(c.cover(tie) * s.male, s.cloth[::-1] * 0.8)


def ears(canvas: Canvas, s: Sitter) -> None:
    """Paint both ears, at the height of the eyes."""
    c = canvas.window(-0.78, -0.25, 0.78, 0.35)
    x = np.abs(c.x) - (HEAD_WIDTH + s.broad)
    c.paint(c.cover(ellipse(x, c.y, 0.10, 0.15)), s.skin * 0.86)


def head(canvas: Canvas, s: Sitter) -> None:
    """Paint the head: square jaws for men, a tapering chin for women; lit from a side."""
    c = canvas.window(-0.66, -0.85, 0.66, 0.74)
    lit = 1 + 0.13 * s.light * c.x - 0.05 * c.y
    c.paint(c.cover(_skull(c, s, 0.0)), s.skin[:, None, None] * lit)
    shine = ellipse(c.x - 0.2 * s.light, c.y + 0.52, 0.26, 0.13)
    c.paint(np.clip(-shine * 5, 0, 0.45) * s.bald, _tint(*WHITE))


def _skull(c: Canvas, s: Sitter, margin: Array | float) -> Array:
    v = (c.y - HEAD_Y) * (1 / HEAD_HEIGHT)
    jaw = np.maximum(v, 0)
    u = c.x * (1 + (0.30 - 0.30 * s.male) * jaw * jaw) * (1 / (HEAD_WIDTH + s.broad))
    u2, v2 = u * u, v * v
    oval, square = np.sqrt(u2 + v2), np.sqrt(np.sqrt(u2 * u2 + v2 * v2))
    blend = np.where(v > 0, 0.75 * s.male, np.float32(0.2))
    distance: Array = (oval + blend * (square - oval) - 1) * HEAD_WIDTH - margin
    return distance


def age(canvas: Canvas, s: Sitter) -> None:
    """Give the old furrows, bags under the eyes and folds beside the nose, and the young red cheeks."""
    c = canvas.window(-0.55, -0.65, 0.55, 0.60)
    x, old = np.abs(c.x - s.turn), 1 - s.young
    cheek = ellipse(x - 0.37, c.y - 0.13, 0.17, 0.12)
    c.paint(np.clip(-cheek * 6, 0, 0.40) * s.young, s.skin * _tint(1.0, 0.45, 0.45))
    fold = np.abs(x - 0.20 - 0.45 * (c.y - 0.08)) - 0.026
    lines = np.maximum(fold, np.abs(c.y - 0.20) - 0.15)
    bag = np.maximum(np.abs(c.y - 0.10 + 1.6 * (x - EYE_X) ** 2) - 0.026, np.abs(x - EYE_X) - 0.16)
    furrow = np.abs(np.abs(c.y + 0.46 - 0.10 * x) - 0.06) - 0.024
    furrow = np.maximum(furrow, x - 0.26)
    c.paint(c.cover(np.minimum(np.minimum(lines, bag), furrow)) * (0.75 * old), s.skin * 0.55)


def nose(canvas: Canvas, s: Sitter) -> None:
    """Paint a nose in the shade of the light, broader for men."""
    c = canvas.window(-0.3, -0.2, 0.3, 0.25)
    x = c.x - 1.6 * s.turn
    tip = ellipse(x, c.y - 0.10, 0.085 + 0.02 * s.male, 0.06)
    bridge = box(x + 0.05 * s.light, c.y, 0.025, 0.10, 0.02)
    c.paint(c.cover(np.minimum(tip, bridge)) * 0.55, s.skin * 0.72)


def eyes(canvas: Canvas, s: Sitter) -> None:
    """Paint large round eyes, or narrow ones: slits under heavy lids."""
    c = canvas.window(-0.56, -0.38, 0.56, 0.18)
    x, y = np.abs(c.x - s.turn) - (EYE_X + s.spread), c.y - EYE_Y
    gaze = c.x - s.turn * 1.4
    pupil_x = np.abs(gaze) - (EYE_X + s.spread)
    tall = 0.165 - 0.115 * s.narrow
    white = leaf(x, y, 0.20, tall)
    c.paint(c.cover(white - 0.045), s.skin * 0.62 * (1 - 0.35 * s.narrow))
    c.paint(c.cover(white), _tint(*WHITE))
    iris = np.maximum(ellipse(pupil_x, y, 0.095, 0.105), white)
    c.paint(c.cover(iris), s.iris)
    glint = ellipse(np.sign(gaze) * pupil_x - 0.03 * s.light, y + 0.04, 0.034, 0.034)
    c.paint(c.cover(glint) * (1 - s.narrow), _tint(*WHITE))
    lid = np.abs(y + tall * (1 - (x * 5) ** 2)) - (0.035 + 0.012 * s.narrow)
    c.paint(c.cover(np.maximum(lid, np.abs(x) - 0.21)), _tint(*INK))


def brows(canvas: Canvas, s: Sitter) -> None:
    """Paint the brows: straight and heavy for men, thin and arched for women, grey for the old."""
    c = canvas.window(-0.56, -0.50, 0.56, -0.16)
    x, y = np.abs(c.x - s.turn) - 0.27, c.y + 0.335 - 0.02 * (1 - s.male)
    brow = leaf(x, y, 0.22, 0.036 + 0.038 * s.male, -(0.10 - 0.07 * s.male))
    c.paint(c.cover(brow), s.hair * 0.6)


def hair(canvas: Canvas, s: Sitter) -> None:
    """Paint the hair in front: a cap that ends at the parting, longer at the sides; none for the bald."""
    c = canvas.window(-0.80, -1.0, 0.80, 0.45)
    cap = _skull(c, s, 0.11 + 0.03 * s.long_hair)
    across = c.x - s.parting
    line = c.y + 0.40 + s.fringe - (0.55 + 0.35 * s.long_hair) * across * across
    low = 0.05 + 0.35 * s.long_hair
    edge = np.maximum(np.maximum(cap, line), c.y - low)
    lit = 1 + 0.15 * s.light * c.x - 0.35 * (c.y + 0.5)
    c.paint(c.cover(edge) * (1 - s.bald), s.hair[:, None, None] * lit)


def mouth(canvas: Canvas, s: Sitter) -> None:
    """Paint the mouth: tips up for a smile, a gap with teeth if open, red and full lips if painted."""
    c = canvas.window(-0.56, 0.06, 0.56, 0.72)
    x, y = c.x - s.turn, c.y - MOUTH_Y - 0.09 * s.smile
    width = 0.25 + 0.14 * s.smile - 0.03 * s.open
    bend = 0.24 * s.smile - 0.08 * (1 - s.smile)
    gap = 0.105 * s.open
    lips = leaf(x, y, width, gap + 0.06 + 0.052 * s.lipstick, bend)
    pale = s.skin * _tint(0.70, 0.48, 0.46)
    c.paint(c.cover(lips), pale + s.lipstick * (s.rouge - pale))
    inner = leaf(x, y, width * 0.84, gap, bend)
    shut = leaf(x, y, width, 0.034 + 0.012 * s.smile, bend)
    c.paint(c.cover(np.where(s.open > 0, inner, shut)), _tint(0.25, 0.04, 0.05))
    teeth = np.maximum(inner + 0.01, y + bend * (x / width) ** 2 + 0.01)
    c.paint(c.cover(teeth) * s.open, _tint(*WHITE))


def moustache(canvas: Canvas, s: Sitter) -> None:
    """Paint a moustache between nose and mouth, its tips hanging."""
    c = canvas.window(-0.48, 0.05, 0.48, 0.40)
    x = c.x - s.turn
    shape = leaf(x, c.y - 0.20, 0.35, 0.085, -0.06)
    c.paint(c.cover(shape) * s.moustache, s.hair * 0.38)


def glasses(canvas: Canvas, s: Sitter) -> None:
    """Put on thick round frames, a bridge and temples; the lenses are nearly clear."""
    c = canvas.window(-0.66, -0.45, 0.66, 0.25)
    x, y = np.abs(c.x - s.turn), c.y - EYE_Y
    lens = box(x - 0.275, y, 0.245, 0.22, 0.16)
    c.paint(c.cover(lens) * (0.15 * s.glasses), _tint(0.75, 0.9, 1.0))
    rim = np.abs(lens) - 0.036
    bar = np.maximum(np.abs(y + 0.05) - 0.032, np.minimum(x - 0.05, np.maximum(0.5 - x, x - 0.60)))
    c.paint(c.cover(np.minimum(rim, bar)) * s.glasses, s.frame)


def _tint(red: float, green: float, blue: float) -> Array:
    """One colour for all sitters, shape (3, 1)."""
    return np.array([[red], [green], [blue]], np.float32)
