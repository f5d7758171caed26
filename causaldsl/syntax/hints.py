"""What to say about a statement that does not fit the grammar.

What was found, what could have stood there, and, for the mistakes that newcomers bring from other languages, how it is
written here.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Collection
from dataclasses import dataclass

from causaldsl.errors import Diagnostic, closest
from causaldsl.source import Source
from causaldsl.syntax.tree import Tree
from causaldsl.syntax.words import NAME_CHARACTERS, RESERVED, STATEMENTS

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

_FOREIGN = re.compile(
    r"(?:\s|#[^\n]*|//[^\n]*)*+"
    r"(?P<head>(?:(?P<dagitty>dag|pdag|mag|pag)|(?:strict\s+)?(?:di)?graph)\b[^\n{]*\{)"
)
_WORD = re.compile(rf"{NAME_CHARACTERS}+")
_LETTER = re.compile(NAME_CHARACTERS)
_MOST_EXPECTED = 4


def header(source: Source) -> str | None:
    """Return the format that a text's first words say, `dagitty` or `dot`, if they do."""
    match = _FOREIGN.match(source.text)
    return None if match is None else "dagitty" if match["dagitty"] else "dot"


def foreign_language(source: Source) -> Diagnostic | None:
    """Say so if the text is dagitty's or Graphviz's."""
    match = _FOREIGN.match(source.text)
    if match is None:
        return None
    language = "dagitty's language" if match["dagitty"] else "the DOT language"
    file = {"<stdin>": "-", "<text>": "IN"}.get(source.name, shlex.quote(source.name))
    hint = f"`causaldsl convert {file} OUT.causal --from {header(source)}` reads it"
    return Diagnostic("C110", "error", f"this is {language}, not a causal text", source.span(*match.span("head")), hint)


@dataclass(frozen=True)
class _Mistake:
    """A statement that cannot be read.

    Parameters
    ----------
    text : str
        The statement.
    at : int
        Where in it the first word stands that does not fit; its length at the end.
    found : str
        The word that does not fit, empty at the end.
    kind : str
        Its terminal.
    asks : bool
        Whether it is a question, or a statement that holds one.
    """

    text: str
    at: int
    found: str
    kind: str
    asks: bool

    @property
    def before(self) -> str:
        """The statement up to the word that does not fit, without the space around it."""
        return self.text[: self.at].rstrip()

    @property
    def after(self) -> str:
        """The statement after the word that does not fit."""
        return self.text[self.at + len(self.found) :].lstrip()

    @property
    def keyword(self) -> str:
        """The first word of the statement."""
        word = _WORD.match(self.text)
        return word[0] if word else ""


_Hint = Callable[[_Mistake], str | None]


def _last_word(text: str) -> str:
    """Return the name at the end of a text, empty where there is none; from the back, so that it costs its length."""
    start = len(text)
    while start and _LETTER.match(text, start - 1):
        start -= 1
    return text[start:]


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
    mistake = _Mistake(text, at, "" if ends else word, kind, asks or text.startswith(("query", "assert")))
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


def _misspelt_keyword(m: _Mistake) -> str | None:
    """Return the keyword that the first word was meant to be, where two names follow each other at the start."""
    if m.before != m.keyword or m.keyword in STATEMENTS or not m.found or m.found[0] in "~:=<-,|":
        return None
    if m.kind in ("NAME", "TEXT", "NUMBER", "EXPECTATION", "PROBABILITY", *(w.upper() for w in RESERVED)):
        return closest(m.keyword, STATEMENTS)
    return None


# ---- the rules, in the order in which they are tried: the first that knows the mistake speaks


def _python_dictionary(m: _Mistake) -> str | None:
    if m.text.startswith("{") and m.found == ":":
        return "edges are written with arrows: `A -> B, C`"
    return None


def _comment(m: _Mistake) -> str | None:
    if m.text.startswith(("//", "/*", "%", "--")) or (m.found == "/" and m.after.startswith(("/", "*"))):
        return "a comment begins with `#`"
    return None


def _equation_in_declaration(m: _Mistake) -> str | None:
    if m.keyword in STATEMENTS and m.found in (":=", "=") and m.keyword != "group" and not m.asks:
        return "declare the node first; its equation `A := ..` is a statement of its own"
    return None


def _keyword_as_name(m: _Mistake) -> str | None:
    if m.before == m.keyword in STATEMENTS and m.kind in ("RIGHT", "LEFT", "BOTH", "_TILDE", "_ASSIGN", "_COMMA"):
        return f'`{m.keyword}` is a word of the language; as a node\'s name it is `"{m.keyword}"`'
    return None


def _other_arrows(m: _Mistake) -> str | None:
    if (m.found == "-" and m.after.startswith("->")) or (m.found == "->" and m.before.endswith("-")):
        return "an arrow is written `->`"
    if m.found == "=" and m.after.startswith(">"):
        return "an arrow is written `->`"
    if (m.found == "-" and m.before.endswith("-")) or (m.found == "-" and m.after.startswith("-")):
        return "an edge has a direction: `A -> B`, or `A <-> B` for an unobserved common cause"
    if m.found in ("<", ">") and not m.asks and not re.search(r":=|[(\[]", m.before):
        return "an arrow is written `A -> B`"
    if m.found == "-" and not m.asks and (left := _last_word(m.before)):
        right = _WORD.match(m.after)
        return f'an arrow is written `->`; a name with a `-` in it needs quotes: `"{left}-{right[0] if right else ""}"`'
    return None


