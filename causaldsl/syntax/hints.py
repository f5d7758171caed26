"""What to say about a statement that does not fit the grammar.

What was found, what could have stood there, and, for the mistakes that newcomers bring from other languages, how it is
written here.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from causaldsl.errors import Diagnostic, closest
from causaldsl.source import Source
from causaldsl.syntax import hints_equations, hints_questions, hints_structure
from causaldsl.syntax.mistake import Hint, Mistake
from causaldsl.syntax.tree import Tree
from causaldsl.syntax.words import NAME_CHARACTERS, RESERVED, STATEMENTS

_ASKS = re.compile(rf"(?:query|assert)(?!{NAME_CHARACTERS})")
TERMINALS = {
    "NAME": "a name",
    "TEXT": "a text in quotes",
    "NUMBER": "a number",
    "$END": "the end of the statement",
    "RIGHT": "`->`",
    "LEFT": "`<-`",
    "BOTH": "`<->`",
    "_INDEPENDENT": "`_||_`",
    "_ASSIGN": "`:=`",
    "IS": "`=`",
    "_TILDE": "`~`",
    "GIVEN": "`|`",
    "_COMMA": "`,`",
    "_COLON": "`:`",
    "_TO": "`..`",
    "LBRACE": "`{`",
    "RBRACE": "`}`",
    "LBRACKET": "`[`",
    "RBRACKET": "`]`",
    "LPAREN": "`(`",
    "RPAREN": "`)`",
    "STAR": "`*`",
    "SLASH": "`/`",
    "PLUS": "`+`",
    "MINUS": "`-`",
    "POWER": "`^`",
    "EQUAL": "`==`",
    "UNEQUAL": "`!=`",
    "LESS": "`<`",
    "LESS_EQUAL": "`<=`",
    "GREATER": "`>`",
    "GREATER_EQUAL": "`>=`",
    "PROBABILITY": "`P(`",
    "EXPECTATION": "`E[`",
    "DO": "`do(`",
    "INF": "`inf`",
    **{word.upper(): f"`{word}`" for word in (*STATEMENTS, *RESERVED, "in", "within")},
}
"""How each terminal of the grammar is called in a message."""

_MOST_EXPECTED = 4
_HINTS: tuple[Hint, ...] = (
    *hints_structure.FIRST, *hints_questions.HINTS, *hints_equations.HINTS, *hints_structure.LAST,
)  # fmt: skip
"""The rules in the order in which they are tried: the first that knows the mistake speaks."""
_OTHER_WORDS = {
    "bool": "binary", "boolean": "binary", "float": "real", "double": "real", "continuous": "real", "numeric": "real",
    "integer": "real", "int": "real", "factor": "categorical", "enum": "categorical", "discrete": "categorical",
    "var": "node", "variable": "node", "observed": "node", "unobserved": "latent", "hidden": "latent",
    "picture": "image", "import": "use", "include": "use", "ask": "query", "claim": "assert",
}  # fmt: skip
"""What others call it that begins a statement here."""


def explain(
    source: Source, statement: Tree, found: Tree, kind: str, expected: Collection[str], asks: bool = False
) -> Diagnostic:
    """Describe the first word of a statement that does not fit.

    Parameters
    ----------
    source, statement
        Where the statement stands.
    found : Tree
        The word that does not fit; the last word where more should have come.
    kind : str
        Its terminal, `$END` where more should have come, `STRANGE` for a character of no terminal, `HUGE` for a number.
    expected : collection of str
        The terminals that could have stood there.
    asks : bool
        Whether the statement is a question without `query` or `assert` before it.
    """
    text = source.text[statement.start : statement.end]
    word = source.text[found.start : found.end]
    span = source.span(found.start, found.end)
    ends = kind == "$END"
    at = len(text) if ends else found.start - statement.start
    mistake = Mistake(text, at, "" if ends else word, kind, expected, asks or _ASKS.match(text) is not None)
    if kind == "HUGE":
        return Diagnostic("C112", "error", "the number is too large", span)
    if not asks and (meant := _misspelt_keyword(mistake)) is not None:
        message = f"no statement begins with `{mistake.keyword}`"
        span = source.span(statement.start, statement.start + len(mistake.keyword))
        return Diagnostic("C113", "error", message, span, f"did you mean `{meant}`?")
    hint = next((hint for rule in _HINTS if (hint := rule(mistake)) is not None), None)
    wanted = sorted({TERMINALS[t] for t in expected if t in TERMINALS}, key=_rank)
    could = f": expected {_alternatives(wanted)}" if 0 < len(wanted) <= _MOST_EXPECTED else ""
    message = f"the statement ends after `{word}`{could}" if ends else f"unexpected `{word}`{could}"
    return Diagnostic("C101", "error", message, span, hint)


def _rank(phrase: str) -> tuple[bool, bool, str]:
    return phrase == TERMINALS["$END"], phrase.startswith("`"), phrase


def _alternatives(phrases: list[str]) -> str:
    return phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} or {phrases[-1]}"


def _misspelt_keyword(m: Mistake) -> str | None:
    """Return the keyword that the first word was meant to be, where two names follow each other at the start."""
    if m.before != m.keyword or m.keyword in STATEMENTS or not m.found or m.found[0] in "~:=<-,|":
        return None
    if m.kind in ("NAME", "TEXT", "NUMBER", "EXPECTATION", "PROBABILITY", *(w.upper() for w in RESERVED)):
        return _OTHER_WORDS.get(m.keyword.lower()) or closest(m.keyword, STATEMENTS)
    return None
