"""The Document: a text as it was written, before anything is asked of its meaning.

Every node of the tree is frozen and knows its place, as offsets into the document's source (the end exclusive), so that
a tree is small and any finding about it can be pointed at. Names are in NFC and free of quotes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from causaldsl.source import Source, Span


@dataclass(frozen=True, slots=True)
class Tree:
    """Anything in a document: `start` and `end` are offsets into its text."""

    start: int
    end: int


# ---- words and numbers


@dataclass(frozen=True, slots=True)
class Name(Tree):
    """A word, or a text in quotes."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Number(Tree):
    """A number, its sign included: whole where it is written without point and exponent."""

    value: int | float


# ---- lists of nodes


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


# ---- domains


@dataclass(frozen=True, slots=True)
class BinaryDomain(Tree):
    """`binary`."""


@dataclass(frozen=True, slots=True)
class Levels(Tree):
    """`{black, brown}`."""

    items: tuple[Name | Number, ...]


@dataclass(frozen=True, slots=True)
class Range(Tree):
    """`{0..9}`, both ends included."""

    low: Number
    high: Number


@dataclass(frozen=True, slots=True)
class Interval(Tree):
    """`real` (both bounds None), or `real .. in [low, high]`."""

    low: Number | None = None
    high: Number | None = None


@dataclass(frozen=True, slots=True)
class Shape(Tree):
    """`[channels, height, width]`."""

    sizes: tuple[Number, Number, Number]


DomainTree = BinaryDomain | Levels | Range | Interval | Shape


# ---- statements


@dataclass(frozen=True, slots=True)
class Language(Tree):
    """`language 1`."""

    version: Number


@dataclass(frozen=True, slots=True)
class Model(Tree):
    """`model celeba "a title"`."""

    name: Name
    title: Name | None


@dataclass(frozen=True, slots=True)
class Use(Tree):
    """`use "labels.causal"`."""

    path: Name


@dataclass(frozen=True, slots=True)
class Declaration(Tree):
    """`binary A, B`, `latent U`: the domain holds for every name; None where it is not stated."""

    names: tuple[Name, ...]
    domain: DomainTree | None
    latent: bool = False


@dataclass(frozen=True, slots=True)
class Group(Tree):
    """`group G = A, B`."""

    name: Name
    members: Nodes


@dataclass(frozen=True, slots=True)
class Arrow(Tree):
    """One of the three arrows, in ASCII."""

    sign: Literal["->", "<-", "<->"]


@dataclass(frozen=True, slots=True)
class Edges(Tree):
    """`A, B -> C <- D`: one arrow fewer than lists."""

    lists: tuple[Nodes, ...]
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True, slots=True)
class ListValue(Tree):
    """`[1, 2]` as an option's value."""

    items: tuple[Value, ...]


Value = Number | Name | ListValue


@dataclass(frozen=True, slots=True)
class OptionTree(Tree):
    """`hidden=32`."""

    name: Name
    value: Value


@dataclass(frozen=True, slots=True)
class Kind(Tree):
    """`neural(hidden=32)`."""

    name: Name
    options: tuple[OptionTree, ...] = ()


@dataclass(frozen=True, slots=True)
class Mechanism(Tree):
    """`A, B ~ neural(hidden=32)`."""

    targets: Nodes
    kind: Kind


@dataclass(frozen=True, slots=True)
class Default(Tree):
    """`default binary ~ neural`."""

    domain: Literal["binary", "categorical", "real", "image"]
    kind: Kind


@dataclass(frozen=True, slots=True)
class Equation(Tree):
    """`Y := ...`, or a table `Y | X, Z := ...`."""

    target: Nodes
    given: Nodes | None


@dataclass(frozen=True, slots=True)
class Query(Tree):
    """`query Q`; `question` is the place of Q."""

    question: Tree


@dataclass(frozen=True, slots=True)
class Assertion(Tree):
    """`assert Q`; `question` is the place of Q."""

    question: Tree


@dataclass(frozen=True, slots=True)
class Broken(Tree):
    """A statement that could not be read; a finding says why."""


Statement = (
    Language | Model | Use | Declaration | Group | Edges | Mechanism | Default | Equation | Query | Assertion | Broken
)


@dataclass(frozen=True)
class Document:
    """A text as it was written.

    Parameters
    ----------
    source : Source
        The text, and what it is called in messages.
    statements : tuple of Statement
        In the order of the text; those that could not be read are there as `Broken`.
    comments : tuple of Tree
        Where comments stand, from `#` to the end of the line.
    """

    source: Source
    statements: tuple[Statement, ...]
    comments: tuple[Tree, ...] = ()

    def span(self, tree: Tree, to: Tree | None = None) -> Span:
        """Return the span of a node, or from one node to the end of another."""
        return self.source.span(tree.start, (to or tree).end)

    def text(self, tree: Tree) -> str:
        """Return the words of a node as written."""
        return self.source.text[tree.start : tree.end]
