"""Graphs with names in the literature: their estimands, in the words of the textbooks and in numbers."""

import pytest

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
