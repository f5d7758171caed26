"""GML, the Graph Modelling Language, through networkx's reader and writer, which are imported when they are used.

Nodes are numbered and have their names as labels, as networkx and DoWhy write them; what GML has no words for stands in
attributes (see `causaldsl.formats.attributed`), so that a graph written here is read back equal.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, cast

from causaldsl.errors import CausalSyntaxError, Diagnostic
from causaldsl.formats.attributed import AttributedReader, attributed, name_of, undirected
from causaldsl.graph.ir import CausalGraph
from causaldsl.source import Source

if TYPE_CHECKING:
    import networkx as nx

MAX_CHARACTERS = 50_000_000
"""How long a text may be."""
MAX_NESTING = 50
"""How deep brackets may nest; networkx recurses."""

_TOKEN = re.compile(r'"[^"]*"?|\#[^\n]*|(?P<open>\[)|(?P<close>\])|(?P<key>[A-Za-z]\w*)')
_PART = re.compile(r'\bid\s+("[^"\n]*"|[^\s"]+)|\bsource\s+("[^"\n]*"|[^\s"]+)\s+target\s+("[^"\n]*"|[^\s"]+)')
_CHARACTER = re.compile(r"&#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}));")
_PLACE = re.compile(r"at \((\d+), (\d+)\)")


class GmlFormat:
    """The plugin."""

    suffixes: ClassVar[tuple[str, ...]] = (".gml",)

    def read(self, text: str, name: str) -> tuple[CausalGraph, tuple[str, ...]]:
        """Return the graph of a GML text, and which of its attributes a causal graph has no place for.

        Raises
        ------
        CausalSyntaxError
            If the text is not in GML, is too large or nests too deep, or an edge has no direction.
        GraphError
            If it describes no causal graph.
        """
        source = Source.normalised(name, text)
        reader = AttributedReader(name)
        for key in _outside(source):
            reader.forget(key, "the text")
        graph = _parsed(source)
        places = {match.groups(): source.span(*match.span()) for match in _PART.finditer(source.text)}
        start = source.span(0, 0)
        names = {}
        for node, attributes in graph.nodes(data=True):
            names[node] = _node_name(source, node, attributes.pop("label", node))
            reader.node(names[node], attributes, places.get((_written(node), None, None), start))
        for tail, head, attributes in graph.edges(data=True):
            place = places.get((None, _written(tail), _written(head)), start)
            reader.edge(names[tail], names[head], attributes, place)
        return reader.graph({key: _text(value) for key, value in graph.graph.items()})

    def write(self, graph: CausalGraph) -> tuple[str, tuple[str, ...]]:
        """Return the GML text of a graph; nothing is lost."""
        import networkx as nx

        parts = attributed(graph)
        made: nx.DiGraph[str] = nx.DiGraph()
        made.graph.update(parts.graph)
        for name, attributes in parts.nodes:
            made.add_node(name, **attributes)
        for tail, head, marks in parts.edges:
            made.add_edge(tail, head, **marks)
        return "\n".join(nx.generate_gml(made)) + "\n", ()


plugin = GmlFormat()


def _text(value: Any) -> Any:
    """Return a value as it stands in the text; networkx takes the texts `[]` and `()` for lists without elements."""
    return str(value) if value == [] or value == () else value


def _written(node: object) -> str:
    """Return how the number or name by which a node is known is written, most often."""
    return f'"{node}"' if isinstance(node, str) else str(node)


def _outside(source: Source) -> list[str]:
    """Return the keys beside the graph, which networkx passes over.

    Raises
    ------
    CausalSyntaxError
        If networkx would take minutes for the text, or die of it.
    """
    if len(source.text) > MAX_CHARACTERS:
        message = f"the text has {len(source.text):,} characters; {MAX_CHARACTERS:,} are the most that is read of GML"
        raise CausalSyntaxError([Diagnostic("C132", "error", message, source.span(0, 0))])
    for character in _CHARACTER.finditer(source.text):
        code = int(character[1], 16) if character[1] else int(character[2])
        if 0xD800 <= code < 0xE000:
            message = "a half of a character, which no text can hold"
            raise CausalSyntaxError([Diagnostic("C133", "error", message, source.span(*character.span()))])
    keys: list[str] = []
    depth = 0
    for match in _TOKEN.finditer(source.text):
        if match["key"] is not None and depth == 0:
            keys.append(match["key"])
        depth += (match["open"] is not None) - (match["close"] is not None and depth > 0)
        if depth > MAX_NESTING:
            message = f"brackets nest deeper than {MAX_NESTING}"
            raise CausalSyntaxError([Diagnostic("C132", "error", message, source.span(*match.span()))])
    return [key for key in keys if key != "graph"]


def _parsed(source: Source) -> nx.DiGraph[Any]:
    """Return the graph as networkx reads it, its nodes by their numbers."""
    import networkx as nx

    try:
        graph: Any = nx.parse_gml(source.text.split("\n"), label=cast(str, None))  # None: the stubs do not know it
    except RecursionError:
        raise CausalSyntaxError([Diagnostic("C132", "error", "the text nests too deep", source.span(0, 0))]) from None
    except Exception as error:  # networkx also raises KeyError, TypeError, IndexError, AttributeError and ValueError
        raise CausalSyntaxError([_finding(source, error)]) from None
    if not graph.is_directed():
        raise undirected(
            "the graph is undirected", source.span(0, 0), "write `directed 1` if its edges have a direction"
        )
    if graph.is_multigraph():
        hint = "a causal graph has at most one edge from one node to another: `nx.DiGraph(graph)`"
        raise CausalSyntaxError([Diagnostic("C133", "error", "the graph is a multigraph", source.span(0, 0), hint)])
    return cast("nx.DiGraph[Any]", graph)


def _finding(source: Source, error: Exception) -> Diagnostic:
    """Say in our words, and at our place, what networkx says."""
    import networkx as nx

    said = str(error) if isinstance(error, nx.NetworkXError) else ""
    message = "this is no graph in GML"
    place = _PLACE.search(said)
    if place is None:
        return Diagnostic("C133", "error", f"{message}: {said}" if said else message, source.span(0, 0))
    line, end = int(place[1]), len(source.text)
    start = min(source.line_starts[line - 1] + int(place[2]) - 1, end) if line <= len(source.line_starts) else end
    expected = re.match(r"expected [^,]*(?=, found)", said)
    message = f"{message}: {expected[0]}" if expected else message
    return Diagnostic("C133", "error", message, source.span(start, min(start + 1, end)))


def _node_name(source: Source, node: object, label: object) -> str:
    """Return a node's name: its label, or its number where it has none."""
    name = name_of(_text(label))
    if name is None:
        message = f"the label of node {node!s:.40} is no text"
        raise CausalSyntaxError([Diagnostic("C133", "error", message, source.span(0, 0))])
    return name
