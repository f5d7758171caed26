"""CelebA in every layout, whole and damaged; the pictures here are drawn, the real ones are asked for by option."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from causaldsl.datasets import celeba_files, decoding, stores
from causaldsl.datasets.celeba import CelebAOptions, plugin
from causaldsl.errors import DataError
from causaldsl.graph.domain import Image
from causaldsl.plugins.datasets import Dataset
from causaldsl.plugins.protocols import Data, DatasetPlugin, Part

NAMES = ("5_o_Clock_Shadow", "Bald", "Mustache")
N = 120
FILES = [f"{i:06d}.jpg" for i in range(1, N + 1)]
VALUES = np.random.default_rng(0).integers(0, 2, (N, 3)) * 2 - 1
PART = np.repeat([0, 1, 2], [100, 10, 10])

ROWS = [" ".join([f, *(f"{v:2d}" for v in row)]) for f, row in zip(FILES, VALUES, strict=True)]
TXT = "\n".join([" ".join(NAMES) + " ", *ROWS, ""])
CSV = "\n".join([",".join(("image_id", *NAMES)), *(r.replace("  ", " ").replace(" ", ",") for r in ROWS), ""])
PART_ROWS = [f"{f} {p}" for f, p in zip(FILES, PART, strict=True)]


def load(
    root: Path, names: Sequence[str], image: Image | None = None, part: Part = "train", **options: Any
) -> tuple[Data, Any]:
    """What is loaded, and its pictures if any were asked for."""
    images = {} if image is None else {"Face": image}
    found = decoding.load(Dataset("celeba", plugin, root, CelebAOptions(**options)), names, images, part)
    return found, found.pictures.get("Face")


def columns(root: Path | None) -> tuple[str, ...]:
    return plugin.columns(root, CelebAOptions())


def zipped(path: Path, files: dict[str, bytes | str]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def portrait(i: int, size: tuple[int, int] = (89, 109)) -> bytes:
    """A picture that is red to the right and green downwards, its blue its number."""
    width, height = size
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0] = np.linspace(0, 255, width)
    pixels[..., 1] = np.linspace(0, 255, height)[:, None]
    pixels[..., 2] = i % 256
    file = io.BytesIO()
    Pillow.fromarray(pixels).save(file, "JPEG", quality=95)
    return file.getvalue()


PORTRAITS = {name: portrait(i) for i, name in enumerate(FILES)}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "list_attr_celeba.txt").write_text(f"{N}\n{TXT}")
    (tmp_path / "list_eval_partition.txt").write_text("\n".join(PART_ROWS))
    folder = tmp_path / "img_align_celeba"
    folder.mkdir()
    for name, content in PORTRAITS.items():
        (folder / name).write_bytes(content)
    return tmp_path


def write_attributes(root: Path, layout: str) -> None:
    (root / "list_attr_celeba.txt").unlink(missing_ok=True)
    if layout == "txt without count":
        (root / "list_attr_celeba.txt").write_text(TXT)
    elif layout == "csv":
        (root / "list_attr_celeba.csv").write_text(CSV)
    elif layout == "zip of txt":
        zipped(root / "list_attr_celeba.zip", {"Anno/list_attr_celeba.txt": f"{N}\r\n{TXT}", "Anno/README": "-"})
    elif layout == "zip of csv":
        zipped(root / "list_attr_celeba.zip", {"list_attr_celeba.csv": CSV})
    else:
        (root / "list_attr_celeba.txt").write_text(TXT.replace("-1", "0"))


@pytest.mark.parametrize("layout", ["txt without count", "csv", "zip of txt", "zip of csv", "txt of 0 and 1"])
def test_every_layout_of_attributes_says_the_same(root: Path, layout: str) -> None:
    write_attributes(root, layout)
    assert columns(root) == NAMES
    labels = load(root, ("Mustache", "Bald"), None)[0].labels
    assert list(labels) == ["Mustache", "Bald"]
    assert np.array_equal(labels["Bald"], (VALUES[:100, 1] + 1) // 2)
    assert np.array_equal(labels["Mustache"], (VALUES[:100, 2] + 1) // 2)


@pytest.mark.parametrize("layout", ["csv", "zip", "none"])
def test_every_layout_of_the_partition(root: Path, layout: str) -> None:
    (root / "list_eval_partition.txt").unlink()
    if layout == "csv":
        rows = [row.replace(" ", ",") for row in PART_ROWS]
        (root / "list_eval_partition.csv").write_text("\n".join(["image_id,partition", *rows]))
    elif layout == "zip":
        zipped(root / "list_eval_partition.zip", {"list_eval_partition.txt": "\n".join(PART_ROWS)})
    data, _ = load(root, ("Bald",))
    if layout == "none":
        assert len(data.labels["Bald"]) == N
        assert data.notes == ("there is no list_eval_partition file: all 120 rows are learned from",)
        with pytest.raises(DataError, match="no rows of the part `test`"):
            load(root, ("Bald",), None, "test")
    else:
        assert len(data.labels["Bald"]) == 100
        held_out = load(root, ("Bald",), None, "test")[0].labels["Bald"]
        assert np.array_equal(held_out, (VALUES[110:, 1] + 1) // 2)


@pytest.mark.parametrize("layout", ["folder", "nested folder", "zip"])
def test_every_layout_of_pictures(root: Path, layout: str) -> None:
    expected = load(root, NAMES, Image(3, 32, 32))[1]
    if layout != "folder":
        folder = (root / "img_align_celeba").rename(root / "aside")
        if layout == "zip":
            zipped(root / "img_align_celeba.zip", {f"img_align_celeba/{k}": v for k, v in PORTRAITS.items()})
        else:
            (root / "img_align_celeba").mkdir()
            folder.rename(root / "img_align_celeba" / "img_align_celeba")
    data, pictures = load(root, NAMES, Image(3, 32, 32))
    assert data.flips
    assert data.notes == ()
    assert np.array_equal(pictures, expected)
    assert np.abs(pictures[:, 2].mean((1, 2)) - np.arange(100)).max() < 3, "each row has its own picture"


@pytest.mark.parametrize("size", [(89, 109), (178, 218)])
def test_the_crop_is_the_face(root: Path, size: tuple[int, int]) -> None:
    for i, name in enumerate(FILES):
        (root / "img_align_celeba" / name).write_bytes(portrait(i, size))
    pictures = load(root, NAMES, Image(3, 64, 64))[1]
    right, down = pictures[0, 0].mean(0) / 255, pictures[0, 1].mean(1) / 255
    assert np.allclose((right[0], right[-1]), (10.5 / 89, 79.5 / 89), atol=0.02)
    assert np.allclose((down[0], down[-1]), (18.5 / 109, 87.5 / 109), atol=0.02)


def test_rows_without_pictures_and_pictures_without_rows_are_reported(root: Path) -> None:
    (root / "img_align_celeba" / "000003.jpg").unlink()
    (root / "img_align_celeba" / "000007.jpg").unlink()
    (root / "img_align_celeba" / "999999.jpg").write_bytes(portrait(0))
    data, pictures = load(root, ("Bald",), Image(3, 32, 32))
    assert data.notes == (
        "left out: 2 rows have no picture, such as 000003.jpg",
        "left out: 1 picture has no row, such as 999999.jpg",
    )
    kept = np.delete(np.arange(100), [2, 6])
    assert np.array_equal(data.labels["Bald"], (VALUES[kept, 1] + 1) // 2)
    assert np.abs(pictures[:, 2].mean((1, 2)) - kept).max() < 3


def test_one_truncated_picture_is_left_out_and_named(root: Path) -> None:
    (root / "img_align_celeba" / "000005.jpg").write_bytes(PORTRAITS["000005.jpg"][:700])
    data, pictures = load(root, ("Bald",), Image(3, 32, 32))
    assert data.notes == ("left out: 1 picture is damaged, such as 000005.jpg",)
    assert len(pictures) == len(data.labels["Bald"]) == 99


def test_many_truncated_pictures_are_an_error(root: Path) -> None:
    for name in FILES[3:6]:
        (root / "img_align_celeba" / name).write_bytes(PORTRAITS[name][:700])
    with pytest.raises(DataError, match="3 of 100 pictures are damaged, such as 000004"):
        load(root, ("Bald",), Image(3, 32, 32))


def test_pictures_of_another_size_are_an_error(root: Path) -> None:
    (root / "img_align_celeba" / "000001.jpg").write_bytes(portrait(0, (100, 100)))
    with pytest.raises(DataError, match=r"000001\.jpg has 100 by 100 pixels and is no aligned picture"):
        load(root, ("Bald",), Image(3, 32, 32))


@pytest.mark.parametrize("image", [Image(1, 32, 32), Image(3, 32, 64)])
def test_a_wrong_image_shape_is_an_error(root: Path, image: Image) -> None:
    with pytest.raises(DataError, match="gives no pictures of shape"):
        load(root, ("Bald",), image)


def test_a_missing_column_is_an_error_with_a_hint(root: Path) -> None:
    with pytest.raises(DataError, match="did you mean `Mustache`"):
        load(root, ("Moustache",), None)


def test_missing_folders_and_files_are_errors_with_hints(root: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="--root DIR"):
        columns(None)
    with pytest.raises(DataError, match="there is no folder"):
        columns(tmp_path / "nowhere")
    (tmp_path / "bare").mkdir()
    with pytest.raises(DataError, match="bare is empty"):
        columns(tmp_path / "bare")
    with pytest.raises(DataError, match="holds no list_attr_celeba"):
        columns(root / "img_align_celeba")
    for picture in (root / "img_align_celeba").iterdir():
        picture.unlink()
    assert len(load(root, ("Bald",), None)[0].labels["Bald"]) == 100, "labels alone need no pictures"
    with pytest.raises(DataError, match="img_align_celeba holds no picture"):
        load(root, ("Bald",), Image(3, 32, 32))
    (root / "img_align_celeba").rmdir()
    with pytest.raises(DataError, match="--labels-only"):
        load(root, ("Bald",), Image(3, 32, 32))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{N + 1}\n{TXT}", "says that it has 121 rows and has 120"),
        (TXT[: len(TXT) // 2 - 3], "is damaged"),
        (TXT + "000001.jpg 1 1 1\n", "more than one row for 000001.jpg"),
        (TXT.replace("000002.jpg", "000002.jpg x "), "is damaged"),
        (TXT + "000200.jpg 1 1 7\n", "row 000200.jpg of celeba has the Mustache 7"),
        ("\n".join(ROWS), "does not begin with the names"),
        ("", "does not begin with the names"),
    ],
)
def test_a_damaged_table_is_an_error(root: Path, text: str, message: str) -> None:
    (root / "list_attr_celeba.txt").write_text(text)
    with pytest.raises(DataError, match=message):
        load(root, ("Mustache",), None, "all")


def test_damaged_and_bloated_archives_are_errors(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_attributes(root, "zip of txt")
    monkeypatch.setattr(celeba_files, "_TABLE_BYTES", 100)
    with pytest.raises(DataError, match="unpacks to more than"):
        columns(root)
    (root / "list_attr_celeba.zip").write_bytes(b"no archive")
    with pytest.raises(DataError, match="no zip archive"):
        columns(root)


def test_a_bloated_picture_counts_as_damaged(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "PICTURE_BYTES", 100)
    with pytest.raises(DataError, match="100 of 100 pictures are damaged"):
        load(root, ("Bald",), Image(3, 32, 32))


def test_the_plugin_is_one() -> None:
    assert isinstance(plugin, DatasetPlugin)


def test_the_real_labels(real_data: Path) -> None:
    assert len(columns(real_data / "celeba")) == 40
    data = load(real_data / "celeba", ("Male", "Bald"))[0]
    assert len(data.labels["Male"]) == 162_770
    assert data.labels["Male"].mean() == pytest.approx(0.419, abs=5e-4)
    assert data.labels["Male"][data.labels["Bald"] == 1].mean() == pytest.approx(0.996, abs=2e-3)


def test_the_real_pictures(real_data: Path) -> None:
    data, pictures = load(real_data / "celeba-9k", ("Male",), Image(3, 32, 32), "all")
    assert pictures.shape == (9000, 3, 32, 32)
    assert data.notes == ()
    red, _, blue = pictures.mean((0, 2, 3))
    assert red > blue + 20, "skin"


def test_rows_are_held_out_by_their_number(root: Path) -> None:
    train, _ = load(root, ("Bald",), train_rows=30)
    held_out, pictures = load(root, ("Bald",), Image(3, 32, 32), "held_out", train_rows=30)
    assert np.array_equal(train.labels["Bald"], (VALUES[:30, 1] + 1) // 2)
    assert np.array_equal(held_out.labels["Bald"], (VALUES[30:, 1] + 1) // 2)
    assert np.abs(pictures[:, 2].mean((1, 2)) - np.arange(30, N)).max() < 3
    with pytest.raises(DataError, match="120 rows, fewer than train_rows=121"):
        load(root, ("Bald",), train_rows=121)


@pytest.mark.parametrize(("crop", "edges"), [("whole_width", (0, 89, 10, 99)), ("centre", (17.5, 71.5, 27.5, 81.5))])
def test_the_crop_is_an_option(root: Path, crop: str, edges: tuple[float, ...]) -> None:
    _, pictures = load(root, NAMES, Image(3, 64, 64), crop=crop)
    right, down = pictures[0, 0].mean(0) / 255, pictures[0, 1].mean(1) / 255
    found = (right[0] * 89, right[-1] * 89, down[0] * 109, down[-1] * 109)
    assert found == pytest.approx(edges, abs=2)


def test_a_crop_that_is_no_square_has_pictures_of_its_shape(root: Path) -> None:
    _, pictures = load(root, NAMES, Image(3, 109, 89), crop=(0, 0, 89, 109))
    with Pillow.open(io.BytesIO(PORTRAITS["000001.jpg"])) as whole:
        assert np.array_equal(pictures[0], np.asarray(whole).transpose(2, 0, 1))
    with pytest.raises(DataError, match="gives no pictures of shape"):
        load(root, NAMES, Image(3, 64, 64), crop=(0, 0, 89, 109))
