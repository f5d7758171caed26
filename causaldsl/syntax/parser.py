"""From a text to a Document, by the grammar in grammar/causal.lark. The only module that knows lark.

The text is cut into statements first (`scan`), then each statement is read on its own, so that every statement that is
wrong gets its finding and all others are read. The lexer is our own: it skips space and comments inside the match,
counts no lines, and works on a slice of the whole text, so that every place is an offset into it; in lark's own lexer
the same text takes twice the time.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Any, cast

from lark import Lark, Token, UnexpectedToken
from lark.lexer import Lexer

from causaldsl.errors import Diagnostic
from causaldsl.resources import resource
from causaldsl.source import Source
from causaldsl.syntax.build import Builder
from causaldsl.syntax.cache import cache_file
from causaldsl.syntax.foreign import foreign_language
from causaldsl.syntax.hints import explain
from causaldsl.syntax.scan import scan
from causaldsl.syntax.tree import Assertion, Broken, Document, Intervention, Query, QuestionTree, Statement, Tree

if TYPE_CHECKING:
    from lark.common import LexerConf
    from lark.lexer import LexerState
    from lark.parsers.lalr_parser_state import ParserState

MAX_CHARACTERS = 20_000_000
"""How long a text may be."""

_Match = Callable[[str, int, int], re.Match[str] | None]
_NOTHING = "(?!)"
_SPACE = r"(?:\s+|\#[^\n]*)*+"


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
    parser = _parser()
    for place in scanned.statements:
        if place not in scanned.broken:
            try:
                statements.append(_whole(_read(parser, text, place, "statement"), place))
                continue
            except UnexpectedToken as error:
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
        words = _parser().parse_interactive((source.text, place.start, place.end), start="statement")
        try:
            for token in words.iter_parse():
                yield token.type, Tree(token.start_pos or 0, token.end_pos or 0)
        except UnexpectedToken:
            continue


def _fragment(source: Source, start: str) -> tuple[Any, list[Diagnostic]]:
    """Read a text that is one `start` of the grammar."""
    scanned = scan(source)
    if scanned.findings:
        return None, list(scanned.findings)
    if not scanned.statements:
        return None, [Diagnostic("C114", "error", f"there is no {start} in the text", source.span(0, 0))]
    place = Tree(scanned.statements[0].start, scanned.statements[-1].end)
    try:
        return _read(_parser(), source.text, place, start), []
    except UnexpectedToken as error:
        return None, [_explained(source, place, error, asks=True)]


def _read(parser: Lark, text: str, place: Tree, start: str) -> Any:
    return parser.parse((text, place.start, place.end), start=start)  # what our lexer takes


def _whole(statement: Statement, place: Tree) -> Statement:
    """Return a statement with the parentheses around a name or a number at its end."""
    if statement.end == place.end:
        return statement
    if isinstance(statement, Query | Assertion):
        return replace(statement, end=place.end, question=replace(statement.question, end=place.end))
    return replace(statement, end=place.end)


def _explained(source: Source, place: Tree, error: UnexpectedToken, asks: bool = False) -> Diagnostic:
    found = Tree(error.token.start_pos or 0, error.token.end_pos or 0)
    return explain(source, place, found, error.token.type, error.accepts or error.expected, asks)


@functools.cache
def _parser() -> Lark:
    """Build the parser from the grammar, once and when it is first needed."""
    grammar = resource("grammar", "causal.lark").read_text(encoding="utf-8")
    cache = cache_file("grammar-{}.{}.pickle".format(*sys.version_info))
    return Lark(
        grammar,
        parser="lalr",
        lexer=_Lexer,
        start=["statement", "question", "assignment"],
        transformer=Builder(),  # lark looks its methods up by the rules' names
        maybe_placeholders=False,
        cache=False if cache is None else str(cache),
    )


def _token(kind: str, value: str, start: int, end: int) -> Token:
    """Make a token without line and column."""
    token = str.__new__(Token, value)
    token.type = kind
    token.value = value
    token.start_pos = start
    token.end_pos = end
    token.line = token.column = token.end_line = token.end_column = None
    return token


class _Lexer(Lexer):
    """A contextual lexer: in each state of the parser it knows only the terminals that may come next."""

    __future_interface__ = 2

    def __init__(self, conf: LexerConf) -> None:
        self._terminals = {t.name: t for t in conf.terminals}
        self._states: dict[Any, tuple[_Match, dict[str, str]]] = {}

    @functools.cached_property
    def _anywhere(self) -> tuple[_Match, dict[str, str]]:
        """What may stand anywhere, to name what should not stand here."""
        return self._compile(self._terminals)

    def _compile(self, names: Iterable[str]) -> tuple[_Match, dict[str, str]]:
        """Return a matcher of the named terminals, and the keywords among them by their text."""
        terminals = [self._terminals[n] for n in names if n in self._terminals]
        keywords = {t.pattern.value: t.name for t in terminals if t.pattern.type == "str" and t.pattern.value.isalpha()}
        signs = [t for t in terminals if t.pattern.value not in keywords]
        if keywords and not any(t.name == "NAME" for t in signs):
            signs.append(self._terminals["NAME"])
        signs.sort(key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name))
        choices = "|".join(f"(?P<{t.name}>{t.pattern.to_regexp()})" for t in signs)
        return re.compile(rf"{_SPACE}(?:{choices or _NOTHING})").match, keywords

    def lex(self, lexer_state: LexerState, parser_state: ParserState[Any]) -> Iterator[Token]:
        """Yield the tokens of a slice `(text, start, end)`.

        A character that no terminal fits is a token `STRANGE`, a number beyond the floats is `HUGE`.
        """
        text, at, end = cast(tuple[str, int, int], lexer_state.text)
        states = self._states
        while True:
            position = parser_state.position
            if position not in states:
                states[position] = self._compile(parser_state.parse_conf.parse_table.states[position])
            match, keywords = states[position]
            found = match(text, at, end)
            if found is None:
                if (token := self._unexpected(text, at, end)) is None:
                    return
                yield token
                return
            kind = found.lastgroup or ""
            start, at = found.span(kind)
            value = found[kind]
            if kind == "NAME":
                kind = keywords.get(value, kind)
            elif kind == "NUMBER" and float(value) == inf:
                kind = "HUGE"
            yield _token(kind, value, start, at)

    def _unexpected(self, text: str, at: int, end: int) -> Token | None:
        """Return the token that stands here though none of its kind may, or None at the end."""
        space = _SPACE_MATCH(text, at, end)
        at = space.end() if space else at
        if at == end:
            return None
        match, keywords = self._anywhere
        found = match(text, at, end)
        if found is None:
            return Token("STRANGE", text[at], at, None, None, None, None, at + 1)
        kind = found.lastgroup or ""
        return Token(keywords.get(found[kind], kind), found[kind], at, None, None, None, None, found.end())


_SPACE_MATCH = re.compile(_SPACE).match
