"""What is said beside the data, on stderr: how much (`--quiet`, `--verbose`), and whether in colour."""

from __future__ import annotations

import os
import re
import time
import traceback
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TextIO

import click

from causaldsl.errors import CausalError, Diagnostic, RunError, UsageError

Loudness = Literal["quiet", "verbose"]

_KEY = "causaldsl.loudness"

_PAINTED = re.compile(
    r"^(?P<place>\S.*?: )?(?P<word>(?P<severity>error|warning)\[C\d{3}\]:)|^(?P<hint> +hint:)|^(?P<carets> +\^+)$",
    re.MULTILINE,
)


def loudness() -> Loudness | None:
    """Return what the command line asked for: `quiet`, `verbose`, or neither."""
    context = click.get_current_context(silent=True)
    found: Loudness | None = None if context is None else context.meta.get(_KEY)
    return found


def _ask_for(context: click.Context, parameter: click.Parameter, asked: bool) -> None:
    if not asked:
        return
    name: Loudness = "quiet" if parameter.name == "quiet" else "verbose"
    if context.meta.setdefault(_KEY, name) != name:
        raise click.UsageError("--quiet and --verbose contradict each other.", context)


def loudness_options() -> list[click.Parameter]:
    """Return `--quiet` and `--verbose`, as every command has them."""
    return [
        click.Option(names, is_flag=True, expose_value=False, callback=_ask_for, help=text)
        for names, text in (
            (["-q", "--quiet"], "Say nothing but results and errors."),
            (["-v", "--verbose"], "Say how long it took, and where a fault lies."),
        )
    ]


def say(text: str) -> None:
    """Say something on stderr that a reader may do without."""
    if loudness() != "quiet":
        click.echo(painted(text), err=True)


def say_error(error: CausalError, cause: BaseException | None = None) -> None:
    """Say on stderr what went wrong; `--verbose` adds where in the code, if it is a fault that nobody foresaw."""
    if loudness() == "verbose" and cause is not None and not isinstance(cause, CausalError):
        click.echo("".join(traceback.format_exception(cause)), err=True, nl=False)
    click.echo(painted(str(error)), err=True)


def painted(text: str) -> str:
    """Paint the words of diagnostics; `click.echo` takes the paint off where it does not belong."""

    def paint(found: re.Match[str]) -> str:
        if word := found["word"]:
            colour = "red" if found["severity"] == "error" else "yellow"
            return (found["place"] or "") + click.style(word, fg=colour, bold=True)
        return click.style(found[0], fg="cyan" if found["hint"] else "red")

    return _PAINTED.sub(paint, text)


def colour(environment: Mapping[str, str]) -> bool | None:
    """Return whether to paint: NO_COLOR forbids it, FORCE_COLOR asks for it; None leaves it to the terminal.

    Examples
    --------
    >>> colour({"NO_COLOR": "1", "FORCE_COLOR": "1"}), colour({"FORCE_COLOR": "1"}), colour({"NO_COLOR": ""})
    (False, True, None)
    """
    if environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        return False
    return True if environment.get("FORCE_COLOR") else None


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Say afterwards how long a command took, where `--verbose` asks for it."""
    begun = time.monotonic()
    try:
        yield
    finally:
        if loudness() == "verbose":
            click.echo(f"{name}: {time.monotonic() - begun:.2f} s", err=True)


@contextmanager
def one_line_warnings() -> Iterator[None]:
    """Say a library's warning in a line, without the place in its code; `--quiet` says none."""
    kept = warnings.showwarning

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        if loudness() == "verbose":
            kept(message, category, filename, lineno, file, line)
        else:
            say(f"warning: {' '.join(str(message).split())}")

    warnings.showwarning = show
    try:
        yield
    finally:
        warnings.showwarning = kept


def understood(error: Exception) -> CausalError:
    """Return what a user is told of an exception that no command foresaw: the machine's fault, or ours."""
    if isinstance(error, CausalError):
        return error
    if isinstance(error, MemoryError):
        return RunError(_finding("C771", "the memory is full", "ask for fewer units, or smaller tables"))
    if isinstance(error, UnicodeEncodeError):
        return UsageError(
            _finding(
                "C772",
                f"the terminal writes {error.encoding}, which has no `{error.object[error.start]}`",
                "set PYTHONUTF8=1",
            )
        )
    if isinstance(error, OSError) and error.errno is not None:
        what = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
        return RunError(_finding("C773", f"{what}{(error.strerror or str(error)).lower()}", None))
    at = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(at[-1].filename).name}:{at[-1].lineno})" if at else ""
    words = " ".join(str(error).split())
    return RunError(
        _finding(
            "C770",
            f"a fault of causaldsl, not of yours: {type(error).__name__}{': ' if words else ''}{words}{where}",
            "report it, please, with what --verbose prints",
        )
    )


def _finding(code: str, message: str, hint: str | None) -> list[Diagnostic]:
    return [Diagnostic(code, "error", message, None, hint)]
