"""A text, and places in it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple


class Position(NamedTuple):
    """A place as people count: line and column from 1, columns in code points."""

    line: int
    column: int


@dataclass(frozen=True)
class Source:
    r"""A named text.

    Parameters
    ----------
    name : str
        The file name shown in messages (`<text>` for a string).
    text : str
        The whole text; line ends are `\n`, a byte-order mark is gone (see `Source.normalised`).
    """

    name: str
    text: str = field(repr=False)

    @classmethod
    def normalised(cls, name: str, text: str) -> Source:
        r"""Drop a byte-order mark and turn CRLF and CR into `\n`: lines and columns are those that an editor shows."""
        return cls(name, text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))

    @cached_property
    def line_starts(self) -> list[int]:
        """The offset at which each line begins."""
        starts = [0]
        find = self.text.find
        at = find("\n")
        while at != -1:
            starts.append(at + 1)
            at = find("\n", at + 1)
        return starts

    def position(self, offset: int) -> Position:
        """Line and column of an offset (0 to the text's length, inclusive)."""
        line = bisect_right(self.line_starts, offset)
        return Position(line, offset - self.line_starts[line - 1] + 1)

    def line_bounds(self, number: int) -> tuple[int, int]:
        """Return where a line, counted from 1, starts and ends, without its line end."""
        end = self.line_starts[number] - 1 if number < len(self.line_starts) else len(self.text)
        return self.line_starts[number - 1], end

    def line(self, number: int) -> str:
        """Text of a line, counted from 1, without its line end."""
        start, end = self.line_bounds(number)
        return self.text[start:end]

    def span(self, start: int = 0, end: int | None = None) -> Span:
        """Return the span of `start` to `end` (exclusive; the text's end by default)."""
        return Span(self, start, len(self.text) if end is None else end)


class Span(NamedTuple):
    """A stretch of a source: offsets in code points, the end exclusive."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words themselves."""
        return self.source.text[self.start : self.end]

    @property
    def begin(self) -> Position:
        """Where it starts."""
        return self.source.position(self.start)

    @property
    def finish(self) -> Position:
        """Where it ends, exclusive."""
        return self.source.position(self.end)
