"""The laws of the language that hold of texts: what is in the language, and what the formatter keeps."""

import re
import unicodedata

import pytest
from hypothesis import given, settings

from causaldsl.source import Source
from causaldsl.syntax.parser import parse, parse_assignment, parse_question
from causaldsl.syntax.printer import format_document, same_meaning
from causaldsl.syntax.scan import MAX_NESTING
from causaldsl.syntax.tree import Document
from causaldsl.testing import programs
from tests.grammar import drawn_from_the_grammar


def document(text: str) -> Document:
    found, findings = parse(Source.normalised("<text>", text))
    assert findings == [], "\n".join(map(str, findings))
    return found


def comments(text: str) -> list[str]:
    """The comments of a text, found without the parser: `#` outside of quotes, to the end of the line."""
    words = re.findall(r'"(?:[^"\\\n]|\\.)*"|(#[^\n\r]*)', text)
    return [comment.rstrip() for comment in words if comment]


def check_format(text: str) -> None:
    """Formatting keeps the statements, their order and the comments; what is formatted stays as it is."""
    before = document(text)
    result = format_document(before)
    assert same_meaning(before, document(result))
    assert format_document(document(result)) == result
    assert comments(result) == comments(text)


# ---- what the grammar derives is in the language


@given(drawn_from_the_grammar("statement"))
def test_a_statement_of_the_grammar_is_read_as_one_and_laid_out(text: str) -> None:
    assert len(document(text).statements) == 1
    check_format(text)


@given(drawn_from_the_grammar("question"))
@settings(max_examples=50)
def test_a_question_of_the_grammar_is_read(text: str) -> None:
    question, findings = parse_question(Source("<question>", text))
    assert (question is not None, findings) == (True, [])


@given(drawn_from_the_grammar("assignment"))
@settings(max_examples=50)
def test_an_assignment_of_the_grammar_is_read(text: str) -> None:
    assignment, findings = parse_assignment(Source("<assignment>", text))
    assert (assignment is not None, findings) == (True, [])


# ---- the formatter


@given(programs())
def test_the_formatter_keeps_statements_and_comments(text: str) -> None:
    check_format(text)


@given(programs())
@settings(max_examples=50)
def test_what_is_laid_out_is_tidy(text: str) -> None:
    assert not re.search(r"[^\S\n]$|[\t\u00a0\r]|\n\n\n|\A\n|\n\n\Z", format_document(document(text)), re.MULTILINE)


@given(programs())
@settings(max_examples=50)
def test_names_are_compared_in_nfc(text: str) -> None:
    text = text.replace("≠", "!=")  # its NFD is two characters, which are no sign of the language
    result = format_document(document(unicodedata.normalize("NFD", text)))
    assert unicodedata.normalize("NFC", result) == format_document(document(unicodedata.normalize("NFC", text)))


# ---- nesting


@pytest.mark.parametrize(
    ("head", "opener", "inside", "closer"),
    [
        ("Y := ", "(", "X", ")"),
        ("Y := ", "exp(", "X", ")"),
        ("query ", "(", "P(X)", ")"),
        ("query P(", "X[X=", "X", "]"),
        ("Y ~ k(x=", "[", "1", "]"),
    ],
)
def test_brackets_nest_two_hundred_deep(head: str, opener: str, inside: str, closer: str) -> None:
    most = MAX_NESTING - (head + inside).count("(")
    end = ")" * head.count("(")
    check_format(head + opener * most + inside + closer * most + end)
    _, findings = parse(Source("<text>", head + opener * (most + 1) + inside + closer * (most + 1) + end))
    assert [f.code for f in findings] == ["C106"]


@pytest.mark.parametrize(
    "text",
    [
        "Y := " + " + ".join(["X"] * 10_000),
        "Y := " + "*".join(["X"] * 10_000),
        "Y := " + " or ".join(["X"] * 10_000),
        "Y := max(" + ", ".join(["X"] * 10_000) + ")",
        "query " + " - ".join(["P(X)"] * 5_000),
        " -> ".join(["X"] * 10_000),
        "node " + ", ".join(["X"] * 10_000),
        "A -> {" + ",\n".join(["X"] * 10_000) + "}",
    ],
    ids=["sum", "product", "or", "arguments", "question", "chain", "names", "braces"],
)
def test_long_is_not_deep(text: str) -> None:
    assert len(document(text).statements) == 1
