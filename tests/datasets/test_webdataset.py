"""Samples in .tar shards: what belongs together, which labels there are; archives cut off, false or hostile."""

import contextlib
import io
import json
import pickle
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from causaldsl.datasets import decoding, stores, tars
from causaldsl.datasets.pack import pack
from causaldsl.datasets.tars import Place, Tars
from causaldsl.datasets.webdataset import WebDatasetOptions, plugin
from causaldsl.errors import DataError
from causaldsl.graph.domain import Image
from causaldsl.plugins.datasets import Dataset, dataset

N = 50
IMAGES = {"Pet": Image(3, 8, 8)}


def picture(i: int, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Pillow.new("RGB", (10, 8), (5 * i, 5 * i, 5 * i)).save(file, kind)
    return file.getvalue()


def sample(i: int) -> dict[str, bytes]:
    name = f"pets/{i:03d}"
    labels = {
        "age": i / 2,
        "dog": i % 2 == 0,
        "name": f"Rex {i}",
        "legs": 4,
        "box": [1, 2],
        "chip": i if i % 7 else None,
    }
    return {
        f"{name}.{'png' if i % 2 else 'JPG'}": picture(i, "PNG" if i % 2 else "JPEG"),
        f"{name}.json": json.dumps(labels).encode(),
        f"{name}.cls": f"{i % 3}\n".encode(),
        f"{name}.txt": b"a caption",
    }


def write(path: Path, files: dict[str, bytes]) -> None:
    with tarfile.open(path, "w") as archive:
        for name, content in files.items():
            add(archive, name, content)


def add(archive: tarfile.TarFile, name: str, content: bytes = b"", **fields: Any) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for field, value in fields.items():
        setattr(info, field, value)
    archive.addfile(info, io.BytesIO(content))


def samples(*which: int) -> dict[str, bytes]:
    return {name: content for i in which for name, content in sample(i).items()}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "shards"
    root.mkdir()
    for shard, at in enumerate(range(0, N, 20)):
        write(root / f"pets-{shard:03d}.tar", samples(*range(at, min(at + 20, N))))
    return root


def pets(root: Path | None, **options: Any) -> Dataset:
    return Dataset("webdataset", plugin, root, WebDatasetOptions(**options))


def load(root: Path, columns: Any = ("age",), images: Any = IMAGES, part: Any = "train", **options: Any) -> Any:
    return decoding.load(pets(root, **options), columns, images, part)


def test_samples_are_read_in_the_order_of_shards(root: Path) -> None:
    assert pets(root).columns == ("age", "dog", "name", "legs", "box", "chip", "cls")
    found = load(root, ("age", "dog", "name", "legs", "chip", "cls"))
    assert found.notes == ()
    assert np.abs(found.pictures["Pet"].mean((1, 2, 3)) - 5 * np.arange(N)).max() <= 2
    kinds = {name: values.dtype.kind for name, values in found.labels.items()}
    assert kinds == {"age": "f", "dog": "b", "name": "U", "legs": "i", "chip": "f", "cls": "i"}
    assert found.labels["age"].tolist() == [i / 2 for i in range(N)]
    assert found.labels["dog"].tolist() == [i % 2 == 0 for i in range(N)]
    assert found.labels["cls"].tolist() == [i % 3 for i in range(N)]
    assert np.array_equal(np.isnan(found.labels["chip"]), np.arange(N) % 7 == 0)


def test_one_shard_labels_alone_and_parts(root: Path) -> None:
    assert load(root / "pets-001.tar", ("age",), {}).labels["age"].tolist() == [i / 2 for i in range(20, 40)]
    assert load(root, part="held_out", train_rows=30).labels["age"].tolist() == [i / 2 for i in range(30, N)]


def test_what_lacks_its_other_half_is_counted(root: Path) -> None:
    write(root / "pets-003.tar", {"a/1.json": b'{"age": 1}', "2.png": picture(2), **samples(3)})
    found = load(root)
    assert found.notes == (
        "left out: 1 row has no picture, such as pets-003.tar/a/1",
        "left out: 1 picture has no row, such as pets-003.tar/2",
    )
    assert len(found.labels["age"]) == len(found.pictures["Pet"]) == N + 1


def test_damaged_pictures_are_named_and_an_error_if_many(root: Path) -> None:
    write(root / "pets-003.tar", {"x.png": picture(9)[:50], "x.cls": b"1", "x.json": b'{"age": 1}'})
    with pytest.raises(DataError, match=r"C710(.|\n)*1 of 51 pictures are damaged, such as pets-003\.tar/x"):
        load(root)
    assert load(root, max_damaged=0.1).notes == ("left out: 1 picture is damaged, such as pets-003.tar/x",)


def test_it_is_packed_by_processes(root: Path, tmp_path: Path) -> None:
    columns = ("age", "dog", "name")
    pack(pets(root, train_rows=30), columns, IMAGES, tmp_path / "packed", shard_rows=9, workers=2)
    for part in ("train", "held_out"):
        plain = load(root, columns, part=part, train_rows=30)
        mapped = decoding.load(dataset(str(tmp_path / "packed")), columns, IMAGES, part)
        assert np.array_equal(plain.pictures["Pet"], mapped.pictures["Pet"][:])
        assert all(np.array_equal(plain.labels[name], mapped.labels[name]) for name in columns)


def test_an_archive_that_is_cut_off_anywhere_is_an_error(root: Path, tmp_path: Path) -> None:
    whole = (root / "pets-000.tar").read_bytes()
    end = len(whole.rstrip(b"\0"))
    rng, path = np.random.default_rng(0), tmp_path / "cut.tar"
    for at in [*range(0, end, 1536), *rng.integers(0, end, 40)]:
        path.write_bytes(whole[:at])
        with pytest.raises(DataError, match=r"cut\.tar"):
            load(path, images={})


def test_a_harmed_header_is_an_error_and_no_shorter_set(root: Path) -> None:
    path = root / "pets-000.tar"
    with tarfile.open(path) as archive:
        header = archive.getmembers()[20].offset
    content = bytearray(path.read_bytes())
    content[header + 150] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match=f"is damaged, or ends too early, at byte {header:,}"):
        load(root)


