"""A question or an assignment about a graph, from its text: what `ask`, `--do` and `--given` take."""

from __future__ import annotations

from causaldsl.errors import Diagnostic, UsageError
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.lists import Scope
from causaldsl.graph.question import Intervention, Query
from causaldsl.graph.question_types import Asker
from causaldsl.graph.soft import cycles_of
from causaldsl.source import Source
from causaldsl.syntax import parser, tree


def parse_question(text: str, graph: CausalGraph) -> Query:
    """Read one question about a graph.

    Parameters
    ----------
    text : str
        A question of the language, such as `P(Y | do(X=1))` or `A _||_ B | C`, without `query` before it.
    graph : CausalGraph
        What it is about: names, levels and latents are checked.

    Raises
    ------
    UsageError
        If it is no question of the language, or none that can be asked of this graph; findings are in `.diagnostics`.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> graph = read_text("binary X, Y; X -> Y")
    >>> parse_question("P(Y=1|do(X=1))-P(Y=1|do(X=0))", graph).rung
    2
    """
    source = Source.normalised("<question>", text)
    return _asked(source, *parser.parse_question(source), graph)


def parse_identifiable(text: str, graph: CausalGraph) -> Query:
    """Read a question to be identified: a probability is about every value, as if `identifiable` stood before it.

    Parameters
    ----------
    text : str
        `P(Y | do(X))`, `identifiable P(Y | do(X))`, or any other question.
    graph : CausalGraph
        What it is about.

    Raises
    ------
    UsageError
        As `parse_question` does.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> print(parse_identifiable("P(Y | do(X))", read_text("real X, Y; X -> Y")))
    identifiable P(Y | do(X))
    """
    source = Source.normalised("<question>", text)
    written, findings = parser.parse_question(source)
    if isinstance(written, tree.Numeric) and written.relation is None and isinstance(written.left, tree.Probability):
        written = tree.Identifiable(written.start, written.end, written.left)
    return _asked(source, written, findings, graph)


def parse_assignment(text: str, graph: CausalGraph) -> Intervention:
    """Read one assignment to a node of a graph.

    Parameters
    ----------
    text : str
        `Bald=1`, `Hair="dark brown"`, or a soft intervention, `Age := Age + 10`.
    graph : CausalGraph
        What it is about: names and levels are checked.

    Returns
    -------
    Intervention
        Its `value` is set, or its `law`.

    Raises
    ------
    UsageError
        If it is no assignment of the language, or none that this graph allows; findings are in `.diagnostics`.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> parse_assignment("Bald=1", read_text("binary Bald")).value
    1
    """
    source = Source.normalised("<assignment>", text)
    written, findings = parser.parse_assignment(source)
    scope = _scope(source, graph, findings)
    meaning = None if written is None else Asker(scope, graph.by_name).assignment(written)
    if meaning is None:
        raise UsageError(scope.findings)
    return meaning


def _asked(source: Source, written: tree.QuestionTree | None, findings: list[Diagnostic], graph: CausalGraph) -> Query:
    scope = _scope(source, graph, findings)
    meaning = None if written is None else Asker(scope, graph.by_name).question(written)
    scope.findings += () if meaning is None else cycles_of(meaning, graph)
    if meaning is None or scope.findings:
        raise UsageError(scope.findings)
    return meaning


def _scope(source: Source, graph: CausalGraph, findings: list[Diagnostic]) -> Scope:
    return Scope(source, graph.by_name, graph.columns, dict(graph.groups), findings=list(findings))
