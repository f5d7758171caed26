"""Several processes: which of them this one is, how they meet, and how `--devices` starts and restarts them.

They meet through plain `torch.distributed`: gloo for what lies on a CPU, nccl for what lies on a GPU. Who started them
says who is who: `launch` here, torchrun (RANK, WORLD_SIZE, ..), or Slurm's srun (SLURM_PROCID, SLURM_NTASKS, ..).
"""

from __future__ import annotations

import gc
import logging
import os
import re
import signal
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch
import torch.distributed as dist

from causaldsl.errors import CausalError, Interrupted, RunError, UsageError
from causaldsl.scm.ranks import Ranks

RESTARTS = 3
"""How often the ranks are started again where one of them dies."""
GRACE = 3.0
"""Seconds in which what an interrupted rank returns is read, if it will be."""
PORT = 29_400
"""Where rank 0 of Slurm's job 0 is met; job n has the port n further on, modulo 10,000."""


@dataclass(frozen=True)
class Place:
    """Which rank a process is, and where rank 0 can be met.

    Parameters
    ----------
    rank, size : int
        Its number among all ranks, and theirs.
    local_rank, local_size : int
        Its number among those of its host, and theirs.
    address, port : str, int
        Of rank 0.
    """

    rank: int
    size: int
    local_rank: int
    local_size: int
    address: str
    port: int


