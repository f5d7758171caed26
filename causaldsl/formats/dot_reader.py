"""Read DOT through pydot, which is imported here and nowhere else."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Mapping
from typing import Any

from causaldsl.errors import CausalSyntaxError, Diagnostic
from causaldsl.formats.attributes import domain_of, mechanism_of
from causaldsl.formats.losses import attributes_lost, settle
from causaldsl.graph.domain import Domain
from causaldsl.graph.ir import CausalGraph, Edge, MechanismSpec, Node
from causaldsl.graph.make import make_graph
from causaldsl.source import Source
from causaldsl.syntax.words import normal

MAX_CHARACTERS = 500_000
"""How long a text may be; pydot takes a second for a thousand edges."""
MAX_NESTING = 50
"""How deep braces may nest; pydot recurses."""

_BRACE = re.compile(r'"(?:[^"\\]|\\.)*+"|//[^\n]*|/\*.*?\*/|->|(?P<open>[{\[<])|(?P<close>[}\]>])', re.DOTALL)
_ENDPOINT = re.compile(r'(?P<name>"(?:[^"\\]|\\.)*"|[^:]+)(?::.*)?', re.DOTALL)
_HOW_DRAWN = frozenset({"shape", "style", "dir"})
_DEFAULTS = frozenset({"node", "edge", "graph"})


def read_dot(text: str, name: str) -> tuple[CausalGraph, tuple[str, ...]]:
    """Return the graph of a DOT text, and what of the text it has no place for.

    Parameters
    ----------
    text : str
        The text.
    name : str
        What it is called in messages.

    Raises
    ------
    CausalSyntaxError
        If the text is not in DOT, is too large or nests too deep, or an edge has no direction.
    GraphError
        If it describes no causal graph.
    """
    source = Source.normalised(name, text)
    _limits(source)
    first, *others = _parsed(source)
    reader = _Reader(source)
    reader.graph(first)
    nodes = [Node(n, *reader.known(a)) for n, a in reader.nodes.items()]
    title = reader.attributes.pop("label", "")
    graph = settle(make_graph(nodes, reader.edges, _unquoted(first["name"]), title))
    reader.forget(reader.attributes, "the graph")
    lost = attributes_lost(reader.lost)
    if others:
        lost.append(f"all graphs of the text but the first ({len(others)})")
    return graph, tuple(lost)


def _limits(source: Source) -> None:
    """Refuse what pydot would take minutes for, or die of."""
    if len(source.text) > MAX_CHARACTERS:
        message = f"the text has {len(source.text):,} characters; {MAX_CHARACTERS:,} are the most that is read of DOT"
        raise CausalSyntaxError([Diagnostic("C121", "error", message, source.span(0, 0))])
    depth = 0
    for match in _BRACE.finditer(source.text):
        depth += (match["open"] is not None) - (match["close"] is not None and depth > 0)
        if depth > MAX_NESTING:
            message = f"braces nest deeper than {MAX_NESTING}"
            raise CausalSyntaxError([Diagnostic("C121", "error", message, source.span(*match.span()))])


def _parsed(source: Source) -> list[Mapping[str, Any]]:
    """Return the graphs of a text as pydot sees them."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # pydot calls pyparsing by names of yesterday
            from pydot.dot_parser import GraphParser
            from pyparsing import ParseException

            graphs = [graph.obj_dict for graph in GraphParser.parser.parse_string(source.text, parse_all=True)]
    except ParseException as error:
        at = min(max(error.loc, 0), len(source.text))
        message = "this is no graph in the DOT language"
        raise CausalSyntaxError([Diagnostic("C120", "error", message, source.span(at, at))]) from None
    except RecursionError:
        raise CausalSyntaxError([Diagnostic("C121", "error", "the text nests too deep", source.span(0, 0))]) from None
    if not graphs:
        raise CausalSyntaxError([Diagnostic("C120", "error", "there is no graph in the text", source.span(0, 0))])
    return graphs


