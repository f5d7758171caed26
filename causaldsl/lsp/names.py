"""Where a text names what: every mention of every node and group, in texts with errors too.

The compiler resolves names as well, but stops at errors, and an editor shows texts that mostly have some. So this walks
over the statements as they are written, and over the words of those that cannot be read. The tests hold it to what the
compiler resolves.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from causaldsl.graph.use import Gathered
from causaldsl.lsp.walk import Levels, mentioned
from causaldsl.source import Source, Span
from causaldsl.syntax import tree
from causaldsl.syntax.tokens import tokens
from causaldsl.syntax.words import RESERVED, STATEMENTS

DECLARING = ("node", "binary", "categorical", "real", "image", "latent", "group")
"""The statements that declare."""


@dataclass(frozen=True)
class Declared:
    """What the text says of a name where it declares it.

    Parameters
    ----------
    name : str
        The name.
    span : Span
        Where it stands in its declaration.
    statement : Declaration, Group or None
        The declaration; None where that cannot be read.
    """

    name: str
    span: Span
    statement: tree.Declaration | tree.Group | None

    @property
    def is_group(self) -> bool:
        """Whether it is a group."""
        return isinstance(self.statement, tree.Group)

    @property
    def domain(self) -> tree.DomainTree | None:
        """The domain as written."""
        return self.statement.domain if isinstance(self.statement, tree.Declaration) else None

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels: of a categorical node as named, of a binary one 0 and 1, of a short range its numbers."""
        match self.domain:
            case tree.BinaryDomain():
                return ("0", "1")
            case tree.Levels():
                return _named_levels(self.domain, self.span.source)
            case tree.Range(low=low, high=high) if 0 <= high.value - low.value < 100:
                return tuple(map(str, range(int(low.value), int(high.value) + 1)))
        return ()

    @property
    def called(self) -> str:
        """What it is, in a few words: `binary`, `latent real in [0, 1]`, `group`, `image [3, 64, 64]`."""
        if self.statement is None:
            return "declared in a statement that cannot be read"
        if isinstance(self.statement, tree.Group):
            return "group"
        text = self.span.source.text
        shown = "" if self.domain is None else " ".join(text[self.domain.start : self.domain.end].split())
        match self.domain:
            case tree.Levels() | tree.Range():
                shown = f"categorical {shown}"
            case tree.Shape():
                shown = f"image {shown}"
            case tree.Interval(low=low) if low is not None:
                shown = f"real {shown}" if not shown.startswith("real") else shown
            case None:
                shown = "" if self.statement.latent else "node"
        return f"latent {shown}".rstrip() if self.statement.latent else shown


@dataclass(frozen=True)
class Mention:
    """One place where a name stands."""

    name: str
    span: Span
    declares: bool


@dataclass
class Index:
    """The names of a text and of all that it uses.

    Parameters
    ----------
    declared : dict of str to Declared
        The nodes and the groups, in order of declaration; of a name that is declared twice the first.
    mentions : dict of str to list of Mention
        Where each name stands, text by text in the order of each.
    """

    declared: dict[str, Declared] = field(default_factory=dict)
    mentions: dict[str, list[Mention]] = field(default_factory=dict)
    _places: dict[Source, list[Mention]] = field(default_factory=dict)

    @classmethod
    def of(cls, gathered: Gathered) -> Index:
        """Index a text and all that it uses."""
        index = cls()
        for number, statement in gathered.statements:
            for declared in _declared(statement, gathered.documents[number].source):
                index.declared.setdefault(declared.name, declared)
        levels = {name: _sort(d) for name, d in index.declared.items() if isinstance(d.domain, tree.Levels)}
        for document in gathered.documents:
            for statement in document.statements:
                for mention in index._mentions(statement, document.source, levels):
                    index.mentions.setdefault(mention.name, []).append(mention)
                    index._places.setdefault(document.source, []).append(mention)
        return index

    def _mentions(self, statement: tree.Statement, source: Source, levels: Mapping[str, Levels]) -> Iterator[Mention]:
        if not isinstance(statement, tree.Broken):
            for name, declares in mentioned(statement, levels):
                yield Mention(name.text, source.span(name.start, name.end), declares)
            return
        declaring = {d.span.start for d in _declared(statement, source)}
        for token in tokens(source.text, statement.start, statement.end):
            if token.name in self.declared and token.text not in RESERVED:
                yield Mention(token.name, source.span(token.start, token.end), token.start in declaring)

    def at(self, source: Source, offset: int) -> Mention | None:
        """Return the mention at an offset, one that ends there included."""
        places = self._places.get(source, [])
        i = bisect_right(places, offset, key=lambda mention: mention.span.start) - 1
        return places[i] if i >= 0 and offset <= places[i].span.end else None

    def undeclared(self) -> Iterable[str]:
        """Return the names that stand somewhere and are declared nowhere."""
        return (name for name in self.mentions if name not in self.declared)


def _declared(statement: tree.Statement, source: Source) -> Iterator[Declared]:
    """Yield what a statement declares; one that cannot be read, the names that follow its keyword."""
    match statement:
        case tree.Declaration(names=names):
            for name in names:
                yield Declared(name.text, source.span(name.start, name.end), statement)
        case tree.Group(name=name):
            yield Declared(name.text, source.span(name.start, name.end), statement)
        case tree.Broken():
            words = tokens(source.text, statement.start, statement.end)
            first = next(words, None)
            if first is None or first.text not in DECLARING:
                return
            for token in words:
                if token.name is None and token.text != "," and token.kind != "comment":
                    return
                if token.name and token.text not in (*STATEMENTS, "in"):
                    yield Declared(token.name, source.span(token.start, token.end), None)


def _sort(declared: Declared) -> Levels:
    return frozenset(declared.levels)


def _named_levels(domain: tree.Levels, source: Source) -> tuple[str, ...]:
    return tuple(
        item.text if isinstance(item, tree.Name) else source.text[item.start : item.end].replace(" ", "")
        for item in domain.items
    )
