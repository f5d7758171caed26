"""Packed data sets: the same rows as unpacked ones, whatever happens on the way; damage is found and named."""

import errno
import json
import mmap
import os
import pickle
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from causaldsl.datasets import packing
from causaldsl.datasets.decoding import load
from causaldsl.datasets.encoded import Encoded
from causaldsl.datasets.pack import Packed, pack
from causaldsl.datasets.packing import fingerprint
from causaldsl.datasets.shards import Sharded, ShardsOptions
from causaldsl.datasets.stores import Folder
from causaldsl.errors import DataError, Interrupted, RunError, UsageError
from causaldsl.graph.domain import Image
from causaldsl.plugins.datasets import Dataset, dataset
from causaldsl.plugins.protocols import Data
from tests.datasets.test_celeba import FILES, NAMES, PORTRAITS, root

__all__ = ["root"]

FACE = {"Face": Image(3, 32, 32)}


def celeba(root: Path, options: str = "") -> Dataset:
    return dataset(f"celeba({options})", root)


def packed(root: Path, out: Path, options: str = "", **how) -> Packed:
    return pack(celeba(root, options), NAMES, FACE, out, **{"workers": 1, "shard_rows": 25, **how})


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("part", ["train", "valid", "held_out", "all"])
def test_what_is_packed_is_what_is_read(root: Path, tmp_path: Path, part) -> None:
    found = packed(root, tmp_path / "packed")
    assert [shard.rows for shard in found.index.shards] == [25] * 4 + [20]
    plain, mapped = load(celeba(root), NAMES, FACE, part), load(dataset(str(tmp_path / "packed")), NAMES, FACE, part)
    assert np.array_equal(plain.pictures["Face"], mapped.pictures["Face"][:])
    assert all(np.array_equal(plain.labels[name], mapped.labels[name]) for name in NAMES)
    assert mapped.flips


def test_batches_are_read_from_any_shards_in_any_order(root: Path, tmp_path: Path) -> None:
    packed(root, tmp_path / "packed")
    pictures = load(dataset(str(tmp_path / "packed")), NAMES, FACE, "all").pictures["Face"]
    assert isinstance(pictures, Sharded)
    whole, rng = pictures[:], np.random.default_rng(0)
    for _ in range(20):
        rows = rng.integers(0, len(whole), rng.integers(0, 50))
        assert np.array_equal(pictures[rows], whole[rows])
    assert np.array_equal(pictures[whole[:, 0, 0, 0] > 3], whole[whole[:, 0, 0, 0] > 3])
    assert np.array_equal(pictures[-1:], whole[-1:])
    with pytest.raises(IndexError):
        pictures[np.array([len(whole)])]


def test_processes_write_what_one_writes(root: Path, tmp_path: Path) -> None:
    (root / "img_align_celeba" / FILES[30]).write_bytes(PORTRAITS[FILES[30]][:700])
    packed(root, tmp_path / "one")
    packed(root, tmp_path / "two", workers=2)
    assert content(tmp_path / "one") == content(tmp_path / "two")


def test_damaged_files_are_named_in_the_index_and_their_rows_left_out(root: Path, tmp_path: Path) -> None:
    (root / "img_align_celeba" / FILES[30]).write_bytes(PORTRAITS[FILES[30]][:700])
    index = packed(root, tmp_path / "packed").index
    assert [shard.rows for shard in index.shards] == [25, 24, 25, 25, 20]
    assert [file for file, _ in index.damaged] == [FILES[30]]
    assert index.notes == (f"left out: 1 picture is damaged, such as {FILES[30]}",)
    plain, mapped = load(celeba(root), NAMES, FACE), load(dataset(str(tmp_path / "packed")), NAMES, FACE)
    assert np.array_equal(plain.pictures["Face"], mapped.pictures["Face"][:])
    assert np.array_equal(plain.labels["Bald"], mapped.labels["Bald"])


def test_too_many_damaged_files_stop_it_early_and_more_may_be_allowed(root: Path, tmp_path: Path) -> None:
    for file in FILES[:26]:
        (root / "img_align_celeba" / file).write_bytes(b"")
    with pytest.raises(DataError, match=r"C710.*: 25 of 120 pictures are damaged"):
        packed(root, tmp_path / "packed")
    found = packed(root, tmp_path / "packed", "max_damaged=0.5")
    assert found.resumed == 1
    assert [shard.rows for shard in found.index.shards] == [24, 25, 25, 20]
    assert {path.name for path in (tmp_path / "packed").glob("image*")} == {f"image0-0000{i}.npy" for i in range(1, 5)}


class Kill(BaseException):
    pass


