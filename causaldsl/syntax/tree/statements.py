"""The statements of a text, and the document that they make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from causaldsl.source import Source, Span
from causaldsl.syntax.tree.domains import DomainTree
from causaldsl.syntax.tree.expressions import Expr
from causaldsl.syntax.tree.questions import QuestionTree
from causaldsl.syntax.tree.words import Name, Nodes, Number, Tree


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
class Table(Tree):
    """`[[0.9, 0.1], [0.5, 0.5]]`."""

    rows: tuple[tuple[Number, ...], ...]


@dataclass(frozen=True, slots=True)
class Equation(Tree):
    """`Y := X + 1`, or a table `Y | X, Z := [[..], ..]`."""

    target: Nodes
    given: Nodes | None
    body: Expr | Table


@dataclass(frozen=True, slots=True)
class Query(Tree):
    """`query Q`."""

    question: QuestionTree


@dataclass(frozen=True, slots=True)
class Assertion(Tree):
    """`assert Q`."""

    question: QuestionTree


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
