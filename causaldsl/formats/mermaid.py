"""Mermaid flowcharts, as web pages and READMEs draw them: graphs out alone.

Nodes have numbers for identifiers and their names for labels, so that no name can be taken for a word of Mermaid's.
Latents are dashed, images boxes, and `A <-> B` is one dotted edge with an arrowhead at both ends.
"""

from __future__ import annotations

import json
import re
from typing import ClassVar

from causaldsl.formats.losses import losses
from causaldsl.graph.domain import Image
from causaldsl.graph.ir import CausalGraph, Node


class MermaidFormat:
    """The plugin."""

    suffixes: ClassVar[tuple[str, ...]] = (".mmd", ".mermaid")

    def write(self, graph: CausalGraph) -> tuple[str, tuple[str, ...]]:
        """Return the flowchart of a graph, and what it does not show: all but nodes, edges, latents and the title."""
        lost = losses(graph, "name", "domain", "mechanism", "equation", "group", "query", "assert")
        return write_mermaid(graph), lost


plugin = MermaidFormat()


def write_mermaid(graph: CausalGraph) -> str:
    """Return a graph as a flowchart.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> print(write_mermaid(read_text("node A, B; A -> B; A <-> B")), end="")
    flowchart TD
      n0(["A"])
      n1(["B"])
      n0 --> n1
      n0 <-.-> n1
    """
    lines = ["---", f"title: {json.dumps(graph.title, ensure_ascii=False)}", "---"] if graph.title else []
    identifier = {node.name: f"n{number}" for number, node in enumerate(graph.nodes)}
    lines.append("flowchart TD")
    lines += [f"  {identifier[node.name]}{_shape(node)}" for node in graph.nodes]
    for tail, head, sign in graph.edges:
        arrow = "<-.->" if sign == "<->" else "-->"
        lines.append(f"  {identifier[tail]} {arrow} {identifier[head]}")
    if graph.latents:
        lines.append("  classDef latent stroke-dasharray: 5 4")
        lines.append(f"  class {','.join(identifier[name] for name in graph.latents)} latent")
    return "\n".join(lines) + "\n"


def _shape(node: Node) -> str:
    """Return a box for an image, a rounded one for all else, with the node's name in it."""
    label = f'"{_escaped(node.name)}"'
    return f"[{label}]" if isinstance(node.domain, Image) else f"([{label}])"


def _escaped(name: str) -> str:
    """Spell by its number each character that Mermaid or its Markdown could take for something else."""
    return re.sub(r"[^\w\s,()]", lambda match: f"#{ord(match[0])};", name)
