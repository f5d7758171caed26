"""What a training would take: a few steps of each stage, of which nothing is kept."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from causaldsl.scm.ranks import Ranks
from causaldsl.train.run import Run, load_learner
from causaldsl.train.stages import Stage

STEPS = 20
"""Steps of each stage that are tried."""
WARM = 4
"""The first of them, which are not timed."""


@dataclass(frozen=True)
class Pace:
    """How fast a stage goes.

    Parameters
    ----------
    stage : str
        Its name.
    step, steps : int
        Where it stands, and its length.
    batch : int
        Rows or pictures a step, over all ranks.
    rows_per_second : float
        Of the steps that were tried.
    seconds_left : float
        What is left of it at that pace.
    """

    stage: str
    step: int
    steps: int
    batch: int
    rows_per_second: float
    seconds_left: float


@dataclass(frozen=True)
class Probe:
    """What a training would take.

    Parameters
    ----------
    device : str
        Where a rank computes.
    ranks : int
        How many do.
    memory_bytes : int
        The most that rank 0 had of it at once: of the GPU, or of the process on a CPU, Python and data included.
    seconds_left : float
        Of all stages.
    stages : tuple of Pace
        In their order.
    """

    device: str
    ranks: int
    memory_bytes: int
    seconds_left: float
    stages: tuple[Pace, ...]


def probe(run: Run, stages: Sequence[Stage], start: int, state: Mapping[str, Tensor], ranks: Ranks) -> Probe:
    """Try each stage; the run's model is changed, its folder is not.

    Parameters
    ----------
    run : Run
        As it would be trained.
    stages : sequence of Stage
        What is left of it.
    start, state : int, mapping of str to Tensor
        Where the first of them stands.
    ranks : Ranks
        Who train together.
    """
    device = run.model.controller.device
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    run.model.train()
    paces = []
    for stage in stages:
        learner = ranks.together(stage.build)
        if learner is None:
            continue
        if start:
            load_learner(learner, state, run.folder)
        tried = min(STEPS, learner.steps - start)
        begun, timed = time.monotonic(), tried
        for i in range(tried):
            if i == WARM:
                begun, timed = time.monotonic(), tried - WARM
            learner.step(start + i)
        seconds = (time.monotonic() - begun) / max(timed, 1)
        left = seconds * (learner.steps - start)
        rate = learner.batch / seconds if tried else 0.0
        paces.append(Pace(stage.name, start, learner.steps, learner.batch, rate, left))
        start = 0
    return Probe(str(device), ranks.size, _memory(device), sum(pace.seconds_left for pace in paces), tuple(paces))


def _memory(device: torch.device) -> int:
    if device.type == "cuda":
        return int(torch.cuda.max_memory_allocated(device))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else 1024 * most
