"""Standard output and standard error whose reader may leave, and whose disk may be full."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TextIO

from causaldsl.errors import RunError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

NAMES = {1: "standard output", 2: "standard error"}


class Outlet(io.FileIO):
    """The raw end of a stream; from the first failure on, what is written goes nowhere.

    A reader that leaves (`causaldsl explain | head -1`) stops nothing: the command goes on, and its exit code is that
    of its work. A disk that is full is said once.
    """

    def write(self, data: ReadableBuffer, /) -> int:
        """Write, or lose what nobody reads.

        Raises
        ------
        RunError
            If what somebody does read cannot be written.
        """
        try:
            return super().write(data)
        except OSError as error:
            self._lead_nowhere()
            if error.errno in (errno.EPIPE, errno.ECONNRESET):
                return memoryview(data).nbytes
            reason = (error.strerror or str(error)).lower()
            raise RunError(f"{NAMES.get(self.fileno(), 'a stream')} cannot be written: {reason}") from None

    def _lead_nowhere(self) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


@contextmanager
def patient() -> Iterator[None]:
    """Let the process's own streams end in an `Outlet`; streams that somebody put in their place are left alone."""
    kept = sys.stdout, sys.stderr
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout is sys.__stdout__:
        sys.stdout = _with_outlet(sys.stdout)
    if isinstance(sys.stderr, io.TextIOWrapper) and sys.stderr is sys.__stderr__:
        sys.stderr = _with_outlet(sys.stderr)
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and stream not in kept and not stream.closed:
                with suppress(RunError):  # said before, where it could be
                    stream.flush()
        sys.stdout, sys.stderr = kept


def _with_outlet(stream: io.TextIOWrapper[Any]) -> TextIO:
    """Return a text stream to the same file, encoded as before."""
    with suppress(RunError, OSError):
        stream.flush()
    outlet = Outlet(stream.fileno(), "wb", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(outlet), stream.encoding, stream.errors, line_buffering=bool(stream.line_buffering)
    )
