"""Texts in other languages, known by their first words."""

from __future__ import annotations

import re
import shlex

from causaldsl.errors import Diagnostic
from causaldsl.source import Source

_HEADER = re.compile(
    r"(?:\s|#[^\n]*|//[^\n]*|%%[^\n]*)*+(?P<head>"
    r'(?:(?P<dagitty>dag|pdag|mag|pag)|(?:strict\s+)?(?:di)?graph)\b\s*(?:"[^"\n]*"|[\w.]+)?\s*\{'
    r"|(?P<mermaid>flowchart|graph)[^\S\n]+(?:TB|TD|BT|LR|RL)\b)"
)
_NAMES = {"dagitty": "dagitty's language", "mermaid": "the language of Mermaid", "dot": "the DOT language"}


def header(source: Source) -> str | None:
    """Return the format that a text's first words say, `dagitty`, `dot` or `mermaid`, if they do.

    Examples
    --------
    >>> header(Source("x", "digraph G { A -> B }")), header(Source("x", "binary A, B"))
    ('dot', None)
    """
    match = _HEADER.match(source.text)
    if match is None:
        return None
    return "dagitty" if match["dagitty"] else "mermaid" if match["mermaid"] else "dot"


def foreign_language(source: Source) -> Diagnostic | None:
    """Say so if the text is in the language of dagitty, Graphviz or Mermaid."""
    match, language = _HEADER.match(source.text), header(source)
    if match is None or language is None:
        return None
    file = {"<stdin>": "-", "<text>": "IN"}.get(source.name, shlex.quote(source.name))
    hint = f"`causaldsl convert {file} OUT.causal --from {language}` reads it"
    if language == "mermaid":
        hint = "it is written, and not read: nodes are declared, `binary A, B`, and edges are `A -> B`"
    span = source.span(*match.span("head"))
    return Diagnostic("C110", "error", f"this is {_NAMES[language]}, not a causal text", span, hint)
