"""Hints about questions, for those who come from a paper or another language."""

from __future__ import annotations

import re

from causaldsl.syntax.hints_equations import RELATIONS
from causaldsl.syntax.mistake import Hint, Mistake
from causaldsl.syntax.words import RESERVED, STATEMENTS

_IN_DO = re.compile(r"\bdo\([^()]*\Z")
_AFTER_DO = re.compile(r"\bdo\([^()]*\)\Z")
_IN_P = re.compile(r"\b(?:P|do)\s*\(")
_PROBABILITY = frozenset({"p", "pr", "prob", "probability"})
_EXPECTATION = frozenset({"e", "ex", "exp", "expectation", "mean", "avg"})


def _without_query(m: Mistake) -> str | None:
    """Speak of a question that is no statement yet."""
    if m.asks:
        return None
    if (m.found == "(" and m.before == "P") or (m.found == "[" and m.before == "E"):
        if ":=" in m.after:
            return "a table is written `Y | X := [[..], ..]`, an equation `Y := ..`"
        return f"a question begins with `query`: `query {m.before}{m.found}..`"
    if m.found in ("_||_", "⫫") and m.before:
        return "`query A _||_ B` asks, `assert A _||_ B` claims"
    if m.keyword in RESERVED and m.keyword not in STATEMENTS:
        return f"a question begins with `query` or `assert`: `assert {m.keyword} ..`"
    return None


def _do(m: Mistake) -> str | None:
    """Speak of `do` in the wrong place or form."""
    if m.found == "(" and m.last == "do":
        if set(m.expected) <= {"IS", "_ASSIGN", "$END"} and m.before == "do":
            return "an assignment is written without `do`: `X=1`"
        if m.before.endswith(("=do", "= do")):
            return "what is set stands inside: `do(X=1)`"
        if m.opens == "[":
            return "in the brackets of a counterfactual stands what is set, without `do`: `Y[X=1]`"
        return "`do` stands right of the bar: `P(Y | do(X=1))`"
    if m.kind == "NAME" and m.last == "do" and m.asks:
        return f"what is set stands in parentheses: `do({m.found}=1)`"
    if m.found == "=" and _AFTER_DO.search(m.before):
        return "the value stands inside: `do(X=1)`"
    if m.found == "~" and _IN_DO.search(m.before):
        return "an intervention's law is an equation: `do(X := bernoulli(0.4))`"
    if m.found == "=" and ":=" in m.before and _IN_DO.search(m.before):
        return "`do` stands in questions: `query P(Y | do(X=1))`"
    return None


def _counterfactual(m: Mistake) -> str | None:
    if m.found == "{" and m.before.endswith("_"):
        return "a counterfactual is written in square brackets: `Y[X=1]`"
    if m.found == "(" and m.asks and m.opens == "(" and m.last and m.next:
        return f"a counterfactual is written in square brackets: `{m.last}[{m.next}=1]`"
    if m.found == "[" and m.asks and m.last and m.before == f"{m.keyword} {m.last}" and m.last not in ("P", "e"):
        return f"a question about it is `P({m.last}[..])` or `E[{m.last}[..]]`"
    if m.found == ":=" and m.asks and set(m.expected) <= {"IS"}:
        return "another world is given with one sign: `Y[X=1]`"
    return None


def _name_of_the_question(m: Mistake) -> str | None:
    if not m.asks or m.found not in ("(", "[", "{"):
        return None
    if m.last.casefold() in _PROBABILITY:
        return "a probability is written `P(Y=1)`"
    if m.last.casefold() in _EXPECTATION:
        return "an expectation is written in square brackets: `E[Y]`"
    return None


def _equals(m: Mistake) -> str | None:
    if m.found == "==" and m.opens == "(" and _IN_P.search(m.before):
        return "inside `P(..)` and `do(..)` a value is given with one sign: `X=1`"
    if m.found in ("=", "~") and m.before.endswith((")", "]")) and m.asks:
        return "numbers are compared with `==`: `P(..) == 0.2 within 0.01`"
    return None


def _independence(m: Mistake) -> str | None:
    """Speak of separations in other signs."""
    if not m.asks or m.opens:
        return None
    other_sign = (m.found == "|" and m.after.startswith("|")) or (m.found == "_" and m.after.startswith("|"))
    if other_sign or m.found.startswith("indep"):
        return f"independence is written `{m.last or 'A'} _||_ B`"
    if m.found == "given":
        return "what is given stands after a bar: `A _||_ B | C`"
    if m.kind == "EQUAL" and ("_||_" in m.before or "⫫" in m.before):
        return "it is true or false by itself: `assert A _||_ B`, `assert not A _||_ B`"
    if m.kind == "RIGHT" and "_INDEPENDENT" in m.expected:
        return f"whether one causes another is `ancestor {m.last or 'A'} -> {m.next or 'B'}`"
    return None


def _shape(m: Mistake) -> str | None:
    """Speak of what a question is made of."""
    if not m.asks:
        return None
    if m.kind == "$END" and "_INDEPENDENT" in m.expected and m.before == f"{m.keyword} {m.last}":
        return f"perhaps `{m.keyword} P({m.last})`, or `{m.keyword} {m.last} _||_ ..`"
    if m.found == "|" and m.opens == "(":
        return "there is one bar; what stands right of it is separated by commas"
    if m.found == "," and m.opens == "[" and "GIVEN" in m.expected:
        return "an expectation is of one number: `E[X + Y]`"
    if m.before.endswith("identifiable"):
        return "what is identified is a probability: `identifiable P(Y | do(X))`"
    return None


def _more_than_one(m: Mistake) -> str | None:
    """Speak of questions that are joined, and of conditions that are."""
    if not m.asks:
        return None
    if m.found in ("and", "&", "or"):
        return "conditions are separated by commas" if m.opens == "(" else "each claim is a statement of its own"
    if m.kind in RELATIONS and "WITHIN" in m.expected:
        return "comparisons do not chain: each is a statement of its own"
    return None


HINTS: tuple[Hint, ...] = (
    _do, _counterfactual, _without_query, _name_of_the_question, _equals, _independence, _shape, _more_than_one,
)  # fmt: skip
