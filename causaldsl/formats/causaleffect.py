"""The graphs of the R package causaleffect, which are igraph's formulas; graphs in alone.

    g <- graph.formula(x -+ y, z -+ x, x -+ z, z -+ x, simplify = FALSE)
    g <- set.edge.attribute(g, "description", c(3, 4), "U")

An edge is a run of `-` and `+`, the latter its arrowheads. An unobserved common cause is a pair of edges, one each way,
both with the description "U"; edges are counted from 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from causaldsl.errors import CausalSyntaxError, Diagnostic
from causaldsl.graph.edges import MAX_EDGES
from causaldsl.graph.ir import CausalGraph, Edge, Node
from causaldsl.graph.make import make_graph
from causaldsl.source import Source, Span
from causaldsl.syntax.words import normal

_FORMULAS = frozenset({"graph.formula", "graph_from_literal", "from_literal"})
_ATTRIBUTES = frozenset({"set.edge.attribute", "set_edge_attr"})
_WORD = re.compile(
    r"""
    (?:\s|\#[^\n]*+)*+
    (?:
        (?P<name> [^\W\d][\w.]*+ | \.[\w.]*+ )
      | (?P<quoted> "(?:[^"\\]|\\.)*+" | '(?:[^'\\]|\\.)*+' | `[^`]*+` )
      | (?P<number> \d++ L? )
      | (?P<assign> <- )
      | (?P<arrow> [-+](?:\s*+[-+])*+ )
      | (?P<sign> ::? | [(),=~] )
      | (?P<strange> . )
      | (?P<end> \Z )
    )
    """,
    re.VERBOSE | re.DOTALL,
)


class _Word(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


class CausaleffectFormat:
    """The plugin."""

    suffixes: ClassVar[tuple[str, ...]] = ()

    def read(self, text: str, name: str) -> tuple[CausalGraph, tuple[str, ...]]:
        """Return the graph of a text; nothing of it is lost.

        Raises
        ------
        CausalSyntaxError
            If it is no formula, an edge has no direction, or edges with the description "U" make no pairs.
        GraphError
            If it describes no causal graph.

        Examples
        --------
        >>> text = '''g <- graph.formula(x -+ y, x -+ y, y -+ x, simplify = FALSE)
        ... g <- set.edge.attribute(g, "description", 2:3, "U")'''
        >>> CausaleffectFormat().read(text, "<text>")[0].edges
        (('x', 'y', '->'), ('x', 'y', '<->'))
        """
        reader = _Reader(Source.normalised(name, text))
        reader.read()
        edges = reader.directed_and_confounded()
        nodes = [Node(name, None, span=span) for name, span in reader.nodes.items()]
        return make_graph(nodes, edges, places=edges), ()


plugin = CausaleffectFormat()


class _Reader:
    """Reads calls, one after the other; gathers nodes, edges in igraph's order, and the numbers of unobserved ones."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.words = self.scan()
        self.nodes: dict[str, Span] = {}
        self.edges: list[tuple[str, str, Span]] = []
        self.hidden: dict[int, Span] = {}
        self.kept = False
        self.sets: Span | None = None

    def scan(self) -> Iterator[_Word]:
        """Yield the words of the text, the end for ever."""
        at = 0
        while match := _WORD.match(self.source.text, at):
            kind = match.lastgroup or "end"
            start, at = match.span(kind)
            text = match[kind]
            if kind == "quoted":
                text = re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
            yield _Word(kind, normal(text), start, at)

    def read(self) -> None:
        """Read `g <- graph.formula(..)` and what may follow."""
        while (word := next(self.words)).kind != "end":
            if word.kind == "assign" or word.text in ("~", "igraph", "::"):
                continue
            if word.kind == "name" and word.text in _FORMULAS:
                self.formula(self.arguments())
            elif word.kind == "name" and word.text in ("library", "require"):
                self.arguments()
            elif word.kind == "name" and word.text in _ATTRIBUTES:
                self.attribute(self.arguments(), word)
            elif word.kind != "name":
                raise self.error("C123", f"unexpected `{word.text}`", word, "`graph.formula(x -+ y, ..)` gives a graph")
        if not self.nodes:
            raise self.error("C123", "there is no `graph.formula(..)` in the text", word)

    def arguments(self) -> list[list[_Word]]:
        """Return the words of each argument of a call; brackets inside, as in `c(4, 5)`, do not part them."""
        word = next(self.words)
        if word.text != "(":
            raise self.error("C123", "expected `(`", word)
        found: list[list[_Word]] = [[]]
        depth = 1
        while True:
            word = next(self.words)
            if word.kind in ("end", "strange", "assign"):
                raise self.error("C123", f"unexpected `{word.text}`" if word.text else "expected `)`", word)
            depth += (word.text == "(") - (word.text == ")") if word.kind == "sign" else 0
            if depth == 0:
                return [words for words in found if words]
            if depth == 1 and word.kind == "sign" and word.text == ",":
                found.append([])
            else:
                found[-1].append(word)

    def formula(self, arguments: list[list[_Word]]) -> None:
        """Read `x -+ y, z, simplify = FALSE`."""
        for words in arguments:
            if len(words) == 3 and words[1].text == "=":
                self.kept = words[0].text == "simplify" and words[2].text in ("FALSE", "F")
                continue
            left: list[str] = []
            right: list[str] = []
            arrow: _Word | None = None
            for i, word in enumerate(words):
                if i % 2 == 0 and word.kind in ("name", "quoted", "number"):
                    right.append(word.text)
                    self.nodes.setdefault(word.text, self.span(word))
                elif i % 2 == 1 and word.text == ":" and word.kind == "sign":
                    self.sets = self.sets or self.span(word)
                elif i % 2 == 1 and word.kind == "arrow":
                    self.join(left, arrow, right)
                    left, right, arrow = right, [], word
                else:
                    raise self.error("C123", f"unexpected `{word.text}`", word, "edges are written `x -+ y`")
            if not right:
                raise self.error("C123", "an edge leads to a node", words[-1])
            self.join(left, arrow, right)

    def join(self, left: list[str], arrow: _Word | None, right: list[str]) -> None:
        """Add the edges of every pair of two lists."""
        if arrow is None:
            return
        signs = arrow.text.replace(" ", "")
        if "+" not in (signs[0], signs[-1]):
            message = f"`{arrow.text}` is no edge of a causal graph"
            raise self.error("C125", message, arrow, "an arrow is written `-+`")
        if len(self.edges) + len(left) * len(right) > MAX_EDGES:
            raise self.error("C124", f"the text stands for more than {MAX_EDGES:,} edges", arrow)
        for a in left:
            for b in right:
                self.edges += [(a, b, self.span(arrow))] if signs[-1] == "+" else []
                self.edges += [(b, a, self.span(arrow))] if signs[0] == "+" and len(signs) > 1 else []

    def attribute(self, arguments: list[list[_Word]], call: _Word) -> None:
        """Read `g, "description", c(4, 5), "U"`, arguments by place or by name."""
        by_name = {words[0].text: words[2:] for words in arguments if len(words) > 2 and words[1].text == "="}
        by_place = [words for words in arguments if len(words) < 2 or words[1].text != "="]
        rest = iter(by_place)
        given = {name: by_name.get(name) or next(rest, []) for name in ("graph", "name", "index", "value")}
        said = [" ".join(word.text for word in given[name]) for name in ("name", "value")]
        if said != ["description", "U"] or not given["index"]:
            raise self.error("C128", 'unobserved edges have the "description" "U"', call, _HOW)
        numbers: list[int] = []
        to = False
        for word in given["index"]:
            if word.kind == "number" and len(word.text) < 9:
                number = int(word.text.rstrip("L"))
                if to and numbers and number > len(self.edges):
                    raise self.error("C128", f"there is no edge {number}", word)
                numbers += range(numbers[-1] + 1, number + 1) if to and numbers else [number]
                to = False
                if len(numbers) > MAX_EDGES:
                    raise self.error("C124", f"more than {MAX_EDGES:,} edges are chosen", word)
            elif word.text == ":":
                to = True
            elif word.text not in ("c", "(", ")", ","):
                raise self.error("C128", "edges are chosen by their numbers", word, _HOW)
        self.hidden.update(dict.fromkeys(numbers, self.span(call)))

    def directed_and_confounded(self) -> dict[Edge, Span]:
        """Return the edges, each pair of unobserved ones as one `<->`."""
        for number, span in self.hidden.items():
            if not 1 <= number <= len(self.edges):
                message = f"there is no edge {number}; there are {len(self.edges)}"
                raise CausalSyntaxError([Diagnostic("C128", "error", message, span)])
        if self.hidden and (self.sets is not None or not self.kept):
            message, span = "only with `simplify = FALSE` do edges keep their numbers", next(iter(self.hidden.values()))
            if self.sets is not None:
                message, span = "the edges of sets have no numbers that one can rely on", self.sets
            raise CausalSyntaxError(
                [Diagnostic("C128", "error", message, span, "write each edge, and `simplify = FALSE`")]
            )
        found: dict[Edge, Span] = {}
        waiting: dict[tuple[str, str], int] = {}
        for number, (a, b, span) in enumerate(self.edges, 1):
            if number not in self.hidden:
                found.setdefault((a, b, "->"), span)
            elif waiting.pop((b, a), None) is not None:
                found.setdefault((b, a, "<->"), span)
            else:
                waiting[a, b] = number
        if waiting:
            ((a, b), number), *_ = waiting.items()
            message = f"edge {number}, {a} -+ {b}, is unobserved, and there is none from {b} back to {a}"
            raise CausalSyntaxError([Diagnostic("C128", "error", message, self.edges[number - 1][2], _HOW)])
        return found

    def span(self, word: _Word) -> Span:
        """Return where a word stands."""
        return self.source.span(word.start, word.end)

    def error(self, code: str, message: str, word: _Word, hint: str | None = None) -> CausalSyntaxError:
        """Return the error that a word does not fit."""
        return CausalSyntaxError([Diagnostic(code, "error", message, self.span(word), hint)])


_HOW = 'a common cause is two edges, as in `x -+ y, y -+ x` and `set.edge.attribute(g, "description", c(1, 2), "U")`'
