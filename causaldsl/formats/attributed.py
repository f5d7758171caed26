"""Graphs of nodes and edges with attributes, as GML and node-link JSON have them: what our graphs are in them.

| attribute | of | what it says |
|---|---|---|
| `domain`, `mechanism`, `equation` | a node | as the language spells them |
| `latent`: true | a node | nobody observes it; `hidden`, `observed`: no and the role `latents` are read, too |
| `dir`: both | an edge | `A <-> B`, as in DOT |
| `name`, `title`, `group`, `query`, `assert` | the graph | the latter three are one text, or a list of texts |
| `latents` | the graph | a list of nodes, as pgmpy keeps it; read only |
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from causaldsl.errors import CausalSyntaxError, Diagnostic
from causaldsl.formats.attributes import Statements, counted, domain_of, equation_text, graph_texts, mechanism_of
from causaldsl.formats.causal import write_mechanism
from causaldsl.formats.losses import settle
from causaldsl.graph.domain import Domain
from causaldsl.graph.ir import CausalGraph, Edge, MechanismSpec, Node
from causaldsl.graph.make import can_be_written, make_graph
from causaldsl.source import Span
from causaldsl.syntax.words import normal

Attributes = Mapping[str, Any]


class Attributed(NamedTuple):
    """A graph's parts with their attributes.

    Parameters
    ----------
    graph : dict of str to str or list of str
        The attributes of the graph itself.
    nodes : list of (str, dict)
        Names and attributes.
    edges : list of (str, str, dict)
        Tail, head and attributes; no two have the same tail and head.
    """

    graph: dict[str, str | list[str]]
    nodes: list[tuple[str, dict[str, str | bool]]]
    edges: list[tuple[str, str, dict[str, str]]]


def attributed(graph: CausalGraph) -> Attributed:
    """Return the parts of a graph; nothing is lost.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> parts = attributed(read_text("binary A; node B; A -> B; A <-> B"))
    >>> parts.nodes, parts.edges
    ([('A', {'domain': 'binary'}), ('B', {})], [('A', 'B', {}), ('B', 'A', {'dir': 'both'})])
    """
    of_graph: dict[str, str | list[str]] = {}
    if graph.name:
        of_graph["name"] = graph.name
    if graph.title:
        of_graph["title"] = graph.title
    lists: dict[str, list[str]] = {}
    for key, text in graph_texts(graph):
        lists.setdefault(key, []).append(text)
    nodes = [(node.name, _attributes_of(node)) for node in graph.nodes]
    edges: list[tuple[str, str, dict[str, str]]] = []
    for a, b, sign in graph.edges:
        if sign == "->":
            edges.append((a, b, {}))
        else:
            tail, head = (b, a) if a in graph[b].parents else (a, b)
            edges.append((tail, head, {"dir": "both"}))
    return Attributed({**of_graph, **lists}, nodes, edges)


def _attributes_of(node: Node) -> dict[str, str | bool]:
    found: dict[str, str | bool] = {}
    if node.domain is not None:
        found["domain"] = str(node.domain)
    if node.latent:
        found["latent"] = True
    if node.mechanism is not None:
        found["mechanism"] = write_mechanism(node.mechanism)
    if (equation := equation_text(node)) is not None:
        found["equation"] = equation
    return found


class AttributedReader:
    """A graph that is being read, part by part.

    Parameters
    ----------
    name : str
        What the text is called.
    """

    def __init__(self, name: str) -> None:
        self._nodes: list[Node] = []
        self._edges: dict[Edge, Span] = {}
        self._lost: Counter[str] = Counter()
        self._statements = Statements(name)

    def node(self, name: str, attributes: Attributes, place: Span) -> None:
        """Take a node."""
        domain: Domain | None = None
        mechanism: MechanismSpec | None = None
        equation: str | None = None
        latent = False
        for key, value in attributes.items():
            understood = value is None  # says nothing; pgmpy's `weight`
            if key == "domain" and isinstance(value, str):
                domain = domain_of(value)
                understood = domain is not None
            elif key == "mechanism" and isinstance(value, str):
                mechanism = mechanism_of(value)
                understood = mechanism is not None
            elif key == "equation" and isinstance(value, str):
                equation = value
                understood = True
            elif key in ("latent", "hidden", "observed") and (truth := _truth(value)) is not None:
                latent |= truth != (key == "observed")
                understood = True
            elif key == "roles" and isinstance(value, list) and "latents" in value:
                latent = True
                understood = len(value) == 1
            if not understood:
                self.forget(key, "a node")
        if equation is not None:
            self._statements.equation(name, equation, "attribute equation of a node")
        self._nodes.append(Node(name, domain, (), mechanism, latent, place))

    def edge(self, tail: str, head: str, attributes: Attributes, place: Span) -> None:
        """Take an edge.

        Raises
        ------
        CausalSyntaxError
            If it has no direction.
        """
        direction = attributes.get("dir", "forward")
        if direction == "none":
            raise undirected(f"the edge of {shown(tail)} and {shown(head)} has no direction", place)
        if direction == "both":
            self._edges[tail, head, "<->"] = place
        elif direction == "back":
            self._edges[head, tail, "->"] = place
        else:
            self._edges[tail, head, "->"] = place
        for key, value in attributes.items():
            if value is not None and not (key == "dir" and direction in ("forward", "both", "back")):
                self.forget(key, "an edge")

    def graph(self, attributes: Attributes) -> tuple[CausalGraph, tuple[str, ...]]:
        """Take the attributes of the graph itself, and return the graph and what is lost.

        Raises
        ------
        GraphError
            If it is no causal graph.
        """
        texts = {"name": "", "title": ""}
        unseen: set[str] = set()
        names = {node.name for node in self._nodes}
        for key, value in attributes.items():
            listed = value if isinstance(value, list | tuple) else [value]
            if key in texts and isinstance(value, str):
                texts[key] = value
            elif key in ("group", "query", "assert") and all(isinstance(text, str) for text in listed):
                for text in listed:
                    self._statements.of_graph(key, text, f"attribute {key} of the graph")
            elif key == "latents" and all(name_of(item) in names for item in listed):
                unseen.update(str(name_of(item)) for item in listed)
            elif value is not None:
                self.forget(key, "the graph")
        nodes = [replace(node, latent=node.latent or node.name in unseen) for node in self._nodes]
        made = settle(make_graph(nodes, self._edges, texts["name"], texts["title"], self._edges))
        graph, missed = self._statements.add_to(made)
        return graph, counted([*self._lost.elements(), *missed])

    def forget(self, key: str, what: str) -> None:
        """Note an attribute that a graph has no place for."""
        self._lost[f"attribute {shown(key)} of {what}"] += 1


def undirected(message: str, place: Span, hint: str | None = None) -> CausalSyntaxError:
    """Return the error about what has no direction."""
    hint = hint or "a causal graph has arrows; an unobserved common cause has the attribute `dir`: both"
    return CausalSyntaxError([Diagnostic("C122", "error", message, place, hint)])


def name_of(value: object) -> str | None:
    """Return what a node is called that is known by a text or a number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return normal(str(value))


def shown(name: str) -> str:
    """Return a name of a foreign text as it can be shown."""
    return name if can_be_written(name) and len(name) <= 60 else ascii(name[:60])


def _truth(value: object) -> bool | None:
    """Return what `true`, `yes` or 1 says, in whatever way; None where it is none of them."""
    word = str(value).lower() if isinstance(value, bool | int | str) else ""
    return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(word)
