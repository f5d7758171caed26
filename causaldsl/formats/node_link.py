"""JSON as networkx's `node_link_data` writes it and d3 reads it: nodes with ids, links with source and target.

What JSON graphs have no words for stands in attributes (see `causaldsl.formats.attributed`), so that a graph written
here is read back equal. networkx's own reader makes a node of every name that a link misspells, and one of two that are
given twice; so texts are read here without it.
"""

from __future__ import annotations

import json
import re
from typing import Any, ClassVar

from causaldsl.errors import CausalSyntaxError, Diagnostic, GraphError, did_you_mean
from causaldsl.formats.attributed import AttributedReader, attributed, name_of, shown, undirected
from causaldsl.graph.ir import CausalGraph
from causaldsl.source import Source, Span

MAX_CHARACTERS = 50_000_000
"""How long a text may be."""

MAX_HINTS = 20
"""For how many unknown names a hint is looked for."""

_VALUE = r'("(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*+"|-?[0-9]{1,300}+(?![0-9.eE]))'
_ID = re.compile(rf'"id"\s*+:\s*+{_VALUE}')
_LINK = re.compile(rf'"source"\s*+:\s*+{_VALUE}\s*+,\s*+"target"\s*+:\s*+{_VALUE}')
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_SHAPE = '`{"directed": true, "nodes": [{"id": "A"}, ..], "links": [{"source": "A", "target": "B"}, ..]}`'


class NodeLinkFormat:
    """The plugin."""

    suffixes: ClassVar[tuple[str, ...]] = (".json",)

    def read(self, text: str, name: str) -> tuple[CausalGraph, tuple[str, ...]]:
        """Return the graph of a node-link text, and which of its attributes a causal graph has no place for.

        Raises
        ------
        CausalSyntaxError
            If the text is not JSON or of another shape, is too large, or an edge has no direction.
        GraphError
            If it describes no causal graph.
        """
        return _Reader(Source.normalised(name, text)).graph()

    def write(self, graph: CausalGraph) -> tuple[str, tuple[str, ...]]:
        """Return the node-link text of a graph, as `networkx.node_link_graph` reads it; nothing is lost."""
        parts = attributed(graph)
        document = {
            "directed": True,
            "multigraph": False,
            "graph": parts.graph,
            "nodes": [{"id": name, **attributes} for name, attributes in parts.nodes],
            "edges": [{"source": tail, "target": head, **marks} for tail, head, marks in parts.edges],
        }
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n", ()


plugin = NodeLinkFormat()


class _Reader:
    """One text on its way to a graph."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.reader = AttributedReader(source.name)

    def graph(self) -> tuple[CausalGraph, tuple[str, ...]]:
        """Return the graph, and what is lost."""
        document = self.document()
        nodes = self.objects(document, "nodes")
        links = self.objects(document, "edges" if "edges" in document else "links")
        places = _places(_ID, self.source)
        names: set[str] = set()
        for i, node in enumerate(nodes):
            name = name_of(node.pop("id", None))
            if name is None:
                raise self.refused(f"node {i} has no `id` that is a text or a number")
            names.add(name)
            self.reader.node(name, node, places.get((name,), self.source.span(0, 0)))
        places = _places(_LINK, self.source)
        unknown: list[Diagnostic] = []
        for i, link in enumerate(links):
            tail, head = (name_of(link.pop(key, None)) for key in ("source", "target"))
            if tail is None or head is None:
                raise self.refused(f"link {i} has no `source` and `target` that are texts or numbers")
            place = places.get((tail, head), self.source.span(0, 0))
            if missing := [end for end in (tail, head) if end not in names]:
                hint = did_you_mean(missing[0], names) if len(unknown) < MAX_HINTS else None
                unknown.append(Diagnostic("C201", "error", f"{shown(missing[0])} is not declared", place, hint))
            else:
                self.reader.edge(tail, head, link, place)
        if unknown:
            raise GraphError(unknown)
        of_graph = document.get("graph") or {}
        if not isinstance(of_graph, dict):
            raise self.refused("`graph` is no object of attributes")
        return self.reader.graph(of_graph)

    def document(self) -> dict[str, Any]:
        """Return the document, after a look at what it is."""
        source = self.source
        if len(source.text) > MAX_CHARACTERS:
            many = f"{len(source.text):,} characters; {MAX_CHARACTERS:,} are the most that is read of JSON"
            raise CausalSyntaxError([Diagnostic("C132", "error", f"the text has {many}", source.span(0, 0))])
        try:
            document = json.loads(source.text)
        except json.JSONDecodeError as error:
            message, at = f"this is no JSON: {error.msg.lower()}", min(error.pos, len(source.text))
            place = source.span(at, min(at + 1, len(source.text)))
            raise CausalSyntaxError([Diagnostic("C133", "error", message, place)]) from None
        except ValueError:
            raise self.refused("a number has too many digits", None) from None
        except RecursionError:
            message = "the text nests too deep"
            raise CausalSyntaxError([Diagnostic("C132", "error", message, source.span(0, 0))]) from None
        if not isinstance(document, dict) or "nodes" not in document or document.keys().isdisjoint(("edges", "links")):
            raise self.refused("this is JSON and no node-link graph")
        if (half := _HALF.search(source.text)) is not None and not _whole(document):
            message = "a half of a character, which no text can hold"
            raise CausalSyntaxError([Diagnostic("C133", "error", message, source.span(*half.span()))])
        if document.get("directed") is not True:
            hint = 'write `"directed": true` if its links have a direction'
            raise undirected("the graph is undirected", source.span(0, 0), hint)
        if document.get("multigraph"):
            hint = "a causal graph has at most one edge from one node to another: `nx.DiGraph(graph)`"
            raise self.refused("the graph is a multigraph", hint)
        known = {"directed", "multigraph", "graph", "nodes", "edges" if "edges" in document else "links"}
        for key in document:
            if key not in known:
                self.reader.forget(key, "the text")
        return document

    def objects(self, document: dict[str, Any], key: str) -> list[dict[str, Any]]:
        """Return a list of objects."""
        found = document.get(key, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise self.refused(f"`{key}` is no list of objects")
        return found

    def refused(self, message: str, hint: str | None = _SHAPE) -> CausalSyntaxError:
        """Return the error about a text of another shape."""
        return CausalSyntaxError([Diagnostic("C133", "error", message, self.source.span(0, 0), hint)])


def _places(pattern: re.Pattern[str], source: Source) -> dict[tuple[str, ...], Span]:
    """Return where names stand in a text, the last time that they do; JSON itself does not say."""
    found = {}
    for match in pattern.finditer(source.text):
        names = [name_of(json.loads(value)) for value in match.groups()]
        if None not in names:
            found[tuple(map(str, names))] = source.span(match.start(1), match.end(len(names)))
    return found


def _whole(document: object) -> bool:
    """Whether every character of a document is one, and not a half that was escaped."""
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