@pytest.mark.parametrize("after", [0, 1, 2, 3, 8, 11, 13, 15])
def test_a_packing_that_ends_anywhere_goes_on_to_the_same_bytes(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    packed(root, tmp_path / "whole")
    written, real = [], packing.replace_file

    def dies(path: Path, content: bytes) -> None:
        if len(written) == after:
            (path.parent / f".{path.name}.x.part").write_bytes(content[:10])
            raise Kill
        written.append(path)
        real(path, content)

    monkeypatch.setattr(packing, "replace_file", dies)
    with pytest.raises(Kill):
        packed(root, tmp_path / "cut")
    with pytest.raises((DataError, UsageError), match=r"unfinished|no packed data set"):
        Dataset("shards", dataset("shards").plugin, tmp_path / "cut", ShardsOptions()).columns  # noqa: B018
    monkeypatch.setattr(packing, "replace_file", real)
    found = packed(root, tmp_path / "cut")
    assert found.resumed == min(5, max(0, after - 1) // 2)
    assert content(tmp_path / "cut") == content(tmp_path / "whole")


def test_a_shard_that_was_harmed_meanwhile_is_made_again(root: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(packing, "finish", lambda *_: pytest.fail("not yet"))
    calls = []

    def stops(made: int, *_: int) -> None:
        calls.append(made)
        if made == 3:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted, match=r"3 of 5 shards(.|\n)*the same command goes on"):
        packed(root, tmp_path / "packed", progress=stops)
    assert calls == [0, 1, 2, 3]
    with (tmp_path / "packed" / "image0-00001.npy").open("r+b") as file:
        file.seek(500)
        file.write(b"harm")
    monkeypatch.undo()
    assert packed(root, tmp_path / "packed").resumed == 2
    packed(root, tmp_path / "whole")
    assert content(tmp_path / "packed") == content(tmp_path / "whole")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_keeps_what_is_written(root: Path, tmp_path: Path, monkeypatch, number: int) -> None:
    real, written = packing.replace_file, []

    def full(path: Path, content: bytes) -> None:
        written.append(path)
        if len(written) > 6:
            raise OSError(number, os.strerror(number))
        real(path, content)

    monkeypatch.setattr(packing, "replace_file", full)
    with pytest.raises(RunError, match=r"cannot write to .*packed: (.|\n)*run the same command again"):
        packed(root, tmp_path / "packed")
    monkeypatch.undo()
    assert packed(root, tmp_path / "packed").resumed == 2


def test_a_folder_with_something_else_is_left_alone(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.tex").write_text("x")
    for force in (False, True):
        with pytest.raises(UsageError, match="other exists"):
            packed(root, other, force=force)
    packed(root, tmp_path / "packed")
    (tmp_path / "packed" / "mine.txt").write_text("x")
    with pytest.raises(UsageError, match="--force"):
        packed(root, tmp_path / "packed")
    packed(root, tmp_path / "packed", force=True, shard_rows=60)
    assert sorted(content(tmp_path / "packed")) == [
        "image0-00000.npy", "image0-00001.npy", "index.json",
        "label-000.npy", "label-001.npy", "label-002.npy", "mine.txt", "parts.npy",
    ]  # fmt: skip
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="is a file"):
        packed(root, tmp_path / "file")


def test_another_crop_does_not_go_on_with_a_packing(root: Path, tmp_path: Path) -> None:
    def stops(made: int, *_: int) -> None:
        if made == 1:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted):
        packed(root, tmp_path / "packed", progress=stops)
    with pytest.raises(UsageError, match="the beginning of another data set"):
        packed(root, tmp_path / "packed", "crop=whole_width")
    assert packed(root, tmp_path / "packed", shard_rows=99).resumed == 1, "its own size of shards stays"
    packed(root, tmp_path / "wide", "crop=whole_width")
    assert content(tmp_path / "wide") != content(tmp_path / "packed")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(format=2), "has the format 2, from a newer causaldsl"),
        (lambda d: d.pop("shards"), "is damaged: it has no 'shards'"),
        (lambda d: d["shards"][0]["files"][0].update(name="../../etc/passwd"), "is no name of its files"),
        (lambda d: d["shards"][0]["files"][0].update(name="/dev/zero"), "is no name of its files"),
        (lambda d: d["shards"][0].update(rows=10**9), "its shards have other rows"),
        (lambda d: d["shards"][0].update(rows=-1), "a size is not positive"),
        (lambda d: d["images"].update(Face=[3, 10**9, 10**9]), "does not hold 25 pictures"),
        (lambda d: d["images"].update(Face=[3, 16, 64]), "has pictures of shape"),
        (lambda d: d["columns"]["Bald"].update(name="label-001.npy", sha256="0"), "its sha256 differs"),
        (lambda d: d.update(images=[]), "is damaged"),
    ],
)
def test_an_index_that_lies_is_an_error(root: Path, tmp_path: Path, change, message: str) -> None:
    packed(root, tmp_path / "packed")
    path = tmp_path / "packed" / "index.json"
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))
    image = (
        Image(*document["images"]["Face"]) if "Face" in document["images"] and "does not" in message else FACE["Face"]
    )
    with pytest.raises(DataError, match=message):
        load(dataset(str(tmp_path / "packed")), NAMES, {"Face": image})


