"""Graphs with names in the literature: their estimands, in the words of the textbooks and in numbers."""

from dataclasses import replace

import pytest

from causaldsl.errors import UsageError
from causaldsl.graph.identification.estimand import Cases, Factor, Fixed, Symbol
from causaldsl.graph.read import read_text

FORMULAS = {
    "back door": ("node X, Z, Y; Z -> X, Y; X -> Y", "P(Y | do(X))", "sum_{Z} P(Y | X, Z) P(Z)"),
    "back door, two": (
        "node X, Z, W, Y; Z -> W; Z, W -> X, Y; X -> Y",
        "P(Y | do(X))",
        "sum_{Z, W} P(Y | X, Z, W) P(W | Z) P(Z)",
    ),
    "front door": (
        "node X, M, Y; X -> M -> Y; X <-> Y",
        "P(Y | do(X))",
        "sum_{M} P(M | X) sum_{X'} P(Y | X', M) P(X')",
    ),
    "napkin": (
        "node W, Z, X, Y; W -> Z -> X -> Y; X <-> W <-> Y",
        "P(Y | do(X))",
        "(sum_{W} P(X, Y | W, Z) P(W)) / (sum_{W} P(X | W, Z) P(W))",
    ),
    "M": ("node A, X, Y, B, M; X -> Y; X <-> M <-> Y", "P(Y | do(X))", "P(Y | X)"),
    "Verma": (
        "node A, B, C, D; A -> B -> C -> D; B <-> D",
        "P(D | do(C))",
        "sum_{B} P(D | A, B, C) P(B | A)",
    ),
    "Tian and Pearl 2002, figure 2": (
        "node X, Z1, Z2, Z3, Y; Z2 -> Z3, X; Z3 -> X, Z1, Y; X -> Z1 -> Y; X <-> Z2; X <-> Z3; X <-> Y; Z2 <-> Y",
        "P(Y | do(X))",
        "sum_{Z1, Z2, Z3} P(Z2) P(Z1 | X, Z3) P(Z3 | Z2) sum_{X'} P(Y | X', Z1, Z2, Z3) P(X' | Z2, Z3)",
    ),
    "no effect": ("node X, Y; Y -> X", "P(Y | do(X))", "P(Y)"),
    "seeing": ("node X, Y, Z; Y -> X; Y -> Z", "P(Y | X, Z)", "P(Y | X, Z)"),
    "a condition that might be done": ("node X, Z, Y; Z -> X, Y; X -> Y", "P(Y | do(X), Z)", "P(Y | X, Z)"),
    "values": ("binary X, Z, Y; Z -> X, Y; X -> Y", "P(Y=1 | do(X=1))", "sum_{Z} P(Y=1 | X=1, Z) P(Z)"),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_textbook_formulas(name: str) -> None:
    text, question, formula = FORMULAS[name]
    found = read_text(text).identify(question)
    assert str(found.estimand) == formula
    assert found.verify(trials=5) < 1e-9


HEDGES = {
    "bow": ("node X, Y; X -> Y; X <-> Y", "P(Y | do(X))", "XY", "Y"),
    "instrument": ("node Z, X, Y; Z -> X -> Y; X <-> Y", "P(Y | do(X))", "XY", "Y"),
    "confounded mediator": ("node X, Z, Y; X -> Z -> Y; X <-> Z", "P(Y | do(X))", "XZ", "Z"),
    "front door with a confounded way out": (
        "node X, M, Y; X -> M -> Y; X <-> Y; M <-> Y",
        "P(Y | do(X))",
        "XMY",
        "MY",
    ),
    "back door, twice confounded": ("node X, Z, Y; X, Z -> Y; X <-> Z <-> Y", "P(Y | do(X))", "XYZ", "YZ"),
    "a joint effect": ("node X, A, B; X -> A; X -> B; A <-> X", "P(A, B | do(X))", "XA", "A"),
    "a condition that opens a way": ("node X, Y, Z; X -> Z; Y -> Z; X -> Y; X <-> Z", "P(Y | do(X), Z)", "XZ", "Z"),
    "latent with three children": ("node X, Y, Z; X -> Y; latent U; U -> X, Y, Z", "P(Y | do(X))", "XY", "Y"),
}


@pytest.mark.parametrize("name", HEDGES)
def test_hedges_of_the_literature(name: str) -> None:
    text, question, outer, inner = HEDGES[name]
    found = read_text(text).identify(question)
    assert found.estimand is None
    assert found.hedge is not None
    assert (found.hedge.outer, found.hedge.inner) == (set(outer), set(inner))
    assert found.reason.startswith(f"{question} is not identifiable: there is a hedge, F = {{")


def test_a_condition_helps_where_the_joint_effect_cannot_be_identified() -> None:
    graph = read_text("node X, Y, Z; X -> Y; Z -> X; Z <-> X")
    assert not read_text("node X, Y, Z; X -> Z -> Y; X <-> Z").identify("P(Y, Z | do(X))")
    assert str(read_text("node X, Y, Z; X -> Z -> Y; X <-> Z").identify("P(Y | do(X), Z)").estimand) == "P(Y | Z)"
    assert str(graph.identify("P(Y | do(X), Z)").estimand) == "P(Y | X)"


def test_a_hedge_knows_its_places() -> None:
    graph = read_text("node A, X\nnode Y\nA -> X -> Y; X <-> Y")
    hedge = graph.identify("P(Y | do(X))").hedge
    assert hedge is not None
    assert [span.text for span in hedge.places] == ["X", "Y"]
    assert [span.begin for span in hedge.places] == [(1, 9), (2, 6)]
    assert hedge.as_json() == {"outer": ["X", "Y"], "inner": ["Y"], "roots": ["Y"]}
    assert str(hedge) == "F = {X, Y}, F' = {Y}, roots {Y}"


def test_the_answer_as_json() -> None:
    graph = read_text("binary X, Y; X -> Y; X <-> Y")
    no, yes = graph.identify("P(Y | do(X))"), graph.identify("P(Y | X=1)")
    assert not no
    assert no.value is False
    assert no.as_json() == {
        "question": "identifiable P(Y | do(X))",
        "identifiable": False,
        "estimand": None,
        "hedge": {"outer": ["X", "Y"], "inner": ["Y"], "roots": ["Y"]},
        "reason": str(no),
    }
    assert yes
    assert yes.as_json()["estimand"] == "P(Y | X=1)"
    assert yes.as_json()["hedge"] is None


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("X _||_ Y", "C700"),
        ("P(Y=1 | do(X=1)) - P(Y=1)", "C700"),
        ("P(Y=1 | do(X=1)) == P(Y=1)", "C700"),
        ("not identifiable P(Y | do(X))", "C700"),
        ("P(Y | do(Y))", "C309"),
        ("P(Y | do(X), X)", "C309"),
        ("P(Y=1, Y)", "C303"),
        ("P(U | do(X))", "C305"),
        ("P(Y | do(X := bernoulli(0.5)))", "C310"),
        ("P(Y | do(V))", "C201"),
    ],
)
def test_questions_that_are_refused(question: str, code: str) -> None:
    graph = read_text("binary X, Y; latent U : binary; U -> X, Y; X -> Y")
    with pytest.raises(UsageError) as raised:
        graph.identify(question)
    assert {finding.code for finding in raised.value.diagnostics} == {code}


