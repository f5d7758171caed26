"""Where a name is declared, where else it stands, and what a text holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from causaldsl.errors import UsageError
from causaldsl.lsp.analysis import Analysis
from causaldsl.lsp.names import Mention
from causaldsl.source import Source, Span
from causaldsl.syntax import tree

SymbolKind = Literal["node", "latent", "image", "group", "question", "claim"]


def definition(analysis: Analysis, offset: int) -> Span | None:
    """Return where the name at an offset is declared; of the path after `use`, the beginning of that file."""
    mention = analysis.index.at(analysis.source, offset)
    if mention is not None:
        declared = analysis.index.declared.get(mention.name)
        return None if declared is None else declared.span
    for statement in analysis.document.statements:
        if isinstance(statement, tree.Use) and statement.start <= offset <= statement.end and analysis.folder:
            try:
                path, name = analysis.folder.find(statement.path.text, analysis.source.name)
                return Source.normalised(name, analysis.folder.read(path, name)).span(0, 0)
            except UsageError:
                return None
    return None


def references(analyses: Iterable[Analysis], name: str, declaration: bool = True) -> list[Mention]:
    """Return where a name stands, in texts that belong together and in all that they use, each place once.

    Parameters
    ----------
    analyses : iterable of Analysis
        The texts.
    name : str
        Whose places are wanted.
    declaration : bool
        Whether the declaration counts.
    """
    places: dict[tuple[str, int], Mention] = {}
    for analysis in analyses:
        for mention in analysis.index.mentions.get(name, ()):
            if declaration or not mention.declares:
                places.setdefault((mention.span.source.name, mention.span.start), mention)
    return list(places.values())


@dataclass(frozen=True)
class Symbol:
    """Something that a text declares or asks.

    Parameters
    ----------
    name, detail : str
        How it is shown.
    kind : str
        What it is.
    span, name_span : Span
        The statement, and the name in it.
    """

    name: str
    detail: str
    kind: SymbolKind
    span: Span
    name_span: Span


def outline(analysis: Analysis) -> Iterator[Symbol]:
    """Yield what a text itself declares and asks, in its order.

    Examples
    --------
    >>> text = "binary A, B; query A _||_ B"
    >>> [(symbol.name, symbol.detail) for symbol in outline(Analysis(Source("<text>", text)))]
    [('A', 'binary'), ('B', 'binary'), ('A _||_ B', 'query')]
    """
    own = {d.span.start: d for d in analysis.index.declared.values() if d.span.source is analysis.source}
    for statement in analysis.document.statements:
        span = analysis.document.span(statement)
        if isinstance(statement, tree.Query | tree.Assertion):
            name = " ".join(analysis.document.text(statement.question).split())
            asked = isinstance(statement, tree.Query)
            kind: SymbolKind = "question" if asked else "claim"
            yield Symbol(name, "query" if asked else "assert", kind, span, analysis.document.span(statement.question))
            continue
        starts = [s for s in own if statement.start <= s < statement.end]
        for declared in (own[start] for start in sorted(starts)):
            latent = isinstance(declared.statement, tree.Declaration) and declared.statement.latent
            image = isinstance(declared.domain, tree.Shape)
            kind = "group" if declared.is_group else "latent" if latent else "image" if image else "node"
            yield Symbol(declared.name, declared.called, kind, span, declared.span)
