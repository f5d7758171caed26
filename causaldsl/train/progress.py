"""Talk while training: a bar on a terminal, else a line every few seconds; always on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


class Reporter(Protocol):
    """Who is told how training goes."""

    def stage(self, name: str, steps: int, start: int, batch: int) -> None:
        """Hear that a stage begins at step `start`."""

    def step(self, t: int, losses: Mapping[str, float]) -> None:
        """Hear that step `t` is done."""

    def say(self, text: str) -> None:
        """Hear a sentence."""

    def close(self) -> None:
        """Hear that all is done."""


class Silent:
    """Says nothing."""

    def stage(self, name: str, steps: int, start: int, batch: int) -> None:
        """Say nothing."""

    def step(self, t: int, losses: Mapping[str, float]) -> None:
        """Say nothing."""

    def say(self, text: str) -> None:
        """Say nothing."""

    def close(self) -> None:
        """Say nothing."""


class Lines:
    """A line every `every` seconds, for logs."""

    def __init__(self, every: float = 15.0) -> None:
        self.every = every
        self._begun = self._said = 0.0

    def stage(self, name: str, steps: int, start: int, batch: int) -> None:
        """Note the stage."""
        self._name, self._steps, self._start, self._batch = name, steps, start, batch
        self._begun = self._said = time.monotonic()

    def step(self, t: int, losses: Mapping[str, float]) -> None:
        """Print where the stage is, when it is time."""
        now = time.monotonic()
        if now - self._said < self.every and t + 1 < self._steps:
            return
        self._said = now
        rate = (t + 1 - self._start) / max(now - self._begun, 1e-9)
        left = (self._steps - t - 1) / rate
        shown = "  ".join(f"{k} {v:.4g}" for k, v in losses.items())
        self.say(
            f"{self._name}: step {t + 1}/{self._steps}  {rate * self._batch:,.0f} rows/s  {clock(left)} left  {shown}"
        )

    def say(self, text: str) -> None:
        """Print a line."""
        print(text, file=sys.stderr, flush=True)

    def close(self) -> None:
        """Have nothing left to say."""


class Bar:
    """A progress bar with rate and time left."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[losses]}", style="dim"),
            console=console,
        )
        self._task: TaskID | None = None

    def stage(self, name: str, steps: int, start: int, batch: int) -> None:
        """Begin a bar."""
        self._batch, self._start, self._begun = batch, start, time.monotonic()
        self._progress.start()  # hides the cursor, until it is closed
        self._task = self._progress.add_task(name, total=steps, completed=start, rate="", losses="")

    def step(self, t: int, losses: Mapping[str, float]) -> None:
        """Move the bar."""
        if self._task is None:
            return
        rate = (t + 1 - self._start) * self._batch / max(time.monotonic() - self._begun, 1e-9)
        shown = " ".join(f"{k} {v:.3g}" for k, v in losses.items())
        self._progress.update(self._task, completed=t + 1, rate=f"{rate:,.0f} rows/s", losses=shown)

    def say(self, text: str) -> None:
        """Print a line above the bars."""
        self._progress.console.print(text, markup=False, highlight=False)

    def close(self) -> None:
        """Leave the bars as they are."""
        self._progress.stop()


def reporter(quiet: bool = False) -> Reporter:
    """Return what fits the place: a bar on a terminal, else lines."""
    if quiet:
        return Silent()
    console = Console(stderr=True)
    return Bar(console) if console.is_terminal else Lines()


def clock(seconds: float) -> str:
    """Write a duration as people do.

    Examples
    --------
    >>> clock(75)
    '1:15'
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
