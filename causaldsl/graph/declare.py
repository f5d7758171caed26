"""Declarations: which nodes and groups there are, each with its domain and place."""

from __future__ import annotations

import math
from dataclasses import dataclass

from causaldsl.graph.domain import Binary, Categorical, Domain, Image, Real
from causaldsl.graph.lists import Scope
from causaldsl.source import Span
from causaldsl.syntax import tree
from causaldsl.syntax.tree import Document, DomainTree, Name, Number
from causaldsl.syntax.words import RESERVED

MAX_LEVELS = 65_536
"""How many levels a categorical node may have."""
MAX_SIDE = 65_536
"""How many channels, rows and columns a picture may have."""


@dataclass(frozen=True)
class Declared:
    """A declared node."""

    domain: Domain | None
    latent: bool
    span: Span


def declare(document: Document, scope: Scope, nodes: dict[str, Declared]) -> None:
    """Fill `nodes` and the scope's groups with what the document declares.

    Parameters
    ----------
    document : Document
        The text.
    scope : Scope
        Its `nodes` is the mapping that is filled; groups and findings are added to it.
    nodes : dict of str to Declared
        Nodes by name, in order of declaration.
    """
    places: dict[str, Span] = {}

    def claim(name: Name) -> bool:
        if not name.quoted and name.text in RESERVED:
            scope.reserved(name)
            return False
        if (first := places.get(name.text)) is not None:
            where = f"it is declared in line {first.begin.line} already"
            if first.source is not document.source:
                where = f"it is declared in {first.source.name} already"
            scope.error("C202", f"`{name.text}` is declared twice", name.start, name.end, where)
            return False
        places[name.text] = document.span(name)
        return True

    for statement in document.statements:
        if isinstance(statement, tree.Declaration):
            domain = None if statement.domain is None else domain_of(statement.domain, scope)
            for name in statement.names:
                if claim(name):
                    nodes[name.text] = Declared(domain, statement.latent, document.span(name))
    scope.labels = tuple(n for n, d in nodes.items() if not d.latent and not isinstance(d.domain, Image))
    groups = {s.name.text: s for s in document.statements if isinstance(s, tree.Group) and claim(s.name)}
    _fill_groups(groups, scope)


def _fill_groups(groups: dict[str, tree.Group], scope: Scope) -> None:
    """Expand the groups, each after the groups that it names; a group that reaches itself is an error."""
    needs = {
        name: [i for i in _names(group) if i.text in groups and i.text not in scope.nodes]
        for name, group in groups.items()
    }
    open_: set[str] = set()
    for root in groups:
        stack = [root]
        while stack:
            name = stack[-1]
            if name in scope.groups:
                stack.pop()
                continue
            open_.add(name)
            ready = True
            for item in needs[name]:
                if item.text in scope.groups:
                    continue
                if item.text in open_:
                    scope.error("C216", f"the group `{item.text}` contains itself", item.start, item.end)
                    scope.groups[item.text] = ()
                else:
                    stack.append(item.text)
                    ready = False
            if ready:
                stack.pop()
                (members,) = scope.expand(groups[name].members)
                scope.groups[name] = tuple(dict.fromkeys(m.node for m in members))


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
        level = item.text if isinstance(item, Name) else scope.source.text[item.start : item.end].replace(" ", "")
        if level in levels:
            scope.error("C206", f"the level `{level}` is given twice", item.start, item.end)
        levels[level] = None
    if len(levels) < 2:
        scope.error("C206", "a categorical node has at least two levels", written.start, written.end)
    elif len(levels) > MAX_LEVELS:
        scope.error("C206", f"more than {MAX_LEVELS:,} levels", written.start, written.end)
    return Categorical(tuple(levels))


def _range(low: Number, high: Number, written: DomainTree, scope: Scope) -> Categorical:
    fallback = Categorical(("0", "1"), True)
    for bound in (low, high):
        if not isinstance(bound.value, int):
            scope.error("C206", "a range has whole bounds", bound.start, bound.end)
            return fallback
    first, last = int(low.value), int(high.value)
    if first >= last:
        hint = f"write `{{{last}..{first}}}`" if last < first else "a categorical node has at least two levels"
        scope.error("C206", f"the range {first}..{last} does not rise", written.start, written.end, hint)
        return fallback
    if last - first >= MAX_LEVELS:
        scope.error("C206", f"more than {MAX_LEVELS:,} levels", written.start, written.end, "a `real` node, perhaps?")
        return fallback
    return Categorical(tuple(map(str, range(first, last + 1))), True)


def _real(low: Number | None, high: Number | None, scope: Scope) -> Real:
    if low is None or high is None:
        return Real()
    if not low.value < high.value or low.value == math.inf or high.value == -math.inf:
        hint = "the lower bound comes first"
        scope.error("C207", "the interval is empty", low.start, high.end, hint)
        return Real()
    return Real(float(low.value), float(high.value))


def _image(sizes: tuple[Number, Number, Number], scope: Scope) -> Image:
    for size, what in zip(sizes, ("channels", "height", "width"), strict=True):
        if not isinstance(size.value, int) or not 1 <= size.value <= MAX_SIDE:
            hint = "an image's shape is `[channels, height, width]`"
            scope.error("C208", f"{what} is a whole number from 1 to {MAX_SIDE:,}", size.start, size.end, hint)
            return Image(3, 64, 64)
    channels, height, width = (int(size.value) for size in sizes)
    return Image(channels, height, width)