def place(environ: Mapping[str, str]) -> Place | None:
    """Read from the environment which rank a process is; None where it is alone.

    Raises
    ------
    UsageError
        If what it says is no number, or incomplete.

    Examples
    --------
    >>> place({"SLURM_PROCID": "3", "SLURM_NTASKS": "4", "SLURM_LOCALID": "1", "SLURM_JOB_ID": "7",
    ...        "SLURM_STEP_ID": "0", "SLURM_NTASKS_PER_NODE": "2", "SLURM_STEP_NODELIST": "gpu[07-08]"})
    Place(rank=3, size=4, local_rank=1, local_size=2, address='gpu07', port=29407)
    """
    try:
        if "RANK" in environ and int(environ.get("WORLD_SIZE", "1")) > 1:
            return Place(
                int(environ["RANK"]),
                int(environ["WORLD_SIZE"]),
                int(environ.get("LOCAL_RANK", "0")),
                int(environ.get("LOCAL_WORLD_SIZE", "1")),
                environ["MASTER_ADDR"],
                int(environ["MASTER_PORT"]),
            )
        if "SLURM_PROCID" in environ and int(environ.get("SLURM_NTASKS", "1")) > 1 and not _is_batch_script(environ):
            size = int(environ["SLURM_NTASKS"])
            nodes = int(environ.get("SLURM_NNODES", "1"))
            return Place(
                int(environ["SLURM_PROCID"]),
                size,
                int(environ.get("SLURM_LOCALID", "0")),
                int(environ.get("SLURM_NTASKS_PER_NODE", "").partition("(")[0] or -(-size // nodes)),
                environ.get("MASTER_ADDR") or _first_host(environ),
                int(environ.get("MASTER_PORT") or PORT + int(environ.get("SLURM_JOB_ID", "0")) % 10_000),
            )
    except KeyError as error:
        message = f"this is one of several ranks, but {error.args[0]} is not set"
        raise UsageError(message, "torchrun sets it") from None
    except ValueError as error:
        raise UsageError(f"this is one of several ranks, but which is not clear: {error}") from None
    return None


def _is_batch_script(environ: Mapping[str, str]) -> bool:
    """Whether this is the script of a Slurm job, which runs once, and no task that srun started."""
    return "SLURM_JOB_ID" in environ and not {"SLURM_STEP_ID", "SLURM_STEPID", "MASTER_ADDR"} & environ.keys()


def _first_host(environ: Mapping[str, str]) -> str:
    """Return the first of Slurm's hosts, written as `node[01-04,07]`."""
    hosts = environ.get("SLURM_STEP_NODELIST") or environ.get("SLURM_JOB_NODELIST") or "127.0.0.1"
    found = re.match(r"([^\[,]+)(?:\[([^\],-]+)[^\]]*\]([^,\[]*))?", hosts)
    assert found is not None
    return "".join(part or "" for part in found.groups())


def restarted(environ: Mapping[str, str]) -> bool:
    """Whether this process was started again, after it or another rank had died or its job was put back."""
    counts = (environ.get(name, "0") for name in ("TORCHELASTIC_RESTART_COUNT", "SLURM_RESTART_COUNT"))
    return any(count.isdecimal() and int(count) > 0 for count in counts)


def device(local_rank: int = 0) -> str:
    """Return where a rank computes: on a GPU of its own, or the CPU if there is none.

    Raises
    ------
    UsageError
        If there are fewer GPUs than ranks.
    """
    if not torch.cuda.is_available():
        return "cpu"
    if local_rank >= torch.cuda.device_count():
        hint = "a rank has a GPU of its own; CUDA_VISIBLE_DEVICES= trains on the CPU"
        raise UsageError(f"{torch.cuda.device_count()} GPUs are too few for rank {local_rank} of this host", hint)
    return f"cuda:{local_rank}"


@contextmanager
def joined(environ: Mapping[str, str]) -> Iterator[tuple[Ranks, str]]:
    """Meet the other ranks, and part from them afterwards; alone, there is nothing to do.

    Yields
    ------
    Ranks
        Who this is.
    str
        The device on which to compute.
    """
    where = place(environ)
    if where is None:
        yield Ranks(), device()
        return
    computes = device(where.local_rank)
    share = environ.get("SLURM_CPUS_PER_TASK") or str(_cores() // where.local_size)
    torch.set_num_threads(max(1, int(share) if share.isdecimal() else 1))
    if computes != "cpu":
        torch.cuda.set_device(computes)
    dist.init_process_group(
        "gloo" if computes == "cpu" else "cpu:gloo,cuda:nccl",
        init_method="env://" if "RANK" in environ else f"tcp://{where.address}:{where.port}",
        rank=where.rank,
        world_size=where.size,
    )
    try:
        yield Ranks(where.rank, where.size), computes
    finally:
        dist.destroy_process_group()
        gc.collect()  # a group that is still referred to when the interpreter ends takes the process down


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def launch(ranks: int, work: Callable[[Ranks, str], Any]) -> Any:
    """Have `work` done by ranks on this host; where one dies, all are started again, up to `RESTARTS` times.

    Parameters
    ----------
    ranks : int
        How many.
    work : callable
        Called with `Ranks` and a device in a process of each; it, and what it returns, can be pickled.

    Returns
    -------
    Any
        What rank 0 returned.

    Raises
    ------
    RunError
        If a rank died once too often.
    CausalError
        What a rank raised.
    """
    from torch.distributed.elastic.multiprocessing import SignalException
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.launcher.api import LaunchConfig, elastic_launch

    for name in ("agent.server.api", "multiprocessing.api"):  # each has a level of its own
        logging.getLogger(f"torch.distributed.elastic.{name}").setLevel(logging.ERROR)
    os.environ["TORCH_DISABLE_SHARE_RDZV_TCP_STORE"] = "1"  # with a shared one a restart hangs now and then
    config = LaunchConfig(
        min_nodes=1,
        max_nodes=1,
        nproc_per_node=ranks,
        run_id=uuid.uuid4().hex,
        rdzv_backend="c10d",
        rdzv_endpoint="localhost:0",
        local_addr="localhost",
        max_restarts=RESTARTS,
    )
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
    handlers = {number: signal.getsignal(number) for number in numbers}
    try:
        results: dict[int, Any] = elastic_launch(config, _rank)(work)
    except ChildFailedError as error:
        first = min(error.failures.items(), key=lambda pair: pair[1].timestamp)
        how = f"rank {first[0]} ended with exit code {first[1].exitcode}"
        raise RunError(f"the ranks died {RESTARTS + 1} times; at last {how}", "go on with --resume") from None
    except SignalException as error:
        raise Interrupted(f"stopped by {error.sigval.name}", "go on with --resume") from None
    finally:
        for number, handler in handlers.items():  # torch leaves its own
            signal.signal(number, handler)
    problems = [result for result in results.values() if isinstance(result, CausalError)]
    if problems:
        raise problems[0]
    return results[0]


def _rank(work: Callable[[Ranks, str], Any]) -> Any:
    """Do the work of one rank; return what it returns, or the error that it raises on purpose."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    try:
        with joined(os.environ) as (ranks, computes):
            return work(ranks, computes)
    except KeyboardInterrupt:
        result: CausalError = Interrupted("stopped before training began", "go on with --resume")
    except CausalError as error:
        result = error
    if isinstance(result, Interrupted):  # who started the ranks may be leaving too, and never read what is returned
        timer = threading.Timer(GRACE, os._exit, [result.exit_code])
        timer.daemon = True
        timer.start()
    return result


def _leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler's signature
    """Leave at the first signal; a terminal's Ctrl-C comes twice, once by way of the process that started the ranks."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt
