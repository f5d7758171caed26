"""Kill a training at random instants, go on each time, and compare the weights with those of a run never killed.

python bench/faults.py [--kills 50] [--devices 2] [--seed 0]

Each kill is SIGKILL to the training, and with --devices to all its ranks and to who started them, at an instant drawn
uniformly over the time that a whole run takes, start of Python included. It prints one line.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.train.packs import write

COMMAND = [sys.executable, "-m", "causaldsl"]
SETTINGS = ("labels.steps=200", "images.steps=%d", "checkpoint_seconds=0.2")


def train(arguments: list[str]) -> subprocess.Popen:
    """Start a training in a session of its own; what it says is thrown away."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True, "start_new_session": True}
    return subprocess.Popen([*COMMAND, *arguments, "-q"], **quiet)


def must(process: subprocess.Popen) -> None:
    """Wait for a training that has to come to its end."""
    _, said = process.communicate()
    if process.returncode:
        raise SystemExit(f"exit code {process.returncode}: {said}")


def killed(process: subprocess.Popen, seconds: float) -> bool:
    """Kill a training with all that it started after so many seconds; whether it still ran."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return True
    if process.returncode:
        raise SystemExit(f"exit code {process.returncode}: {process.stderr.read()}")
    return False


def complete(record: Path) -> bool:
    """Whether a run says of itself that it came to its end."""
    return record.exists() and json.loads(record.read_text())["complete"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--steps", type=int, default=400, help="of the image model")
    parser.add_argument("--devices", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    ranks = ["--devices", str(asked.devices)] if asked.devices > 1 else []
    draw, kills, runs = random.Random(asked.seed), 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        task = [*write(folder), *(x for s in SETTINGS for x in ("--set", s % asked.steps if "%" in s else s)), *ranks]
        begun = time.monotonic()
        must(train([*task, "--out", str(folder / "whole")]))
        seconds = time.monotonic() - begun
        whole = (folder / "whole" / "weights.safetensors").read_bytes()
        while kills < asked.kills:
            out, runs = folder / f"run{runs}", runs + 1
            done = False
            while not done:
                if (out / "run.json").exists():
                    arguments = ["train", "--resume", "--out", str(out), *ranks]
                else:
                    arguments = [*task, "--out", str(out)]
                process = train(arguments)
                if kills == asked.kills:
                    must(process)
                    break
                if killed(process, draw.uniform(0, 1.1 * seconds)):
                    kills += 1
                    done = complete(out / "run.json")
                else:
                    done = True
            if (out / "weights.safetensors").read_bytes() != whole:
                raise SystemExit(f"after {kills} kills the weights of {out.name} are others than those never killed")
        print(f"{kills} kills in {runs} runs, {asked.devices} ranks: all weights equal those of the run never killed")


if __name__ == "__main__":
    main()
