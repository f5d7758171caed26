"""From a text to a Document, by the grammar in grammar/causal.lark. The only module that knows lark.

The text is cut into statements first (`scan`), then each statement is read on its own, so that every statement that is
wrong gets its finding and all others are read. lark analyses the grammar and makes the tables; a machine of our own
(`machine`) runs them, in half the time that lark's takes.
"""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lark import Lark
from lark.lexer import Lexer, TerminalDef
from lark.parsers.lalr_analysis import Shift

from causaldsl.errors import Diagnostic
from causaldsl.resources import resource
from causaldsl.source import Source
from causaldsl.syntax.build import Builder
from causaldsl.syntax.cache import cache_file
from causaldsl.syntax.foreign import foreign_language
from causaldsl.syntax.hints import explain
from causaldsl.syntax.machine import Machine, Reduction, Terminal, Token, Unexpected
from causaldsl.syntax.scan import scan
from causaldsl.syntax.tree import Assertion, Broken, Document, Intervention, Kind, Query, QuestionTree, Statement, Tree

MAX_CHARACTERS = 20_000_000
"""How long a text may be."""


def parse(source: Source) -> tuple[Document, list[Diagnostic]]:
    r"""Read a text.

    Parameters
    ----------
    source : Source
        The text.

    Returns
    -------
    document : Document
        All statements; those that could not be read stand in it as `Broken`.
    findings : list of Diagnostic
        What is wrong with the text, in the order of the text.

    Examples
    --------
    >>> document, findings = parse(Source("<text>", "binary A, B\nA -> B"))
    >>> [type(s).__name__ for s in document.statements], findings
    (['Declaration', 'Edges'], [])
    """
    text = source.text
    if len(text) > MAX_CHARACTERS:
        message = f"the text has {len(text):,} characters; {MAX_CHARACTERS:,} are the most that is read"
        return Document(source, ()), [Diagnostic("C111", "error", message, source.span(0, 0))]
    if (finding := foreign_language(source)) is not None:
        return Document(source, (Broken(0, len(text)),)), [finding]
    scanned = scan(source)
    findings = list(scanned.findings)
    statements: list[Statement] = []
    machine = _machine()
    for place in scanned.statements:
        if place not in scanned.broken:
            try:
                statements.append(_whole(machine.read(text, place.start, place.end, "statement"), place))
                continue
            except Unexpected as error:
                findings.append(_explained(source, place, error))
        statements.append(Broken(place.start, place.end))
    findings.sort(key=lambda f: f.span.start if f.span else 0)
    return Document(source, tuple(statements), scanned.comments), findings


def parse_question(source: Source) -> tuple[QuestionTree | None, list[Diagnostic]]:
    """Read one question, such as `P(Y | do(X=1))`, without `query` or `assert`.

    Returns
    -------
    question : QuestionTree or None
        None where there are findings.
    findings : list of Diagnostic
        What is wrong with the text.
    """
    return _fragment(source, "question")


def parse_assignment(source: Source) -> tuple[Intervention | None, list[Diagnostic]]:
    """Read one assignment, such as `Bald=1` or `Age := Age + 10`.

    Returns
    -------
    assignment : Intervention or None
        None where there are findings.
    findings : list of Diagnostic
        What is wrong with the text.
    """
    return _fragment(source, "assignment")


def parse_kind(source: Source) -> tuple[Kind | None, list[Diagnostic]]:
    """Read one name with options, such as `celeba(crop=face)`.

    Returns
    -------
    kind : Kind or None
        None where there are findings.
    findings : list of Diagnostic
        What is wrong with the text.
    """
    return _fragment(source, "kind")


