"""What is computed: arithmetic, conditions, calls, and the probabilities that questions compute with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from causaldsl.syntax.tree.words import Name, Number, Star, Tree

Relation = Literal["=", "==", "!=", "<", "<=", ">", ">="]


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
