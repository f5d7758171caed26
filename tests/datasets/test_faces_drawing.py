"""The drawing: reproducible, the same in pieces, symmetric in law, and every label shows where it should."""

from dataclasses import replace

import numpy as np
import pytest

from causaldsl.datasets import faces_canvas
from causaldsl.datasets.faces_canvas import Canvas
from causaldsl.datasets.faces_drawing import draw
from causaldsl.datasets.faces_portrait import paint
from causaldsl.datasets.faces_sitter import LABELS, Sitter, seat


def labels(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 2, (n, len(LABELS)))


def painted(sitter: Sitter, size: int = 32) -> np.ndarray:
    canvas = Canvas.blank(size, sitter.pose)
    paint(canvas, sitter)
    return canvas.rgb


def test_shape_and_type() -> None:
    for size in (32, 64, 96):
        pictures = draw(labels(3), size)
        assert pictures.shape == (3, 3, size, size)
        assert pictures.dtype == np.uint8
        assert pictures.flags.c_contiguous
    assert draw(labels(0)).shape == (0, 3, 32, 32)


def test_same_seed_same_bytes_in_any_pieces() -> None:
    rows = labels(300)
    whole = draw(rows, 32, seed=3)
    assert (draw(rows, 32, seed=3) == whole).all()
    for first, last in ((0, 1), (37, 200), (127, 129), (256, 300)):
        assert (draw(rows[first:last], 32, seed=3, first=first) == whole[first:last]).all()
    assert (draw(rows, 32, seed=4) != whole).any()


@pytest.mark.parametrize("size", [0, 16, 33])
def test_a_size_that_is_no_multiple_of_32_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="multiple of 32"):
        draw(labels(1), size)


def test_labels_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="9 columns"):
        draw(np.ones((4, 8)))


def test_nothing_falls_into_float64() -> None:
    sitter = seat(labels(4), np.random.default_rng(0))
    assert painted(sitter).dtype == np.float32


def test_windows_cut_nothing_off(monkeypatch: pytest.MonkeyPatch) -> None:
    sitter = seat(labels(512), np.random.default_rng(1))
    quick = painted(sitter)
    monkeypatch.setattr(Canvas, "window", lambda self, *_: self)
    assert np.array_equal(painted(sitter), quick)


def test_looks_do_not_depend_on_the_labels() -> None:
    ones, zeros = (seat(np.full((50, 9), v), np.random.default_rng(2)) for v in (0, 1))
    for trait in ("skin", "wall", "frame", "iris", "turn", "light", "rouge", "parting"):
        assert np.array_equal(getattr(ones, trait), getattr(zeros, trait))


def test_a_mirrored_sitter_gives_a_mirrored_portrait() -> None:
    """So pictures may be flipped in training: every mirrored trait is symmetric in law about zero."""
    sitter = seat(labels(64), np.random.default_rng(3))
    pose = replace(sitter.pose, right=-sitter.pose.right, tilt=-sitter.pose.tilt)
    mirrored = replace(sitter, pose=pose, turn=-sitter.turn, light=-sitter.light, parting=-sitter.parting)
    assert np.abs(painted(mirrored)[:, :, ::-1] - painted(sitter)).max() < 1e-4


WHERE = {
    "Young": (-0.6, 0.6),
    "Male": (-0.8, 1.0),
    "Eyeglasses": (-0.4, 0.2),
    "Bald": (-1.0, 0.9),
    "Mustache": (0.0, 0.4),
    "Smiling": (0.1, 0.8),
    "Wearing_Lipstick": (0.1, 0.75),
    "Mouth_Slightly_Open": (0.1, 0.75),
    "Narrow_Eyes": (-0.4, 0.2),
}


@pytest.mark.parametrize("label", LABELS)
def test_each_label_shows_and_shows_only_in_its_place(label: str) -> None:
    rows = labels(256, seed=5)
    j = LABELS.index(label)
    without, with_it = (seat(np.where(np.arange(9) == j, v, rows), np.random.default_rng(6)) for v in (0, 1))
    change = np.abs(painted(with_it) - painted(without)).sum(0)
    top, bottom = WHERE[label]
    rows_of_picture = faces_canvas._reach(32, -1.0, top, 1.0, bottom)[0]
    outside = np.delete(change, np.arange(32)[rows_of_picture], axis=0)
    if label not in ("Young", "Male"):  # the colour and the length of hair follow these
        assert outside.max(initial=0.0) == 0
    assert (change.sum((0, 1)) > 6).all(), "six pixels from black to white, or more, in every portrait"
