"""One loop drives every learner: step, log, measure, checkpoint, stop when asked."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping
from typing import NoReturn

from torch import Tensor

from causaldsl.errors import Interrupted, RunError
from causaldsl.plugins.protocols import Learner
from causaldsl.scm.ranks import ALONE, Ranks
from causaldsl.train.log import Log
from causaldsl.train.progress import Reporter
from causaldsl.train.run import Run, last_good, save_checkpoint
from causaldsl.train.signals import StopRequest

LOG_LINES = 200
"""Lines of the log a stage, about."""
MEASURES = 20
"""How often a stage is measured."""


def drive(
    run: Run,
    stage: str,
    learner: Learner,
    start: int,
    stop: StopRequest,
    reporter: Reporter,
    log: Log | None = None,
    measure: Callable[[], Mapping[str, float]] | None = None,
    ranks: Ranks = ALONE,
) -> None:
    """Drive a learner from step `start` to its end.

    Parameters
    ----------
    run : Run
        Whose folder takes log and checkpoints.
    stage : str
        Name of the stage in log and checkpoint.
    learner : Learner
        What learns.
    start : int
        The first step.
    stop : StopRequest
        Asked between two steps.
    reporter : Reporter
        Hears of each step.
    log : Log, optional
        Takes some two hundred entries; rank 0 has one.
    measure : callable, optional
        Called some twenty times; its figures go into the log.
    ranks : Ranks
        Who drive alike; rank 0 alone writes and reports.

    Raises
    ------
    Interrupted
        If a stop was asked for; the checkpoint is written, or kept as it was while the learner is doubtful.
    RunError
        If a loss or a weight is not finite, a learner cannot go on, or ranks differ; the last good checkpoint is named.
    """
    reporter.stage(stage, learner.steps, start, learner.batch)
    begun = saved = time.monotonic()
    kept = start
    seconds = float(run.record["seconds"])
    every, often = max(1, learner.steps // LOG_LINES), max(1, learner.steps // MEASURES)

    def doubtful() -> bool:
        return getattr(learner, "doubtful", False)

    def sound(step: int) -> None:
        if not all_finite([*run.model.parameters(), *learner.state().values()]):
            raise RunError(f"{stage}: a weight is not finite after step {step - 1}", last_good(run))

    def save(step: int) -> None:
        nonlocal saved, kept
        sound(step)
        save_checkpoint(run, stage, step, learner.state())
        run.save_record(seconds=seconds + time.monotonic() - begun)
        saved, kept = time.monotonic(), step

    def note(t: int, losses: Mapping[str, float], last: bool) -> None:
        if not all(map(math.isfinite, losses.values())):
            raise RunError(f"{stage}: a loss is not finite at step {t}: {_shown(losses)}", last_good(run))
        if not ranks.leads:
            return
        reporter.step(t, losses)
        now = time.monotonic()
        if log is not None and (t % every == 0 or last):
            extra = measure() if measure and (t % often == 0 or last) else {}
            log.write({"stage": stage, "step": t, "seconds": round(seconds + now - begun, 3), **losses, **extra})
        if now - saved > run.config.checkpoint_seconds and not doubtful():
            save(t + 1)

    def leave(t: int) -> NoReturn:
        if not doubtful():
            save(t + 1)
        lost = "nothing is lost" if kept == t + 1 else f"its last steps are in doubt, it goes on after step {kept}"
        hint = f"go on with: causaldsl train --resume --out {run.folder}"
        raise Interrupted(f"stopped after step {t + 1} of {learner.steps} ({stage}); {lost}", hint)

    for t in range(start, learner.steps):
        losses, last = _stepped(run, stage, learner, t), t + 1 == learner.steps
        ranks.together(lambda t=t, losses=losses, last=last: note(t, losses, last))  # type: ignore[misc]
        if ranks.size > 1 and (t % often == 0 or last):
            ranks.check(learner.state().values(), f"{stage}: after step {t}")
        if ranks.any(stop.asked):
            ranks.lead(lambda t=t: leave(t))  # type: ignore[misc]
    ranks.together(lambda: sound(learner.steps))
    run.record["stages"][stage] = {"steps": learner.steps, "batch": learner.batch}
    ranks.lead(lambda: run.save_record(seconds=seconds + time.monotonic() - begun))


def _stepped(run: Run, stage: str, learner: Learner, t: int) -> Mapping[str, float]:
    """Take a step; where the learner cannot go on, say where it stands."""
    try:
        return learner.step(t)
    except RunError as error:
        (found,) = error.diagnostics
        hint = "; ".join(filter(None, (last_good(run), found.hint)))
        raise RunError(f"{stage}: stopped at step {t}: {found.message}", hint) from None


def all_finite(tensors: Iterable[Tensor]) -> bool:
    """Tell whether all numbers of some tensors are finite."""
    return all(bool(tensor.isfinite().all()) for tensor in tensors)


def _shown(losses: Mapping[str, float]) -> str:
    return ", ".join(f"{k}={v:g}" for k, v in losses.items())