class _Reader:
    """Gathers nodes and edges from pydot's nested dictionaries."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.nodes: dict[str, dict[str, str]] = {}
        self.edges: list[Edge] = []
        self.attributes: dict[str, str] = {}
        self.lost: Counter[tuple[str, str]] = Counter()

    def graph(self, graph: Mapping[str, Any], inner: bool = False) -> list[str]:
        """Read a graph or a subgraph in the order of its text, and return the nodes in it."""
        inside: dict[str, None] = {}
        for key, value in graph["attributes"].items():
            if inner:
                self.lost[key, "a subgraph"] += 1
            else:
                self.attributes[key] = _unquoted(value)
        elements = [e for kind in ("nodes", "edges", "subgraphs") for same in graph[kind].values() for e in same]
        for element in sorted(elements, key=lambda e: e["sequence"]):
            if element["type"] == "node" and element["name"] in _DEFAULTS:
                self.forget(element["attributes"], f"every {element['name']}")
            elif element["type"] == "node":
                inside[self.node(element["name"], element["attributes"])] = None
            elif element["type"] == "edge":
                inside.update(dict.fromkeys(self.edge(element, graph["type"])))
            else:
                inside.update(dict.fromkeys(self.graph(element, inner=True)))
        return list(inside)

    def node(self, written: str, attributes: Mapping[str, Any]) -> str:
        """Read a node, or what more is said of one, and return its name."""
        match = _ENDPOINT.fullmatch(written)
        name = normal(_unquoted(match["name"] if match else written))
        known = self.nodes.setdefault(name, {})
        for key, value in attributes.items():
            known[key] = _unquoted(value)
        return name

    def edge(self, edge: Mapping[str, Any], graph_type: str) -> list[str]:
        """Read an edge, from every node of one end to every node of the other, and return them all."""
        tails, heads = (
            self.graph(end, inner=True) if isinstance(end, Mapping) else [self.node(end, {})] for end in edge["points"]
        )
        attributes = {key: _unquoted(value) for key, value in edge["attributes"].items()}
        direction = attributes.get("dir", "forward")
        if graph_type == "graph" or direction == "none":
            message = f"the edge of {tails[0]} and {heads[0]} has no direction" if tails and heads else "no direction"
            hint = "a causal graph is a `digraph`; an unobserved common cause has `dir=both`"
            raise CausalSyntaxError([Diagnostic("C122", "error", message, self.source.span(0, 0), hint)])
        self.forget({k: v for k, v in attributes.items() if k not in _HOW_DRAWN}, "an edge")
        for tail in tails:
            for head in heads:
                if direction == "both":
                    self.edges.append((tail, head, "<->"))
                else:
                    self.edges.append((head, tail, "->") if direction == "back" else (tail, head, "->"))
        return [*tails, *heads]

    def forget(self, attributes: Mapping[str, Any], what: str) -> None:
        """Note attributes that a causal graph has no place for."""
        self.lost.update((key, what) for key in attributes)

    def known(self, attributes: dict[str, str]) -> tuple[Domain | None, tuple[str, ...], MechanismSpec | None, bool]:
        """Return a node's domain, its parents (none yet), its mechanism, and whether it is latent."""
        domain = domain_of(attributes.get("domain", ""))
        mechanism = mechanism_of(attributes.get("mechanism", ""))
        latent = attributes.get("latent") == "true" or "dashed" in attributes.get("style", "")
        understood = {"latent"} | _HOW_DRAWN
        understood |= {"domain"} if domain else set()
        understood |= {"mechanism"} if mechanism else set()
        self.forget({k: v for k, v in attributes.items() if k not in understood}, "a node")
        return domain, (), mechanism, latent


def _unquoted(written: Any) -> str:
    """Return what a DOT identifier says."""
    text = str(written)
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return re.sub(r'\\(["\\])', r"\1", text[1:-1])
    return text
