"""Packing: from a data set to a folder of shards that are mapped, not loaded.

Each shard is decoded, written whole and noted (`shard-00000.json`) before the next begins, by one process or several.
What is noted is kept whatever happens then, a power cut included: the same call goes on where the last one ended. The
index is written last; a folder that has one is complete.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import pickle
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from causaldsl.datasets.decoding import Damage, fill, judged, whole
from causaldsl.datasets.encoded import Encoded
from causaldsl.datasets.packed import COLUMN_KINDS, FORMAT, PARTS, PLAN, File, Index, Shard, npy_header, wrong
from causaldsl.errors import DataError, RunError, UsageError
from causaldsl.files import replace_file
from causaldsl.plugins.datasets import PACKED
from causaldsl.plugins.protocols import Data, Pictures

SHARD_BYTES = 16 << 20
"""How large a file of pictures is, about, if they are few."""
MOST_SHARDS = 256
"""Of an image node, about: each that is mapped holds a file open."""


@dataclass(frozen=True)
class Job:
    """All that a process needs to make any of the shards.

    Parameters
    ----------
    folder : Path
        Where they go.
    pictures : mapping of str to Pictures
        By image node, n rows each.
    rows, shard_rows : int
        Rows in all, and of a shard before damaged ones are left out.
    """

    folder: Path
    pictures: Mapping[str, Pictures]
    rows: int
    shard_rows: int

    @property
    def shards(self) -> int:
        """How many there are."""
        return -(-self.rows // self.shard_rows) if self.pictures else 0

    def span(self, number: int) -> range:
        """Return the rows of a shard."""
        return range(number * self.shard_rows, min((number + 1) * self.shard_rows, self.rows))


@dataclass(frozen=True)
class Made:
    """A shard that is whole on disk.

    Parameters
    ----------
    number : int
        Which.
    files : tuple of File
        One an image node.
    damaged : mapping of int to Damage
        Rows of the data set that are left out of it.
    """

    number: int
    files: tuple[File, ...]
    damaged: Mapping[int, Damage]


def plan(job: Job, data: Data, forced: bool) -> int:
    """Make the folder of a job, or find it begun; return how many rows a shard of it has.

    Raises
    ------
    UsageError
        If there is something else in the folder.
    RunError
        If it cannot be written.
    """
    folder, path = job.folder, job.folder / PLAN
    wanted = {"format": FORMAT, "data": fingerprint(data), "rows": job.rows, "shard_rows": job.shard_rows}
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file", "choose another --out")
    if path.exists():
        with suppress(ValueError, KeyError, TypeError):
            begun = json.loads(path.read_bytes())
            if begun == {**wanted, "shard_rows": begun["shard_rows"]}:
                return int(begun["shard_rows"])
        if not forced:
            message = f"{folder} holds the beginning of another data set, or of this one with other files or sizes"
            raise UsageError(message, "choose another --out, or --force begins anew")
    elif _taken(folder) and not (forced and (folder / PACKED).exists()):
        raise UsageError(f"{folder} exists", "--force replaces a packed data set; else choose another --out")
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        clear(folder)
        replace_file(path, json.dumps(wanted).encode())
    return job.shard_rows


def _taken(folder: Path) -> bool:
    """Tell whether there is anything in a folder but a plan that was being written."""
    return folder.exists() and bool(set(folder.iterdir()) - set(folder.glob(f".{PLAN}.*.part")))


def clear(folder: Path) -> None:
    """Delete what packing has written into a folder, the index first, and nothing else."""
    for pattern in (PACKED, PLAN, "shard-*.json", "image*-*.npy", "label-*.npy", PARTS, ".*.part"):
        for path in folder.glob(pattern):
            path.unlink()


def fingerprint(data: Data) -> str:
    """Return a number that differs where labels, files or sizes do; the content of files is not read."""
    digest = hashlib.sha256(repr((list(data.labels), data.flips)).encode())
    for values in (*data.labels.values(), np.empty(0) if data.parts is None else data.parts):
        digest.update(_npy(values))
    for node, pictures in data.pictures.items():
        digest.update(repr((node, pictures.shape)).encode())
        if isinstance(pictures, Encoded):
            digest.update(pickle.dumps(pictures.decode) + "\0".join(pictures.files.tolist()).encode())
    return digest.hexdigest()


def make(job: Job, number: int) -> Made:
    """Decode and write one shard, then note it.

    Raises
    ------
    DataError
        If a picture is of the wrong kind.
    RunError
        If there is no space left, or the folder cannot be written.
    """
    span = job.span(number)
    files = {node: one for node, one in job.pictures.items() if isinstance(one, Encoded)}
    arrays = {node: np.empty((len(span), *one.shape[1:]), np.uint8) for node, one in job.pictures.items()}
    for node in job.pictures.keys() - files.keys():
        arrays[node][:] = job.pictures[node][np.arange(span.start, span.stop)]
    some = {node: one.rows(slice(span.start, span.stop)) for node, one in files.items()}
    damaged = fill(arrays, some, range(len(span)))
    rows = whole(len(span), damaged)
    written = []
    with writing(job.folder):
        for place, array in enumerate(arrays.values()):
            kept = array if not damaged else array[rows]
            content = npy_header(kept.shape) + kept.tobytes() if len(kept) else b""
            written.append(_written(job.folder, f"image{place}-{number:05d}.npy", content))
        made = Made(number, tuple(written), {span.start + row: damage for row, damage in damaged.items()})
        replace_file(_note(job.folder, number), json.dumps(asdict(made)).encode())
    return made


def kept(job: Job, number: int) -> Made | None:
    """Return a shard that was noted, if its files are what was written; else None, and it is to be made again."""
    try:
        note = json.loads(_note(job.folder, number).read_bytes())
        files = tuple(File(**file) for file in note["files"])
        damaged = {int(row): Damage(**damage) for row, damage in note["damaged"].items()}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    good = len(files) == len(job.pictures) and not any(wrong(job.folder, file) for file in files)
    return Made(number, files, damaged) if good else None


def finish(job: Job, data: Data, name: str, made: list[Made]) -> Index:
    """Write labels and index; from here on the folder is a packed data set.

    Raises
    ------
    DataError
        If too many pictures are damaged.
    RunError
        If there is no space left.
    """
    damaged = {row: damage for shard in made for row, damage in shard.damaged.items()}
    notes = list(data.notes)
    if damaged:
        notes.append(judged(tuple(damaged.values()), job.rows, data.pictures))
    kept_rows = whole(job.rows, damaged)
    if not len(kept_rows):
        raise DataError(f"the data set {name} has no rows")
    rows = {shard.number: len(job.span(shard.number)) - len(shard.damaged) for shard in made}
    with writing(job.folder):
        columns = {
            label: _written(job.folder, f"label-{place:03d}.npy", _npy(np.asarray(values)[kept_rows]))
            for place, (label, values) in enumerate(data.labels.items())
        }
        parts = None if data.parts is None else _written(job.folder, PARTS, _npy(data.parts[kept_rows]))
        index = Index(
            data=name,
            rows=len(kept_rows),
            images={node: (int(s[1]), int(s[2]), int(s[3])) for node, s in _shapes(job)},
            shards=tuple(Shard(rows[shard.number], shard.files) for shard in made if rows[shard.number]),
            columns=columns,
            parts=parts,
            flips=data.flips,
            notes=tuple(notes),
            damaged=tuple((damage.file, damage.why) for _, damage in sorted(damaged.items())),
        )
        document = {"schema": 1, "format": FORMAT, **asdict(index)}
        replace_file(job.folder / PACKED, json.dumps(document, ensure_ascii=False, indent=1).encode())
        for shard in made:
            _note(job.folder, shard.number).unlink(missing_ok=True)
            for file in () if rows[shard.number] else shard.files:
                (job.folder / file.name).unlink(missing_ok=True)
        for draft in (job.folder / PLAN, *job.folder.glob(".*.part")):
            draft.unlink(missing_ok=True)
    return index


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn what may go wrong while writing into a RunError that says what is kept.

    Raises
    ------
    RunError
        If there is no space left, or the folder cannot be written.
    """
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        hint = "free some space and run the same command again: shards that are written are kept" if full else None
        raise RunError(f"cannot write to {folder}: {(error.strerror or str(error)).lower()}", hint) from error


def _shapes(job: Job) -> list[tuple[str, tuple[int, ...]]]:
    return [(node, one.shape) for node, one in job.pictures.items()]


def _written(folder: Path, name: str, content: bytes) -> File:
    replace_file(folder / name, content)
    return File(name, len(content), hashlib.sha256(content).hexdigest())


def _npy(values: np.ndarray[Any, Any]) -> bytes:
    """Return a column as a .npy file; what is neither number nor text becomes text."""
    values, out = np.asarray(values), io.BytesIO()
    np.save(out, values.astype(np.str_) if values.dtype.kind not in COLUMN_KINDS else values, allow_pickle=False)
    return out.getvalue()


def _note(folder: Path, number: int) -> Path:
    return folder / f"shard-{number:05d}.json"
