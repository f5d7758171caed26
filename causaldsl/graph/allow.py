"""`# allow: C250`: warnings that the author of a text has seen and wants to hear no more of.

Such a comment at the end of a line silences the warnings of these codes that begin on the line, and those that begin in
a statement which ends on it. Errors are never silenced.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from causaldsl.catalogue import closest_code, entries
from causaldsl.errors import Diagnostic
from causaldsl.syntax.tree import Document
from causaldsl.syntax.words import ALLOW

_CODE = re.compile(r"[\s,]*(?:([Cc]\w{3})(?!\w)|(\S.*\S|\S))")
"""A code, or all that is left where there is none."""


@dataclass(frozen=True)
class _Allowance:
    """One code in a comment: the place of the code, and where the warnings begin that it silences."""

    code: str
    start: int
    end: int
    first: int
    last: int


def allow(documents: Sequence[Document], findings: Sequence[Diagnostic], complete: bool) -> list[Diagnostic]:
    """Return the findings that remain, with those about the comments themselves.

    Parameters
    ----------
    documents : sequence of Document
        The text and all that it uses; only the text's own comments are judged.
    findings : sequence of Diagnostic
        What was found.
    complete : bool
        Whether all warnings are among them, so that it can be said of a comment that it silences nothing.
    """
    silenced: set[int] = set()
    idle: list[Diagnostic] = []
    for number, document in enumerate(documents):
        if not (allowances := list(_allowances(document))):
            continue
        own = [f for f in findings if f.severity == "warning" and f.span and f.span.source is document.source]
        own.sort(key=_start)
        for allowance in allowances:
            begin, end = (bisect_left(own, at, key=_start) for at in (allowance.first, allowance.last))
            found = [f for f in own[begin:end] if f.code == allowance.code]
            silenced.update(map(id, found))
            if number == 0 and not found:
                idle += _idle(document, allowance, complete)
    return [*(f for f in findings if id(f) not in silenced), *idle]


def _start(finding: Diagnostic) -> int:
    assert finding.span is not None
    return finding.span.start


def _allowances(document: Document) -> Iterator[_Allowance]:
    """Yield what the comments of a document allow."""
    text, starts = document.source.text, [s.start for s in document.statements]
    for comment in document.comments:
        match = ALLOW.match(text, comment.start, comment.end)
        if match is None:
            continue
        first = text.rfind("\n", 0, comment.start) + 1
        at = bisect_left(starts, first) - 1
        if at >= 0 and first < document.statements[at].end <= comment.start:
            first = starts[at]
        codes = [(m[m.lastindex or 0], *m.span(m.lastindex or 0)) for m in _CODE.finditer(text, *match.span(1))]
        for code, start, end in codes or [("", *match.span())]:
            yield _Allowance(code.upper(), start, end, first, comment.start)


def _idle(document: Document, allowance: _Allowance, complete: bool) -> Iterator[Diagnostic]:
    """Say why an allowance silences nothing."""
    span = document.source.span(allowance.start, allowance.end)
    entry = entries().get(allowance.code)
    if entry is None:
        meant = closest_code(allowance.code)
        hint = f"did you mean `{meant}`?" if meant else "what else is to be said stands behind a second `#`"
        hint = hint if allowance.code else "for example `# allow: C250`"
        message = f"there is no code `{span.text}`" if allowance.code else "`allow` names no code"
        yield Diagnostic("C461", "warning", message, span, hint)
    elif not entry.is_warning:
        message = f"`{allowance.code}` is an error, and errors are not silenced"
        yield Diagnostic("C460", "warning", message, span, "correct what it is about")
    elif complete:
        hint = "it stands at the end of the line, or of the statement, that the warning is about"
        yield Diagnostic("C460", "warning", f"no `{allowance.code}` is silenced here", span, hint)
