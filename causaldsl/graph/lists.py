"""Lists of nodes: names, groups, braces and `*`, expanded to the nodes they stand for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Protocol

from causaldsl.errors import Diagnostic, did_you_mean
from causaldsl.source import Source, Span
from causaldsl.syntax.tree import Braced, Name, Nodes, Star, Tree
from causaldsl.syntax.words import RESERVED

MAX_MEMBERS = 2_000_000
"""How many nodes the groups and `*` of a text may stand for, each counted wherever it is named."""
MAX_COMPARED = 200_000
"""How many names are compared with misspelt ones; a text with ever more mistakes gets no more suggestions."""


class Place(Protocol):
    """Where something stands in a source: a tree, or a span."""

    @property
    def start(self) -> int:
        """The offset of its beginning."""

    @property
    def end(self) -> int:
        """The offset of its end, exclusive."""


@dataclass(frozen=True, slots=True)
class Member:
    """A node in a list, and the words of the text that put it there."""

    node: str
    item: Name | Star


@dataclass
class Tally:
    """How many nodes groups and `*` have stood for so far."""

    members: int = 0


@dataclass
class Scope:
    """The names of a text: what is declared, and what findings about names there are.

    Parameters
    ----------
    source : Source
        The text that lists are read from.
    nodes : mapping of str to anything
        The declared nodes.
    labels : tuple of str
        What `*` ranges over: the observed nodes that are no images, in order of declaration.
    groups : dict of str to tuple of str
        Members of the groups.
    excused : frozenset of str
        Names that are not blamed for being undeclared, because a statement that could not be read may declare them.
    findings, warnings : list of Diagnostic
        Errors and warnings so far.
    used_groups : set of str
        The groups that something names.
    tally : Tally
        How much was expanded.
    """

    source: Source
    nodes: Mapping[str, object]
    labels: tuple[str, ...] = ()
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    excused: frozenset[str] = frozenset()
    findings: list[Diagnostic] = field(default_factory=list)
    warnings: list[Diagnostic] = field(default_factory=list)
    used_groups: set[str] = field(default_factory=set)
    tally: Tally = field(default_factory=Tally)

    def of(self, source: Source) -> Scope:
        """Return the scope of another text that shares all names and findings with this one."""
        return replace(self, source=source)

    def span(self, tree: Tree, to: Tree | None = None) -> Span:
        """Return the place of a tree, or from one tree to the end of another."""
        return self.source.span(tree.start, (to or tree).end)

    def error(self, code: str, message: str, place: Place, hint: str | None = None) -> None:
        """Record an error at a place of the source."""
        self.findings.append(Diagnostic(code, "error", message, self.source.span(place.start, place.end), hint))

    def warning(self, code: str, message: str, span: Span | None, hint: str | None = None) -> None:
        """Record a warning."""
        self.warnings.append(Diagnostic(code, "warning", message, span, hint))

    def resolve(self, name: Name) -> tuple[str, ...]:
        """Return the nodes that a name stands for; none, and a finding, where it is not declared."""
        text = name.text
        if not name.quoted and text in RESERVED:
            self.reserved(name)
            return ()
        if text in self.nodes:
            return (text,)
        if text in self.groups:
            self.used_groups.add(text)
            return self.counted(self.groups[text], name)
        self.undeclared(name)
        return ()

    def others(self, star: Star, named: Collection[str]) -> tuple[str, ...]:
        """Return what `*` stands for: the labels that its statement does not name."""
        return self.counted(tuple(label for label in self.labels if label not in named), star)

    def counted(self, nodes: tuple[str, ...], place: Place) -> tuple[str, ...]:
        """Return what a group or `*` stands for; nothing, and one finding, once that is too much."""
        fitted = self.tally.members <= MAX_MEMBERS
        self.tally.members += len(nodes)
        if self.tally.members <= MAX_MEMBERS:
            return nodes
        if fitted:
            message = f"groups and `*` stand for more than {MAX_MEMBERS:,} nodes in all"
            self.error("C213", message, place)
        return ()

    def reserved(self, name: Name) -> None:
        """Record that a bare name is a word of the language."""
        hint = f'in quotes it is a name: `"{name.text}"`'
        self.error("C205", f"`{name.text}` is a word of the language", name, hint)

    def undeclared(self, name: Name) -> None:
        """Record that a name is not declared, unless it is excused."""
        if name.text in self.excused:
            return
        hint = self._meant(name.text) or self.suggestion(name.text, self.nodes, self.groups)
        hint = hint or f"declare it, for example `binary {self.source.text[name.start : name.end]}`"
        self.error("C201", f"`{name.text}` is not declared", name, hint)

    def _meant(self, text: str) -> str | None:
        """Return how it is written here what the name is elsewhere: a product, a truth value, another world."""
        if text.lower() in ("true", "false"):
            return f"it is written `{int(text.lower() == 'true')}`"
        if (product := re.fullmatch(r"([0-9]+)(.+)", text)) is not None and product[2] in self.nodes:
            return f"a product is written `{product[1]}*{product[2]}`"
        node, _, world = text.partition("_")
        if node in self.nodes and world in self.nodes:
            return f"a counterfactual is written `{node}[{world}=..]`"
        return None

    def suggestion(self, name: str, *candidates: Collection[str]) -> str | None:
        """Return the hint "did you mean ..?" if a candidate is close, and there are not too many mistakes."""
        if (len(self.findings) + 1) * sum(map(len, candidates)) > MAX_COMPARED:
            return None
        return did_you_mean(name, chain(*candidates))

    def expand(self, *lists: Nodes | None) -> list[list[Member]]:
        """Return the members of the lists of one statement, as written; `*` is what none of them names."""
        stars: list[Star] = []
        named: set[str] = set()
        expanded: list[list[Member | Star]] = []
        for nodes in lists:
            members: list[Member | Star] = []
            for item in () if nodes is None else flat(nodes):
                if isinstance(item, Star):
                    stars.append(item)
                    members.append(item)
                    continue
                found = self.resolve(item)
                named.update(found)
                members += [Member(node, item) for node in found]
            expanded.append(members)
        for star in stars[1:]:
            self.error("C210", "a second `*` in one statement", star, "`*` stands for all the others")
        return [[*self._unstarred(members, stars[:1], named)] for members in expanded]

    def _unstarred(self, members: list[Member | Star], star: list[Star], named: set[str]) -> Iterable[Member]:
        for member in members:
            if isinstance(member, Member):
                yield member
            elif member in star:
                yield from (Member(label, member) for label in self.others(member, named))


def flat(nodes: Nodes) -> Iterable[Name | Star]:
    """Yield the names and stars of a list, those in braces too."""
    for item in nodes.items:
        if isinstance(item, Braced):
            yield from item.items
        else:
            yield item
