r"""Places as editors count them: lines from 0, and within a line the code units of an encoding.

A `Source` counts code points and has `\n` for every line end, which changes no line and no column; only a byte-order
mark, which it drops, moves the first line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from causaldsl.source import Source

Encoding = Literal["utf-8", "utf-16", "utf-32"]
MARK = "\ufeff"


@dataclass(frozen=True)
class Ruler:
    r"""Turns offsets into an editor's positions, and back.

    Parameters
    ----------
    source : Source
        The text.
    encoding : {"utf-8", "utf-16", "utf-32"}
        Whose code units the editor counts.
    has_mark : bool
        Whether the editor's text begins with a byte-order mark.

    Examples
    --------
    >>> ruler = Ruler(Source("<text>", "node \N{DEER}, Wolf"))
    >>> ruler.position(8), ruler.offset(0, 9)
    ((0, 9), 8)
    """

    source: Source
    encoding: Encoding = "utf-16"
    has_mark: bool = False

    def position(self, offset: int) -> tuple[int, int]:
        """Return line and character of an offset; one beyond the text is its end."""
        offset = max(0, min(offset, len(self.source.text)))
        at = self.source.position(offset)
        before = self.source.text[offset - at.column + 1 : offset]
        return at.line - 1, self.units(before) + self._shift(at.line - 1)

    def offset(self, line: int, character: int) -> int:
        """Return the offset of a position; one beyond its line is the line's end, one inside a character its start."""
        if line < 0:
            return 0
        if line >= len(self.source.line_starts):
            return len(self.source.text)
        start, end = self.source.line_bounds(line + 1)
        left = character - self._shift(line)
        text = self.source.text[start:end]
        if self.encoding == "utf-32" or text.isascii():
            return start + max(0, min(left, len(text)))
        for i, char in enumerate(text):
            left -= self.units(char)
            if left < 0:
                return start + i
        return end

    def units(self, text: str) -> int:
        """Return how many code units a text takes."""
        if self.encoding == "utf-32" or text.isascii():
            return len(text)
        if self.encoding == "utf-8":
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text) + sum(char > "\uffff" for char in text)

    def _shift(self, line: int) -> int:
        return self.units(MARK) if self.has_mark and line == 0 else 0
