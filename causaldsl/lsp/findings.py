"""What `check` finds, told about one text: findings about files that it uses stand at the `use` that leads to them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from causaldsl.errors import Diagnostic
from causaldsl.lsp.analysis import Analysis
from causaldsl.source import Span
from causaldsl.syntax import tree

_NEEDLESS = frozenset({"C250", "C251", "C253", "C460"})
"""Codes about what might as well be deleted; editors fade it."""


@dataclass(frozen=True)
class Finding:
    """A finding as an editor shows it.

    Parameters
    ----------
    diagnostic : Diagnostic
        What was found; its span lies in the text itself.
    related : tuple of (Span, str)
        Other places that have to do with it, and what they are.
    """

    diagnostic: Diagnostic
    related: tuple[tuple[Span, str], ...] = ()

    @property
    def needless(self) -> bool:
        """Whether it is about something that might as well be deleted."""
        return self.diagnostic.code in _NEEDLESS


def findings(analysis: Analysis) -> Iterator[Finding]:
    """Yield the findings of a text, those about files that it uses among them.

    Examples
    --------
    >>> from causaldsl.source import Source
    >>> [f.diagnostic.message for f in findings(Analysis(Source("<text>", "binary A, A")))]
    ['`A` is declared twice']
    """
    for diagnostic in analysis.examined.findings:
        span = diagnostic.span or analysis.source.span(0, 0)
        if span.source is analysis.source:
            yield Finding(replace(diagnostic, span=span), tuple(_related(analysis, diagnostic, span)))
            continue
        at = span.begin
        beside = os.path.relpath(span.source.name, Path(analysis.source.name).parent)
        message = f"{beside}:{at.line}:{at.column}: {diagnostic.message}"
        here = _use(analysis, span) or analysis.source.span(0, 0)
        yield Finding(replace(diagnostic, span=here, message=message), ((span, diagnostic.message),))


def _related(analysis: Analysis, diagnostic: Diagnostic, span: Span) -> Iterator[tuple[Span, str]]:
    """Yield the first declaration of what is declared twice."""
    if diagnostic.code == "C202" and (mention := analysis.index.at(span.source, span.start)) is not None:
        yield analysis.index.declared[mention.name].span, f"`{mention.name}` is declared here"


def _use(analysis: Analysis, span: Span) -> Span | None:
    """Return the path after the `use` by which a text reaches the one that a span is in."""
    gathered, folder = analysis.gathered, analysis.folder
    numbers = {document.source.name: i for i, document in enumerate(gathered.documents)}
    for statement in analysis.document.statements:
        if isinstance(statement, tree.Use) and folder is not None:
            _, name = folder.find(statement.path.text, analysis.source.name)
            used = numbers.get(name)
            if used is not None and numbers.get(span.source.name) in gathered.reach(used):
                return analysis.document.span(statement.path)
    return None
