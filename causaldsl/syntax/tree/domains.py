"""The domains of nodes, as written."""

from __future__ import annotations

from dataclasses import dataclass

from causaldsl.syntax.tree.words import Name, Number, Tree


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
