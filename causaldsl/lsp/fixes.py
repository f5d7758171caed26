"""Hints that name what should have been written, as edits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from causaldsl.errors import Diagnostic
from causaldsl.graph.domain import quoted
from causaldsl.lsp.analysis import Analysis
from causaldsl.lsp.findings import findings
from causaldsl.source import Span
from causaldsl.syntax import tree

_MEANT = re.compile(r"did you mean `(.+)`\?")
_IN_QUOTES = re.compile(
    r"(?:put the name into quotes:|in quotes it is a name:|as a name it is|a name that reads as a number "
    r"stands in quotes:)"
    r' `(".+")`'
)
_SIGN = re.compile(r"the sign is written `(.+)`")
_DECLARE = re.compile(r"declare it, for example `(.+)`")
_AS_WRITTEN = frozenset({"C113", "C442", "C461"})
"""Codes whose suggestion is a word of the language, which takes no quotes."""


@dataclass(frozen=True)
class Fix:
    """One edit that answers a finding.

    Parameters
    ----------
    title : str
        What it does.
    span : Span
        What is replaced.
    text : str
        By what.
    diagnostic : Diagnostic
        The finding.
    """

    title: str
    span: Span
    text: str
    diagnostic: Diagnostic


def fixes(analysis: Analysis, start: int, end: int) -> Iterator[Fix]:
    """Yield what can be done about the findings that touch a stretch of a text.

    Examples
    --------
    >>> from causaldsl.source import Source
    >>> [fix.title for fix in fixes(Analysis(Source("<text>", "binary Young; Yuong -> Yuong")), 14, 14)]
    ['replace `Yuong` by `Young`']
    """
    for finding in findings(analysis):
        diagnostic = finding.diagnostic
        span = diagnostic.span
        if span is None or finding.related or span.end < start or end < span.start:
            continue
        hint = diagnostic.hint or ""
        if (meant := _MEANT.fullmatch(hint)) is not None:
            text = meant[1] if diagnostic.code in _AS_WRITTEN else quoted(meant[1])
            yield Fix(f"replace `{span.text}` by `{text}`", span, text, diagnostic)
        elif (name := _IN_QUOTES.fullmatch(hint)) is not None:
            yield Fix(f"put `{span.text}` into quotes", span, name[1], diagnostic)
        elif (sign := _SIGN.fullmatch(hint)) is not None and len(span.text) == 1:
            yield Fix(f"write `{sign[1]}`", span, sign[1], diagnostic)
        elif (declaration := _DECLARE.fullmatch(hint)) is not None:
            place = _after_declarations(analysis)
            line = f"{declaration[1]}\n" if place.start == 0 else f"\n{declaration[1]}"
            yield Fix(f"declare `{span.text}`", place, line, diagnostic)


def _after_declarations(analysis: Analysis) -> Span:
    """Return the end of the line on which the last declaration ends, or the beginning of the text."""
    declarations = [s for s in analysis.document.statements if isinstance(s, tree.Declaration)]
    if not declarations:
        return analysis.source.span(0, 0)
    end = analysis.source.line_bounds(analysis.source.position(declarations[-1].end).line)[1]
    return analysis.source.span(end, end)
