from collections.abc import Callable

import pytest
from hypothesis import given

from causaldsl.errors import Diagnostic, UsageError
from causaldsl.graph.expression import Chain, Constant, Counterfactual, Draw, Negative, Variable
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.parse_question import parse_assignment, parse_question
from causaldsl.graph.question import (
    Denied,
    EffectQuestion,
    Event,
    Expectation,
    Identifiable,
    Independencies,
    Intervention,
    Numeric,
    Probability,
    Separation,
)
from causaldsl.graph.read import read_text
from causaldsl.testing.strategies import token_soups

GRAPH = read_text(
    'binary X, Z, M, Y, P, E; real Age in [0, 120]; categorical Hair {black, "dark brown"}; categorical Digit {0..9}\n'
    "image Face[3, 32, 32]; latent U; latent V : binary; group G = X, Z; U, V -> X, Y; X -> M -> Y; * -> Face"
)

CANONICAL = """
X _||_ Y
X, Z _||_ Y | M, Hair
U _||_ V
not X _||_ Y | M
independencies
adjustment X -> Y
adjustment X, Z -> Y | M, Age
adjustment X -> Y | {}
instruments Z -> Y
ancestor U -> Y
identifiable P(Y | do(X))
identifiable P(Age, Face | do(X), Z)
identifiable P(Y[X=0] | X=1)
P(Y=1)
P(Y, Hair)
P(Age > 30)
P(Age <= 30.5, Hair != "dark brown")
P(Y | X=1, Age=30)
P(Y | do(X=1, Z=0), M=1)
P(Y | do(X))
P(Digit=3 | do(Digit := 9 - Digit))
P(Y | do(M := bernoulli(0.4)))
P(Y=1 | do(X=1)) - P(Y=1 | do(X=0))
2*P(Y=1)/(P(X=1) + 0.5)
-P(Y=1)
P(Y[X=0]=1 | X=1, Y=1)
P(Y[X=1, M=M[X=0]])
P(E[X=0]=1, P=1)
E[Age]
E[Y[X=1] - Y[X=0] | Hair=black]
E[Hair == black | do(X=1)]
E[exp(Age) + Digit^2]
P(Y | X) == P(Y | do(X)) within 0.02
P(Y=1) < 0.5
not P(Y=1) >= 0.5
"""


@pytest.mark.parametrize("text", CANONICAL.strip().splitlines())
def test_canonical_spelling(text: str) -> None:
    question = parse_question(text, GRAPH)
    assert str(question) == text
    assert parse_question(str(question), GRAPH) == question


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("{X, Z} ⫫ Y|M", "X, Z _||_ Y | M"),
        ("G _||_ Y", "X, Z _||_ Y"),
        ("X _||_ Y | *", "X _||_ Y | Z, M, P, E, Age, Hair, Digit"),
        ("P(Y|Z=0,do(X=1))", "P(Y | do(X=1), Z=0)"),
        ("P(Y | do(X=1), Z, do(M=0))", "P(Y | do(X=1, M=0), Z)"),
        ("P(Y | G)", "P(Y | X, Z)"),
        ("P(Y | do(G))", "P(Y | do(X, Z))"),
        ('P("Y"="1", Hair="black")', "P(Y=1, Hair=black)"),
        ("P(Digit=3.0)", "P(Digit=3)"),
        ("((P(Y=1)))", "P(Y=1)"),
        ("P(Y=1 # given\n | X=1)", "P(Y=1 | X=1)"),
    ],
)
def test_other_spellings(text: str, canonical: str) -> None:
    assert str(parse_question(text, GRAPH)) == canonical


def test_a_star_is_what_the_question_does_not_name() -> None:
    graph = read_text("binary A, B, C, D; image F[3, 32, 32]; * -> F")
    assert str(parse_question("P(*)", graph)) == "P(A, B, C, D)"
    assert str(parse_question("P(B | *)", graph)) == "P(B | A, C, D)"
    assert str(parse_question("P(B | do(C=1), *)", graph)) == "P(B | do(C=1), A, D)"
    assert str(parse_question("P(B=1 | *) - P(B=1 | A, D, C)", graph)) == "P(B=1) - P(B=1 | A, D, C)"


def test_meanings() -> None:
    y1 = Event(Variable("Y"), "=", 1)
    assert parse_question("P(Y=1 | do(X=1), Hair=black)", GRAPH) == Numeric(
        Probability((y1,), do=(Intervention("X", 1),), given=(Event(Variable("Hair"), "=", "black"),))
    )
    assert parse_question("E[Age + 1 | do(Age := Age + normal(0, 1))]", GRAPH) == Numeric(
        Expectation(
            Chain(Variable("Age"), (("+", Constant(1)),)),
            do=(
                Intervention(
                    "Age", law=Chain(Variable("Age"), (("+", Draw("normal", (Constant(0), Constant(1)), 0)),))
                ),
            ),
        )
    )
    nested = Counterfactual("Y", (("X", 1), ("M", Counterfactual("M", (("X", 0),)))))
    assert parse_question("P(Y[X=1, M=M[X=0]]=1)", GRAPH) == Numeric(Probability((Event(nested, "=", 1),)))
    assert parse_question("-P(Y=1) == 1 within 0.5", GRAPH) == Numeric(
        Negative(Probability((y1,))), "==", Constant(1), 0.5
    )
    assert parse_question("not X _||_ Y", GRAPH) == Denied(Separation(("X",), ("Y",)))
    assert parse_question("identifiable P(Y=1)", GRAPH) == Identifiable(Probability((y1,)))
    assert parse_question("adjustment X -> Y | {}", GRAPH) == EffectQuestion("adjustment", ("X",), ("Y",), ())
    assert parse_question("independencies", GRAPH) == Independencies()


