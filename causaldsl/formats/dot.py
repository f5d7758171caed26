"""The DOT language of Graphviz: graphs out by a printer of our own, graphs in through pydot.

What DOT has no words for stands in attributes of its own (`domain`, `latent`, `mechanism`), so that a graph written
here is read back equal. Latents are dashed, images boxes, and `A <-> B` is one dashed edge with an arrowhead at both
ends.
"""

from __future__ import annotations

from typing import ClassVar

from causaldsl.formats.causal import write_mechanism
from causaldsl.formats.losses import losses
from causaldsl.graph.domain import Image
from causaldsl.graph.ir import CausalGraph, Node


class DotFormat:
    """The plugin."""

    suffixes: ClassVar[tuple[str, ...]] = (".dot", ".gv")

    def read(self, text: str, name: str) -> tuple[CausalGraph, tuple[str, ...]]:
        """Return the graph of a DOT text, and which of its attributes a causal graph has no place for.

        Raises
        ------
        CausalSyntaxError
            If the text is not in DOT, is too large or nests too deep, or an edge has no direction.
        GraphError
            If it describes no causal graph.
        """
        from causaldsl.formats.dot_reader import read_dot

        return read_dot(text, name)

    def write(self, graph: CausalGraph) -> tuple[str, tuple[str, ...]]:
        """Return the DOT text of a graph, and what of it DOT cannot hold: equations, groups and questions."""
        return write_dot(graph), losses(graph, "equation", "group", "query", "assert")


plugin = DotFormat()


def write_dot(graph: CausalGraph) -> str:
    """Return a graph in DOT.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> print(write_dot(read_text("node A, B; A <-> B")), end="")
    digraph {
      "A"
      "B"
      "A" -> "B" [dir=both, style=dashed]
    }
    """
    lines = [f"digraph {_quoted(graph.name)} {{" if graph.name else "digraph {"]
    if graph.title:
        lines.append(f"  label={_quoted(graph.title)}")
    lines += [f"  {_quoted(node.name)}{_attributes(node)}" for node in graph.nodes]
    for tail, head, sign in graph.edges:
        attributes = " [dir=both, style=dashed]" if sign == "<->" else ""
        lines.append(f"  {_quoted(tail)} -> {_quoted(head)}{attributes}")
    return "\n".join([*lines, "}"]) + "\n"


def _attributes(node: Node) -> str:
    attributes = []
    if isinstance(node.domain, Image):
        attributes.append("shape=box")
    if node.latent:
        attributes += ["style=dashed", "latent=true"]
    if node.domain is not None:
        attributes.append(f"domain={_quoted(str(node.domain))}")
    if node.mechanism is not None:
        attributes.append(f"mechanism={_quoted(write_mechanism(node.mechanism))}")
    return f" [{', '.join(attributes)}]" if attributes else ""


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
