"""A statement that does not fit the grammar, as the rules of the hints see it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property

from causaldsl.syntax.words import NAME_CHARACTERS

WORD = re.compile(rf"{NAME_CHARACTERS}+")
_LETTER = re.compile(NAME_CHARACTERS)


@dataclass(frozen=True)
class Mistake:
    """A statement that cannot be read.

    Parameters
    ----------
    text : str
        The statement.
    at : int
        Where in it the first word stands that does not fit; its length at the end.
    found : str
        The word that does not fit, empty at the end.
    kind : str
        Its terminal.
    expected : collection of str
        The terminals that could have stood there.
    asks : bool
        Whether it is a question, or a statement that holds one.
    """

    text: str
    at: int
    found: str
    kind: str
    expected: Collection[str]
    asks: bool

    @cached_property
    def before(self) -> str:
        """The statement up to the word that does not fit, without the space around it."""
        return self.text[: self.at].rstrip()

    @cached_property
    def after(self) -> str:
        """The statement after the word that does not fit."""
        return self.text[self.at + len(self.found) :].lstrip()

    @cached_property
    def keyword(self) -> str:
        """The first word of the statement."""
        word = WORD.match(self.text)
        return word[0] if word else ""

    @cached_property
    def last(self) -> str:
        """The name before the word that does not fit, empty where there is none."""
        return last_word(self.before)

    @cached_property
    def next(self) -> str:
        """The name after the word that does not fit, empty where there is none."""
        word = WORD.match(self.after)
        return word[0] if word else ""

    @cached_property
    def opens(self) -> str:
        """The bracket that is open before the word that does not fit, empty where none is."""
        depth = 0
        for char in reversed(self.before):
            if char in ")]}":
                depth += 1
            elif char in "([{":
                if depth == 0:
                    return char
                depth -= 1
        return ""


Hint = Callable[[Mistake], str | None]
"""A rule: what it says about a mistake that it knows, None about others."""


def last_word(text: str) -> str:
    """Return the name at the end of a text, empty where there is none; from the back, so that it costs its length.

    Examples
    --------
    >>> last_word("binary A, größe")
    'größe'
    """
    start = len(text)
    while start and _LETTER.match(text, start - 1):
        start -= 1
    return text[start:]
