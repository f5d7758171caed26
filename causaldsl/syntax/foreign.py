"""Texts in other languages, known by their first words."""

from __future__ import annotations

import re
import shlex

from causaldsl.errors import Diagnostic
from causaldsl.source import Source

_HEADER = re.compile(
    r"(?:\s|#[^\n]*|//[^\n]*|%%[^\n]*)*+(?P<head>"
    r'(?:(?P<dagitty>dag|pdag|mag|pag)|(?:strict\s+)?(?:di)?graph)\b\s*(?:"[^"\n]*"|[\w.]+)?\s*\{'
    r"|(?P<mermaid>flowchart|graph)[^\S\n]+(?:TB|TD|BT|LR|RL)\b"
    r'|(?P<bif>network\b\s*(?:"[^"\n]*"|[^\s{"]+)?\s*\{|variable\s+(?:"[^"\n]*"|[^\s{"]+)\s*\{\s*type\b)'
    r'|(?P<gml>(?:(?:Creator|Version)\s+"[^"\n]*"\s*)*graph\s*\[)'
    r'|(?P<json>\{\s*"(?:directed|multigraph|graph|nodes|links|edges)"\s*:))'
)
_NAMES = {
    "dagitty": "dagitty's language",
    "dot": "the DOT language",
    "mermaid": "the language of Mermaid",
    "bif": "BIF",
    "gml": "GML",
    "json": "JSON",
}


def header(source: Source) -> str | None:
    """Return the format that a text's first words say (`dagitty`, `dot`, `mermaid`, `bif`, `gml`, `json`), if they do.

    Examples
    --------
    >>> header(Source("x", "digraph G { A -> B }")), header(Source("x", "binary A, B"))
    ('dot', None)
    """
    match = _HEADER.match(source.text)
    if match is None:
        return None
    return next((name for name, words in match.groupdict().items() if words and name in _NAMES), "dot")


def foreign_language(source: Source) -> Diagnostic | None:
    """Say so if the text is in another language that its first words say."""
    match, language = _HEADER.match(source.text), header(source)
    if match is None or language is None:
        return None
    file = {"<stdin>": "-", "<text>": "IN"}.get(source.name, shlex.quote(source.name))
    hint = f"`causaldsl convert {file} OUT.causal --from {language}` reads it"
    if language == "mermaid":
        hint = "it is written, and not read: nodes are declared, `binary A, B`, and edges are `A -> B`"
    span = source.span(*match.span("head"))
    return Diagnostic("C110", "error", f"this is {_NAMES[language]}, not a causal text", span, hint)
