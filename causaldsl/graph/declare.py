"""Declarations: which nodes and groups there are, each with its domain and place."""

from __future__ import annotations

import math
from dataclasses import dataclass

from causaldsl.graph.domain import Binary, Categorical, Domain, Image, Real, as_written
from causaldsl.graph.lists import Scope
from causaldsl.graph.use import Gathered
from causaldsl.source import Span
from causaldsl.syntax import tree
from causaldsl.syntax.tree import DomainTree, Name, Number
from causaldsl.syntax.words import RESERVED

MAX_LEVELS = 65_536
"""How many levels a categorical node may have."""
MAX_LEVELS_IN_ALL = 1_000_000
"""How many levels the domains that a text spells out may have together."""
MAX_SIDE = 65_536
"""How many channels, rows and columns a picture may have."""


@dataclass(frozen=True)
class Declared:
    """A declared node."""

    domain: Domain | None
    latent: bool
    span: Span


def declare(gathered: Gathered, scopes: list[Scope], nodes: dict[str, Declared]) -> None:
    """Fill `nodes` and the scopes' groups with what the texts declare.

    Parameters
    ----------
    gathered : Gathered
        The texts.
    scopes : list of Scope
        Theirs; they share groups and findings. What `*` ranges over in a text are the labels of that text and of those
        that it uses, so that a file means the same whoever uses it.
    nodes : dict of str to Declared
        The scopes' nodes, empty: filled in order of declaration.
    """
    places: dict[str, Span] = {}

    def claim(name: Name, scope: Scope) -> bool:
        if not name.quoted and name.text in RESERVED:
            scope.reserved(name)
            return False
        if (first := places.get(name.text)) is not None:
            where = f"in line {first.begin.line}" if first.source is scope.source else f"in {first.source.name}"
            scope.error("C202", f"`{name.text}` is declared twice", name, f"it is declared {where} already")
            return False
        places[name.text] = scope.span(name)
        return True

    groups: dict[str, tuple[tree.Group, Scope]] = {}
    labels: list[tuple[str, int]] = []
    levels = 0
    for number, statement in gathered.statements:
        scope = scopes[number]
        if isinstance(statement, tree.Declaration):
            domain = None
            if statement.domain is not None and levels <= MAX_LEVELS_IN_ALL:
                domain = domain_of(statement.domain, scope)
                levels += len(domain.levels) if isinstance(domain, Categorical) else 0
                if levels > MAX_LEVELS_IN_ALL:
                    scope.error("C206", f"more than {MAX_LEVELS_IN_ALL:,} levels in all", statement.domain)
            for name in statement.names:
                if claim(name, scope):
                    nodes[name.text] = Declared(domain, statement.latent, scope.span(name))
                    if not statement.latent and not isinstance(domain, Image):
                        labels.append((name.text, number))
    for number, statement in gathered.statements:
        if isinstance(statement, tree.Group) and claim(statement.name, scopes[number]):
            groups[statement.name.text] = (statement, scopes[number])
    for number, scope in enumerate(scopes):
        reach = gathered.reach(number)
        scope.labels = tuple(name for name, origin in labels if origin in reach)
    _fill_groups(groups)


def _fill_groups(groups: dict[str, tuple[tree.Group, Scope]]) -> None:
    """Expand the groups, each after the groups that it names; a group that reaches itself is an error."""
    waiting: set[str] = set()
    for root in groups:
        stack = [root]
        while stack:
            group, scope = groups[stack[-1]]
            name = group.name.text
            if name in scope.groups:
                stack.pop()
                continue
            waiting.add(name)
            needed = [item for item in _names(group) if item.text in groups and item.text not in scope.groups]
            for item in needed:
                if item.text in waiting:
                    scope.error("C216", f"the group `{item.text}` contains itself", item)
                    scope.groups[item.text] = ()
            stack += [item.text for item in needed if item.text not in waiting]
            if stack[-1] == name:
                stack.pop()
                (members,) = scope.expand(group.members)
                scope.groups[name] = tuple(dict.fromkeys(member.node for member in members))


def _names(group: tree.Group) -> list[Name]:
    found: list[Name] = []
    for item in group.members.items:
        found += [i for i in (item.items if isinstance(item, tree.Braced) else (item,)) if isinstance(i, Name)]
    return found


def domain_of(written: DomainTree, scope: Scope) -> Domain:
    """Return the domain that is written; where it makes no sense there is a finding, and a domain that does."""
    match written:
        case tree.BinaryDomain():
            return Binary()
        case tree.Levels(items=items):
            return _categorical(items, written, scope)
        case tree.Range(low=low, high=high):
            return _range(low, high, written, scope)
        case tree.Interval(low=low, high=high):
            return _real(low, high, scope)
        case tree.Shape(sizes=sizes):
            return _image(sizes, scope)


def _categorical(items: tuple[Name | Number, ...], written: DomainTree, scope: Scope) -> Categorical:
    levels: dict[str, None] = {}
    for item in items:
        level = item.text if isinstance(item, Name) else as_written(scope.span(item).text)
        if level in levels:
            scope.error("C206", f"the level `{level}` is given twice", item)
        levels[level] = None
    if len(levels) < 2:
        scope.error("C206", "a categorical node has at least two levels", written)
    elif len(levels) > MAX_LEVELS:
        scope.error("C206", f"more than {MAX_LEVELS:,} levels", written)
    return Categorical(tuple(levels))


def _range(low: Number, high: Number, written: DomainTree, scope: Scope) -> Categorical:
    fallback = Categorical(("0", "1"), True)
    for bound in (low, high):
        if not isinstance(bound.value, int):
            scope.error("C206", "a range has whole bounds", bound)
            return fallback
    first, last = int(low.value), int(high.value)
    if first >= last:
        hint = f"write `{{{last}..{first}}}`" if last < first else "a categorical node has at least two levels"
        scope.error("C206", f"the range {first}..{last} does not rise", written, hint)
        return fallback
    if last - first >= MAX_LEVELS:
        scope.error("C206", f"more than {MAX_LEVELS:,} levels", written, "a `real` node, perhaps?")
        return fallback
    return Categorical(tuple(map(str, range(first, last + 1))), True)


def _real(low: Number | None, high: Number | None, scope: Scope) -> Real:
    if low is None or high is None:
        return Real()
    if not low.value < high.value or low.value == math.inf or high.value == -math.inf:
        hint = "the lower bound comes first"
        scope.error("C207", "the interval is empty", scope.span(low, high), hint)
        return Real()
    return Real(float(low.value), float(high.value))


def _image(sizes: tuple[Number, Number, Number], scope: Scope) -> Image:
    for size, what in zip(sizes, ("channels", "height", "width"), strict=True):
        if not isinstance(size.value, int) or not 1 <= size.value <= MAX_SIDE:
            hint = "an image's shape is `[channels, height, width]`"
            scope.error("C208", f"{what} is a whole number from 1 to {MAX_SIDE:,}", size, hint)
            return Image(3, 64, 64)
    channels, height, width = (int(size.value) for size in sizes)
    return Image(channels, height, width)
