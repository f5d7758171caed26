"""Ctrl-C and SIGTERM ask for a stop between two steps; a second Ctrl-C stops at once."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any


class StopRequest:
    """A context in which the first signal only sets `asked`."""

    def __init__(self) -> None:
        self.asked = False
        self._old: dict[signal.Signals, Any] = {}

    def _ask(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a signal handler's signature
        if self.asked and self._old[signal.SIGINT] is signal.default_int_handler and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.asked = True

    def __enter__(self) -> StopRequest:
        if threading.current_thread() is threading.main_thread():
            self._old = {s: signal.signal(s, self._ask) for s in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for number, handler in self._old.items():
            signal.signal(number, handler)
