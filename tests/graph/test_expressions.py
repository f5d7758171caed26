from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causaldsl.errors import CausalSyntaxError
from causaldsl.graph.expression import (
    Call,
    Chain,
    Compare,
    Constant,
    Draw,
    Expression,
    Level,
    Negative,
    Not,
    Power,
    Table,
    Variable,
    fold,
    reads,
    variables,
    walk,
)
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.read import read_text

DECLARED = 'real X, Z, Y; binary B, C; categorical H {black, "dark blond", X2}; categorical D {0..3}; latent U\n'
QUIET = "U -> X, Z\n"


def graph_of(equations: str) -> CausalGraph:
    return read_text(DECLARED + QUIET + equations)


def right_side(text: str, node: str = "Y") -> Expression:
    equation = graph_of(f"{node} := {text}")[node].equation
    assert isinstance(equation, Expression)
    return equation


X, Z, B = Variable("X"), Variable("Z"), Variable("B")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("X - Z + 1", Chain(X, (("-", Z), ("+", Constant(1))))),
        ("X - (Z + 1)", Chain(X, (("-", Chain(Z, (("+", Constant(1)),))),))),
        ("(X - Z) + 1", Chain(Chain(X, (("-", Z),)), (("+", Constant(1)),))),
        ("2*X/Z", Chain(Constant(2), (("*", X), ("/", Z)))),
        ("X + Z*2", Chain(X, (("+", Chain(Z, (("*", Constant(2)),))),))),
        ("-X^2", Negative(Power(X, Constant(2)))),
        ("(-X)^2", Power(Negative(X), Constant(2))),
        ("2^-X", Power(Constant(2), Negative(X))),
        ("2^X^Z", Power(Constant(2), Power(X, Z))),
        ("(2^X)^Z", Power(Power(Constant(2), X), Z)),
        ("-X*Z", Chain(Negative(X), (("*", Z),))),
        ("X < Z", Compare(X, "<", Z)),
        ("X + 1 ≥ Z", Compare(Chain(X, (("+", Constant(1)),)), ">=", Z)),
        ("not X < Z", Not(Compare(X, "<", Z))),
        ("B or B and B", Chain(B, (("or", Chain(B, (("and", B),))),))),
        ("(B or B) and B", Chain(Chain(B, (("or", B),)), (("and", B),))),
        ("not B and B", Chain(Not(B), (("and", B),))),
        ("H == black", Compare(Variable("H"), "==", Level("black"))),
        ('"dark blond" != H', Compare(Level("dark blond"), "!=", Variable("H"))),
        ("H == X2", Compare(Variable("H"), "==", Level("X2"))),
        ("D + 1", Chain(Variable("D"), (("+", Constant(1)),))),
        ("D == 3", Compare(Variable("D"), "==", Constant(3))),
        ("B == 1", Compare(B, "==", Constant(1))),
        ("U", Variable("U")),
        ("max(X, Z, 0)", Call("max", (X, Z, Constant(0)))),
        ("1.5e-3", Constant(0.0015)),
    ],
)
def test_trees(text: str, expected: Expression) -> None:
    assert right_side(text) == expected


def test_draws_are_numbered_in_the_order_of_the_text() -> None:
    outer = right_side("normal(uniform(0, 1), 1) + where(B, normal(0, 1), laplace(0, 1))")
    assert [(d.law, d.number) for d in walk(outer) if isinstance(d, Draw)] == [
        ("normal", 0),
        ("uniform", 1),
        ("normal", 2),
        ("laplace", 3),
    ]
    assert right_side("normal(0, 1)") != right_side("normal(0, 1) - 0*normal(0, 1)")


def test_levels_are_words_where_they_are_assigned() -> None:
    assert right_side('where(B, black, "dark blond")', "H") == Call("where", (B, Level("black"), Level("dark blond")))
    assert right_side("X2", "H") == Level("X2")
    assert right_side("where(B, black, categorical(1, 2, 3))", "H").children[2] == Draw(
        "categorical", (Constant(1), Constant(2), Constant(3)), 0
    )


@pytest.mark.parametrize(
    ("node", "text"),
    [
        ("B", "bernoulli(0.3)"),
        ("B", "X > 0 and C"),
        ("B", "where(C, 1, 0)"),
        ("B", "categorical(0.2, 0.8)"),
        ("B", "C*C"),
        ("D", "categorical(1, 1, 1, 1)"),
        ("D", "min(3, B + C)"),
        ("H", "categorical(B, C, 1)"),
        ("Y", "where(H == black, X, 2*Z) + sigmoid(X)"),
        ("Y", "exponential(1 + X^2)"),
    ],
)
def test_what_fits_where(node: str, text: str) -> None:
    assert right_side(text, node)


