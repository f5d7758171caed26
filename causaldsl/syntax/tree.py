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


# ---- expressions


@dataclass(frozen=True, slots=True)
class Chain(Tree):
    """`a - b + c`: operators that bind alike, applied from left to right; also `*` and `/`, `and`, `or`."""

    first: Expr
    rest: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True, slots=True)
class Prefix(Tree):
    """`-a`, `not a`."""

    operator: Literal["-", "not"]
    operand: Expr


@dataclass(frozen=True, slots=True)
class Power(Tree):
    """`a^b`."""

    base: Expr
    exponent: Expr


@dataclass(frozen=True, slots=True)
class Compare(Tree):
    """`a < b`; relations do not chain."""

    left: Expr
    relation: Relation
    right: Expr


@dataclass(frozen=True, slots=True)
class Call(Tree):
    """`exp(a)`, `normal(0, 1)`, `table("y.csv")`."""

    function: Name
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Setting(Tree):
    """`X=1` in the brackets of a counterfactual."""

    name: Name
    value: Number | Name | Counterfactual


@dataclass(frozen=True, slots=True)
class Counterfactual(Tree):
    """`Y[X=1]`: Y had X been 1."""

    name: Name
    settings: tuple[Setting, ...]


Relation = Literal["=", "==", "!=", "<", "<=", ">", ">="]


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


# ---- questions


@dataclass(frozen=True, slots=True)
class Event(Tree):
    """`Y=1`, `Age > 30`, `Y[X=0]=1`; or, without relation and value, `Y`."""

    variable: Name | Counterfactual
    relation: Relation | None = None
    value: Number | Name | None = None


@dataclass(frozen=True, slots=True)
class Intervention(Tree):
    """`X=1`, `X`, or `X := bernoulli(0.4)`, in which case `law` is its right side."""

    name: Name
    value: Number | Name | None = None
    law: Expr | None = None


@dataclass(frozen=True, slots=True)
class Do(Tree):
    """`do(X=1, Z=0)`."""

    interventions: tuple[Intervention, ...]


@dataclass(frozen=True, slots=True)
class Probability(Tree):
    """`P(Y=1 | do(X=1), Z)`."""

    events: tuple[Event | Star, ...]
    conditions: tuple[Event | Star | Do, ...] = ()


@dataclass(frozen=True, slots=True)
class Expectation(Tree):
    """`E[Y | do(X=1), Z]`."""

    body: Expr
    conditions: tuple[Event | Star | Do, ...] = ()


Expr = Number | Name | Chain | Prefix | Power | Compare | Call | Counterfactual | Probability | Expectation


@dataclass(frozen=True, slots=True)
class Separation(Tree):
    """`A, B _||_ C | D`."""

    left: Nodes
    right: Nodes
    given: Nodes | None


@dataclass(frozen=True, slots=True)
class Identifiable(Tree):
    """`identifiable P(Y | do(X))`."""

    probability: Probability


@dataclass(frozen=True, slots=True)
class EffectQuestion(Tree):
    """`adjustment X -> Y | Z`, `instruments X -> Y`, `ancestor X -> Y`."""

    kind: Literal["adjustment", "instruments", "ancestor"]
    causes: Nodes
    effects: Nodes
    given: Nodes | None = None


@dataclass(frozen=True, slots=True)
class Independencies(Tree):
    """`independencies`."""


@dataclass(frozen=True, slots=True)
class Numeric(Tree):
    """`P(A) - P(B)`, or a comparison: `P(A) == P(B) within 0.02`."""

    left: Expr
    relation: Relation | None = None
    right: Expr | None = None
    within: Number | None = None


@dataclass(frozen=True, slots=True)
class Denied(Tree):
    """`not Q`."""

    claim: Claim


Claim = Separation | Identifiable | EffectQuestion | Independencies | Numeric
QuestionTree = Denied | Claim


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
