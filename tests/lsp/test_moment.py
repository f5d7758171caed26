import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causaldsl.lsp.moment import Moment, moment
from causaldsl.source import Source
from causaldsl.testing.strategies import token_soups


def at(text: str) -> Moment:
    """What stands before the `^` of a text."""
    offset = text.index("^")
    return moment(Source("<text>", text.replace("^", "", 1)), offset)


@pytest.mark.parametrize(
    ("text", "before", "word"),
    [
        ("^", "", None),
        ("node A\n^", "", None),
        ("node A\nbin^", "", "bin"),
        ("node A; ^B", "", None),
        ("node A; B^", "", "B"),
        ("A -> ^", "A ->", None),
        ("A -> B^c", "A ->", "Bc"),
        ("A -> Bc ^", "A -> Bc", None),
        ("A ->\n   ^", "A ->", None),
        ("A ->  # a comment\n ^", "A ->", None),
        ("A ~ wgan(layers=3,\n   ^)", "A ~ wgan ( layers = 3 ,", None),
        ("A ~ wgan(layers=3,\n   ^\nnode B", "A ~ wgan ( layers = 3 ,", None),
        ("A ~ wgan(\n  layers=3,\n   ^\nnode B", "A ~ wgan ( layers = 3 ,", None),
        ("A -> {B\nC ~ ^", "C ~", None),
        ("A -> {\n ^\n}", "A -> {", None),
        ("A -> ( [ }\nnode ^", "node", None),
        ('use "lab^', "use", '"lab'),
        ('use "lab^"', "use", '"lab"'),
        ('"a b"^ -> C', '"a b"', None),
        ('A -> "b^ -> C', "A ->", '"b -> C'),
        ("A = 1^", "A =", "1"),
        ("A -> B\n\n\n^\nC -> D", "", None),
        ("query P(Y | do(X=^", "query P ( Y | do ( X =", None),
    ],
)
def test_what_stands_before(text: str, before: str, word: str | None) -> None:
    found = at(text)
    assert " ".join(token.text for token in found.before) == before
    assert (found.word.text if found.word else None) == word
    assert found.comment is None


def test_comments() -> None:
    assert at("A -> B # allow: C2^50").comment == "# allow: C2"
    assert at("A -> B # x\n# y^\n").comment == "# y"
    assert at("A -> B ^# x").comment is None


def test_what_is_replaced() -> None:
    assert (at("A -> B^c").start, at("A -> B^c").end) == (5, 7)
    assert (at('A -> "b^ -> C').start, at('A -> "b^ -> C').end) == (5, 7)
    assert (at('A -> "b^"').start, at('A -> "b^"').end) == (5, 8)


def test_brackets_and_signs() -> None:
    found = at("Y := f(a)[b, {c} (^")
    assert [found.before[i].text for i in found.opened] == ["[", "("]
    assert found.bracket[0] == "("
    assert found.sign(":=") == 1
    assert found.sign(",") is None
    assert at("f(]^").bracket[0] == "("


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("A -> ^", True),
        ("A ^", False),
        ("A, ^", True),
        ("Y := not ^", True),
        ("Y := (1) ^", False),
        ("query ^", True),
        ("* ^", False),
    ],
)
def test_whether_an_operand_must_come(text: str, wants: bool) -> None:
    assert at(text).wants_operand is wants


@settings(deadline=None)
@given(token_soups() | st.text(), st.data())
def test_any_text_at_any_place(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    found = moment(Source("<text>", text), offset)
    assert 0 <= found.start <= offset <= found.end <= len(text)
    assert "\n" not in text[found.start : found.end]
    assert all(token.end <= offset for token in found.before)
    assert found.bracket[0] in ("", "(", "[", "{")
    assert isinstance(found.wants_operand, bool)
