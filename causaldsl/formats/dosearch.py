"""The graphs of the R package dosearch: one edge a line, `x -> y` or `x <-> y`; graphs in alone.

A label after an edge, `x -> y : z = 0`, says in which contexts the edge is not there; a causal graph has no place for
it. A name alone on a line is a node without edges.
"""

from __future__ import annotations

import re
from typing import ClassVar

from causaldsl.errors import CausalSyntaxError, Diagnostic
from causaldsl.graph.domain import quoted
from causaldsl.graph.ir import CausalGraph, Edge, Node
from causaldsl.graph.make import make_graph
from causaldsl.source import Source, Span
from causaldsl.syntax.words import normal

MAX_FINDINGS = 100
"""How many lines that cannot be read are named."""

_NAME = r"[^\W\d][\w.]*+"
_LINE = re.compile(rf"(?P<left>{_NAME})(?:\s*+(?P<arrow><->|->|<-)\s*+(?P<right>{_NAME})\s*+(?P<label>:.*+)?)?")


class DosearchFormat:
    """The plugin."""

    suffixes: ClassVar[tuple[str, ...]] = ()

    def read(self, text: str, name: str) -> tuple[CausalGraph, tuple[str, ...]]:
        r"""Return the graph of a text, and the labels that it has no place for.

        Raises
        ------
        CausalSyntaxError
            If a line is no edge.
        GraphError
            If it describes no causal graph.

        Examples
        --------
        >>> graph, lost = DosearchFormat().read("x -> z : a = 0\nx <-> z", "<text>")
        >>> graph.edges, lost
        ((('x', 'z', '->'), ('x', 'z', '<->')), ('label of x -> z',))
        """
        source = Source.normalised(name, text)
        nodes: dict[str, Span] = {}
        edges: dict[Edge, Span] = {}
        lost: list[str] = []
        findings: list[Diagnostic] = []
        for number, start in enumerate(source.line_starts, 1):
            line = source.line(number)
            indent = len(line) - len(line.lstrip())
            span = source.span(start + indent, start + max(indent, len(line.rstrip())))
            if not (match := _LINE.fullmatch(line.strip())):
                if line.strip() and len(findings) < MAX_FINDINGS:
                    hint = "an edge a line: `x -> y`, or `x <-> y` for an unobserved common cause"
                    findings.append(Diagnostic("C123", "error", "expected an edge", span, hint))
                continue
            ends = [normal(name) for name in (match["left"], match["right"]) if name]
            for end in ends:
                nodes.setdefault(end, span)
            if match["arrow"]:
                a, b = reversed(ends) if match["arrow"] == "<-" else ends
                edges.setdefault((a, b, "<->" if match["arrow"] == "<->" else "->"), span)
                if match["label"]:
                    lost.append(f"label of {quoted(a)} -> {quoted(b)}")
        if findings:
            raise CausalSyntaxError(findings)
        return make_graph((Node(n, None, span=s) for n, s in nodes.items()), edges, places=edges), tuple(lost)


plugin = DosearchFormat()
