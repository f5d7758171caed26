"""Who sits for a portrait: the labels, and all that the labels leave open (skin, hair, clothes, pose, light)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from causaldsl.datasets.faces_canvas import SHIFT, TILT, TURN, ZOOM, Array, Pose

LABELS = (
    "Young",
    "Male",
    "Eyeglasses",
    "Bald",
    "Mustache",
    "Smiling",
    "Wearing_Lipstick",
    "Mouth_Slightly_Open",
    "Narrow_Eyes",
)
"""What is drawn, in the order of the label columns."""

SKIN = ((1.00, 0.87, 0.77), (0.95, 0.76, 0.61), (0.84, 0.62, 0.45), (0.66, 0.46, 0.33))
YOUNG_HAIR = ((0.10, 0.08, 0.09), (0.24, 0.14, 0.09), (0.42, 0.24, 0.12), (0.60, 0.26, 0.10), (0.88, 0.68, 0.30))
OLD_HAIR = ((0.62, 0.63, 0.66), (0.93, 0.93, 0.94))
IRIS = ((0.16, 0.09, 0.05), (0.12, 0.26, 0.45), (0.14, 0.32, 0.20))
CLOTH = ((0.16, 0.22, 0.38), (0.30, 0.30, 0.34), (0.42, 0.16, 0.20), (0.14, 0.36, 0.34), (0.46, 0.34, 0.20))
FRAME = ((0.07, 0.07, 0.09), (0.07, 0.07, 0.09), (0.30, 0.10, 0.08), (0.08, 0.12, 0.34))
WALL = ((0.80, 0.87, 0.93), (0.72, 0.85, 0.80), (0.93, 0.86, 0.74), (0.84, 0.80, 0.90), (0.70, 0.76, 0.84))
ROUGE = ((0.84, 0.05, 0.16), (0.88, 0.10, 0.36), (0.66, 0.02, 0.14))

_DRAWS = 24
"""Uniform numbers a sitter; a little more than are used, so that a new trait need not change the old ones."""


@dataclass(frozen=True)
class Sitter:
    """A stack of sitters; every field but the colours, of shape (3, n), has shape (n,).

    The first nine fields are the labels, in {0, 1}. Everything after them is a nuisance: drawn without a look at
    the labels, except that the old are grey and the lengths of hair differ in frequency between women and men.
    """

    young: Array
    male: Array
    glasses: Array
    bald: Array
    moustache: Array
    smile: Array
    lipstick: Array
    open: Array
    narrow: Array
    pose: Pose
    turn: Array
    light: Array
    glow: Array
    long_hair: Array
    parting: Array
    fringe: Array
    broad: Array
    spread: Array
    skin: Array
    hair: Array
    iris: Array
    cloth: Array
    frame: Array
    wall: Array
    rouge: Array


def seat(labels: np.ndarray[Any, Any], rng: np.random.Generator) -> Sitter:
    """Draw the looks of sitters with these labels.

    Parameters
    ----------
    labels : ndarray, shape (n, 9), in {0, 1}
        In the order of `LABELS`.
    rng : Generator
        Source of the looks; the same numbers of it are used whatever the labels.

    Returns
    -------
    Sitter
        All laws are symmetric about the middle of the picture, so a mirrored portrait is as likely as the portrait.
    """
    u = iter(rng.random((_DRAWS, len(labels)), dtype=np.float32))
    young, male, glasses, bald, moustache, smile, lipstick, mouth_open, narrow = labels.T.astype(np.float32)

    def either_side(bound: float) -> Array:
        side: Array = (2 * next(u) - 1) * bound
        return side

    pose = Pose(either_side(SHIFT), either_side(SHIFT), either_side(ZOOM), either_side(TILT))
    tint, shade = next(u), next(u)
    hair = np.where(young > 0, _pick(YOUNG_HAIR, tint), _along(OLD_HAIR, tint)) * (0.9 + 0.2 * shade)
    return Sitter(
        young=young,
        male=male,
        glasses=glasses,
        bald=bald,
        moustache=moustache,
        smile=smile,
        lipstick=lipstick,
        open=mouth_open,
        narrow=narrow,
        pose=pose,
        turn=either_side(TURN),
        light=either_side(1),
        glow=either_side(1),
        long_hair=(next(u) < 0.75 - 0.60 * male).astype(np.float32),
        parting=either_side(0.22),
        fringe=either_side(0.04),
        broad=either_side(0.03),
        spread=either_side(0.015),
        skin=_along(SKIN, next(u)),
        hair=np.minimum(hair, 1),
        iris=_pick(IRIS, next(u)),
        cloth=_pick(CLOTH, next(u)) * (0.8 + 0.5 * next(u)),
        frame=_pick(FRAME, next(u)),
        wall=_pick(WALL, next(u)) * (0.85 + 0.2 * next(u)),
        rouge=_pick(ROUGE, next(u)),
    )


def _pick(palette: tuple[tuple[float, ...], ...], u: Array) -> Array:
    """Choose one colour of a palette for each u in [0, 1); shape (3, n)."""
    colours: Array = np.asarray(palette, np.float32)[(u * len(palette)).astype(int)].T
    return colours


def _along(palette: tuple[tuple[float, ...], ...], u: Array) -> Array:
    """Walk along a palette, u in [0, 1) of the way; shape (3, n)."""
    colours = np.asarray(palette, np.float32)
    at = u * (len(palette) - 1)
    left = at.astype(int)
    part = (at - left.astype(np.float32))[:, None]
    found: Array = (colours[left] + part * (colours[left + 1] - colours[left])).T
    return found
