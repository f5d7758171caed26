"""Words, numbers, and lists of nodes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tree:
    """Anything in a document: `start` and `end` are offsets into its text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Name(Tree):
    """A word, or a text in quotes."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Number(Tree):
    """A number, its sign included: whole where it is written without point and exponent."""

    value: int | float


@dataclass(frozen=True, slots=True)
class Star(Tree):
    """`*`: every observed label that is not named elsewhere in the statement."""


@dataclass(frozen=True, slots=True)
class Braced(Tree):
    """`{A, B}`, the same as `A, B`."""

    items: tuple[Name | Star, ...]


@dataclass(frozen=True, slots=True)
class Nodes(Tree):
    """A list of nodes and groups."""

    items: tuple[Name | Star | Braced, ...]
