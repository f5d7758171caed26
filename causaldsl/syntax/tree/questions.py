"""What can be asked and claimed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from causaldsl.syntax.tree.expressions import Expr, Probability, Relation
from causaldsl.syntax.tree.words import Nodes, Number, Tree


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
