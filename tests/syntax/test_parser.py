import unicodedata
from typing import Any

import pytest
from lark import Lark

from causaldsl.resources import resource
from causaldsl.source import Source
from causaldsl.syntax import parser, tree
from causaldsl.syntax.hints import TERMINALS
from causaldsl.syntax.parser import parse


def only(text: str) -> Any:
    document, findings = parse(Source("<text>", text))
    assert findings == []
    (statement,) = document.statements
    return statement


def test_a_statement_knows_its_place() -> None:
    text = "# hi\n  image  Face[3, 64, 64]  # ho"
    statement = only(text)
    assert text[statement.start : statement.end] == "image  Face[3, 64, 64]"
    assert text[statement.domain.start : statement.domain.end] == "[3, 64, 64]"
    assert [text[n.start : n.end] for n in statement.names] == ["Face"]


def test_parentheses_are_part_of_the_place() -> None:
    text = "Y := (A + B)*(C)"
    statement = only(text)
    assert (statement.end, statement.body.start, statement.body.first.start) == (len(text), 5, 5)
    text = "query (P(A)) - 1"
    assert text[only(text).question.start :] == "(P(A)) - 1"


@pytest.mark.parametrize("start", ["P # c\n (A)", "E\n#c\n  [A]", "P(A | do #\n (B))"])
def test_a_comment_may_stand_before_the_bracket_of_a_keyword(start: str) -> None:
    assert isinstance(only(f"query ({start})"), tree.Query)


@pytest.mark.parametrize(
    ("text", "domain", "latent"),
    [
        ("node A, B", None, False),
        ("binary A, B", tree.BinaryDomain, False),
        ("categorical A, B {x, 3, -2, real,}", tree.Levels, False),
        ("categorical A, B {-3..3}", tree.Range, False),
        ("real A, B", tree.Interval, False),
        ("real A, B in [-inf, 3.5e2]", tree.Interval, False),
        ("image A, B[3, 32, 32]", tree.Shape, False),
        ("latent A, B", None, True),
        ("latent A, B : real", tree.Interval, True),
        ("latent A, B : categorical {x, y}", tree.Levels, True),
    ],
)
def test_declarations(text: str, domain: type | None, latent: bool) -> None:
    statement = only(text)
    assert isinstance(statement, tree.Declaration)
    assert [n.text for n in statement.names] == ["A", "B"]
    assert type(statement.domain) is (domain or type(None))
    assert statement.latent is latent


def test_bounds_and_ranges_have_signs() -> None:
    assert [n.value for n in (only("real A in [-inf, -2]").domain.low, only("real A in [-inf, -2]").domain.high)] == [
        float("-inf"),
        -2,
    ]
    assert [n.value for n in (only("categorical A {-3..4}").domain.low, only("categorical A {-3..4}").domain.high)] == [
        -3,
        4,
    ]


def test_leading_zeros_are_no_digits() -> None:
    assert only(f"Y := {'0' * 5_000}12").body.value == 12
    assert only(f"Y := {'0' * 5_000}").body.value == 0


def test_edges_alternate_lists_and_arrows() -> None:
    statement = only("A, {B, *,} -> C <- D ↔ E → F ← G")
    assert [a.sign for a in statement.arrows] == ["->", "<-", "<->", "->", "<-"]
    assert len(statement.lists) == 6
    assert isinstance(statement.lists[0].items[1], tree.Braced)


def test_options_have_their_types() -> None:
    kind = only('A ~ flow(n=3, x=-0.5, w=word, s="two words", t=true, l=[1, [a, b]], e=[])').kind
    values = {o.name.text: o.value for o in kind.options}
    assert [type(values[k]).__name__ for k in "nxwstle"] == [
        "Number",
        "Number",
        "Name",
        "Name",
        "Name",
        "ListValue",
        "ListValue",
    ]
    assert values["x"].value == -0.5
    assert values["s"].quoted
    assert not values["w"].quoted


