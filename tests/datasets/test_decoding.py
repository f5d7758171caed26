"""Pictures from their files: exact rows whichever are damaged, shares, hostile files, memory."""

import contextlib
import io
import pickle
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from causaldsl.datasets import decoding, encoded, stores
from causaldsl.datasets.decoding import decoded
from causaldsl.datasets.encoded import DamagedError, Encoded, opened, pixels
from causaldsl.datasets.stores import Archive, Folder
from causaldsl.errors import DataError
from causaldsl.graph.domain import Image
from causaldsl.plugins.protocols import Data

GREY = Image(1, 4, 4)
N = 300


def grey(content: bytes, file: str) -> np.ndarray:
    with opened(content) as picture:
        return pixels(picture, GREY)


def png(value: int) -> bytes:
    file = io.BytesIO()
    Pillow.new("L", (4, 4), value).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def data(tmp_path: Path) -> Data:
    for i in range(N):
        (tmp_path / f"{i}.png").write_bytes(png(i % 256))
    files = [f"{i}.png" for i in range(N)]
    left = Encoded(Folder(tmp_path), files, GREY, grey)
    right = Encoded(Folder(tmp_path), files[::-1], GREY, grey)
    return Data("greys", {"A": np.arange(N)}, {"L": left, "R": right, "M": np.arange(N * 16).reshape(N, 1, 4, 4)})


def test_whole_files_give_every_row(data: Data) -> None:
    found = decoded(data)
    assert np.array_equal(found.pictures["L"][:, 0, 0, 0], np.arange(N) % 256)
    assert np.array_equal(found.pictures["R"][:, 0, 0, 0], np.arange(N)[::-1] % 256)
    assert found.notes == ()


def test_a_row_with_any_damaged_picture_is_left_out_of_all(data: Data, tmp_path: Path) -> None:
    (tmp_path / "7.png").write_bytes(b"no picture")
    found = decoded(data)
    kept = np.delete(np.arange(N), [7, N - 8])
    assert found.labels["A"].tolist() == kept.tolist()
    assert np.array_equal(found.pictures["L"][:, 0, 0, 0], kept % 256)
    assert np.array_equal(found.pictures["R"][:, 0, 0, 0], (N - 1 - kept) % 256)
    assert np.array_equal(found.pictures["M"], data.pictures["M"][kept])
    assert found.notes == ("left out: 1 picture is damaged, such as 7.png",)


def test_the_share_that_may_be_damaged_is_an_option(data: Data, tmp_path: Path) -> None:
    for i in range(4):
        (tmp_path / f"{i}.png").write_bytes(png(i)[:40])
    with pytest.raises(DataError, match=r"error\[C710\]: 8 of 300 pictures are damaged, such as 0\.png"):
        decoded(data)
    data.pictures["L"].most_damaged = data.pictures["R"].most_damaged = 8 / 300
    assert len(decoded(data).labels["A"]) == N - 8


def test_what_would_not_fit_into_memory_is_refused_before_it_is_read(
    data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "_MEMORY_SHARE", 1e-9)
    with pytest.raises(DataError, match=r"error\[C711\](.|\n)*causaldsl pack"):
        decoded(data)


def claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims any size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b"")]
    packed = [struct.pack(">I", len(c)) + t + c + struct.pack(">I", zlib.crc32(t + c)) for t, c in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + bytes(100),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        claims(8000, 8000),
        claims(50_000, 50_000),
        claims(4, 4),
        png(1)[:-20],
        b"\xff\xd8\xff\xe0" + bytes(99),
        b"P5 4 4 255\n1",
    ],
    ids=["nothing", "gif", "eps", "large", "bomb", "short pixels", "truncated", "no jpeg", "no pixels"],
)
def test_hostile_files_are_damaged_files(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.png").write_bytes(content)
    with pytest.raises(DamagedError):
        Encoded(Folder(tmp_path), ["x.png"], GREY, grey).read(0)


@pytest.mark.parametrize("seed", range(200))
def test_a_bit_that_is_flipped_gives_pixels_or_damage(tmp_path: Path, seed: int) -> None:
    file = io.BytesIO()
    Pillow.fromarray(np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)).save(file, "JPEG")
    content = bytearray(file.getvalue())
    rng = np.random.default_rng(seed)
    for at in rng.integers(0, len(content), 1 + seed % 5):
        content[at] ^= 1 << rng.integers(8)
    (tmp_path / "x.jpg").write_bytes(content)
    with contextlib.suppress(DamagedError):
        assert Encoded(Folder(tmp_path), ["x.jpg"], GREY, grey).read(0).shape == GREY.shape


def test_folders_and_archives_hold_the_same_names(tmp_path: Path) -> None:
    place = tmp_path / "pictures"
    (place / "cats").mkdir(parents=True)
    for name in ("1.png", "cats/2.PNG", "cats/.hidden.png", "notes.txt"):
        (place / name).write_bytes(b"x")
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        for name in ("1.png", "cats/2.PNG", "cats/.hidden.png", "notes.txt", "../3.png", "__MACOSX/1.png"):
            archive.writestr(name, b"x")
    assert Folder(place).names == {"1.png"}
    assert Folder(place, deep=True).names == {"1.png", "cats/2.PNG"}
    assert Archive(tmp_path / "p.zip", deep=True).names == {"1.png", "cats/2.PNG", "../3.png"}
    assert Archive(tmp_path / "p.zip").names == {"1.png", "2.PNG", "3.png"}
    again = pickle.loads(pickle.dumps(Archive(tmp_path / "p.zip", deep=True)))
    assert again.read("cats/2.PNG") == b"x"


def test_files_that_are_too_large_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "PICTURE_BYTES", 10)
    (tmp_path / "x.png").write_bytes(bytes(11))
    with zipfile.ZipFile(tmp_path / "p.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.png", bytes(11))
    for store in (Folder(tmp_path), Archive(tmp_path / "p.zip")):
        with pytest.raises(OSError, match=r"x\.png is larger than"):
            store.read("x.png")


def test_an_archive_that_understates_a_size_is_read_no_further(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.png", bytes(1 << 20))
    content = (tmp_path / "p.zip").read_bytes().replace(struct.pack("<I", 1 << 20), struct.pack("<I", 8))
    (tmp_path / "p.zip").write_bytes(content)
    with pytest.raises(OSError, match="cannot be unpacked"):
        Archive(tmp_path / "p.zip").read("x.png")


def test_rows_are_chosen_before_they_are_read(data: Data) -> None:
    files = data.pictures["L"]
    assert isinstance(files, Encoded)
    assert files.rows(np.array([5, 2]))[:][:, 0, 0, 0].tolist() == [5, 2]
    assert files[np.array([], int)].shape == (0, 1, 4, 4)
    assert encoded.MOST_PIXELS < 10**8
