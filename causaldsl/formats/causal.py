"""The language itself as a format: a graph written out canonically.

This writes what a graph means, from the graph alone; comments and layout of a text are the formatter's business.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from causaldsl.formats.losses import losses
from causaldsl.graph.domain import in_quotes, quoted
from causaldsl.graph.expression import Table, reads
from causaldsl.graph.ir import CausalGraph, MechanismSpec, Node, OptionValue
from causaldsl.graph.read import read_text
from causaldsl.syntax.words import is_bare


class CausalFormat:
    """The plugin."""

    suffixes: ClassVar[tuple[str, ...]] = (".causal",)

    def read(self, text: str, name: str) -> tuple[CausalGraph, tuple[str, ...]]:
        """Read a text; nothing is lost."""
        return read_text(text, name), ()

    def write(self, graph: CausalGraph) -> tuple[str, tuple[str, ...]]:
        """Write a text that reads back to an equal graph; only a title needs a name beside it."""
        return write_causal(graph), () if graph.name else losses(graph, "title")


plugin = CausalFormat()


def write_causal(graph: CausalGraph) -> str:
    """Return the canonical text of a graph.

    Examples
    --------
    >>> print(write_causal(read_text("binary A, B; A -> B")), end="")
    binary A, B
    <BLANKLINE>
    A -> B
    """
    head = []
    if graph.name:
        head.append(f"model {quoted(graph.name)}" + (f" {in_quotes(graph.title)}" if graph.title else ""))
    blocks = [
        head,
        list(_declarations(graph.nodes)),
        [f"group {quoted(name)} = {_list(members)}" for name, members in graph.groups],
        [f"{_list(parents)} -> {quoted(node.name)}" for node in graph.nodes if (parents := _stated(node))]
        + [f"{quoted(a)} <-> {quoted(b)}" for a, b in graph.confounded],
        [f"{quoted(node.name)} ~ {write_mechanism(node.mechanism)}" for node in graph.nodes if node.mechanism],
        [write_equation(node) for node in graph.nodes if node.equation is not None],
        [f"query {q.text}" for q in graph.queries] + [f"assert {a.text}" for a in graph.assertions],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _stated(node: Node) -> list[str]:
    """Return the parents that have to be stated; those in the node's equation need no edge."""
    return [parent for parent in node.parents if node.equation is None or parent not in reads(node.equation)]


def write_equation(node: Node) -> str:
    """Spell the statement of a node's equation or table: `Y | X := [[0.9, 0.1], [0.2, 0.8]]`."""
    given = f" | {_list(node.equation.given)}" if isinstance(node.equation, Table) and node.equation.given else ""
    return f"{quoted(node.name)}{given} := {node.equation}"


def _declarations(nodes: Iterable[Node]) -> Iterable[str]:
    """Declare nodes in their order, neighbours of one domain together."""
    line: list[str] = []
    last: Node | None = None
    for node in nodes:
        if last is not None and (node.domain, node.latent) != (last.domain, last.latent):
            yield _declaration(line, last)
            line = []
        line.append(quoted(node.name))
        last = node
    if last is not None:
        yield _declaration(line, last)


def _declaration(names: list[str], node: Node) -> str:
    listed = ", ".join(names)
    if node.latent:
        return f"latent {listed}" + (f" : {node.domain}" if node.domain else "")
    if node.domain is None:
        return f"node {listed}"
    keyword, _, rest = str(node.domain).partition(" ")
    if node.domain.kind == "image":
        return f"image {listed}{rest}"
    return f"{keyword} {listed}" + (f" {rest}" if rest else "")


def _list(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))


def write_mechanism(spec: MechanismSpec) -> str:
    """Spell a mechanism as the language does: `neural(hidden=32)`."""
    options = ", ".join(f"{_word(o.name)}={_value(o.value)}" for o in spec.options)
    return _word(spec.kind) + (f"({options})" if options else "")


def _word(word: str) -> str:
    """Spell a word that is no node's name: it may be any word of the language."""
    return word if is_bare(word) else in_quotes(word)


def _value(value: OptionValue) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return quoted(value) if value not in ("true", "false") else in_quotes(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return repr(value)