def lexemes(source: Source) -> Iterator[tuple[str, Tree]]:
    """Yield every word and sign of a text as the parser takes it; a statement ends with the first that does not fit.

    What a word is depends on where it stands; this is the truth about it, for what colours texts or is tested to.

    Yields
    ------
    terminal : str
        Its terminal in grammar/causal.lark.
    place : Tree
        Where it stands.

    Examples
    --------
    >>> [terminal for terminal, _ in lexemes(Source("<text>", "real real_, in in [0, inf]"))][-6:]
    ['IN', 'LBRACKET', 'NUMBER', '_COMMA', 'INF', 'RBRACKET']
    """
    for place in scan(source).statements:
        seen: list[Token] = []
        with contextlib.suppress(Unexpected):
            _machine().read(source.text, place.start, place.end, "statement", seen)
        yield from ((token.type, Tree(token.start_pos, token.end_pos)) for token in seen)


def _fragment(source: Source, start: str) -> tuple[Any, list[Diagnostic]]:
    """Read a text that is one `start` of the grammar."""
    scanned = scan(source)
    if scanned.findings:
        return None, list(scanned.findings)
    if not scanned.statements:
        return None, [Diagnostic("C114", "error", f"there is no {start} in the text", source.span(0, 0))]
    place = Tree(scanned.statements[0].start, scanned.statements[-1].end)
    try:
        return _machine().read(source.text, place.start, place.end, start), []
    except Unexpected as error:
        return None, [_explained(source, place, error, asks=True)]


def _whole(statement: Statement, place: Tree) -> Statement:
    """Return a statement with the parentheses around a name or a number at its end."""
    if statement.end == place.end:
        return statement
    if isinstance(statement, Query | Assertion):
        return replace(statement, end=place.end, question=replace(statement.question, end=place.end))
    return replace(statement, end=place.end)


def _explained(source: Source, place: Tree, error: Unexpected, asks: bool = False) -> Diagnostic:
    kind, _, start, end = error.token
    return explain(source, place, Tree(start, end), kind, error.accepted, asks)


@functools.cache
def _machine() -> Machine:
    """Make the machine of the grammar, once and when it is first needed."""
    grammar = resource("grammar", "causal.lark").read_text(encoding="utf-8")
    cache = cache_file("grammar-{}.{}.pickle".format(*sys.version_info))
    lark = Lark(
        grammar,
        parser="lalr",
        lexer=_NoLexer,
        start=["statement", "question", "assignment", "kind"],
        transformer=Builder(),  # lark looks its methods up by the rules' names
        maybe_placeholders=False,
        cache=False if cache is None else str(cache),
    )
    parser = lark.parser.parser.parser
    table, builds = parser.parse_table, parser.callbacks
    rules = {rule: Reduction(len(rule.expansion), str(rule.origin.name), builds[rule]) for rule in lark.rules}
    origins = {reduction.origin for reduction in rules.values()}

    actions: dict[int, dict[str, int | Reduction]] = {state: {} for state in table.states}
    gotos: dict[int, dict[str, int]] = {state: {} for state in table.states}
    for state, row in table.states.items():
        for name, (what, argument) in row.items():
            if name in origins:
                gotos[state][str(name)] = argument
            else:
                actions[state][str(name)] = argument if what is Shift else rules[argument]
    starts = {start: (table.start_states[start], table.end_states[start]) for start in table.start_states}
    return Machine(actions, gotos, starts, {str(t.name): _terminal(t, builds) for t in lark.terminals})


def _terminal(terminal: TerminalDef, builds: Mapping[str, Any]) -> Terminal:
    pattern = terminal.pattern
    order = (-terminal.priority, -pattern.max_width, -len(pattern.value), terminal.name)
    word = pattern.value if pattern.type == "str" and pattern.value.isalpha() else ""
    return Terminal(pattern.to_regexp(), order, word, builds.get(terminal.name))


class _NoLexer(Lexer):
    """Keeps lark from building lexers that nobody asks."""

    __future_interface__ = 2

    def __init__(self, conf: object) -> None:
        pass

    def lex(self, lexer_state: object, parser_state: object) -> Iterator[Any]:
        """Refuse: the machine has a lexer."""
        raise NotImplementedError
