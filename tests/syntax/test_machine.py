"""The machine that runs the grammar's tables, beside lark, which runs them too."""

import functools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark, UnexpectedCharacters, UnexpectedToken

from causaldsl.resources import resource
from causaldsl.syntax.machine import Unexpected
from causaldsl.syntax.parser import _machine
from causaldsl.syntax.words import NAME_CHARACTERS
from causaldsl.testing import mutations
from tests.grammar import drawn_from_the_grammar


@functools.cache
def lark() -> Lark:
    """Lark's own lexer and parser; a keyword is told not to be the beginning of a longer name."""
    grammar = resource("grammar", "causal.lark").read_text(encoding="utf-8")
    ends = f"(?!{NAME_CHARACTERS})".replace("/", r"\/")
    grammar = re.sub(r'^([A-Z]+): "([a-z]+)"$', lambda m: f"{m[1]}.1: /{m[2]}{ends}/", grammar, flags=re.MULTILINE)
    return Lark(grammar, parser="lalr", start=["statement"], maybe_placeholders=False)


Verdict = tuple[int, str, frozenset[str]] | None
"""Where a text does not fit, what stands there, and what may; None where it does."""


def lark_says(text: str) -> Verdict:
    try:
        lark().parse(text)
    except UnexpectedToken as found:
        return found.token.start_pos or 0, found.token.type, frozenset(found.accepts or found.expected)
    except UnexpectedCharacters as found:
        return found.pos_in_stream, "STRANGE", frozenset()
    return None


def machine_says(text: str) -> Verdict:
    try:
        _machine().read(text, 0, len(text), "statement")
    except Unexpected as found:
        strange = found.token.type == "STRANGE"
        return found.token.start_pos, found.token.type, frozenset() if strange else found.accepted
    return None


@given(st.data())
@settings(max_examples=300)
def test_the_machine_reads_what_lark_reads_and_expects_what_lark_expects(data: st.DataObject) -> None:
    text = data.draw(drawn_from_the_grammar("statement"))
    if data.draw(st.booleans()):
        text = data.draw(mutations(text))
    assert machine_says(text) == lark_says(text)


@pytest.mark.parametrize(
    ("text", "kind", "place"),
    [
        ("A -> B ?", "STRANGE", "?"),
        ("Y := 1e999", "HUGE", "1e999"),
        ("A ->  # c", "$END", "->"),
        ("A -> := B", "_ASSIGN", ":="),
        ("default node ~ k", "NODE", "node"),
        ("default nodes ~ k", "NAME", "nodes"),
    ],
)
def test_what_does_not_fit_has_a_kind_and_a_place(text: str, kind: str, place: str) -> None:
    with pytest.raises(Unexpected) as caught:
        _machine().read(text, 0, len(text), "statement")
    token = caught.value.token
    assert (token.type, text[token.start_pos : token.end_pos]) == (kind, place)


def test_a_stretch_of_a_text_is_read_with_places_in_the_whole() -> None:
    text = "A -> B; C -> D"
    statement = _machine().read(text, 8, 14, "statement")
    assert (statement.start, statement.end) == (8, 14)
