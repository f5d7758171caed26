"""A graph for a terminal: its nodes by rows, causes above effects, each with its domain and its causes."""

from __future__ import annotations

from collections.abc import Iterator

from causaldsl.errors import cells
from causaldsl.graph.domain import quoted
from causaldsl.graph.drawing.layers import layers
from causaldsl.graph.drawing.marks import Marked, Marks, read_marks
from causaldsl.graph.ir import CausalGraph, Node

WIDTH = 100
"""Of a line; a longer list of causes goes on in the next one."""
LONGEST = 40
"""Of a domain; of a longer one the end is left out."""


def listing(graph: CausalGraph, do: Marked = (), given: Marked = ()) -> str:
    """Return a graph as lines of text.

    Parameters
    ----------
    graph : CausalGraph
        The graph.
    do, given : iterable of str, or mapping of str to a value
        Nodes that are set, and nodes that are seen, as in `causaldsl.graph.drawing.layout.draw`.

    Raises
    ------
    UsageError
        If a name is no node of the graph, a value is not of its domain, or a node is marked twice.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> graph = read_text("binary Rain, Sprinkler, Wet; Rain, Sprinkler -> Wet; Rain <-> Sprinkler")
    >>> print(listing(graph, do={"Sprinkler": 1}), end="")
    Rain             binary
    do(Sprinkler=1)  binary
    <BLANKLINE>
    Wet              binary  <- Rain, Sprinkler
    <BLANKLINE>
    Rain <-> Sprinkler  (cut at Sprinkler)
    """
    marks = read_marks(graph, do, given)
    rows: dict[int, list[Node]] = {}
    for node, row in zip(graph.nodes, layers(graph, [0.0] * len(graph.nodes), 1.0), strict=True):
        rows.setdefault(row, []).append(node)
    heads = _columns([(_marked(node.name, marks), _kind(node)) for node in graph.nodes])
    head = dict(zip(graph.by_name, heads, strict=True))
    blocks = [[line for node in rows[row] for line in _lines(head[node.name], node, marks)] for row in sorted(rows)]
    blocks.append([_arc(a, b, marks) for a, b in graph.confounded])
    return "".join("\n".join(block) + "\n\n" for block in blocks if block).removesuffix("\n")


def _columns(table: list[tuple[str, str]]) -> list[str]:
    """Lay names and domains out under each other."""
    widths = [max((cells(entry[i]) for entry in table), default=0) + 2 for i in (0, 1)]
    return ["".join(_padded(*column) for column in zip(entry, widths, strict=True)) for entry in table]


def _lines(head: str, node: Node, marks: Marks) -> Iterator[str]:
    """Yield the lines of one node: its head, and as many lines of causes as it takes."""
    cut = [parent for parent in node.parents if marks.cuts(parent, node.name)]
    kept = [parent for parent in node.parents if parent not in cut]
    if not node.parents:
        yield head.rstrip()
    for sign, causes in (("<- ", kept), ("cut from ", cut)):
        line = head + sign
        for i, name in enumerate(causes):
            word = quoted(name) + ("," if i < len(causes) - 1 else "")
            if i and cells(line) + cells(word) > WIDTH:
                yield line.rstrip()
                line = " " * cells(head + sign)
            line += word + " "
        if causes:
            yield line.rstrip()
            head = " " * cells(head)


def _marked(name: str, marks: Marks) -> str:
    """Spell a node, set or seen."""
    mark = marks.of(name)
    if not mark:
        return quoted(name)
    label = marks.label(name)
    spelled = quoted(name) if label == name else label
    return f"do({spelled})" if mark == "do" else f"given {spelled}"


def _kind(node: Node) -> str:
    domain = "" if node.domain is None else str(node.domain)
    kind = f"latent {domain}".strip() if node.latent else domain
    return kind if len(kind) <= LONGEST else kind[: LONGEST - 3] + "..."


def _arc(a: str, b: str, marks: Marks) -> str:
    cut = [quoted(name) for name in (a, b) if marks.cuts(None, name)]
    return f"{quoted(a)} <-> {quoted(b)}" + (f"  (cut at {' and '.join(cut)})" if cut else "")


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cells(text))
