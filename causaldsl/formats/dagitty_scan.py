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

_COMMENT = re.compile(r"\s*+(?://[^\n]*+|\#[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)")
_WORD = re.compile(
    rf"""
    \s*+
    (?:
        (?P<name> (?:{NAME_CHARACTERS}|\.)++ )
      | (?P<quoted> "(?:[^"\\]|\\.)++" )
      | (?P<arrow> [<@]? -++ [>@]? | =++ > | [→←↔⇒⟶] )
      | (?P<sign> [][{{}}=,;] )
      | (?P<strange> . )
      | (?P<end> \Z )
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_EQUALS = re.compile(r"\s*+=(?![>=])")
_VALUE = re.compile(r'\s*+(?:"(?:[^"\\]|\\.)*+"|[^\s\]\[,;"{}<>=]++)', re.DOTALL)
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
        text = self.source.text
        while (match := _WORD.match(text, self.at)) and match.lastgroup == "strange" and self._comment():
            pass
        assert match is not None, "the pattern has a word for everything"
        kind: Kind = match.lastgroup  # type: ignore[assignment]
        start, self.at = match.span(kind)
        said = match[kind]
        if kind == "quoted":
            said = re.sub(r"\\(.)", r"\1", said[1:-1], flags=re.DOTALL)
        return Word(kind, normal(said), start, self.at)

    def equals(self) -> bool:
        """Go past a `=` if it comes next, and say whether it does; one is not the beginning of `=>`."""
        while (match := _EQUALS.match(self.source.text, self.at)) is None and self._comment():
            pass
        self.at = match.end() if match else self.at
        return match is not None

    def value(self) -> None:
        """Go past the value of an attribute: a text in quotes, or anything without a space."""
        match = _VALUE.match(self.source.text, self.at)
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

    def _comment(self) -> bool:
        """Go past a comment if one comes next, and say whether it does."""
        comment = _COMMENT.match(self.source.text, self.at)
        if comment is None:
            return False
        self.comments += 1
        self.at = comment.end()
        return True
