import pytest

from causaldsl.source import Source
from causaldsl.syntax.scan import scan


def statements(text: str) -> list[str]:
    return [text[s.start : s.end] for s in scan(Source("<text>", text)).statements]


@pytest.mark.parametrize(
    "head",
    ["A,", "A ->", "A <-", "A <->", "A →", "Y :=", "group G =", "A ~", "A |", "A _||_", "A ⫫", "Y := 1 +", "Y := 1 -",
     "Y := 2 *", "Y := X *", "Y := f(2) *", "Y := 2 /", "Y := 2 ^", "Y := X <", "Y := X <=", "Y := X ≥", "Y := X ==",
     "Y := X !=", "Y := X and", "Y := X or"],
)  # fmt: skip
def test_a_line_goes_on_after(head: str) -> None:
    assert statements(f"{head}\nB") == [f"{head}\nB"]
    assert statements(f"{head}  # a comment\n\n  # another\nB") == [f"{head}  # a comment\n\n  # another\nB"]


def test_a_line_goes_on_after_a_product_however_wide_the_space() -> None:
    assert statements(f"Y := X{' ' * 300}*\n2") == [f"Y := X{' ' * 300}*\n2"]


@pytest.mark.parametrize("head", ["A ->  # a comment\n *", "A _||_ # to b\n*", "query A _||_\n *", "{ # c\n*}"])
def test_a_line_ends_after_every_other_label(head: str) -> None:
    assert statements(f"{head}\nB") == [head, "B"]


@pytest.mark.parametrize(
    "head",
    [
        "A",
        "A -> B",
        "A -> *",
        "group G = *",
        "A _||_ *",
        "A_",
        "band",
        "f(x)",
        "{A}",
        "1",
        '"A,"',
        "A |*",
        "A, *",
        "A :",
    ],
)
def test_a_line_ends_after(head: str) -> None:
    assert statements(f"{head}\nB") == [head, "B"]


@pytest.mark.parametrize("tail", ["-> B", "+ 1", "| B", ":= 2"])
def test_a_line_that_begins_with_an_operator_does_not_continue(tail: str) -> None:
    assert statements(f"A\n{tail}") == ["A", tail]


def test_a_line_end_inside_brackets_is_space() -> None:
    assert statements("A -> {B,\n C # one\n\n, D}\nE") == ["A -> {B,\n C # one\n\n, D}", "E"]


@pytest.mark.parametrize("head", ["A -> {B, C", "A ->", "binary A,", "Y ~ neural(hidden=[1,"])
@pytest.mark.parametrize("keyword", ["binary B", "  query P(A)", "image\tF[3, 2, 2]", 'use "x"', "assert {A} _||_ B"])
def test_a_keyword_begins_a_new_statement(head: str, keyword: str) -> None:
    assert statements(f"{head}\n{keyword}") == [head, keyword.strip()]


def test_a_keyword_may_be_a_level() -> None:
    text = "categorical Kind {\n  real,\n  image,\n  model}"
    assert statements(text) == [text]


def test_a_law_that_is_spelled_like_a_keyword_goes_on() -> None:
    assert statements("A :=\n  categorical (0.5, 0.5)\nB") == ["A :=\n  categorical (0.5, 0.5)", "B"]


def test_semicolons_end_statements_and_empty_ones_are_none() -> None:
    assert statements(";; binary A;A -> B ;\n;") == ["binary A", "A -> B"]


def test_signs_in_quotes_and_comments_are_no_signs() -> None:
    text = 'binary "a;b", "c # d", "e{", "\\"f" # ; {\nA'
    assert statements(text) == [text.split(" # ; {")[0], "A"]


def test_comments_are_kept_with_their_places() -> None:
    text = "# one\nbinary A # two"
    assert [text[c.start : c.end] for c in scan(Source("<text>", text)).comments] == ["# one", "# two"]


def test_one_unclosed_bracket_a_line_is_one_finding_a_line() -> None:
    found = scan(Source("<text>", "A -> {B\nC -> {D\nE -> F")).findings
    assert [(f.code, f.span and f.span.begin) for f in found] == [("C103", (1, 6)), ("C103", (2, 6))]
    assert len(statements("A -> {B\nC -> {D\nE -> F")) == 3


def test_a_closed_bracket_inside_an_unclosed_one_is_no_finding() -> None:
    text = "P(A | do(B=1)\nC"
    assert [f.span and f.span.start for f in scan(Source("<text>", text)).findings] == [1]
    assert statements(text) == ["P(A | do(B=1)", "C"]


@pytest.mark.parametrize(
    "text", ["(" * 100_000, "(" * 100_000 + ")" * 100_000, "{\n" * 50_000, ")" * 100_000, '"' * 100_001]
)
def test_hostile_brackets_are_a_finding_or_two_a_statement(text: str) -> None:
    scanned = scan(Source("<text>", text))
    assert 0 < len(scanned.findings) <= 2 * len(scanned.statements)