def test_questions_as_values() -> None:
    graph = read_text("binary X, Y, Z; Z -> X, Y; X -> Y; query P(Y | do(X)); assert identifiable P(Y | do(X))")
    asked = [graph.queries[0].meaning, graph.assertions[0].meaning, graph.queries[0].meaning.left]
    assert {str(graph.identify(question).estimand) for question in asked} == {"sum_{Z} P(Y | X, Z) P(Z)"}


def test_values_and_ranges() -> None:
    graph = read_text('categorical H {black, "dark blond"}; categorical N {0..4}; real A; binary X; A, H, N -> X')
    for question, formula in (
        ('P(X=1 | do(H="dark blond"))', 'sum_{N, A} P(X=1 | H="dark blond", N, A) P(A) P(N)'),
        ("P(N > 2, N != 4 | X=1)", "sum_{N > 2, N != 4} P(N | X=1)"),
        ("P(X | N < 2)", "(sum_{N < 2} P(N, X)) / (sum_{N < 2} P(N))"),
        ("P(A > 30 | do(X=1))", "sum_{A > 30} P(A)"),
    ):
        assert str(graph.identify(question).estimand) == formula
    assert graph.identify("P(N > 2, N != 4 | X=1)").verify(trials=3) < 1e-9
    assert graph.identify("P(X | N < 2)").verify(trials=3) < 1e-9
    with pytest.raises(UsageError, match="A > 30"):
        graph.identify("P(A > 30 | do(X=1))").verify(trials=1)


def test_verify_finds_what_is_wrong() -> None:
    front = read_text("node X, M, Y; X -> M -> Y; X <-> Y").identify("P(Y | do(X))")
    naive = replace(front, estimand=read_text("node X, Y; X -> Y").identify("P(Y | X)").estimand)
    assert front.verify(trials=3) < 1e-9 < 1e-3 < naive.verify(trials=3)
    with pytest.raises(UsageError, match="no estimand to verify"):
        read_text("node X, Y; X -> Y; X <-> Y").identify("P(Y | do(X))").verify()
    chain = read_text(f"node {', '.join(f'N{i}' for i in range(40))}; {' -> '.join(f'N{i}' for i in range(40))}")
    with pytest.raises(UsageError, match="40 variables are too many"):
        chain.identify("P(N39 | do(N0))").verify()


def test_verify_finds_what_is_wrong_in_one_cell() -> None:
    """A conditional law that is right where X has one value, and wrong where it has the other."""
    graph = read_text("binary X, Y; X -> Y")
    found = graph.identify("P(Y | do(X))")
    zero, one = Fixed("X", 0, 0), Fixed("X", 1, 1)
    y = Symbol("Y")
    for cases, right in (
        ((Factor((y,), (zero,)), Factor((y,), (one,))), True),
        ((Factor((y,), (zero,)), Factor((y,))), False),
        ((Factor((y,)), Factor((y,), (one,))), False),
    ):
        estimand = Cases(Symbol("X"), (zero, one), cases)
        assert (replace(found, estimand=estimand).verify(trials=3) < 1e-9) == right


def test_what_is_not_identifiable_leaves_nothing_to_choose() -> None:
    no = read_text("node X, Y; X -> Y; X <-> Y").identify("P(Y | do(X))")
    assert no.arbitrary == ()
