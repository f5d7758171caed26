"""Morpho-MNIST from small files of our own, whole and damaged; the real ones are asked for by option."""

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from causaldsl.datasets import decoding, idx
from causaldsl.datasets.morphomnist import MorphoMNISTOptions, plugin
from causaldsl.datasets.pack import pack
from causaldsl.errors import DataError
from causaldsl.graph.domain import Image
from causaldsl.plugins.datasets import Dataset, dataset

COLUMNS = ("digit", "thickness", "intensity")
N = 40
RNG = np.random.default_rng(0)
PICTURES = RNG.integers(0, 256, (N, 28, 28), dtype=np.uint8)
DIGITS = RNG.integers(0, 10, N, dtype=np.uint8)
MEASURES = RNG.uniform(1, 200, (N, 2)).round(4)


def packed_idx(values: np.ndarray) -> bytes:
    """The file as its description has it."""
    return bytes([0, 0, 8, values.ndim]) + b"".join(n.to_bytes(4, "big") for n in values.shape) + values.tobytes()


def write(root: Path, name: str, rows: slice, zipped: bool = True) -> None:
    for file, values in (("images-idx3-ubyte", PICTURES), ("labels-idx1-ubyte", DIGITS)):
        content = packed_idx(values[rows])
        path = root / f"{name}-{file}{'.gz' if zipped else ''}"
        path.write_bytes(gzip.compress(content) if zipped else content)
    lines = [f"{i},{a},{b}" for i, (a, b) in enumerate(MEASURES[rows])]
    (root / f"{name}-morpho.csv").write_text("\n".join(["index,thickness,intensity", *lines, ""]))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, "t10k", slice(0, N))
    return tmp_path


def mnist(root: Path | None, train_rows: int = 30) -> Dataset:
    return Dataset("morphomnist", plugin, root, MorphoMNISTOptions(train_rows))


def load(root: Path, columns: Any = COLUMNS, side: int = 32, part: Any = "train", **options: Any) -> Any:
    return decoding.load(mnist(root, **options), columns, {"Digit": Image(1, side, side)} if side else {}, part)


def test_rows_are_as_in_the_files(root: Path) -> None:
    assert mnist(root).columns == COLUMNS
    found, rest = load(root), load(root, part="held_out")
    for name, values in (("digit", DIGITS), ("thickness", MEASURES[:, 0]), ("intensity", MEASURES[:, 1])):
        assert np.array_equal(found.labels[name], values[:30])
        assert np.array_equal(rest.labels[name], values[30:])
    assert found.pictures["Digit"].shape == (30, 1, 32, 32)
    assert np.array_equal(found.pictures["Digit"][:, 0, 2:-2, 2:-2], PICTURES[:30])
    assert found.pictures["Digit"].sum() == PICTURES[:30].sum(dtype=np.int64), "black around"
    assert np.array_equal(rest.pictures["Digit"][:, 0, 2:-2, 2:-2], PICTURES[30:])
    assert not found.flips


def test_both_sizes_and_labels_alone(root: Path) -> None:
    assert np.array_equal(load(root, side=28, train_rows=0).pictures["Digit"][:, 0], PICTURES)
    assert list(load(root, ("intensity",), 0).labels) == ["intensity"]
    (root / "t10k-images-idx3-ubyte.gz").unlink()
    assert len(load(root, side=0, train_rows=0).labels["digit"]) == N
    for shape in ((3, 32, 32), (1, 64, 64), (1, 28, 32)):
        with pytest.raises(DataError, match=rf"no pictures of shape \[{shape[0]}, {shape[1]}, {shape[2]}\]"):
            decoding.load(mnist(root), COLUMNS, {"Digit": Image(*shape)})


@pytest.mark.parametrize("zipped", [True, False])
def test_train_comes_before_t10k(tmp_path: Path, zipped: bool) -> None:
    write(tmp_path, "t10k", slice(25, N), zipped)
    write(tmp_path, "train", slice(0, 25), zipped)
    found = load(tmp_path, train_rows=0)
    assert np.array_equal(found.pictures["Digit"][:, 0, 2:-2, 2:-2], PICTURES)
    assert np.array_equal(found.labels["thickness"], MEASURES[:, 0])
    assert np.array_equal(found.labels["digit"], DIGITS)


def test_measures_of_morpho_mnist_itself_are_read_too(root: Path) -> None:
    (root / "t10k-morpho.csv").write_text("\n".join(["area,slant", *(f"{i},-0.5" for i in range(N))]))
    assert mnist(root).columns == ("digit", "area", "slant")
    assert load(root, ("area",), train_rows=0).labels["area"].tolist() == list(range(N))


