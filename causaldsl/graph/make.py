"""A CausalGraph from nodes and edges that come from elsewhere than a causal text: another format, or Python."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace

from causaldsl.errors import Diagnostic, GraphError, did_you_mean
from causaldsl.graph.cycles import cycle_message, find_cycles
from causaldsl.graph.ir import CausalGraph, Edge, Node
from causaldsl.source import Span
from causaldsl.syntax.words import BIDIRECTIONAL, normal

_STRANGE = re.compile(f"[\x00-\x1f\x7f\ud800-\udfff{BIDIRECTIONAL}]")
"""Control characters, halves of a character, and what reorders a text."""


def make_graph(
    nodes: Iterable[Node],
    edges: Iterable[Edge],
    name: str = "",
    title: str = "",
    places: Mapping[Edge, Span] | None = None,
) -> CausalGraph:
    """Put a graph together and check that it is one.

    Parameters
    ----------
    nodes : iterable of Node
        In the order of declaration; parents that they name already are kept.
    edges : iterable of (str, str, str)
        `("A", "B", "->")` and `("A", "B", "<->")`; one that is there already changes nothing.
    name, title : str
        The model's.
    places : mapping of (str, str, str) to Span, optional
        Where edges stand, for messages; nodes have their own.

    Raises
    ------
    GraphError
        If a name is declared twice or not at all, or no causal text can hold it, or there is a cycle or a self-loop.

    Examples
    --------
    >>> make_graph([Node("A", None), Node("B", None)], [("A", "B", "->")]).edges
    (('A', 'B', '->'),)
    """
    places = places or {}
    found: list[Diagnostic] = []
    by_name: dict[str, Node] = {}
    parents: dict[str, dict[str, None]] = {}
    confounded: dict[tuple[str, str], None] = {}
    for node in nodes:
        if not can_be_written(node.name):
            found.append(
                _error(
                    "C219",
                    f"{node.name!r} cannot be a node's name",
                    "no line breaks, no control characters",
                    node.span,
                )
            )
        elif node.name in by_name:
            found.append(_error("C202", f"`{node.name}` is declared twice", None, node.span))
        else:
            by_name[node.name] = node
            parents[node.name] = dict.fromkeys(node.parents)
    rank = {name: i for i, name in enumerate(by_name)}
    for tail, head, sign in edges:
        if unknown := [end for end in (tail, head) if end not in by_name]:
            found.append(_error("C201", f"`{unknown[0]}` is not declared", did_you_mean(unknown[0], by_name)))
        elif tail == head:
            message = f"`{tail}` cannot cause itself" if sign == "->" else f"`{tail}` has no common cause with itself"
            found.append(_error("C204", message, None, places.get((tail, head, sign))))
        elif sign == "<->":
            confounded[(tail, head) if rank[tail] < rank[head] else (head, tail)] = None
        else:
            parents[head][tail] = None
    children: dict[str, list[str]] = {name: [] for name in by_name}
    for child, causes in parents.items():
        for cause in causes:
            if cause in children:
                children[cause].append(child)
            else:
                found.append(_error("C201", f"`{cause}` is not declared", did_you_mean(cause, by_name)))
    for cycle in find_cycles(children):
        around = zip(cycle, [*cycle[1:], cycle[0]], strict=True)
        known = [span for tail, head in around if (span := places.get((tail, head, "->")))]
        last = max(known, key=lambda span: span.start, default=None)
        found.append(_error("C203", cycle_message(cycle), None, last))
    if found:
        raise GraphError(found)
    made = (replace(n, parents=tuple(sorted(parents[n.name], key=rank.__getitem__))) for n in by_name.values())
    pairs = sorted(confounded, key=lambda pair: (rank[pair[0]], rank[pair[1]]))
    return CausalGraph(tuple(made), tuple(pairs), name=_one_line(name), title=_one_line(title))


def _one_line(text: str) -> str:
    """Return a text as a causal text can quote it: on one line, in NFC, nothing in it that reorders it."""
    kept = re.sub(f"[{BIDIRECTIONAL}\ud800-\udfff]", "", text)
    return normal(" ".join(re.split(r"[\s\x00-\x1f\x7f]+", kept)).strip())


def can_be_written(name: str) -> bool:
    """Whether a causal text can hold a name, in quotes if need be."""
    return name != "" and _STRANGE.search(name) is None and unicodedata.is_normalized("NFC", name)


def _error(code: str, message: str, hint: str | None = None, span: Span | None = None) -> Diagnostic:
    return Diagnostic(code, "error", message, span, hint)
