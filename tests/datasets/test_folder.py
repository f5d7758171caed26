"""Pictures of one's own and their table: which picture belongs to which row, how it is cut, what is left out."""

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from causaldsl.datasets import decoding
from causaldsl.datasets.folder import FolderOptions, plugin
from causaldsl.datasets.pack import pack
from causaldsl.errors import DataError
from causaldsl.graph.domain import Image
from causaldsl.plugins.datasets import Dataset, dataset

N = 60
NAMES = [
    f"{'cats' if i % 3 else 'dogs/old'}/{i}.{('png', 'jpg', 'bmp', 'webp', 'gif', 'tif')[i % 6]}" for i in range(N)
]
SMALL = Image(3, 8, 8)
AGES = np.arange(N) / 2


def encoded(pixels: np.ndarray, kind: str = "PNG", **how: Any) -> bytes:
    file = io.BytesIO()
    Pillow.fromarray(pixels).save(file, kind, **how)
    return file.getvalue()


def plain(i: int) -> bytes:
    kind = {"jpg": "JPEG", "tif": "TIFF"}.get(NAMES[i][-3:], NAMES[i].rsplit(".")[-1].upper())
    return encoded(np.full((12, 20, 3), 4 * i, np.uint8), kind)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "pets"
    for i, name in enumerate(NAMES):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(plain(i))
    write(root)
    return root


def write(root: Path, cells: Any = None, head: str = "age,file,dog", table: str = "pets.csv") -> None:
    cells = NAMES if cells is None else cells
    rows = [f"{age},{cell},{int('dog' in name)}" for age, cell, name in zip(AGES, cells, NAMES, strict=False)]
    (root / table).write_text("\n".join([head, *rows, ""]))


def load(root: Path, columns: Any = ("age", "dog"), image: Image | None = SMALL, part: Any = "train", **options: Any):
    images = {} if image is None else {"Pet": image}
    return decoding.load(Dataset("folder", plugin, root, FolderOptions(**options)), columns, images, part)


def greys(found: Any) -> np.ndarray:
    return found.pictures["Pet"].mean((1, 2, 3))


@pytest.mark.parametrize("form", ["path", "./path", "windows", "name", "number"])
def test_cells_name_pictures_by_path_name_or_number(root: Path, form: str) -> None:
    change = {
        "path": str,
        "./path": lambda name: f"./{name}",
        "windows": lambda name: name.replace("/", "\\"),
        "name": lambda name: name.rsplit("/")[-1],
        "number": lambda name: Path(name).stem,
    }[form]
    write(root, [change(name) for name in NAMES])
    found = load(root)
    assert found.notes == ()
    assert found.labels["age"].tolist() == AGES.tolist()
    assert np.abs(greys(found) - 4 * np.arange(N)).max() <= 2


def test_a_name_that_two_pictures_have_is_no_name(root: Path) -> None:
    (root / "cats" / "0.png").write_bytes(plain(5))
    write(root, [Path(name).name for name in NAMES])
    found = load(root)
    assert found.notes == (
        "left out: 1 row has no picture, such as 0.png",
        "left out: 2 pictures have no row, such as cats/0.png",
    )
    assert found.labels["age"].tolist() == AGES[1:].tolist()


def test_what_lacks_its_other_half_is_counted(root: Path) -> None:
    (root / NAMES[7]).unlink()
    (root / "cats" / "more.png").write_bytes(plain(0))
    (root / "cats" / "notes.txt").write_text("no picture")
    found = load(root, part="all")
    assert found.notes == (
        f"left out: 1 row has no picture, such as {NAMES[7]}",
        "left out: 1 picture has no row, such as cats/more.png",
    )
    assert found.labels["age"].tolist() == np.delete(AGES, 7).tolist()
    assert np.abs(greys(found) - np.delete(4 * np.arange(N), 7)).max() <= 2


def test_damaged_pictures_are_named_and_an_error_if_many(root: Path) -> None:
    (root / NAMES[4]).write_bytes(b"GIF89a and no more")
    with pytest.raises(DataError, match=rf"C710(.|\n)*1 of 60 pictures are damaged, such as {NAMES[4]}"):
        load(root)
    found = load(root, max_damaged=0.05)
    assert found.notes == (f"left out: 1 picture is damaged, such as {NAMES[4]}",)
    assert found.labels["age"].tolist() == np.delete(AGES, 4).tolist()


