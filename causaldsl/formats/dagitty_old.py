"""The lists that dagitty wrote before its third version: variables with their roles, a blank line, who causes whom.

    X E @0.1,0.2
    Y O
    Z 1

    X Y
    Z X Y

A variable's line is its name, one sign (`E` exposure, `O` outcome, `A` adjusted, `U` unobserved, `S` selected, a number
for none of these) and, it may be, a place. Names are percent-encoded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from causaldsl.errors import Diagnostic, did_you_mean
from causaldsl.formats.dagitty_roles import Found
from causaldsl.source import Source
from causaldsl.syntax.words import normal

_SIGNS = {"E": "exposure", "O": "outcome", "A": "adjusted", "U": "latent", "S": "selected"}
_PLACE = re.compile(r"@?-?[\d.]+(?:e-?\d+)?,-?[\d.]+(?:e-?\d+)?")
_VARIABLE = re.compile(rf"\s*(?P<name>\S+)[ \t]+(?P<sign>[EOAUS]|[\d.]+)(?P<place>[ \t]+{_PLACE.pattern})?[ \t]*")


def is_old(source: Source) -> bool:
    """Whether a text begins as such a list does."""
    first = next((line for _, line in _lines(source) if line.strip()), "")
    return "{" not in source.text and _VARIABLE.fullmatch(first) is not None


def read_old(source: Source) -> Found:
    """Return what such a text says; what is wrong is in its findings."""
    found = Found()
    lines = _lines(source)
    for start, line in lines:
        if not line.strip():
            if found.nodes:
                break
            continue
        match = _VARIABLE.fullmatch(line)
        span = source.span(start, start + len(line))
        if match is None:
            found.say(Diagnostic("C123", "error", "expected a variable and its sign, as in `X 1 @0.1,0.2`", span))
            continue
        name = normal(unquote(match["name"]))
        found.nodes.setdefault(name, source.span(start + match.start("name"), start + match.end("name")))
        found.roles.setdefault(name, set()).update({_SIGNS[match["sign"]]} if match["sign"] in _SIGNS else ())
        if match["place"]:
            found.lost["pos", "a node"] += 1
    for start, line in lines:
        _read_causes(source, found, start, line)
    return found


def _read_causes(source: Source, found: Found, start: int, line: str) -> None:
    """Read a line of the second list: a variable and all that it causes."""
    tail = None
    for word in re.finditer(r"\S+", line):
        span = source.span(start + word.start(), start + word.end())
        if _PLACE.fullmatch(word[0]):
            found.lost["pos", "an edge"] += 1
            continue
        name = normal(unquote(word[0]))
        if name not in found.nodes:
            found.say(Diagnostic("C201", "error", f"`{name}` is not declared", span, did_you_mean(name, found.nodes)))
        elif tail is None:
            tail = name
        else:
            found.edges.setdefault((tail, name, "->"), span)


def _lines(source: Source) -> Iterator[tuple[int, str]]:
    """Yield each line and where it starts."""
    return ((start, source.line(number)) for number, start in enumerate(source.line_starts, 1))
