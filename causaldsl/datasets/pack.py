"""Pack a data set by one process or several."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path

from causaldsl.datasets.decoding import judged
from causaldsl.datasets.encoded import Encoded
from causaldsl.datasets.packed import Index
from causaldsl.datasets.packing import MOST_SHARDS, SHARD_BYTES, Job, Made, finish, kept, make, plan
from causaldsl.errors import Interrupted, RunError
from causaldsl.graph.domain import Image
from causaldsl.plugins.datasets import Dataset
from causaldsl.plugins.protocols import Data


@dataclass(frozen=True)
class Packed:
    """What a packing came to.

    Parameters
    ----------
    index : Index
        What the folder holds.
    resumed : int
        Shards that were there already.
    """

    index: Index
    resumed: int


Progress = Callable[[int, int, int, int], None]
"""`progress(made, resumed, shards, rows of a shard)`, before the first shard and after each."""


def pack(
    data: Dataset,
    columns: Sequence[str],
    images: Mapping[str, Image],
    folder: Path,
    *,
    workers: int = 0,
    shard_rows: int = 0,
    force: bool = False,
    progress: Progress = lambda *_: None,
) -> Packed:
    """Write all parts of a data set to a folder, from which `--data FOLDER` reads it.

    Parameters
    ----------
    data : Dataset
        What to pack.
    columns : sequence of str
        Labels to pack.
    images : mapping of str to Image
        Image nodes and their sizes.
    folder : Path
        Where to; begun by an earlier call, it is gone on with.
    workers : int
        Processes; 0 takes one a core. One works in this process.
    shard_rows : int
        Rows of a shard; 0 makes files of some 16 MiB.
    force : bool
        Replace a packed data set that is there.
    progress : callable
        Told of every shard.

    Raises
    ------
    UsageError
        If the folder holds something else.
    DataError
        If the data are missing, or too many pictures are damaged.
    RunError
        If the folder cannot be written, or a process dies.
    Interrupted
        If the user stops it.
    """
    for image in images.values():
        data.check_image(image)
    found = data.plugin.open(data.root, tuple(columns), images, data.options)
    rows = len(next(iter((*found.pictures.values(), *found.labels.values()))))
    largest = max((image.channels * image.height * image.width for image in images.values()), default=1)
    job = Job(folder, found.pictures, rows, shard_rows or max(1, SHARD_BYTES // largest, -(-rows // MOST_SHARDS)))
    job = Job(folder, found.pictures, rows, plan(job, found, force))
    made = [shard for shard in (kept(job, number) for number in range(job.shards)) if shard is not None]
    resumed = len(made)
    progress(resumed, resumed, job.shards, job.shard_rows)
    missing = sorted(set(range(job.shards)) - {shard.number for shard in made})
    workers = _processes(job, len(missing), workers)
    try:
        for shard in _by_processes(job, missing, workers) if workers > 1 else (make(job, n) for n in missing):
            made.append(shard)
            progress(len(made), resumed, job.shards, job.shard_rows)
            _not_too_many(found, rows, made)
    except KeyboardInterrupt:
        message = f"packing was stopped; {len(made)} of {job.shards} shards are in {folder}"
        raise Interrupted(message, "the same command goes on from there") from None
    made.sort(key=lambda shard: shard.number)
    return Packed(finish(job, found, data.name, made), resumed)


def _processes(job: Job, shards: int, asked: int) -> int:
    """Return how many processes are worth it: more than one where there are files to decode."""
    if not all(isinstance(one, Encoded) for one in job.pictures.values()):
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(asked or cores, shards)


def _not_too_many(data: Data, rows: int, made: Sequence[Made]) -> None:
    """Stop as soon as it is certain that too many pictures are damaged."""
    damaged = [damage for shard in made for damage in shard.damaged.values()]
    if damaged:
        judged(damaged, rows, data.pictures)


def _by_processes(job: Job, numbers: Sequence[int], workers: int) -> Iterator[Made]:
    """Make shards in processes; those that are under way when one fails are finished, the others dropped.

    The job goes through a file. Through the pipe by which a process is started, whoever starts it would wait for ever
    where the process died before it had read all: names of many pictures are more than a pipe takes.
    """
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "job"
        path.write_bytes(pickle.dumps(job))
        with ProcessPoolExecutor(workers, context, _begin, (path,)) as pool:
            try:
                for future in as_completed([pool.submit(_make, number) for number in numbers]):
                    yield future.result()
            except BrokenProcessPool:
                hint = "was it killed for lack of memory? fewer --workers need less; shards that are written are kept"
                raise RunError("a process that was packing has died", hint) from None
            finally:
                pool.shutdown(wait=True, cancel_futures=True)


_job: Job | None = None
"""What this process makes shards of; set once, where it begins."""


def _begin(path: Path) -> None:
    """Begin a process: Ctrl-C is its parent's affair, and without a parent it ends."""
    global _job
    _job = pickle.loads(path.read_bytes())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=lambda: (wait([parent.sentinel]), os._exit(1)), daemon=True).start()


def _make(number: int) -> Made:
    assert _job is not None
    return make(_job, number)
