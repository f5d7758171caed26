"""The words of dagitty's language.

dagitty's own reader knows no comments; people write them all the same, in three styles, and nothing in the language
begins as they do, so they are read past and counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from causaldsl.errors import CausalSyntaxError, Diagnostic
from causaldsl.source import Source
from causaldsl.syntax.words import NAME_CHARACTERS, normal

Kind = Literal["name", "quoted", "arrow", "sign", "strange", "end"]

ARROWS = frozenset({"->", "<-", "<->"})
"""The edges of a causal graph; all others say less than a direction."""

_SPACE = re.compile(r"[\s\ufeff]++")
_COMMENT = re.compile(r"//[^\n]*+|#[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/")
_WORD = re.compile(
    rf"""
    (?P<name> (?:{NAME_CHARACTERS}|\.)++ )
  | (?P<quoted> "(?:[^"\\]|\\.)++" )
  | (?P<arrow> [<@]? -++ [>@]? | =++ > | [→←↔⇒⟶] )
  | (?P<sign> [][{{}}=,;] )
    """,
    re.VERBOSE | re.DOTALL,
)
_VALUE = re.compile(r'"(?:[^"\\]|\\.)*+"|[^\s\]\[,;"{}<>=]++', re.DOTALL)
_HYPHENATED = re.compile(rf"(?:{NAME_CHARACTERS}|[.-])++")


class Word(NamedTuple):
    """A word of a text; `text` is what a quoted one says."""

    kind: Kind
    text: str
    start: int
    end: int


@dataclass
class Scanner:
    """Yields the words of a text one by one, each once.

    Parameters
    ----------
    source : Source
        The text.
    at : int
        Where the next word begins, or the space before it.
    """

    source: Source
    at: int = 0
    comments: int = field(default=0, init=False)

    def next(self) -> Word:
        """Return the next word."""
        self._skip()
        text = self.source.text
        match = _WORD.match(text, self.at)
        if match is None:
            kind: Kind = "strange" if self.at < len(text) else "end"
            end = min(self.at + 1, len(text))
            return Word(kind, text[self.at : end], self.at, end)
        start, self.at = match.span()
        kind = match.lastgroup  # type: ignore[assignment]
        said = match[0]
        if kind == "quoted":
            said = normal(re.sub(r"\\(.)", r"\1", said[1:-1], flags=re.DOTALL))
        return Word(kind, normal(said), start, self.at)

    def follows(self, sign: str) -> bool:
        """Go past a sign if it comes next, and say whether it does; `=` is not the beginning of `=>`."""
        self._skip()
        text = self.source.text
        if not text.startswith(sign, self.at) or text[self.at : self.at + 2] in ("=>", "=="):
            return False
        self.at += len(sign)
        return True

    def value(self) -> None:
        """Go past the value of an attribute: a text in quotes, or anything without a space."""
        text = self.source.text
        if space := _SPACE.match(text, self.at):
            self.at = space.end()
        match = _VALUE.match(text, self.at)
        if match is None:
            raise self.error("expected a value", self.next())
        self.at = match.end()

    def hyphenated(self, start: int) -> str:
        """Go past a name with hyphens that begins somewhere, and return it."""
        match = _HYPHENATED.match(self.source.text, start)
        self.at = max(self.at, match.end() if match else 0)
        return match[0] if match else ""

    def error(self, message: str, word: Word, hint: str | None = None) -> CausalSyntaxError:
        """Return the error that a word does not fit."""
        return CausalSyntaxError([Diagnostic("C123", "error", message, self.source.span(word.start, word.end), hint)])

    def _skip(self) -> None:
        """Go past space and comments."""
        text = self.source.text
        while True:
            if space := _SPACE.match(text, self.at):
                self.at = space.end()
            comment = _COMMENT.match(text, self.at)
            if comment is None:
                return
            self.comments += 1
            self.at = comment.end()