def pickled(path: Path) -> None:
    np.save(path, np.array([object()] * 120), allow_pickle=True)


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (lambda p: (p / "image0-00002.npy").unlink(), r"image0-00002\.npy is missing"),
        (lambda p: os.truncate(p / "image0-00002.npy", 5000), "has 5,000 bytes, and"),
        (lambda p: (p / "label-001.npy").write_bytes(bytes(248)), "its sha256 differs"),
        (lambda p: pickled(p / "label-001.npy"), "bytes, and 248 were packed"),
        (lambda p: (p / "index.json").write_text("{"), "is damaged"),
        (lambda p: (p / "index.json").write_text("[" * 100_000), "is damaged"),
    ],
)
def test_a_harmed_folder_is_an_error(root: Path, tmp_path: Path, harm, message: str) -> None:
    packed(root, tmp_path / "packed")
    harm(tmp_path / "packed")
    with pytest.raises(DataError, match=message):
        load(dataset(str(tmp_path / "packed")), NAMES, FACE)


def test_images_are_found_by_name_where_there_are_several(root: Path, tmp_path: Path) -> None:
    both = {"Face": Image(3, 32, 32), "Thumb": Image(3, 8, 8)}
    pack(celeba(root), NAMES, both, tmp_path / "packed", workers=1, shard_rows=50)
    plain, mapped = load(celeba(root), NAMES, both), load(dataset(str(tmp_path / "packed")), NAMES, both)
    assert all(np.array_equal(plain.pictures[name], mapped.pictures[name][:]) for name in both)
    with pytest.raises(DataError, match=r"no pictures for `Portrait`(.|\n)*pictures of Face, Thumb"):
        load(dataset(str(tmp_path / "packed")), NAMES, {"Portrait": both["Face"]})
    pack(celeba(root), NAMES, {}, tmp_path / "labels")
    assert len(load(dataset(str(tmp_path / "labels")), NAMES, {}).labels["Bald"]) == 100
    with pytest.raises(DataError, match="--labels-only"):
        load(dataset(str(tmp_path / "labels")), NAMES, FACE)


class InMemory:
    options = ShardsOptions

    def columns(self, root, options) -> tuple[str, ...]:
        return ("Size", "Name")

    def open(self, root, columns, images, options) -> Data:
        pictures = np.random.default_rng(0).integers(0, 256, (70, 3, 32, 32), dtype=np.uint8)
        labels = {"Size": np.arange(70.0), "Name": np.array(["größe", None] * 35, dtype=object)}
        return Data("in memory", labels, dict.fromkeys(images, pictures))


def test_what_is_no_file_is_packed_too(tmp_path: Path) -> None:
    source = Dataset("mine", InMemory(), None, ShardsOptions())
    pack(source, source.columns, FACE, tmp_path / "packed", shard_rows=30)
    plain, mapped = load(source, source.columns, FACE), load(dataset(str(tmp_path / "packed")), source.columns, FACE)
    assert np.array_equal(plain.pictures["Face"], mapped.pictures["Face"][:])
    assert mapped.labels["Size"].tolist() == list(range(70))
    assert mapped.labels["Name"][:2].tolist() == ["größe", "None"], "a missing one stays missing"
    assert mapped.parts is None