@pytest.mark.parametrize(
    ("text", "rung"),
    [
        ("X _||_ Y", 0),
        ("identifiable P(Y | do(X))", 0),
        ("not ancestor X -> Y", 0),
        ("P(Y | X)", 1),
        ("1 + 1", 1),
        ("P(Y | do(X))", 2),
        ("P(Y=1 | X=1) - P(Y=1 | do(X=1))", 2),
        ("P(Y[X=0] | X=1)", 3),
        ("P(Y | X[Z=0]=1)", 3),
        ("E[Y[X=1] - Y]", 3),
        ("P(Y=1) < P(Y[X=1]=1)", 3),
    ],
)
def test_rungs(text: str, rung: int) -> None:
    assert parse_question(text, GRAPH).rung == rung


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("P(Y=1 | X=1)", ()),
        ("P(Y, Z=1 | X, M=0)", ("Y", "X")),
        ("P(Y=1 | do(X), M)", ("X", "M")),
        ("E[Age | Hair]", ("Hair",)),
        ("P(Y[X=0] | Y)", ("Y[X=0]", "Y")),
    ],
)
def test_what_is_open(text: str, names: tuple[str, ...]) -> None:
    question = parse_question(text, GRAPH)
    assert isinstance(question, Numeric)
    assert question.quantities[0].open == names


def test_questions_of_a_text_carry_their_meaning() -> None:
    graph = read_text("binary A, B; A -> B\nquery   P( B|do( A = 1 ) )  # how?\nassert A ⫫ B")
    (query,), (claim,) = graph.queries, graph.assertions
    assert (query.text, claim.text) == ("P(B | do(A=1))", "A _||_ B")
    assert query.meaning == parse_question("P(B | do(A=1))", graph)
    assert query.span is not None
    assert query.span.text == "P( B|do( A = 1 ) )"


def test_questions_about_nodes_without_a_domain() -> None:
    graph = read_text("node A, B; A -> B; query P(B=1 | do(A=high)); query identifiable P(B | do(A))")
    assert [q.text for q in graph.queries] == ["P(B=1 | do(A=high))", "identifiable P(B | do(A))"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("X=1", Intervention("X", 1)),
        ('Hair="dark brown"', Intervention("Hair", "dark brown")),
        (" Digit = 7 ", Intervention("Digit", 7)),
        ("Age=30.5", Intervention("Age", 30.5)),
        ("Age := Age + 10", Intervention("Age", law=Chain(Variable("Age"), (("+", Constant(10)),)))),
        ("V=1", Intervention("V", 1)),
    ],
)
def test_assignments(text: str, expected: Intervention) -> None:
    assert parse_assignment(text, GRAPH) == expected
    assert parse_assignment(str(expected), GRAPH) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "C114"),
        ("# only a comment", "C114"),
        ("X", "C302"),
        ("X=7", "C301"),
        ("Q=1", "C201"),
        ("U=1", "C305"),
        ("G=1", "C307"),
        ("X == 1", "C101"),
        ("X ~ bernoulli(0.5)", "C101"),
        ("X=1; Z=1", "C101"),
        ("X=1\nZ=1", "C101"),
        ("Age := 200", "C446"),
        ("Hair := X", "C444"),
        ("Face := X", "C448"),
        ("X = (", "C103"),
    ],
)
def test_what_is_no_assignment(text: str, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_assignment(text, GRAPH)
    assert [d.code for d in caught.value.diagnostics] == [code]
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(("text", "code"), [("", "C114"), ("query P(X)", "C101"), ("P(Q)", "C201"), ("X -> Y", "C101")])
def test_what_is_no_question(text: str, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_question(text, GRAPH)
    assert [d.code for d in caught.value.diagnostics] == [code]


@pytest.mark.parametrize("read", [parse_question, parse_assignment])
@given(text=token_soups())
def test_any_words_have_a_meaning_or_findings_inside_them(
    read: Callable[[str, CausalGraph], object], text: str
) -> None:
    findings: tuple[Diagnostic, ...] = ()
    try:
        assert str(read(text, read_text("binary A, B; A -> B")))
    except UsageError as error:
        findings = error.diagnostics
    for finding in findings:
        assert finding.span is not None
        assert finding.span.end <= len(text)
