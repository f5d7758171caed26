"""Several ranks, however they are started, stopped or killed, end at the same weights."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from causaldsl.errors import DataError, RunError, UsageError
from causaldsl.scm.ranks import ALONE, Ranks
from causaldsl.train.distributed import place, restarted
from causaldsl.train.run import CHECKPOINT, LOG, WEIGHTS
from tests.train.packs import write

STEPS = ("--set", "labels.steps=30", "--set", "images.steps=60", "--set", "checkpoint_seconds=0")
COMMAND = [sys.executable, "-m", "causaldsl"]
BARE = {k: v for k, v in os.environ.items() if k != "RANK"} | {"OMP_NUM_THREADS": "1"}


@pytest.fixture(scope="module")
def task(tmp_path_factory):
    return [*write(tmp_path_factory.mktemp("data")), *STEPS]


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def start(arguments, environ=BARE, command=COMMAND, cores=2):
    """Start a process on one core for each of its ranks, so that a rank has one thread."""
    return subprocess.Popen(
        [*command, *map(str, arguments)],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores]),
    )


def ended(process, code=0):
    try:
        out, err = process.communicate(timeout=200)
    finally:
        process.kill()
    assert process.returncode == code, err
    return out, err


@pytest.fixture(scope="module")
def whole(task, tmp_path_factory):
    """The run of two ranks that nothing happened to."""
    out = tmp_path_factory.mktemp("whole") / "run"
    printed, _ = ended(start([*task, "--out", out, "--devices", 2, "--json"]))
    assert json.loads(printed)["images"]["images: Face"] == {"steps": 60, "batch": 8}
    return out


def same(a, b):
    assert not (b / CHECKPOINT).exists()
    assert [f.name for f in b.iterdir() if f.name.startswith(".")] == []
    steps = [[(e["stage"], e["step"]) for e in map(json.loads, (r / LOG).read_text().splitlines())] for r in (a, b)]
    assert steps[0] == steps[1], "each step is logged once"
    return (a / WEIGHTS).read_bytes() == (b / WEIGHTS).read_bytes()


def wait_for_pictures(out, process, again=False):
    """Wait until some steps of the image model are in the log, or some more."""
    deadline = time.monotonic() + 120
    seen = (out / LOG).read_text().count("images") + 5 if again else 5
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            if (out / LOG).read_text().count("images") > seen:
                return
        time.sleep(0.01)
    raise AssertionError(f"no step was logged: {process.communicate() if process.poll() is not None else ''}")


def children(pid):
    """The processes that a process started, those that train: they have started threads of their own."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(c) for c in found if "spawn_main" in Path(f"/proc/{c}/cmdline").read_text()]


def test_ranks_may_be_stopped_and_killed(task, whole, tmp_path):
    out = tmp_path / "run"
    process = start([*task, "--out", out, "--devices", 2])
    for number in (signal.SIGTERM, signal.SIGINT):
        wait_for_pictures(out, process, again=number == signal.SIGINT)
        process.send_signal(number)
        _, said = ended(process, 130)
        assert "--resume" in said
        assert "Traceback" not in said
        process = start(["train", "--resume", "--out", out, "--devices", 2])
    wait_for_pictures(out, process, again=True)
    os.kill(children(process.pid)[-1], signal.SIGKILL)
    ended(process)
    assert same(whole, out)


def test_two_agents_of_torchrun_are_two_hosts(task, whole, tmp_path):
    out, port = tmp_path / "run", free_port()
    agent = [sys.executable, "-m", "torch.distributed.run", "--nnodes=2", "--nproc-per-node=1", "--rdzv-backend=c10d"]
    agent += [f"--rdzv-endpoint=127.0.0.1:{port}", "--rdzv-id=test", "--local-addr=127.0.0.1", "-m", "causaldsl"]
    agents = [start([*task, "--out", out, "--json"], command=agent, cores=1) for _ in range(2)]
    printed = [ended(process)[0] for process in agents]
    assert sorted(map(bool, printed)) == [False, True], "one rank prints"
    assert same(whole, out)