def test_false_archives_are_errors(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    for content in (b"", b"no archive" * 200, picture(3), b"\x1f\x8b" + bytes(600)):
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"x\.tar"):
            load(path)
    with tarfile.open(path, "w:gz") as archive:
        add(archive, "1.cls", b"1")
    with pytest.raises(DataError, match=r"is no \.tar file"):
        load(path)
    rng = np.random.default_rng(0)
    whole = (root / "pets-002.tar").read_bytes()
    for _ in range(100):
        harmed = bytearray(whole)
        for at in rng.integers(0, len(harmed), 5):
            harmed[at] = rng.integers(0, 256)
        path.write_bytes(harmed)
        with contextlib.suppress(DataError):
            load(path, ("age",), max_damaged=1.0)


def test_names_and_links_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(picture(7))
    path = tmp_path / "x.tar"
    with tarfile.open(path, "w") as archive:
        add(archive, "../../evil.png", picture(1))
        add(archive, "../../evil.cls", b"1")
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            add(archive, f"link{kind!r}.png", type=kind, linkname=str(tmp_path / "secret.png"))
            add(archive, f"link{kind!r}.cls", b"2")
        add(archive, "pipe.png", type=tarfile.FIFOTYPE)
    before = sorted(tmp_path.rglob("*"))
    found = load(path, ("cls",))
    assert found.labels["cls"].tolist() == [1]
    assert sorted(tmp_path.rglob("*")) == before


def test_sizes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "PICTURE_BYTES", 1000)
    monkeypatch.setattr(tars, "LABEL_BYTES", 1024)
    write(tmp_path / "x.tar", {"1.bmp": picture(1, "BMP") + bytes(1000), "1.cls": b"1"})
    with pytest.raises(DataError, match=r"1 of 1 pictures are damaged(.|\n)*is larger than"):
        load(tmp_path, ("cls",))
    write(tmp_path / "x.tar", {"1.bmp": picture(1, "BMP"), "1.cls": b"1" * 1025})
    with pytest.raises(DataError, match=r"1\.cls in .* is larger than 1 KiB"):
        load(tmp_path, ("cls",))


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"1.json": b"{"}, r"the labels of x\.tar/1 are damaged"),
        ({"1.json": b"[" * 100_000}, r"the labels of x\.tar/1 are damaged"),
        ({"1.json": b"[1]"}, "is no object"),
        ({"1.json": b"[1]", "1.cls": b"1"}, "is no object"),
        ({"1.cls": b"\xff"}, "are damaged"),
        ({"1.png": b""}, "no sample in .* has labels"),
        ({"1.json": b'{"age": [1]}'}, "`age` of x.tar/1 is no single value"),
        ({"1.json": b'{"age": 1}', "2.json": b'{"height": 1}'}, r"x\.tar/2 has no label `age`"),
        ({"1.json": b'{"size": 1}'}, "no column `age`"),
        ({"1.json": b'{"age": 1}', "2.json": b'{"age": 1}', "1.cls": b"1"}, r"x\.tar/1 stands twice"),
        ({"1.json": b'{"age": 1}', "1.JSON": b'{"age": 1}'}, r"more than one \.json"),
        ({"1.json": b'{"age": 1}'}, "holds no picture"),
    ],
)
def test_labels_that_make_no_column_are_errors(tmp_path: Path, files: dict[str, bytes], message: str) -> None:
    write(tmp_path / "x.tar", files)
    with pytest.raises(DataError, match=message):
        load(tmp_path)


def test_whole_numbers_too_large_and_mixtures(tmp_path: Path) -> None:
    write(
        tmp_path / "x.tar",
        {"1.json": b'{"a": 1e3, "b": 99999999999999999999, "c": 1}', "2.json": b'{"a": 1, "b": 2, "c": "x"}'},
    )
    found = load(tmp_path, ("a", "b", "c"), {}).labels
    assert found["a"].tolist() == [1000, 1]
    assert found["b"].tolist() == [1e20, 2]
    assert found["c"].tolist() == ["1", "x"]


def test_what_is_asked_for_wrongly(tmp_path: Path) -> None:
    for root in (None, tmp_path, tmp_path / "none.tar"):
        with pytest.raises(DataError, match=r"--root|there is no \.tar file"):
            pets(root).columns  # noqa: B018
    for wrong in ({"train_rows": -1}, {"max_damaged": 2.0}):
        with pytest.raises(ValueError, match="train_rows is not negative"):
            WebDatasetOptions(**wrong)
    with pytest.raises(DataError, match="no 4 channels"):
        plugin.check_image(Image(4, 8, 8), WebDatasetOptions())


def test_a_store_goes_to_other_processes(root: Path) -> None:
    path = root / "pets-000.tar"
    store = pickle.loads(pickle.dumps(Tars({"a": Place(path, 512, 4)})))
    assert store.names == {"a"}
    assert store.read("a") == path.read_bytes()[512:516]