@pytest.mark.parametrize(
    "name", ["5_o_Clock_Shadow", "3D", "größe", "P", "E", "do", "in", "_", "A_", "人", "हिन्दी", "x1e5"]
)
def test_bare_names(name: str) -> None:
    assert [n.text for n in only(f"node {name}, B").names] == [unicodedata.normalize("NFC", name), "B"]
    assert [len(nodes.items) for nodes in only(f"{name} -> B").lists] == [1, 1]


@pytest.mark.parametrize("name", ["12", "1e5", "a b", "a-b", "A_||_B", 'say "no"', "back\\slash", "model", "#", ";{"])
def test_quoted_names(name: str) -> None:
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    assert [(n.text, n.quoted) for n in only(f"node {quoted}").names] == [(name, True)]


def test_names_are_compared_in_nfc() -> None:
    decomposed = unicodedata.normalize("NFD", "größe")
    assert decomposed != "größe"
    assert only(f"node {decomposed}").names[0].text == "größe"
    assert only(f'node "{decomposed}"').names[0].text == "größe"


def test_a_name_never_takes_the_underscore_of_the_separation() -> None:
    question = only("query A_||_B_")
    assert isinstance(question, tree.Query)


QUESTIONS = """
A, B _||_ C | D
A ⫫ *
P _||_ E
E _||_ do
not A _||_ B
P(Y=1 | X=1)
P( Y=1 )
P(Y, Z)
P(Age > 30)
P(Y != -1)
P(Hair="dark brown")
P(*)
P(Y | *)
P(Y | do(X=1), Z=0)
P(Y | do(X=1, Z=0), W)
P(Y | do(M := bernoulli(0.4)))
P(Y | do(Age := Age + 10))
P(Y[X=0]=1 | X=1, Y=1)
P(E[X=0]=1)
E[Age | do(Dose=5)]
E [Y]
E[Y[X=1] - Y[X=0]]
E[Y[X=1, M=M[X=0]]]
identifiable P(Y | do(X))
adjustment X -> Y
adjustment {X, Z} -> Y | W, V
instruments X -> Y
independencies
ancestor A -> Y
P(A) == P(B) within 0.02
P(A=1) - 2*P(B=1) <= 0.5
-(P(A=1) + 1)/2 > E[B]
"""


@pytest.mark.parametrize("question", QUESTIONS.strip().splitlines())
def test_questions_are_in_the_language(question: str) -> None:
    assert isinstance(only(f"query {question}"), tree.Query)
    assert isinstance(only(f"assert {question}"), tree.Assertion)


EQUATIONS = """
0.5*X^2 - Z + normal(0, 1)
where(X == brown and not Z > 1 or W != "a b", 1, -2^-2)
-X^2
exp(log(X)) / 3
f()
P + E + do
2^X^3
(X)
[[0.1, 0.9], [1, 0]]
table("y.csv")
"""


@pytest.mark.parametrize("body", EQUATIONS.strip().splitlines())
def test_equations_are_in_the_language(body: str) -> None:
    assert isinstance(only(f"Y := {body}"), tree.Equation)
    assert isinstance(only(f"Y | X, Z := {body}"), tree.Equation)


def test_every_terminal_of_the_grammar_has_a_name_for_people() -> None:
    grammar = resource("grammar", "causal.lark").read_text(encoding="utf-8")
    terminals = {t.name for t in Lark(grammar, parser="lalr", start="statement").terminals}
    assert terminals - TERMINALS.keys() == {n for n in terminals if n.startswith("__IGNORE")}
    assert {n for n in terminals if n.startswith("__")} == {n for n in terminals if n.startswith("__IGNORE")}


def test_a_text_beyond_the_cap_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser, "MAX_CHARACTERS", 10)
    _, findings = parse(Source("<text>", "binary A, B"))
    assert [f.code for f in findings] == ["C111"]
    assert "11 characters; 10 are the most" in findings[0].message


def test_long_sums_and_chains_are_no_nesting() -> None:
    assert isinstance(only("Y := " + " + ".join(["X"] * 20_000)), tree.Equation)
    assert len(only(" -> ".join(["X"] * 20_000)).lists) == 20_000