def test_nodes_of_unknown_domain_fit_everywhere() -> None:
    assert read_text("node A, B; A := where(B and B > 1, exp(B), B)")["A"].parents == ("B",)


def test_parents_are_inferred_and_joined_with_edges() -> None:
    graph = graph_of("C -> Y; Y := X + B*X + C")
    assert graph["Y"].parents == ("X", "B", "C")
    assert graph["Y"].equation is not None
    assert reads(graph["Y"].equation) == ("X", "B", "C")
    assert graph.warnings == ()
    assert [w.code for w in graph_of("C -> Y; Y := X").warnings] == ["C255"]


def test_an_equation_excludes_defaults() -> None:
    graph = read_text("binary A, B; default binary ~ neural; A := bernoulli(0.5); A -> B")
    assert graph["A"].mechanism is None
    assert graph["B"].mechanism is not None


def test_tables() -> None:
    rows = "[[1, 0], [0, 1], [0.5, 0.5], [0.25, 0.75], [0.1, 0.9], [0.2, 0.8]]"
    graph = read_text(f"binary Y, X; categorical Z {{a, b, c}}; Y | Z, X := {rows}")
    table = graph["Y"].equation
    assert isinstance(table, Table)
    assert table.given == ("Z", "X")
    assert table.rows[3] == (0.25, 0.75)
    assert graph["Y"].parents == ("X", "Z")
    assert str(read_text("categorical Y {a, b}; Y := [[0.25, 0.75]]")["Y"].equation) == "[[0.25, 0.75]]"


def numbers(depth: int) -> st.SearchStrategy[Expression]:
    leaves = st.sampled_from([X, Z, B, Variable("D"), Constant(0), Constant(2.5), Constant(1e-9), Constant(3)])
    if depth == 0:
        return leaves
    part, condition = numbers(depth - 1), truths(depth - 1)
    return st.one_of(
        leaves,
        st.builds(Chain, part, st.lists(st.tuples(st.sampled_from("+-"), part), min_size=1, max_size=3).map(tuple)),
        st.builds(Chain, part, st.lists(st.tuples(st.sampled_from("*/"), part), min_size=1, max_size=3).map(tuple)),
        st.builds(Negative, part),
        st.builds(Power, part, part),
        st.builds(lambda a: Call("exp", (a,)), part),
        st.builds(lambda a, b: Call("min", (a, b)), part, part),
        st.builds(lambda c, a, b: Call("where", (c, a, b)), condition, part, part),
    )


def truths(depth: int) -> st.SearchStrategy[Expression]:
    hair = st.builds(
        Compare, st.just(Variable("H")), st.sampled_from(("==", "!=")), st.sampled_from((Level("black"), Level("X2")))
    )
    leaves = hair | st.just(B)
    if depth == 0:
        return leaves
    part, number = truths(depth - 1), numbers(depth - 1)
    return st.one_of(
        leaves,
        st.builds(Compare, number, st.sampled_from(("<", "<=", ">", ">=")), number),
        st.builds(Not, part),
        st.builds(Chain, part, st.lists(st.tuples(st.just("and"), part), min_size=1, max_size=2).map(tuple)),
        st.builds(Chain, part, st.lists(st.tuples(st.just("or"), part), min_size=1, max_size=2).map(tuple)),
    )


@given(numbers(3) | truths(3))
def test_what_is_spelled_is_read_back(expression: Expression) -> None:
    assert right_side(str(expression)) == expression


@given(numbers(3))
def test_fold_visits_every_node_once_and_children_first(expression: Expression) -> None:
    seen: list[Expression] = []

    def visit(node: Expression, results: Sequence[int]) -> int:
        assert len(results) == len(node.children)
        seen.append(node)
        return 1 + sum(results)

    assert fold(expression, visit) == len(seen) == len(list(walk(expression)))
    assert seen[-1] is expression


def test_a_long_sum_needs_no_recursion() -> None:
    expression = right_side(" + ".join(["X"] * 20_000))
    assert len(expression.children) == 20_000
    assert variables(expression) == ("X",)
    assert expression == right_side(str(expression))
    assert hash(expression) == hash(right_side(str(expression)))


@pytest.mark.parametrize("text", ["-" * 1_000 + "X", "^".join(["X"] * 1_000), "not " * 1_000 + "B"])
def test_deep_nesting_without_brackets_is_refused_too(text: str) -> None:
    with pytest.raises(CausalSyntaxError, match=r"C106.*nests deeper than 400"):
        right_side(text)


def test_the_deepest_nesting_can_be_compared_and_hashed() -> None:
    deep = right_side("-" * 390 + "X")
    assert deep == right_side("-" * 390 + "X")
    assert hash(deep) == hash(right_side("-" * 390 + "X"))
    brackets = right_side("exp(1 + " * 190 + "X" + ")" * 190)
    assert brackets == right_side(str(brackets))
