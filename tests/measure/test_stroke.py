"""Thickness and intensity: drawn strokes whose measure is known, and digits whose measure stands in a table."""

from pathlib import Path

import numpy as np
import pytest

from causaldsl.datasets.decoding import load
from causaldsl.graph.domain import Image
from causaldsl.measure import stroke
from causaldsl.plugins.datasets import dataset


def line(width: float, angle: float = 0.0, grey: float = 255.0, side: int = 32) -> np.ndarray:
    """A bar through the middle with round ends, drawn at 16 subpixels a pixel and averaged."""
    at = (np.arange(side * 16) + 0.5) / 16 - side / 2
    y, x = np.meshgrid(at, at, indexing="ij")
    along, across = np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x
    distance = np.hypot(np.maximum(np.abs(along) - 9, 0), across)
    return grey * (distance <= width / 2).reshape(side, 16, side, 16).mean((1, 3))


@pytest.mark.parametrize("width", [2.0, 2.5, 3.0, 4.0, 5.0, 6.0])
def test_a_bar_is_as_thick_as_it_was_drawn(width: float) -> None:
    angles = np.linspace(0.15, 3, 8)  # along an axis half a pixel more or less cannot be told
    read = stroke.thickness(np.stack([line(width, angle) for angle in angles]))
    assert np.abs(read - width).max() < 0.3
    assert abs(read.mean() - width) < 0.15


def test_a_ring_is_as_thick_as_it_was_drawn() -> None:
    at = (np.arange(512) + 0.5) / 16 - 16
    radius = np.hypot(at[:, None], at)
    for width in (2, 3, 4):
        ring = (np.abs(radius - 9) <= width / 2).reshape(32, 16, 32, 16).mean((1, 3))
        assert stroke.thickness(ring[None])[0] == pytest.approx(width, abs=0.2)


def test_where_it_lies_how_bright_it_is_and_on_what_ground_does_not_matter() -> None:
    bar = line(3)
    moved = np.roll(bar, (2, -3), (0, 1))
    read = stroke.thickness(np.stack([bar, moved, bar / 255, bar.T, bar * 0.2 + 40]))
    assert np.ptp(read) < 1e-9 + 0.05
    grown = np.pad(bar, 5)[None, None]
    assert stroke.thickness(grown)[0] == pytest.approx(read[0])


@pytest.mark.parametrize("grey", [70.0, 160.0, 255.0])
def test_intensity_is_that_of_the_stroke(grey: float) -> None:
    bars = np.stack([line(width, 0.3, grey) for width in (2, 3, 5)])[:, None]
    assert stroke.intensity(bars) == pytest.approx(np.full(3, grey), rel=0.05)
    assert stroke.intensity(bars.astype(np.uint8)).dtype == np.float64


def test_pictures_of_one_grey_have_no_stroke() -> None:
    plain = np.stack([np.zeros((28, 28)), np.full((28, 28), 90.0)])
    assert stroke.thickness(plain).tolist() == [0, 0]
    assert stroke.intensity(plain).tolist() == [0, 90]
    assert stroke.thickness(plain[:0]).shape == stroke.intensity(plain[:0]).shape == (0,)


def test_distances_are_those_to_each_place_of_the_ground() -> None:
    shapes = np.random.default_rng(0).random((5, 30, 30)) < 0.9
    shapes[:, [0, -1]] = shapes[:, :, [0, -1]] = False
    found = stroke._distance(shapes)
    for shape, distance in zip(shapes, found, strict=True):
        ground = np.argwhere(~shape)
        for y, x in np.ndindex(shape.shape):
            assert distance[y, x] == pytest.approx(np.hypot(*(ground - (y, x)).T).min(), rel=1e-6)


def test_the_skeleton_is_thin_connected_and_inside() -> None:
    bars = np.stack([line(w, a) > 128 for w in (3, 5, 7) for a in (0.0, 0.4, 1.2)])
    for bar, spine in zip(bars, stroke._skeleton(bars), strict=True):
        assert not (spine & ~bar).any()
        assert spine.sum() >= 12
        blocks = spine[1:, 1:] & spine[:-1, 1:] & spine[1:, :-1] & spine[:-1, :-1]
        assert not blocks.any(), "no four in a square"
        reached, before = np.zeros_like(spine), -1
        reached[tuple(np.argwhere(spine)[0])] = True
        while reached.sum() > before:
            before = reached.sum()
            around = np.pad(reached, 1)
            near = [around[1 + y : 33 + y, 1 + x : 33 + x] for y in (-1, 0, 1) for x in (-1, 0, 1)]
            reached = np.logical_or.reduce(near) & spine
        assert np.array_equal(reached, spine)


def test_digits_read_as_their_table_says(real_data: Path) -> None:
    found = load(
        dataset("morphomnist", real_data / "morphomnist"),
        ("thickness", "intensity"),
        {"Digit": Image(1, 32, 32)},
        "held_out",
    )
    pictures = np.asarray(found.pictures["Digit"])
    thick = stroke.thickness(pictures) - found.labels["thickness"]
    bright = stroke.intensity(pictures) - found.labels["intensity"]
    assert np.abs(thick).mean() < 0.11
    assert abs(thick.mean()) < 0.05
    assert np.quantile(np.abs(thick), 0.9) < 0.22
    assert np.abs(bright).mean() < 0.6
    assert np.quantile(np.abs(bright), 0.99) < 3