RUN = """
import resource, sys
from pathlib import Path
import numpy as np
from causaldsl.datasets.packed import File, mapped, npy_header
from causaldsl.datasets.shards import Sharded
limit = 64 << 20
held = int(Path("/proc/self/status").read_text().split("VmData:")[1].split()[0]) << 10
resource.setrlimit(resource.RLIMIT_DATA, (held + limit, held + limit))
folder, shape = Path(sys.argv[1]), (4096, 3, 64, 64)
files = [File(f"image0-{i:05d}.npy", (folder / f"image0-{i:05d}.npy").stat().st_size, "") for i in range(8)]
pictures = Sharded([mapped(folder, file, shape) for file in files])
rng, total = np.random.default_rng(0), 0
for _ in range(50):
    total += int(pictures[rng.integers(0, len(pictures), 256)].max())
print(total)
try:
    np.ones(limit * 2, np.uint8)
    sys.exit("the limit does not hold")
except MemoryError:
    pass
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits of Linux")
def test_a_set_larger_than_memory_is_read(tmp_path: Path) -> None:
    from causaldsl.datasets.packed import npy_header

    for i in range(8):
        with (tmp_path / f"image0-{i:05d}.npy").open("wb") as file:
            file.write(npy_header((4096, 3, 64, 64)))
            file.truncate(file.tell() + 4096 * 3 * 64 * 64)  # sparse: 400 MB that take no room
    done = subprocess.run([sys.executable, "-c", RUN, tmp_path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "0\n"


UNGUARDED = """
from pathlib import Path
from causaldsl.datasets.pack import pack
from causaldsl.graph.domain import Image
from tests.datasets.test_pack import Many
pack(Many.of(20_000), ("A",), {"Face": Image(3, 8, 8)}, Path("packed"), workers=2, shard_rows=10_000)
"""
"""Without `if __name__ == "__main__"`: each process that is started runs it too, may not start others, and dies."""


@dataclass(frozen=True)
class Rows:
    rows: int = 1


class Many(InMemory):
    """Names of more pictures than a pipe takes."""

    @staticmethod
    def of(rows: int) -> Dataset:
        return Dataset("many", Many(), Path.cwd(), Rows(rows))

    def open(self, root, columns, images, options) -> Data:
        files = ["1.png"] * options.rows
        return Data(
            "many",
            {"A": np.arange(options.rows)},
            {node: Encoded(Folder(root), files, image, np.frombuffer) for node, image in images.items()},
        )


def test_processes_that_die_before_they_have_read_their_job_are_no_reason_to_wait(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(UNGUARDED)
    path = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, env=path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1
    assert "a process that was packing has died" in done.stderr


def test_kill_9_and_again(root: Path, tmp_path: Path) -> None:
    packed(root, tmp_path / "whole", shard_rows=5)
    (tmp_path / "g.causal").write_text("binary Bald; image Face[3, 32, 32]; Bald -> Face")
    command = [sys.executable, "-m", "causaldsl", "pack", str(tmp_path / "g.causal"), "--data", "celeba()", "--root"]
    command += [str(root), "--out", str(tmp_path / "cut"), "--shard-rows", "5", "--workers", "2"]

    def notes() -> int:
        return len(list((tmp_path / "cut").glob("shard-*.json")))

    for kills in range(3):
        with (tmp_path / "said").open("w") as said:
            process = subprocess.Popen(command, stderr=said, stdout=said)
        have = notes()
        while kills < 2 and process.poll() is None and notes() < have + 5:
            time.sleep(0.001)
        if kills < 2:
            process.kill()
            process.wait()
            time.sleep(0.5)
            have = notes()
            time.sleep(0.5)
            assert notes() == have < 24, "processes without a parent end"
        else:
            assert process.wait() == 0
            assert "shards are there" in (tmp_path / "said").read_text()
    assert content(tmp_path / "cut") == content(tmp_path / "whole")


def named(content: bytes, file: str) -> np.ndarray:
    """A decoder that is a function."""
    raise NotImplementedError


def test_a_decoder_of_any_make_is_known_again(root: Path) -> None:
    """Its address in memory is another in each process."""
    found = celeba(root).plugin.open(root, NAMES, FACE, celeba(root).options)
    pictures = found.pictures["Face"]
    assert isinstance(pictures, Encoded)
    marks = []
    for decode in (pictures.decode, named):
        one = Encoded(pictures.store, pictures.files, pictures.image, decode)
        data = replace(found, pictures={"Face": one})
        marks.append(fingerprint(data))
        assert b"0x" not in pickle.dumps(decode)
        assert fingerprint(data) == marks[-1]
    assert len(set(marks)) == 2


def test_there_are_never_too_many_shards(root: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("causaldsl.datasets.pack.MOST_SHARDS", 3)
    monkeypatch.setattr("causaldsl.datasets.pack.SHARD_BYTES", 1)
    packed(root, tmp_path / "packed", shard_rows=None)
    assert len(list((tmp_path / "packed").glob("image0-*.npy"))) == 3


def test_too_many_open_files_are_said(root: Path, tmp_path: Path, monkeypatch) -> None:
    packed(root, tmp_path / "packed")

    def full(*_, **__):
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(mmap, "mmap", full)
    with pytest.raises(DataError, match=r"cannot map .*: Too many open files") as raised:
        load(dataset(str(tmp_path / "packed")), NAMES, FACE)
    assert "ulimit" in raised.value.diagnostics[0].hint