def rewrite(name: str, content: bytes) -> Any:
    return lambda root: (root / name).write_bytes(content)


IMAGES, LABELS, TABLE = "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", "t10k-morpho.csv"


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (lambda root: (root / IMAGES).unlink(), "holds no t10k-images-idx3-ubyte.gz"),
        (lambda root: (root / LABELS).unlink(), "holds no t10k-labels-idx1-ubyte.gz"),
        (lambda root: (root / TABLE).unlink(), "no train-morpho.csv and no t10k-morpho.csv(.|\n)*never downloaded"),
        (rewrite(IMAGES, b"no gzip"), "is damaged"),
        (rewrite(IMAGES, gzip.compress(packed_idx(PICTURES))[:-900]), "is damaged"),
        (rewrite(IMAGES, gzip.compress(packed_idx(PICTURES)[:-1])), "holds 31,360 bytes, and has 31,359"),
        (rewrite(IMAGES, gzip.compress(packed_idx(PICTURES) + b"x")), "holds 31,360 bytes, and has more"),
        (rewrite(IMAGES, gzip.compress(packed_idx(PICTURES[:7]))), "has 7 pictures, and there are 40 digits"),
        (rewrite(IMAGES, gzip.compress(packed_idx(PICTURES[:, :14]))), r"no idx file of items of shape \[28, 28\]"),
        (rewrite(IMAGES, gzip.compress(packed_idx(PICTURES)[:9])), "no idx file of items"),
        (rewrite(IMAGES, gzip.compress(b"\0\0\x08\x03" + b"\xff" * 4 + (28).to_bytes(4, "big") * 2)), "than 1024 MiB"),
        (rewrite(LABELS, gzip.compress(packed_idx(PICTURES))), "is no idx file of labels"),
        (rewrite(TABLE, b"index,thickness,intensity\n0,1,2\n"), "has 1 rows, and there are 40 digits"),
        (rewrite(TABLE, b"index,thickness,intensity\n" + b"3,1,2\n" * N), "not in the order of the digits"),
    ],
)
def test_missing_and_damaged_files_are_errors(root: Path, harm: Any, message: str) -> None:
    harm(root)
    with pytest.raises(DataError, match=message):
        load(root)


def test_a_bomb_is_read_no_further_than_its_header_says(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / IMAGES).write_bytes(gzip.compress(packed_idx(PICTURES) + bytes(1 << 26)))
    read = []
    real = gzip.GzipFile.read
    monkeypatch.setattr(gzip.GzipFile, "read", lambda file, n: read.append(n) or real(file, n))
    with pytest.raises(DataError, match="and has more"):
        idx.read_idx(root / IMAGES, (28, 28))
    assert sum(read) == 16 + N * 784 + 1


def test_what_is_asked_for_wrongly(root: Path) -> None:
    with pytest.raises(DataError, match=r"--root DIR"):
        mnist(None).columns  # noqa: B018
    with pytest.raises(DataError, match=r"no column `thicknes`(.|\n)*`thickness`"):
        load(root, ("thicknes",))
    with pytest.raises(DataError, match="40 rows, fewer than train_rows=41"):
        load(root, train_rows=41)
    with pytest.raises(DataError, match="no folder"):
        mnist(root / "elsewhere").columns  # noqa: B018
    with pytest.raises(ValueError, match="not negative"):
        MorphoMNISTOptions(-1)


def test_it_is_packed(root: Path, tmp_path: Path) -> None:
    images = {"Digit": Image(1, 32, 32)}
    pack(mnist(root), COLUMNS, images, tmp_path / "packed", shard_rows=7, workers=2)
    plain, mapped = load(root), decoding.load(dataset(str(tmp_path / "packed")), COLUMNS, images)
    assert np.array_equal(plain.pictures["Digit"], mapped.pictures["Digit"][:])
    assert all(np.array_equal(plain.labels[name], mapped.labels[name]) for name in COLUMNS)


def test_the_real_files(real_data: Path) -> None:
    found = dataset("morphomnist", real_data / "morphomnist")
    assert found.columns == COLUMNS
    images = {"Digit": Image(1, 32, 32)}
    train, held_out = (decoding.load(found, COLUMNS, images, part) for part in ("train", "held_out"))
    assert (len(train.labels["digit"]), len(held_out.labels["digit"])) == (9_000, 1_000)
    assert train.labels["digit"][:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert train.labels["thickness"].mean() == pytest.approx(2.506, abs=0.01)
    assert 64 <= train.labels["intensity"].min() < train.labels["intensity"].max() <= 255