def _negative_comparison(m: _Mistake) -> str | None:
    if m.found in ("<-", "←") and re.match(r"[0-9]", m.after):
        left = _WORD.findall(m.before)
        return f"`<-` is an arrow; write `{left[-1] if left else 'X'} < -{m.after.split()[0].rstrip(',)]')}`"
    return None


def _power(m: _Mistake) -> str | None:
    return "a power is written `^`" if m.found == "*" and m.before.endswith("*") else None


def _logic(m: _Mistake) -> str | None:
    words = {"&": "and", "!": "not"}
    if m.found in words:
        return f"write `{words[m.found]}`"
    if m.found == "|" and (m.after.startswith("|") or m.before.endswith("|")):
        return "write `or`; the sign of independence is `_||_`"
    return None


def _number(m: _Mistake) -> str | None:
    if m.found == "." and re.match(r"[0-9]", m.after):
        return f"a number has digits on both sides of the point: `0.{re.match('[0-9]+', m.after)[0]}`"  # type: ignore[index]
    if m.found == "." and (digits := re.search(r"(?<![.\w])[0-9]+\Z", m.before)):
        return f"a number has digits on both sides of the point: `{digits[0]}.0`"
    if m.kind == "NUMBER" and not m.before.endswith(("=", "(", "[")) and not m.asks:
        return f'a name that reads as a number stands in quotes: `"{m.found}"`'
    return None


def _do(m: _Mistake) -> str | None:
    if m.found == "(" and re.search(r"\bdo\Z", m.before):
        return "`do` stands right of the bar: `P(Y | do(X=1))`"
    if m.found == "~" and re.search(r"\bdo\([^()]*\Z", m.before):
        return "an intervention's law is an equation: `do(X := bernoulli(0.4))`"
    if m.found == "=" and re.search(r"\bdo\([^()]*\)\Z", m.before):
        return "the value stands inside: `do(X=1)`"
    return None


def _equals(m: _Mistake) -> str | None:
    if m.found == "==" and re.search(r"\b(?:P|do)\s*\(", m.before):
        return "inside `P(..)` and `do(..)` a value is given with one sign: `X=1`"
    if m.found == "=" and m.before.endswith((")", "]")) and m.asks:
        return "numbers are compared with `==`: `P(..) == 0.2 within 0.01`"
    if m.found in ("=", "==", "<-", "←") and m.keyword not in STATEMENTS and _WORD.fullmatch(m.before):
        return f"an equation is written `{m.before} := ..`"
    return None


def _counterfactual(m: _Mistake) -> str | None:
    if m.found == "{" and re.search(r"_\Z", m.before):
        return "a counterfactual is written in square brackets: `Y[X=1]`"
    return None


def _question(m: _Mistake) -> str | None:
    if (m.found == "(" and m.before == "P") or (m.found == "[" and m.before == "E"):
        return f"a question begins with `query`: `query {m.before}{m.found}..`"
    if m.found in ("_||_", "⫫"):
        return "`query A _||_ B` asks, `assert A _||_ B` claims"
    if m.keyword in RESERVED and m.keyword not in STATEMENTS:
        return f"a question begins with `query` or `assert`: `assert {m.keyword} ..`"
    return None


def _formula(m: _Mistake) -> str | None:
    target, tilde, right = m.text.partition("~")
    target = target.strip()
    if not tilde or m.keyword == "default" or m.asks or m.at <= len(target):
        return None
    if (law := re.match(r"\s*(normal|uniform|exponential|laplace|bernoulli|categorical)\s*\(", right)) is not None:
        return f"a law whose numbers are known is an equation: `{target} := {law[1]}(..)`"
    if m.found in "+*-:" and m.found:
        causes = ", ".join(_WORD.findall(right.strip())) or "X, Z"
        return f"causes are written with an arrow: `{causes} -> {target}`"
    if "(" in right and m.kind in ("NUMBER", "_COMMA", "RPAREN"):
        return "options have names: `neural(hidden=32)`"
    return None


def _missing_comma(m: _Mistake) -> str | None:
    if m.kind not in ("NAME", "TEXT", "LBRACE"):
        return None
    if m.before.endswith('"'):
        last = m.before[m.before.rfind('"', 0, -1) :]
    else:
        last = "}" if m.before.endswith("}") else _last_word(m.before)
    return f"is a comma missing? `{last}, {m.found}`" if last and last not in STATEMENTS else None


_HINTS: tuple[_Hint, ...] = (
    _python_dictionary, _comment, _equation_in_declaration, _keyword_as_name, _counterfactual, _do,
    _negative_comparison, _question, _formula, _other_arrows, _equals, _power, _logic, _number, _missing_comma,
)  # fmt: skip
