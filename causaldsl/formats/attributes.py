"""What other formats have no words for, spelled in the language and kept in their attributes.

A node's domain, mechanism and equation, the groups and the questions stand as texts in attributes (of DOT, GML and
JSON) or properties (of BIF). A foreign or a damaged text may hold anything there: what is not exactly one statement of
the kind that is expected, or does not fit the graph, is left out and said to be lost.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from causaldsl.errors import CausalError, Diagnostic
from causaldsl.formats.causal import write_causal, write_equation
from causaldsl.graph.domain import Domain, quoted
from causaldsl.graph.expression import Table
from causaldsl.graph.ir import CausalGraph, MechanismSpec, Node
from causaldsl.graph.lower import lower
from causaldsl.graph.read import read_text
from causaldsl.graph.use import gather
from causaldsl.source import Source
from causaldsl.syntax import tree
from causaldsl.syntax.parser import parse
from causaldsl.syntax.tree import Document

_ROUNDS = 4
"""How often statements that do not fit are left out before all of them are."""


@lru_cache(maxsize=1024)
def domain_of(spelling: str) -> Domain | None:
    """Return the domain that an attribute spells, or None where it spells none.

    Examples
    --------
    >>> domain_of("real in [0, 1]"), domain_of("no such")
    (Real(low=0.0, high=1.0), None)
    """
    keyword, _, rest = spelling.partition(" ")
    try:
        (node,) = read_text(f"{keyword} x {rest}").nodes
    except (CausalError, ValueError):
        return None
    return node.domain


@lru_cache(maxsize=1024)
def mechanism_of(spelling: str) -> MechanismSpec | None:
    """Return the mechanism that an attribute spells, or None where it spells none.

    Examples
    --------
    >>> mechanism_of("neural(hidden=32)").kind
    'neural'
    """
    try:
        (node,) = read_text(f"node x; x ~ {spelling}").nodes
    except (CausalError, ValueError):
        return None
    return node.mechanism


def equation_text(node: Node) -> str | None:
    """Return a node's equation or table as a statement, or None where it has none."""
    return None if node.equation is None else write_equation(node)


def graph_texts(graph: CausalGraph) -> Iterator[tuple[str, str]]:
    """Yield groups and questions, each as the word that begins its statement and the rest of it.

    Examples
    --------
    >>> list(graph_texts(read_text("binary A, B; group G = A, B; query P(A)")))
    [('group', 'G = A, B'), ('query', 'P(A)')]
    """
    for name, members in graph.groups:
        yield "group", f"{quoted(name)} = {', '.join(map(quoted, members))}"
    yield from (("query", question.text) for question in graph.queries)
    yield from (("assert", question.text) for question in graph.assertions)


def counted(phrases: Iterable[str]) -> tuple[str, ...]:
    """Say each phrase once, and how often where that is several times.

    Examples
    --------
    >>> counted(["attribute x of a node", "attribute y of a node", "attribute x of a node"])
    ('attribute x of a node (2 times)', 'attribute y of a node')
    """
    return tuple(phrase + (f" ({n} times)" if n > 1 else "") for phrase, n in Counter(phrases).items())


@dataclass(frozen=True)
class _Said:
    """One statement, what it has to be, and what is lost where it is not."""

    statement: str
    kind: type[tree.Statement]
    what: str
    node: str = ""


_KINDS: dict[str, type[tree.Statement]] = {"group": tree.Group, "query": tree.Query, "assert": tree.Assertion}


class Statements:
    """The statements that a text in another format holds in its attributes.

    Parameters
    ----------
    name : str
        What the text is called.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._said: list[_Said] = []

    def equation(self, node: str, statement: str, what: str) -> None:
        """Take a node's equation; `what` says where it stands, in case that it is lost."""
        self._said.append(_Said(statement, tree.Equation, what, node))

    def of_graph(self, key: str, text: str, what: str) -> bool:
        """Take a group, a question or an edge (`A <-> B`); false if the key is none of these words."""
        if key == "edge":
            self._said.append(_Said(text, tree.Edges, what))
        elif key in _KINDS:
            self._said.append(_Said(f"{key} {text}", _KINDS[key], what))
        else:
            return False
        return True

    def add_to(self, graph: CausalGraph) -> tuple[CausalGraph, tuple[str, ...]]:
        """Return a graph with all that is said of it, and where the statements stand that do not fit it."""
        settled = {name for pair in graph.confounded for name in pair}
        settled |= {node.name for node in graph.nodes if node.mechanism is not None or node.equation is not None}
        good = [said for said in self._said if said.node not in settled and "\n" not in said.statement]
        base = write_causal(replace(graph, nodes=tuple(map(_with_small_table, graph.nodes)), name="", title=""))
        for _ in range(_ROUNDS):
            if not good:
                break
            read, bad = self._read(base, good)
            good = [said for i, said in enumerate(good) if i not in bad]
            if read is not None:
                graph = _merged(graph, read)
                break
        else:
            good = []
        return graph, tuple(said.what for said in self._said if said not in good)

    def _read(self, base: str, good: list[_Said]) -> tuple[CausalGraph | None, set[int]]:
        """Read the statements after a text of the nodes; return the graph, or the numbers of those that do not fit."""
        lines = [len(base)]
        for said in good:
            lines.append(lines[-1] + len(said.statement) + 1)
        source = Source(f"{self._name} (attributes)", base + "".join(f"{said.statement}\n" for said in good))
        document, findings = parse(source)
        bad = _misplaced(document, lines, good) | _blamed(findings, lines)
        if bad:
            return None, bad
        graph, findings = lower(gather(document, None))
        if graph is not None:
            return graph, set()
        return None, _blamed(findings, lines) or set(range(len(good)))


def _misplaced(document: Document, lines: list[int], good: list[_Said]) -> set[int]:
    """Return the numbers of the lines that are not one statement of the kind that they should be."""
    fitting = set()
    at = {start: i for i, start in enumerate(lines[:-1])}
    counts = [0] * len(good)
    for statement in document.statements:
        i = at.get(statement.start)
        if i is not None and statement.end < lines[i + 1] and type(statement) is good[i].kind:
            target = statement.target.items if isinstance(statement, tree.Equation) else ()
            if all(isinstance(item, tree.Name) and item.text == good[i].node for item in target):
                fitting.add(i)
        if statement.start >= lines[0]:
            counts[_line(lines, statement.start)] += 1
    return {i for i in range(len(good)) if i not in fitting or counts[i] != 1}


def _blamed(findings: list[Diagnostic], lines: list[int]) -> set[int]:
    """Return the numbers of the lines that errors are about."""
    starts = [f.span.start for f in findings if f.severity == "error" and f.span is not None]
    return {_line(lines, start) for start in starts if start >= lines[0]}


def _line(lines: list[int], at: int) -> int:
    return min(bisect_right(lines, at), len(lines) - 1) - 1


def _with_small_table(node: Node) -> Node:
    """Return a node with a table of one row in the place of its own, which may be large; its causes stay."""
    if not isinstance(node.equation, Table):
        return node
    width = len(node.equation.rows[0])
    return replace(node, equation=Table((), ((1.0, *[0.0] * (width - 1)),)))


def _merged(graph: CausalGraph, read: CausalGraph) -> CausalGraph:
    """Return a graph with the edges, equations, groups and questions that were read."""
    nodes = tuple(
        replace(node, parents=read[node.name].parents, equation=node.equation or read[node.name].equation)
        for node in graph.nodes
    )
    return replace(
        graph,
        nodes=nodes,
        confounded=read.confounded,
        groups=read.groups,
        queries=read.queries,
        assertions=read.assertions,
    )
