"""What can go wrong, said kindly: diagnostics with a place and a hint, and the exceptions that carry them.

Inside a stage problems are values (`Diagnostic`), gathered in a list; at its end one exception of this module is
raised. Every exception knows its exit code, so the command line needs no table of its own.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from causaldsl.source import Span

Severity = Literal["error", "warning"]

_REORDERING = re.compile("[\x00-\x08\x0b-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that would act on a terminal, or make a line look like another one."""


@dataclass(frozen=True)
class Diagnostic:
    """One finding about a text.

    Parameters
    ----------
    code : str
        Stable code, such as `C203`; documented in docs/errors.md.
    severity : {"error", "warning"}
        Errors stop the stage, warnings do not.
    message : str
        What is wrong, in one sentence without a full stop.
    span : Span, optional
        Where; None where there is no text (a graph built in Python).
    hint : str, optional
        What to do about it.
    """

    code: str
    severity: Severity
    message: str
    span: Span | None = None
    hint: str | None = None

    def __str__(self) -> str:
        if self.span is None:
            head = f"{self.severity}[{self.code}]: {self.message}"
            return head if self.hint is None else f"{head}\n  hint: {self.hint}"
        at = self.span.begin
        lines = [f"{self.span.source.name}:{at.line}:{at.column}: {self.severity}[{self.code}]: {self.message}"]
        lines += excerpt(self.span)
        if self.hint is not None:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """Render as the object that `causaldsl check --json` prints (lines and columns from 1, ends exclusive)."""
        at, to = (None, None) if self.span is None else (self.span.begin, self.span.finish)
        return {
            "file": None if self.span is None else self.span.source.name,
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "line": at and at.line,
            "column": at and at.column,
            "end_line": to and to.line,
            "end_column": to and to.column,
            "hint": self.hint,
        }


def excerpt(span: Span, width: int = 100) -> list[str]:
    """Return the source line of a span and a line of carets under it (clipped to `width` cells around the span)."""
    begin, finish = span.begin, span.finish
    first, last = span.source.line_bounds(begin.line)
    start = begin.column - 1
    end = max(start + 1, (finish.column - 1) if finish.line == begin.line else last - first)
    left = 0 if end <= width else max(0, min(start - 20, last - first - width))
    head, cut = ("..." if left else ""), ("..." if last - first > left + width else "")
    shown = span.source.text[first + left : min(last, first + left + width)]  # a line may be the whole of a long text
    shown = _REORDERING.sub("\N{REPLACEMENT CHARACTER}", shown)
    pad = " " * len(head) + "".join(c if c == "\t" else " " * cells(c) for c in shown[: start - left])
    carets = "^" * max(1, sum(cells(c) for c in shown[start - left : end - left]))
    return [f"  {head}{shown}{cut}", f"  {pad}{carets}"]


def cells(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def closest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that `name` was probably meant to be, or None."""
    pool = list(dict.fromkeys(candidates))
    folded = {c.casefold(): c for c in reversed(pool)}
    if (same := folded.get(name.casefold())) is not None and same != name:
        return same
    found = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.7)
    return folded[found[0]] if found else None


def did_you_mean(name: str, candidates: Iterable[str]) -> str | None:
    """Return the hint "did you mean `X`?" if a candidate is close, else None."""
    best = closest(name, candidates)
    return None if best is None else f"did you mean `{best}`?"


class CausalError(Exception):
    """Root of all that causaldsl raises on purpose.

    Parameters
    ----------
    problem : str or sequence of Diagnostic
        What happened: one sentence, or the findings of a stage.
    hint : str, optional
        What to do about it (where `problem` is a sentence).
    """

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "C900"

    def __init__(self, problem: str | Sequence[Diagnostic], hint: str | None = None) -> None:
        if isinstance(problem, str):
            problem = (Diagnostic(self.code, "error", problem, None, hint),)
        self.diagnostics: tuple[Diagnostic, ...] = tuple(problem)
        super().__init__("\n".join(map(str, self.diagnostics)))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.diagnostics,)


class CausalSyntaxError(CausalError):
    """The text is not in the language."""

    code = "C100"


class GraphError(CausalError):
    """The text is in the language and does not describe a causal graph, or not one that can do what is asked."""

    code = "C200"


class UsageError(CausalError, ValueError):
    """A call or a command line is wrong: an unknown option, a missing file, a level that does not exist."""

    exit_code = 2
    code = "C700"


class DataError(CausalError):
    """The data do not fit the graph, or are damaged."""

    exit_code = 3
    code = "C800"


class RunError(CausalError):
    """A run cannot go on: infeasible evidence, a damaged checkpoint, a full disk."""

    exit_code = 3
    code = "C850"


class Interrupted(CausalError):  # noqa: N818 - it is no error
    """The user stopped a run; it can be resumed."""

    exit_code = 130
    code = "C860"
