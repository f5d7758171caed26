"""The digits that scikit-learn brings along."""

import sys
from pathlib import Path

import numpy as np
import pytest

from causaldsl.datasets import decoding
from causaldsl.datasets.digits import DigitsOptions, plugin
from causaldsl.datasets.pack import pack
from causaldsl.errors import DataError, UsageError
from causaldsl.graph.domain import Image
from causaldsl.plugins.datasets import Dataset, dataset

IMAGES = {"Digit": Image(1, 32, 32)}


@pytest.fixture(autouse=True)
def _scikit_learn() -> None:
    pytest.importorskip("sklearn")


def test_pictures_are_enlarged_pixel_by_pixel() -> None:
    from sklearn.datasets import load_digits

    found = decoding.load(dataset("digits"), ("digit",), {**IMAGES, "Small": Image(1, 8, 8)}, "all")
    held = load_digits()
    assert np.array_equal(found.labels["digit"], held.target)
    large, small = found.pictures["Digit"], found.pictures["Small"]
    assert (large.shape, large.dtype) == ((1797, 1, 32, 32), np.uint8)
    assert np.array_equal(large[:, :, 1::4, 2::4], small)
    assert large.sum(dtype=np.int64) == 16 * small.sum(dtype=np.int64)
    assert np.abs(small[:, 0] / 255 - held.images / 16).max() <= 0.5 / 255
    assert (small.min(), small.max()) == (0, 255)


def test_the_last_rows_are_held_out() -> None:
    whole = decoding.load(dataset("digits(train_rows=0)"), ("digit",), IMAGES)
    train, rest = (decoding.load(dataset("digits"), ("digit",), IMAGES, part) for part in ("train", "held_out"))
    assert (len(train.labels["digit"]), len(rest.labels["digit"])) == (1500, 297)
    assert np.array_equal(rest.pictures["Digit"], whole.pictures["Digit"][1500:])


def test_it_is_packed(tmp_path: Path) -> None:
    pack(dataset("digits"), ("digit",), IMAGES, tmp_path / "packed", shard_rows=500, workers=2)
    plain, mapped = (
        decoding.load(d, ("digit",), IMAGES) for d in (dataset("digits"), dataset(str(tmp_path / "packed")))
    )
    assert np.array_equal(plain.pictures["Digit"], mapped.pictures["Digit"][:])
    assert np.array_equal(plain.labels["digit"], mapped.labels["digit"])


def test_what_is_asked_for_wrongly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for shape in ((3, 32, 32), (1, 30, 30), (1, 16, 32)):
        with pytest.raises(DataError, match="digits gives no pictures of shape"):
            plugin.check_image(Image(*shape), DigitsOptions())
    with pytest.raises(DataError, match="no column `digits`"):
        decoding.load(dataset("digits"), ("digits",), {})
    with pytest.raises(UsageError, match="leave --root out"):
        decoding.load(Dataset("digits", plugin, tmp_path, DigitsOptions()), ("digit",), {})
    with pytest.raises(DataError, match="1,797 rows, fewer"):
        decoding.load(dataset("digits(train_rows=2000)"), ("digit",), {})
    with pytest.raises(ValueError, match="not negative"):
        DigitsOptions(-1)
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    assert dataset("digits").columns == ("digit",)
    with pytest.raises(DataError, match=r"pip install 'causaldsl\[digits\]'"):
        decoding.load(dataset("digits"), ("digit",), {})