def test_tasks_of_slurm_are_ranks(task, whole, tmp_path):
    out = tmp_path / "run"
    job = {"SLURM_NTASKS": "2", "SLURM_JOB_ID": "1", "SLURM_STEP_ID": "0", "SLURM_STEP_NODELIST": "localhost"}
    job |= {"SLURM_CPUS_PER_TASK": "1", "MASTER_PORT": str(free_port())}
    ranks = [{"SLURM_PROCID": str(rank), "SLURM_LOCALID": str(rank)} for rank in range(2)]
    tasks = [start([*task, "--out", out], BARE | job | rank) for rank in ranks]
    assert [bool(ended(process)[0]) for process in tasks] == [True, False]
    assert same(whole, out)


def test_a_fault_is_said_once(task, tmp_path):
    wrong = [x if x != "images.batch=8" else "images.batch=9" for x in task]
    _, said = ended(start([*wrong, "--out", tmp_path / "run", "--devices", 2]), 2)
    assert said.count("a batch of 9 pictures cannot be split evenly among 2 ranks") == 1
    assert "Traceback" not in said


SLURM = {"SLURM_PROCID": "5", "SLURM_NTASKS": "8", "SLURM_LOCALID": "1", "SLURM_NNODES": "2"}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        ({"RANK": "0", "WORLD_SIZE": "1"}, None),
        ({"RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "h", "MASTER_PORT": "7"}, (1, 2, 0, 1, "h", 7)),
        (SLURM, (5, 8, 1, 4, "127.0.0.1", 29400)),
        (SLURM | {"MASTER_ADDR": "h", "MASTER_PORT": "7"}, (5, 8, 1, 4, "h", 7)),
        (SLURM | {"SLURM_JOB_ID": "123456", "SLURM_STEP_ID": "0"}, (5, 8, 1, 4, "127.0.0.1", 32856)),
        (SLURM | {"SLURM_JOB_ID": "123456"}, None),
        (SLURM | {"SLURM_NTASKS_PER_NODE": "3(x2)"}, (5, 8, 1, 3, "127.0.0.1", 29400)),
        (SLURM | {"SLURM_STEP_NODELIST": "a-[01,03-07]"}, (5, 8, 1, 4, "a-01", 29400)),
        (SLURM | {"SLURM_STEP_NODELIST": "gpu[3-7]-ib,cpu1"}, (5, 8, 1, 4, "gpu3-ib", 29400)),
        (SLURM | {"SLURM_JOB_NODELIST": "n1,n2"}, (5, 8, 1, 4, "n1", 29400)),
        ({"SLURM_PROCID": "0", "SLURM_NTASKS": "1"}, None),
    ],
)
def test_the_environment_says_who_is_who(environ, expected):
    found = place(environ)
    assert (None if found is None else tuple(vars(found).values())) == expected


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"RANK": "1", "WORLD_SIZE": "2"}, "MASTER_ADDR is not set"),
        ({"RANK": "one", "WORLD_SIZE": "2"}, "which is not clear"),
    ],
)
def test_an_environment_that_says_half_is_refused(environ, message):
    with pytest.raises(UsageError, match=message):
        place(environ)


def test_a_restart_is_known():
    assert not restarted({"TORCHELASTIC_RESTART_COUNT": "0"})
    assert restarted({"TORCHELASTIC_RESTART_COUNT": "2"})
    assert restarted({"SLURM_RESTART_COUNT": "1"})


def test_one_rank_alone_needs_nobody():
    def fail():
        raise DataError("no")

    assert Ranks() == ALONE
    assert ALONE.together(lambda: 3) == 3
    assert ALONE.any(True)
    with pytest.raises(DataError, match="no"):
        ALONE.lead(fail)
    assert not issubclass(DataError, RunError)
