"""Cut a text into statements, without reading them.

A statement ends at a line end or at `;`. A line end is mere space inside brackets and after a comma, an arrow or an
operator; even there a line that begins with a statement's keyword begins a new statement, so that one forgotten
bracket spoils one statement and not the file. Brackets are matched first, over the whole text, so that the time is
linear whatever the text; a bracket that is never closed then counts for nothing.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from causaldsl.errors import Diagnostic
from causaldsl.source import Source
from causaldsl.syntax.tree import Tree
from causaldsl.syntax.words import BIDIRECTIONAL, NAME_CHARACTERS, STATEMENTS, is_bare, normal

MAX_NESTING = 200
"""How deep brackets may nest."""

_TOKEN = re.compile(
    r'(?P<text>"(?:[^"\\\n]|\\[^\n])*+")|(?P<open_text>"[^\n]*)|(?P<comment>\#[^\n]*)|(?P<line>\n)'
    r"|(?P<semicolon>;)|(?P<opener>[(\[{])|(?P<closer>[)\]}])"
)
_KEYWORD_LINE = re.compile(rf"[^\S\n]*(?!categorical\s+\()(?:{'|'.join(STATEMENTS)})[^\S\n]+[\"\w{{(*\-]")
"""Where a statement begins; `categorical (..)` is a law, the rest of an equation."""
_DANGLING_SIGNS = frozenset(",>-<=~|+/^→←↔⫫≤≥≠")
_DANGLING_WORD = re.compile(rf"(?<!{NAME_CHARACTERS})(?:and|or)\Z|_\|\|_\Z")
_BEFORE_A_STAR = frozenset("{([,=|~>-→←↔⫫")
_CLOSER = {"(": ")", "[": "]", "{": "}"}
_OPENER = {closer: opener for opener, closer in _CLOSER.items()}
_CONTROL = re.compile(rf"[\x00-\x08\x0e-\x1f\x7f{BIDIRECTIONAL}]")
_NAME = re.compile(rf"{NAME_CHARACTERS}+")
_GOOD_ESCAPES = re.compile(r'(?:[^\\]|\\["\\])*+')
_SMART_QUOTES = "“”„«»\u2018\u2019"
_LOOKALIKES = {
    char: sign
    for sign, chars in {
        "-": "\u2010\u2011\u2012\u2013\u2014\u2212", "*": "×∗⋅", "/": "÷∕",  # noqa: RUF001
        "->": "⇒⟶⟹➔➜", "<-": "⇐⟵", "<->": "⇔⟷", "_||_": "⊥⟂⫪╨", ":=": "≔", "..": "…",
        "~": "∼～", ",": "，", "(": "（", ")": "）", "=": "＝",  # noqa: RUF001
        "and": "∧", "or": "∨", "not": "¬",  # noqa: RUF001
    }.items()
    for char in chars
}  # fmt: skip
"""What papers, word processors and other keyboards have for the signs of the language."""


@dataclass(frozen=True)
class Scan:
    """What `scan` found.

    Parameters
    ----------
    statements : tuple of Tree
        The places of the statements, without the space and the comments around them.
    broken : frozenset of Tree
        Those that need no reading: a finding is about them already.
    comments : tuple of Tree
        The places of the comments.
    findings : tuple of Diagnostic
        Errors of brackets, quotes and characters.
    """

    statements: tuple[Tree, ...]
    broken: frozenset[Tree]
    comments: tuple[Tree, ...]
    findings: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class _Token(Tree):
    kind: str


def scan(source: Source) -> Scan:
    r"""Cut a text into statements.

    Examples
    --------
    >>> text = "binary A,  # the first\n       B; A -> B"
    >>> [text[s.start : s.end] for s in scan(Source("<text>", text)).statements]
    ['binary A,  # the first\n       B', 'A -> B']
    """
    tokens = [_Token(*m.span(), m.lastgroup or "") for m in _TOKEN.finditer(source.text)]
    problems = _match_brackets(source.text, tokens)
    problems |= {t.start: p for t in tokens if t.kind in ("text", "open_text") and (p := _quotes(source.text, t))}
    statements, blamed = _split(source.text, tokens, problems)
    findings = [_finding(source, at, problems[at]) for at in blamed]
    strange = list(_strange_characters(source, tokens))
    starts = [s.start for s in statements]
    broken = set()
    for at in (*blamed, *(finding.span.start for finding in strange if finding.span)):
        index = bisect_right(starts, at) - 1
        if index >= 0 and at < statements[index].end:
            broken.add(statements[index])
    comments = tuple(Tree(t.start, t.end) for t in tokens if t.kind == "comment")
    return Scan(tuple(statements), frozenset(broken), comments, (*findings, *strange))


@dataclass(frozen=True, slots=True)
class _Problem:
    code: str
    message: str
    length: int = 1
    hint: str | None = None


def _match_brackets(text: str, tokens: list[_Token]) -> dict[int, _Problem]:
    """Return the brackets that have no partner, or lie too deep, by offset."""
    problems: dict[int, _Problem] = {}
    stack: list[_Token] = []
    waiting = {"(": 0, "[": 0, "{": 0}
    too_deep = False

    def never_closed(count: int) -> None:
        for token in stack[len(stack) - count :]:
            opener = text[token.start]
            waiting[opener] -= 1
            problems.setdefault(token.start, _Problem("C103", f"`{opener}` is never closed"))
        del stack[len(stack) - count :]

    for token in tokens:
        if token.kind == "opener":
            stack.append(token)
            waiting[text[token.start]] += 1
            if len(stack) > MAX_NESTING and not too_deep:
                too_deep = True
                message = f"brackets nest deeper than {MAX_NESTING}"
                problems[token.start] = _Problem("C106", message)
        elif token.kind == "closer":
            closer = text[token.start]
            opener = _OPENER[closer]
            if waiting[opener] == 0:
                problems[token.start] = _Problem("C104", f"`{closer}` closes nothing")
                continue
            while text[stack[-1].start] != opener:
                never_closed(1)
            stack.pop()
            waiting[opener] -= 1
            too_deep = too_deep and bool(stack)
        elif token.kind == "line" and stack and _KEYWORD_LINE.match(text, token.end):
            never_closed(len(stack))
            too_deep = False
    never_closed(len(stack))
    return problems


def _quotes(text: str, token: _Token) -> _Problem | None:
    """Return what is wrong with a text in quotes."""
    length = token.end - token.start
    if token.kind == "open_text":
        return _Problem("C105", "the quote is never closed", length, "a text in quotes ends on its own line")
    if length == 2:
        return _Problem("C107", "a name in quotes is not empty", length)
    words = text[token.start + 1 : token.end - 1]
    good = _GOOD_ESCAPES.match(words)
    if good is not None and good.end() < len(words):
        message = f"`{words[good.end() : good.end() + 2]}` is not an escape"
        return _Problem("C107", message, length, 'the only escapes are `\\"` and `\\\\`')
    return None


def _split(text: str, tokens: list[_Token], problems: dict[int, _Problem]) -> tuple[list[Tree], list[int]]:
    """Return the statements, and the offsets of the problems to report: at most one a statement."""
    statements: list[Tree] = []
    blamed: list[int] = []
    first = last = -1  # the statement's first and last significant offsets so far
    before = -1  # the end of what stands before the last sign, where that is `*`
    problem = -1
    depth = 0
    at = 0

    def finish() -> None:
        nonlocal first, problem, depth
        if first >= 0:
            statements.append(Tree(first, last))
            if problem >= 0:
                blamed.append(problem)
        first, problem, depth = -1, -1, 0

    for token in (*tokens, _Token(len(text), len(text), "end")):
        between = text[at : token.start].rstrip()
        words = between.lstrip()
        if words:
            start = at + len(between) - len(words)
            if words[-1] == "*":
                before = last if len(words) == 1 else start + len(words[:-1].rstrip())
            last = start + len(words)
            if first < 0:
                first = start
        at = token.end
        kind = token.kind
        if kind == "line":
            if first >= 0 and (not (depth or _dangles(text, first, last, before)) or _KEYWORD_LINE.match(text, at)):
                finish()
        elif kind == "end" or (kind == "semicolon" and depth == 0):
            finish()
        elif kind != "comment":
            if first < 0:
                first = token.start
            last = token.end
            if kind == "semicolon":
                hint = "inside brackets a comma separates, and a line end is mere space"
                problems[token.start] = _Problem("C109", "`;` inside brackets", 1, hint)
            if token.start in problems:
                problem = token.start if problem < 0 else problem
                if problems[token.start].code in ("C103", "C104"):
                    continue
            depth += (kind == "opener") - (kind == "closer")
    return statements, blamed


def _dangles(text: str, first: int, last: int, before: int) -> bool:
    """Whether what ends at `last` asks for more, so that the statement goes on after the line end.

    A `*` does where it multiplies, that is, where an operand ends at `before`.
    """
    sign = text[last - 1]
    if sign == "*":
        operand = first < before and text[before - 1] not in _BEFORE_A_STAR
        return operand and not text.endswith("_||_", first, before)
    if sign in _DANGLING_SIGNS:
        return True
    return sign in "dr_" and _DANGLING_WORD.search(text, max(first, last - 5), last) is not None


def _finding(source: Source, at: int, problem: _Problem) -> Diagnostic:
    return Diagnostic(problem.code, "error", problem.message, source.span(at, at + problem.length), problem.hint)


def _strange_characters(source: Source, tokens: list[_Token]) -> Iterator[Diagnostic]:
    """Find characters that no text may hold, and those that no bare name may hold."""
    text = source.text
    for match in _CONTROL.finditer(text):
        what = "bidirectional control" if match[0] in BIDIRECTIONAL else "control character"
        message = f"a {what}, {_character(match[0])}, has no place in a text"
        yield Diagnostic("C102", "error", message, source.span(*match.span()))
    if text.isascii():
        return
    at = 0
    for token in (*(t for t in tokens if t.kind in ("text", "open_text", "comment")), _Token(len(text), len(text), "")):
        for match in _NAME.finditer(text, at, token.start):
            name = match[0]
            if name.isascii() or is_bare(normal(name)):
                continue
            span = source.span(*match.span())
            if any(c in _SMART_QUOTES for c in name):
                yield Diagnostic("C108", "error", "typographic quotes", span, 'quotes are straight: `"`')
            elif ("a" + normal(name)).isidentifier():
                yield Diagnostic("C108", "error", f"`{name}` reads as a number", span, f'as a name it is `"{name}"`')
            else:
                bad = next(c for c in name if not ("a" + c).isidentifier())
                if bad in BIDIRECTIONAL:
                    continue
                message = f"{_character(bad)} is no part of a bare name"
                sign = _LOOKALIKES.get(bad)
                hint = f'put the name into quotes: `"{name}"`' if sign is None else f"the sign is written `{sign}`"
                yield Diagnostic("C108", "error", message, span, hint)
        at = token.end


def _character(char: str) -> str:
    return f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip()
