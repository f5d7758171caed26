"""BIF, the Bayesian networks' interchange format: structure, and laws as tables of numbers.

A `probability` block is a known mechanism: `A | B, C := [[..], ..]`. Variables have levels; those named `0`, `1` are
`binary`, whole numbers that rise by one a range, all others are categorical and keep their names and their order.
Numbers stay as they are; a row whose sum is off by more than 1e-6 and at most 1e-3, as rounding leaves it, is divided
by its sum, and that is said; one that is further off is an error.

What BIF has no words for stands in its properties (`property latent = true;`), so that a graph written here is read
back equal, and other programs read what they know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import ClassVar

from causaldsl.errors import Diagnostic, GraphError
from causaldsl.formats.attributes import equation_text, graph_texts
from causaldsl.formats.bif_reader import domain_of_levels, read_bif
from causaldsl.formats.bif_tree import UNNAMED
from causaldsl.formats.causal import write_mechanism
from causaldsl.graph.domain import Binary, Categorical, Discrete, quoted
from causaldsl.graph.expression import Table, number, reads
from causaldsl.graph.ir import CausalGraph, Node

_BARE = re.compile(r'[^\s{}()\[\],;|"]+')


class BifFormat:
    """The plugin."""

    suffixes: ClassVar[tuple[str, ...]] = (".bif",)

    def read(self, text: str, name: str) -> tuple[CausalGraph, tuple[str, ...]]:
        """Return the graph of a BIF text, and which of its properties a causal graph has no place for.

        Raises
        ------
        CausalSyntaxError
            If the text is not in BIF, or is too large.
        GraphError
            If it describes no causal graph, or a law that is none.
        """
        return read_bif(text, name)

    def write(self, graph: CausalGraph) -> tuple[str, tuple[str, ...]]:
        """Return the BIF text of a graph; nothing is lost.

        Raises
        ------
        GraphError
            If a node has no levels.
        """
        return write_bif(graph), ()


plugin = BifFormat()


def write_bif(graph: CausalGraph) -> str:
    """Return a graph in BIF.

    Raises
    ------
    GraphError
        If a node has no levels.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> print(write_bif(read_text("binary A, B; B := [[0.5, 0.5]]; A | B := [[0.9, 0.1], [0.2, 0.8]]")), end="")
    network unknown {
    }
    variable A {
      type discrete [ 2 ] { 0, 1 };
    }
    variable B {
      type discrete [ 2 ] { 0, 1 };
    }
    probability ( A | B ) {
      (0) 0.9, 0.1;
      (1) 0.2, 0.8;
    }
    probability ( B ) {
      table 0.5, 0.5;
    }
    """
    domains: dict[str, Discrete] = {}
    findings: list[Diagnostic] = []
    for node in graph.nodes:
        if isinstance(node.domain, Binary | Categorical):
            domains[node.name] = node.domain
        else:
            what = "its domain is not stated" if node.domain is None else f"it is {node.domain}"
            hint = "BIF is about nodes with levels, `binary` and `categorical`"
            findings.append(Diagnostic("C134", "error", f"BIF cannot hold `{node.name}`: {what}", node.span, hint))
    if findings:
        raise GraphError(findings)
    lines: list[str] = []
    lines += _network(graph)
    for node in graph.nodes:
        lines += _variable(node, domains[node.name])
    for node in graph.nodes:
        lines += _law(node, domains)
    return "\n".join(lines) + "\n"


def _network(graph: CausalGraph) -> Iterator[str]:
    name = f'"{UNNAMED}"' if graph.name == UNNAMED else _name(graph.name or UNNAMED)
    yield f"network {name} {{"
    if graph.title:
        yield _property("title", graph.title)
    for node in graph.nodes:
        if isinstance(node.equation, Table):
            further = [parent for parent in node.parents if parent not in reads(node.equation)]
            yield from (_property("edge", f"{quoted(parent)} -> {quoted(node.name)}") for parent in further)
    for a, b in graph.confounded:
        yield _property("edge", f"{quoted(a)} <-> {quoted(b)}")
    for key, text in graph_texts(graph):
        yield _property(key, text)
    yield "}"


def _variable(node: Node, domain: Discrete) -> Iterator[str]:
    yield f"variable {_name(node.name)} {{"
    yield f"  type discrete [ {len(domain.levels)} ] {{ {', '.join(map(_name, domain.levels))} }};"
    if domain != domain_of_levels(domain.levels):
        yield _property("domain", str(domain))
    if node.latent:
        yield "  property latent = true;"
    if node.mechanism is not None:
        yield _property("mechanism", write_mechanism(node.mechanism))
    if not isinstance(node.equation, Table) and (equation := equation_text(node)) is not None:
        yield _property("equation", equation)
    yield "}"


def _law(node: Node, domains: dict[str, Discrete]) -> Iterator[str]:
    """Yield the block of a node: its parents and, where it has a table, a row for each combination of their levels."""
    table = node.equation if isinstance(node.equation, Table) else None
    given = node.parents if table is None else table.given
    if table is None and not given:
        return
    bar = f" | {', '.join(map(_name, given))}" if given else ""
    yield f"probability ( {_name(node.name)}{bar} ) {{"
    if table is not None and given:
        levels = [[_name(level) for level in domains[parent].levels] for parent in given]
        for combination, row in zip(product(*levels), table.rows, strict=True):
            yield f"  ({', '.join(combination)}) {', '.join(map(number, row))};"
    elif table is not None:
        yield f"  table {', '.join(map(number, table.rows[0]))};"
    yield "}"


def _property(key: str, text: str) -> str:
    return f"  property {key} = {_string(text)};"


def _name(text: str) -> str:
    """Spell a name: bare, as other programs do, unless it would not be read as one word."""
    if _BARE.fullmatch(text) and "//" not in text and "/*" not in text:
        return text
    return _string(text)


def _string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
