"""What a BIF text says, as it was written: its variables and laws, each with its place.

The oldest BIF texts have mere space where later ones have commas and the bar, and some writers leave names with spaces
in them unquoted. So names are kept as pieces between commas, each of one or more words, and what they stand for is
decided where the declared names are known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from causaldsl.errors import Diagnostic
from causaldsl.source import Source
from causaldsl.syntax.words import normal

UNNAMED = "unknown"
"""What other programs call a network that has no name; in quotes it is a name."""

STRING = r'"(?:[^"\\\n]|\\[^\n])*+"'
"""A regular expression of a text in quotes."""
TOKEN = re.compile(rf'\s*+(?:(?P<string>{STRING})|(?P<word>[^\s{{}}()\[\],;|"]+)|(?P<sign>[{{}}()\[\],;|]))')
"""A word, a text in quotes or a sign, after any space."""


@dataclass(frozen=True, slots=True)
class Words:
    """A name as it stands between two commas: one word or text in quotes, or several words.

    Parameters
    ----------
    texts : tuple of str
        The words, quotes resolved, in NFC.
    start, end : int
        The place.
    """

    texts: tuple[str, ...]
    start: int
    end: int

    @property
    def text(self) -> str:
        """All of it as one name."""
        return " ".join(self.texts)


@dataclass(frozen=True, slots=True)
class Property:
    """`property latent = true;`: its name and, in quotes or not, what it says."""

    name: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Variable:
    """`variable A { type discrete [ 2 ] { yes, no }; }`."""

    name: Words
    count: int
    levels: tuple[Words, ...]
    properties: tuple[Property, ...]
    place: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Row:
    """`(yes, no) 0.1, 0.9;`, or the numbers after `table` or `default`.

    Parameters
    ----------
    kind : str
        `row`, `table` or `default`.
    levels : str
        What stands in the parentheses, as written.
    numbers : tuple of float
        The probabilities.
    start, end : int
        The place.
    """

    kind: str
    levels: str
    numbers: tuple[float, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Law:
    """`probability ( A | B, C ) { .. }`.

    Parameters
    ----------
    barred : bool
        Whether there is a bar; without one the first word is the node, and the others are its parents.
    """

    child: Words
    given: tuple[Words, ...]
    barred: bool
    rows: tuple[Row, ...]
    properties: tuple[Property, ...]


@dataclass
class Network:
    """A whole text."""

    source: Source
    name: str = ""
    properties: list[Property] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    laws: list[Law] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)


def split_words(text: str, start: int = 0) -> tuple[Words, ...]:
    """Cut a list of names at its commas."""
    found: list[Words] = []
    piece: list[re.Match[str]] = []
    for token in (*TOKEN.finditer(text), None):
        if token is not None and token["sign"] is None:
            piece.append(token)
            continue
        if piece:
            found.append(words_of(piece, start))
        piece = []
    return tuple(found)


def words_of(tokens: list[re.Match[str]], start: int = 0) -> Words:
    """Return some words as one piece; their text begins at `start`."""
    kind = tokens[0].lastgroup or ""
    return Words(tuple(map(plain, tokens)), start + tokens[0].start(kind), start + tokens[-1].end())


def plain(token: re.Match[str]) -> str:
    """Return a word, or what stands in quotes, in NFC; backslashes escape quotes and themselves only."""
    if token["string"] is None:
        return normal(token["word"])
    return normal(re.sub(r'\\(["\\])', r"\1", token["string"][1:-1]))
