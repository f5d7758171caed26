"""Words and signs, without the grammar: for what looks at texts that may not be in the language.

The parser has a lexer of its own, which knows what may come next; here a word is a word wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from causaldsl.syntax.tree import Tree
from causaldsl.syntax.words import NAME_CHARACTERS, normal, unquote

TOKEN = re.compile(
    r'(?P<space>[^\S\n]+)|(?P<line>\n)|(?P<comment>\#[^\n]*)|(?P<word>"(?:[^"\\\n]|\\.)*")|(?P<open_word>"[^\n]*)'
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?!" + NAME_CHARACTERS + r"))"
    r"|(?P<sign><->|->|<-|:=|==|!=|<=|>=|_\|\|_|\.\.|[→←↔⫫≤≥≠])"
    rf"|(?P<name>(?:(?!_\|\|_){NAME_CHARACTERS})+)|(?P<other>.)"
)
"""Any text is a sequence of these; a `word` stands in quotes, an `open_word` has no closing one."""


@dataclass(frozen=True, slots=True)
class Token(Tree):
    """A word, a sign, or a comment.

    Parameters
    ----------
    kind : str
        The group of `TOKEN` that it matches.
    text : str
        As written.
    """

    kind: str
    text: str

    @property
    def name(self) -> str | None:
        """The name that it is, in NFC and without quotes; None where it is none."""
        if self.kind == "name":
            return normal(self.text)
        return unquote(self.text) if self.kind == "word" else None


def tokens(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """Yield the words, signs and comments of a stretch of a text, without the space between them.

    Examples
    --------
    >>> [(token.kind, token.text) for token in tokens('A->"B c"')]
    [('name', 'A'), ('sign', '->'), ('word', '"B c"')]
    """
    for match in TOKEN.finditer(text, start, len(text) if end is None else end):
        kind = match.lastgroup or ""
        if kind not in ("space", "line"):
            yield Token(match.start(), match.end(), kind, match[0])
