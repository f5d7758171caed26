"""What there is to offer: names, levels, words of the language, functions, files, codes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from causaldsl.catalogue import entries
from causaldsl.graph.domain import in_quotes, quoted
from causaldsl.lsp.analysis import Analysis
from causaldsl.lsp.moment import Moment
from causaldsl.syntax import tree
from causaldsl.syntax.tokens import Token

ItemKind = Literal["keyword", "node", "group", "mechanism", "option", "value", "level", "function", "file", "code"]


@dataclass(frozen=True)
class Item:
    """One thing that may be written.

    Parameters
    ----------
    label : str
        How it is shown.
    kind : str
        What it is.
    detail : str
        A few words about it.
    insert : str
        What is written.
    """

    label: str
    kind: ItemKind
    detail: str
    insert: str


def codes() -> Iterator[Item]:
    """Yield the codes of warnings, which may be allowed."""
    for entry in entries().values():
        if entry.is_warning:
            yield Item(entry.code, "code", entry.title, entry.code)


def words(vocabulary: dict[str, str]) -> Iterator[Item]:
    """Yield words of the language, with what they mean."""
    return (Item(word, "keyword", said, word) for word, said in vocabulary.items())


@dataclass(frozen=True)
class Offers:
    """What a text has to offer at a moment.

    Parameters
    ----------
    analysis : Analysis
        The text.
    at : Moment
        What is being written: names are offered in quotes where one is there already.
    """

    analysis: Analysis
    at: Moment

    def names(self, images: bool = True, groups: bool = True, star: bool = False) -> Iterator[Item]:
        """Yield the nodes and the groups."""
        for name, declared in self.analysis.index.declared.items():
            is_image = isinstance(declared.domain, tree.Shape)
            if (images or not is_image) and (groups or not declared.is_group):
                kind: ItemKind = "group" if declared.is_group else "node"
                yield Item(name, kind, declared.called, self.spelled(name))
        if star and not self.at.in_quotes:
            yield Item("*", "keyword", "every other label", "*")

    def levels(self, of: Token | str) -> Iterator[Item]:
        """Yield the levels of a node."""
        name = of if isinstance(of, str) else of.name
        declared = self.analysis.index.declared.get(name or "")
        for level in declared.levels if declared is not None else ():
            yield Item(level, "level", f"a level of `{name}`", level if _is_number(level) else self.spelled(level))

    def functions(self, functions: dict[str, str]) -> Iterator[Item]:
        """Yield functions and laws."""
        return (Item(name, "function", said, name) for name, said in functions.items())

    def files(self, suffix: str) -> Iterator[Item]:
        """Yield the files beside the text."""
        if self.analysis.folder is None or (self.at.before and self.at.last not in ("use", "(")):
            return
        own = Path(self.analysis.source.name)
        try:
            found = sorted(p.name for p in own.parent.iterdir() if p.suffix == suffix and p.name != own.name)
        except OSError:
            return
        yield from (Item(name, "file", "", f'"{name}"') for name in found if '"' not in name and "\\" not in name)

    def spelled(self, name: str) -> str:
        """Spell a name; in quotes where they are there already."""
        return in_quotes(name) if self.at.in_quotes else quoted(name)


def _is_number(level: str) -> bool:
    return level.lstrip("-").isdigit()
