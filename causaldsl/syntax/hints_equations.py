"""Hints about mechanisms, equations and tables, for those who come from another language."""

from __future__ import annotations

import re

from causaldsl.syntax.mistake import WORD, Hint, Mistake
from causaldsl.syntax.words import STATEMENTS

LAWS = {
    "normal": ("normal", "gaussian", "norm", "n"),
    "uniform": ("uniform", "unif", "u"),
    "exponential": ("exponential", "expon"),
    "laplace": ("laplace", "double_exponential"),
    "bernoulli": ("bernoulli", "bern", "ber"),
    "categorical": ("categorical", "cat", "discrete"),
}
"""The laws, and how others call them, in lower case."""
FUNCTIONS = ("exp", "log", "sqrt", "abs", "sigmoid", "tanh", "sin", "cos", "min", "max", "where")
"""The functions."""
RELATIONS = ("LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL", "EQUAL", "UNEQUAL")
"""The terminals of the relations."""

_LAW_OF = {other: law for law, others in LAWS.items() for other in others}
_CALLED = re.compile(r"\s*(\w+)\s*\(")
_DIGITS = re.compile("[0-9]+")
_ASSIGNED = re.compile(rf"({WORD.pattern})\s*(?:<-|←)")


def _formula(m: Mistake) -> str | None:
    """Speak of what stands around `~` in Stan, R and lavaan."""
    if m.asks or m.keyword in STATEMENTS:
        return None
    if m.found == "=" and m.after.startswith("~"):
        return f"a latent causes what it is measured by: `latent {m.last}`, `{m.last} -> ..`"
    if m.found == "~" and m.before.endswith("~"):
        return "an unobserved common cause is written `A <-> B`"
    target, tilde, right = m.text.partition("~")
    if not tilde or m.at <= len(target):
        return None
    name = target.strip()
    if (called := _CALLED.match(right)) is not None and (law := _LAW_OF.get(called[1].lower())) is not None:
        return f"a law whose numbers are known is an equation: `{name} := {law}(..)`"
    if m.opens == "(" and not m.before.endswith(","):
        return "options have names: `neural(hidden=32)`"
    if m.found == ".":
        return f"`*` is every other label: `* -> {name}`"
    if m.found in ("+", "*", "-", ":") or (m.kind == "NUMBER" and not m.opens):
        causes = [word for word in WORD.findall(right[:200]) if not _DIGITS.fullmatch(word)]
        return f"causes are written with an arrow: `{', '.join(causes) or 'X, Z'} -> {name}`"
    return None


def _equals(m: Mistake) -> str | None:
    if m.asks or m.keyword in STATEMENTS:
        return None
    if m.found in ("=", "==") and WORD.fullmatch(m.before) and not m.after.startswith(">"):
        return f"an equation is written `{m.before} := ..`"
    if m.found == ":" and WORD.fullmatch(m.before):
        return f"an equation is written `{m.before} := ..`, an edge `{m.before} -> ..`"
    if (assigned := _ASSIGNED.match(m.text)) is not None and (
        m.kind == "NUMBER" or m.found in ("+", "*", "/", "^", "(")
    ):
        return f"an equation is written `{assigned[1]} := ..`"
    return None


def _negative_comparison(m: Mistake) -> str | None:
    if m.found in ("<-", "←") and (number := _DIGITS.match(m.after)):
        number = re.match(r"[0-9]+(?:\.[0-9]+)?", m.after) or number
        return f"`<-` is an arrow; write `{m.last or 'X'} < -{number[0]}`"
    return None


def _chain(m: Mistake) -> str | None:
    if m.kind in RELATIONS and "AND" in m.expected:
        return "comparisons do not chain: `X > 1 and X < 3`"
    return None


def _power(m: Mistake) -> str | None:
    return "a power is written `^`" if m.found == "*" and m.before.endswith("*") else None


def _logic(m: Mistake) -> str | None:
    if m.asks or ":=" not in m.before:
        return None
    words = {"&": "and", "!": "not"}
    if m.found in words:
        return f"write `{words[m.found]}`"
    if m.found == "|" and (m.after.startswith("|") or m.before.endswith("|")):
        return "write `or`; the sign of independence is `_||_`"
    return None


def _choice(m: Mistake) -> str | None:
    if m.found in ("if", "?") and ":=" in m.before:
        return "a choice is written `where(condition, a, b)`"
    return None


def _point(m: Mistake) -> str | None:
    if m.found != ".":
        return None
    if digits := _DIGITS.match(m.after):
        return f"a number has digits on both sides of the point: `0.{digits[0]}`"
    if m.last and _DIGITS.fullmatch(m.last):
        return f"a number has digits on both sides of the point: `{m.last}.0`"
    return None


def _rows(m: Mistake) -> str | None:
    if m.kind in ("NUMBER", "MINUS") and m.expected and set(m.expected) <= {"LBRACKET"}:
        return "a table is a list of rows, be it of one: `[[0.9, 0.1]]`"
    return None


def _missing_operator(m: Mistake) -> str | None:
    if m.kind not in ("NAME", "NUMBER", "LPAREN") or not m.last or "PLUS" not in m.expected or m.asks:
        return None
    if m.last in FUNCTIONS:
        return f"what a function is of stands in parentheses: `{m.last}({m.found})`"
    return f"is an operator missing? `{m.last}*{m.found}`"


HINTS: tuple[Hint, ...] = (
    _negative_comparison, _formula, _equals, _chain, _power, _logic, _choice, _point, _rows, _missing_operator,
)  # fmt: skip