@pytest.mark.parametrize("shape", [(12, 20), (20, 12), (30, 30)])
def test_the_largest_middle_square_is_kept(tmp_path: Path, shape: tuple[int, int]) -> None:
    height, width = shape
    pixels = np.zeros((height, width), np.uint8)
    side = min(shape)
    top, left = (height - side) // 2, (width - side) // 2
    pixels[top : top + side, left : left + side] = np.arange(0, 4 * side, 4)
    (tmp_path / "1.png").write_bytes(encoded(pixels))
    (tmp_path / "t.csv").write_text("file,a\n1.png,0\n")
    found = load(tmp_path, ("a",), Image(1, side, side)).pictures["Pet"][0, 0]
    assert np.array_equal(found, pixels[top : top + side, left : left + side])
    half = load(tmp_path, ("a",), Image(1, side // 2, side // 2)).pictures["Pet"][0, 0]
    assert np.abs(half[side // 4, 1:-1] - (np.arange(0, 4 * side, 8) + 2.0)[1:-1]).max() <= 1, "neighbours are averaged"


def test_an_oblong_node_gets_an_oblong_part(tmp_path: Path) -> None:
    pixels = np.arange(240, dtype=np.uint8).reshape(12, 20)
    (tmp_path / "1.png").write_bytes(encoded(pixels))
    (tmp_path / "t.csv").write_text("file,a\n1.png,0\n")
    found = load(tmp_path, ("a",), Image(1, 5, 20)).pictures["Pet"][0, 0]
    assert found.mean() == pytest.approx(pixels[3:9].mean(), abs=1)


def test_a_picture_is_turned_as_its_camera_says_and_16_bits_become_8(tmp_path: Path) -> None:
    ramp = np.tile(np.arange(16, dtype=np.uint8) * 16, (16, 1))
    exif = Pillow.Exif()
    exif[0x0112] = 6
    (tmp_path / "turned.png").write_bytes(encoded(ramp, exif=exif))
    (tmp_path / "deep.png").write_bytes(encoded(ramp.astype(np.uint16) * 257))
    (tmp_path / "t.csv").write_text("file,a\nturned.png,0\ndeep.png,1\n")
    turned, deep = load(tmp_path, ("a",), Image(1, 16, 16)).pictures["Pet"][:, 0]
    assert np.array_equal(turned, np.rot90(ramp, -1))
    assert np.array_equal(deep, ramp)
    (tmp_path / "deep.png").unlink()
    (tmp_path / "deep.tif").write_bytes(encoded(ramp.astype(np.float32), "TIFF"))
    (tmp_path / "t.csv").write_text("file,a\nturned.png,0\ndeep.tif,1\n")
    with pytest.raises(DataError, match="32-bit numbers"):
        load(tmp_path, ("a",), Image(1, 16, 16))


def test_a_zip_of_pictures_does_as_well(root: Path) -> None:
    expected = load(root)
    with zipfile.ZipFile(root / "pets.zip", "w") as archive:
        for name in NAMES:
            archive.write(root / name, name)
            (root / name).unlink()
    assert np.array_equal(load(root).pictures["Pet"], expected.pictures["Pet"])
    (root / "pets.zip").unlink()
    with pytest.raises(DataError, match=r"holds no picture(.|\n)*--labels-only"):
        load(root)


def test_which_column_names_the_picture(root: Path) -> None:
    assert plugin.columns(root, FolderOptions()) == ("age", "dog"), "the one called file"
    write(root, head="age,picture,dog")
    assert plugin.columns(root, FolderOptions()) == ("picture", "dog"), "else the first"
    found = load(root, file="picture")
    assert found.labels["age"].tolist() == AGES.tolist()
    with pytest.raises(DataError, match=r"no column `pictur`(.|\n)*did you mean `picture`"):
        plugin.columns(root, FolderOptions(file="pictur"))
    with pytest.raises(DataError, match=r"no column `picture`"):
        load(root, ("picture",), file="picture")


def test_parquet_and_several_tables(root: Path) -> None:
    import pandas as pd

    pd.read_csv(root / "pets.csv").to_parquet(root / "more.parquet")
    with pytest.raises(DataError, match=r"several tables: more\.parquet, pets\.csv(.|\n)*folder\(table="):
        load(root)
    found = load(root, table="more.parquet", train_rows=50)
    assert found.labels["age"].tolist() == AGES[:50].tolist()
    assert np.abs(greys(found) - 4 * np.arange(50)).max() <= 2
    assert len(load(root, part="held_out", table="pets.csv", train_rows=50).labels["dog"]) == 10
    assert list(load(root, ("dog",), None, table="pets.csv").labels) == ["dog"]


def test_what_is_asked_for_wrongly(root: Path, tmp_path: Path) -> None:
    for where, message in ((None, "--root DIR"), (tmp_path / "none", "no folder"), (tmp_path, "no table")):
        with pytest.raises(DataError, match=message):
            plugin.columns(where, FolderOptions())
    with pytest.raises(DataError, match=r"no file .*x\.csv"):
        load(root, table="x.csv")
    with pytest.raises(DataError, match="no 2 channels"):
        load(root, image=Image(2, 8, 8))
    with pytest.raises(DataError, match="60 rows, fewer than train_rows=61"):
        load(root, train_rows=61)
    write(root, [NAMES[0], *NAMES[:-1]])
    with pytest.raises(DataError, match=f"more than one row for {NAMES[0]}"):
        load(root)
    write(root, [f"{i}.tiff" for i in range(N)])
    with pytest.raises(DataError, match=rf"none of the 60 rows has a picture(.|\n)*0\.tiff(.|\n)*{min(NAMES)}"):
        load(root)
    for wrong in ({"train_rows": -1}, {"max_damaged": 2.0}):
        with pytest.raises(ValueError, match="train_rows is not negative"):
            FolderOptions(**wrong)


def test_no_name_leads_out_of_the_folder(root: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(plain(0))
    (root / "link").symlink_to(tmp_path)
    write(root, ["../secret.png", "link/secret.png", str(tmp_path / "secret.png"), *NAMES[3:]])
    found = load(root)
    assert "3 rows have no picture" in found.notes[0]


def test_it_is_packed(root: Path, tmp_path: Path) -> None:
    (root / NAMES[9]).write_bytes(b"")
    source = Dataset("folder", plugin, root, FolderOptions(max_damaged=0.1, train_rows=40))
    images = {"Pet": Image(1, 8, 8)}
    pack(source, source.columns, images, tmp_path / "packed", shard_rows=11, workers=2)
    for part in ("train", "held_out"):
        one, two = (decoding.load(d, source.columns, images, part) for d in (source, dataset(str(tmp_path / "packed"))))
        assert np.array_equal(one.pictures["Pet"], two.pictures["Pet"][:])
        assert all(np.array_equal(one.labels[name], two.labels[name]) for name in source.columns)


def test_several_image_nodes_have_the_files_of_their_own_columns(root: Path) -> None:
    """Of the last row one picture is missing."""
    rows = [f"{a},{b},{age}" for a, b, age in zip(NAMES[: N // 2], NAMES[N // 2 :], AGES, strict=False)]
    (root / NAMES[-1]).unlink()
    (root / "pets.csv").unlink()
    (root / "labels.csv").write_text("\n".join(["Front,Side,age", *rows]))
    nodes = {"Front": Image(1, 8, 8), "Side": Image(1, 16, 16)}
    found = decoding.load(dataset("folder", root), ("age",), nodes)
    kept = N // 2 - 1
    assert len(found.labels["age"]) == kept
    for node, first in (("Front", 0), ("Side", N // 2)):
        pixels = found.pictures[node][:]
        assert pixels.shape[1:] == nodes[node].shape
        assert np.abs(pixels.mean((1, 2, 3)) - 4 * np.arange(first, first + kept)).max() <= 2
    assert found.notes == (f"left out: 1 row has no picture, such as {NAMES[-1]}",)
    with pytest.raises(DataError, match="no column `Back` that names its pictures"):
        decoding.load(dataset("folder", root), ("age",), {"Front": Image(1, 8, 8), "Back": Image(1, 8, 8)})
