"""The log of a run: JSONL always, and the same figures as TensorBoard reads them where the config asks for it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from causaldsl.errors import RunError, UsageError
from causaldsl.train.config import Config
from causaldsl.train.run import LOG, Run, last_good

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

EVENTS = "tensorboard"
"""The folder of a run that TensorBoard is pointed at."""


class Log:
    """Takes an entry at a time; what a resumed run logged before is shown again.

    Parameters
    ----------
    run : Run
        Whose folder it lies in. Its config says whether TensorBoard is written too.
    """

    def __init__(self, run: Run) -> None:
        self.run, self.path = run, run.folder / LOG
        self.events: SummaryWriter | None = None
        if run.config.tensorboard:
            from torch.utils.tensorboard import SummaryWriter

            with suppress(FileNotFoundError):
                shutil.rmtree(run.folder / EVENTS)
            self.events = SummaryWriter(run.folder / EVENTS, flush_secs=10)
            for entry in run.log():
                self._show(entry)

    def write(self, entry: Mapping[str, Any]) -> None:
        """Add an entry: its `stage`, its `step`, and figures.

        Raises
        ------
        RunError
            If it cannot be written.
        """
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")
            self._show(entry)
        except OSError as error:
            raise RunError(f"cannot write {self.path}: {error.strerror}", last_good(self.run)) from None

    def close(self) -> None:
        """Write what TensorBoard has not been given yet."""
        if self.events is not None:
            self.events.close()

    def _show(self, entry: Mapping[str, Any]) -> None:
        """Draw a point of each figure: a curve a figure, a section a stage."""
        if self.events is not None:
            stage, step = entry["stage"], entry["step"]
            for name in entry.keys() - {"stage", "step", "seconds"}:
                self.events.add_scalar(f"{stage}/{name}", entry[name], step)


def see_tensorboard(config: Config) -> None:
    """See that TensorBoard is there, where the config asks for it.

    Raises
    ------
    UsageError
        If it is not installed.
    """
    if config.tensorboard and find_spec("tensorboard") is None:
        raise UsageError("tensorboard=true needs TensorBoard", "pip install 'causaldsl[tensorboard]'")
