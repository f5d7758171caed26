"""Estimands by themselves: text, formula, names, simplification that changes no value, evaluation, and size."""

import pickle
import random

import numpy as np
import pytest

from causaldsl.errors import UsageError
from causaldsl.graph.identification.algebra import product, ratio, restricted
from causaldsl.graph.identification.estimand import (
    ONE,
    UNDEFINED,
    ZERO,
    Among,
    Cases,
    Estimand,
    Factor,
    Fixed,
    Product,
    Ratio,
    Sum,
    Symbol,
    each_once,
)
from causaldsl.graph.identification.evaluation import Tabulated, evaluate, tabulated
from causaldsl.graph.identification.names import renamed
from causaldsl.graph.identification.spelling import size
from causaldsl.graph.identification.sums import total
from causaldsl.graph.read import read_text

X, Y, Z, W = map(Symbol, "XYZW")
RANK = {"X": 0, "Y": 1, "Z": 2, "W": 3}


def some_law(seed: int = 0, levels: tuple[int, ...] = (2, 3, 2, 2)) -> Tabulated:
    draw = np.random.default_rng(seed)
    cells = draw.dirichlet(np.ones(int(np.prod(levels)))).reshape(levels)
    return Tabulated(("X", "Y", "Z", "W"), cells)


def some_estimand(draw: random.Random, depth: int = 3) -> Estimand:
    """Any estimand over four nodes, simplified or not, with variables bound twice and bound where they are free."""
    kind = draw.random() if depth else 0.0
    if kind < 0.4:
        terms = [
            Fixed(s.node, 1, 1) if draw.random() < 0.15 else s for s in draw.sample((X, Y, Z, W), draw.randint(1, 4))
        ]
        at = draw.randint(1, len(terms))
        return Factor(tuple(terms[:at]), tuple(terms[at:]))
    if kind < 0.65:
        return Product(tuple(some_estimand(draw, depth - 1) for _ in range(draw.randint(0, 3))))
    body = some_estimand(draw, depth - 1)
    if kind < 0.9:
        over = [s for s in sorted(body.free) if draw.random() < 0.6]
        return Sum(tuple(over), body) if over else body
    return Ratio(body, some_estimand(draw, depth - 1))


def aligned(found: Estimand, law: Tabulated, axes: list[Symbol]) -> np.ndarray:
    table = evaluate(found, law)
    names = [str(axis) for axis in axes]
    assert set(table.names) <= set(names)
    order = [table.names.index(name) for name in names if name in table.names]
    return table.values.transpose(order)[tuple(slice(None) if name in table.names else None for name in names)]


def test_simplification_changes_no_value() -> None:
    law, compared = some_law(), 0
    for seed in range(600):
        draw = random.Random(seed)
        a, b = some_estimand(draw), some_estimand(draw)
        over = [s for s in sorted(a.free) if draw.random() < 0.5]
        axes = sorted(a.free | b.free)
        for plain, simple in (
            (Product((a, b)), product([a, b])),
            (Ratio(a, b), ratio(a, b)),
            (Sum(tuple(over), a) if over else a, total(over, a)),
            (Product((a, b)), renamed(Product((a, b)), RANK)),
        ):
            compared += plain != simple
            one, other = np.broadcast_arrays(aligned(plain, law, axes), aligned(simple, law, axes))
            np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)
    assert compared > 400


def test_renaming_leaves_no_variable_hidden() -> None:
    """In the result no sum binds a variable that can be seen there, and what is put for a variable stays free."""
    for seed in range(800):
        draw = random.Random(seed)
        found = some_estimand(draw, 4)
        todo = [(renamed(found, RANK), dict.fromkeys(found.free, 1))]
        while todo:
            node, seen = todo.pop()
            if isinstance(node, Sum):
                assert not set(node.bound) & set(seen)
                seen = {**seen, **dict.fromkeys(node.bound, 1)}
            todo += [(part, seen) for part in node.parts]


def test_what_is_put_for_a_variable_is_not_captured() -> None:
    other = Symbol("X", 1)
    inner = Sum((other,), Product((Factor((Y,), (X,)), Factor((other,), (Z,)))))
    put = renamed(inner, RANK, {X: other, Z: Fixed("Z", 1, 1)})
    assert str(put) == "sum_{X''} P(Y | X') P(X'' | Z=1)"
    table, plain = evaluate(put, some_law()), evaluate(Factor((Y,), (X,)), some_law())
    assert table.names == ("X'", "Y")
    np.testing.assert_allclose(table.values, plain.values)


@pytest.mark.parametrize(
    ("found", "text", "formula"),
    [
        (ONE, "1", "1"),
        (ZERO, "0", "0"),
        (UNDEFINED, "0 / 0", r"\frac{0}{0}"),
        (Factor((Y,), (Z,), (X,)), "P(Y | do(X), Z)", r"P(Y \mid \operatorname{do}(X), Z)"),
        (
            Factor((Fixed("Y", 1),), (Fixed("dark hair", "dark blond"),)),
            'P(Y=1 | "dark hair"="dark blond")',
            r"P(Y=1 \mid \mathit{dark\ hair}=\mathit{dark\ blond})",
        ),
        (Product((Sum((Z,), Factor((Z,))), Factor((X,)))), "(sum_{Z} P(Z)) P(X)", r"(\sum_{Z} P(Z)) \, P(X)"),
        (Product((Factor((X,)), Sum((Z,), Factor((Z,))))), "P(X) sum_{Z} P(Z)", r"P(X) \, \sum_{Z} P(Z)"),
        (
            Product((Factor((X,)), Ratio(Factor((Y,)), Factor((Z,))))),
            "P(X) (P(Y) / P(Z))",
            r"P(X) \, \frac{P(Y)}{P(Z)}",
        ),
        (Sum((Z,), Ratio(Factor((Z, Y)), Factor((Y,)))), "sum_{Z} (P(Z, Y) / P(Y))", r"\sum_{Z} \frac{P(Z, Y)}{P(Y)}"),
        (Ratio(Ratio(ONE, Factor((X,))), Factor((Y,))), "(1 / P(X)) / P(Y)", r"\frac{\frac{1}{P(X)}}{P(Y)}"),
        (
            Sum((Among(Y, ((">", 1), ("!=", 3))),), Factor((Y,))),
            "sum_{Y > 1, Y != 3} P(Y)",
            r"\sum_{Y > 1, Y \neq 3} P(Y)",
        ),
        (
            Cases(Symbol("X", 1), (Fixed("X", 0, 0), Fixed("X", 1, 1)), (ZERO, Factor((Y,)))),
            "{X'=0: 0; X'=1: P(Y)}",
            r"\begin{cases} 0 & X'=0 \\ P(Y) & X'=1 \end{cases}",
        ),
        (
            Factor((Symbol("Z12", 2),), (Symbol("blood_pressure"),)),
            "P(Z12'' | blood_pressure)",
            r"P(Z_{12}'' \mid \mathit{blood\_pressure})",
        ),
        (Factor((Symbol("größe"),)), "P(größe)", r"P(\mathit{größe})"),
    ],
)  # fmt: skip
def test_text_and_formula(found: Estimand, text: str, formula: str) -> None:
    assert str(found) == text
    assert found.latex() == formula


def test_equal_if_made_alike_shared_or_not() -> None:
    shared = Factor((X,))
    one, other = Product((shared, shared)), Product((Factor((X,)), Factor((X,))))
    assert one == other
    assert hash(one) == hash(other)
    assert one != Product((shared, Factor((Y,))))
    assert Ratio(shared, Factor((Y,))) != Ratio(Factor((Y,)), shared)
    assert pickle.loads(pickle.dumps(one)) == one


def test_restricted_sums() -> None:
    some = Among(Y, ((">", 0),), (1, 2))
    law = some_law()
    expected = law.values.sum(axis=(0, 2, 3))[1:].sum()
    assert evaluate(restricted((some,), Factor((Y,))), law).values == pytest.approx(expected)
    assert restricted((Among(Y, (("=", 0), ("=", 1)), ()),), Factor((Y,))) is ZERO
    assert restricted((), Factor((Y,))) == Factor((Y,))
    below = Ratio(Factor((X, Y)), Factor((Y,)))
    assert restricted((some,), below) == Sum((some,), below)


def test_what_is_never_seen_is_nan_and_adds_nothing_where_it_weighs_nothing() -> None:
    law = tabulated("XZ", [[0.5, 0.0], [0.5, 0.0]])
    conditional = Factor((X,), (Z,))
    assert np.isnan(evaluate(conditional, law).values[:, 1]).all()
    assert evaluate(Sum((Z,), Product((conditional, Factor((Z,))))), law).values.tolist() == [0.5, 0.5]
    lacking = tabulated("XZ", [[0.5, 0.0], [0.25, 0.25]])  # X=0 is never seen with Z=1, which there is
    spoiled = evaluate(Sum((Z,), Product((Factor((X,), (Z,)), Factor((Z,), (X,))))), lacking)
    assert not np.isnan(spoiled.values).any()
    opposite = evaluate(Sum((X,), Ratio(Factor((X,)), Factor((Z, X)))), lacking)
    assert np.isnan(opposite.values).tolist() == [False, True]


def test_evaluation_says_what_it_lacks() -> None:
    law = tabulated("XY", [[0.25, 0.25], [0.25, 0.25]])
    with pytest.raises(UsageError, match="no axis `Z`"):
        Factor((Z,)).evaluate(law)
    with pytest.raises(UsageError, match="no level for `X=5`"):
        Factor((Fixed("X", 5, 5),)).evaluate(law)
    with pytest.raises(UsageError, match=r"no level for `X=0\.5`"):
        Factor((Fixed("X", 0.5),)).evaluate(law)
    with pytest.raises(UsageError, match=r"no levels for `X > 0\.5`"):
        Sum((Among(X, ((">", 0.5),)),), Factor((X,))).evaluate(law)
    with pytest.raises(UsageError, match="known from an experiment only"):
        Factor((Y,), (), (X,)).evaluate(law)
    with pytest.raises(UsageError, match="a table of 2 axes, and names: "):
        tabulated("X", [[1.0]])
    with pytest.raises(UsageError, match="a table of 2 axes, and names: "):
        tabulated("XX", [[1.0]])


def test_evaluation_by_hand() -> None:
    law = some_law()
    cells = law.values
    table = Sum((Z,), Product((Factor((Y,), (X, Z)), Factor((Z,))))).evaluate(law)
    xyz, xz, z = cells.sum(axis=3), cells.sum(axis=(1, 3)), cells.sum(axis=(0, 1, 3))
    assert table.names == ("X", "Y")
    np.testing.assert_allclose(table.values, (xyz / xz[:, None, :] * z).sum(axis=2))
    fixed = Factor((Fixed("Y", 2, 2), W), (Fixed("X", 1, 1),)).evaluate(law)
    np.testing.assert_allclose(fixed.values, cells[1, 2].sum(axis=0) / cells[1].sum())


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("P(C=1 | C=1)", "1"),
        ("P(A, C=1 | C=1)", "P(A | C=1)"),
        ("P(A=0, C=1 | C=1, A=0)", "1"),
        ("P(C=0 | do(A=1), C=0)", "1"),
        ("P(C=0, C=0 | C=0)", "1"),
        ("P(D > 0 | D > 0)", "1"),
    ],
)
def test_what_is_given_is_so(question: str, text: str) -> None:
    found = read_text("binary A, C; categorical D {0..2}; A -> C -> D").identify(question)
    assert str(found.estimand) == text
    assert found.verify(trials=3) < 1e-12


def test_the_answer_in_the_order_of_the_question() -> None:
    found = read_text("binary X, W, Z, Y; W -> Z -> X -> Y; X <-> W <-> Y").identify("P(Y | do(X))")
    assert found.arbitrary == ("Z",)
    assert str(found).endswith(", for any value of Z")
    draw = np.random.default_rng(0)
    law = Tabulated(("W", "Y", "Z", "X"), draw.dirichlet(np.ones(16)).reshape(2, 2, 2, 2))  # no law of the graph
    table = found.evaluate(law)
    assert table.names == ("Y", "X")
    np.testing.assert_allclose(table.values.sum(axis=0), 1)
    each = found.estimand.evaluate(law)
    assert each.names == ("Y", "Z", "X")
    z = law.marginal(["Z"])
    np.testing.assert_allclose(table.values, np.einsum("yzx,z->yx", each.values, z))


def test_the_answer_holds_every_open_name() -> None:
    found = read_text("binary X, Y; Y -> X").identify("P(Y | do(X))")
    table = found.evaluate(tabulated("YX", [[0.1, 0.3], [0.2, 0.4]]))
    assert table.names == ("Y", "X")
    np.testing.assert_allclose(table.values, [[0.4, 0.4], [0.6, 0.6]])
    with pytest.raises(UsageError, match="no axis for `X`"):
        found.evaluate(tabulated("Y", [0.4, 0.6]))


def test_shared_parts_are_walked_once() -> None:
    """A tower of ratios that share what they are made of: its text would be of 3^300 parts."""
    found: Estimand = Factor((X, Y))
    for _ in range(300):
        found = Ratio(Product((found, found)), found)
    assert len(list(each_once(found))) == 601
    assert size(found) > 10**100
    assert "too long for a text" in str(found)
    assert r"\text" in found.latex()
    assert found == Ratio(Product((found.numerator.factors[0], found.denominator)), found.denominator)
    assert found.free == {X, Y}
    assert renamed(found, RANK) is found
    law = tabulated("XY", [[0.25, 0.25], [0.25, 0.25]])
    np.testing.assert_allclose(found.evaluate(law).values, law.values)


def test_deep_estimands_need_no_recursion() -> None:
    found: Estimand = Factor((X, Y))
    for i in range(1500):
        found = Sum((Symbol(f"V{i}"),), Product((found, Factor((Symbol(f"V{i}"),)))))
    assert str(renamed(found, {**RANK, **{f"V{i}": i for i in range(1500)}})).count("sum_") == 1500
    assert found.free == {X, Y}
    assert found == Sum(found.over, found.body)


@pytest.mark.parametrize(
    ("over", "factors", "text"),
    [
        ("W", [Factor((W,), (X,))], "1"),
        ("WY", [Factor((W,), (X,)), Factor((Y,), (W,))], "1"),  # once Y is gone, W can go
        ("WY", [Factor((Y,), (W,)), Factor((W,), (X,))], "1"),
        ("WYZ", [Factor((W,), (X,)), Factor((Y,), (W,)), Factor((Z,), (Y,)), Factor((X,))], "P(X)"),
        ("W", [Factor((Y,), (W, X)), Factor((W,), (X,))], "P(Y | X)"),
        ("W", [Factor((Y,), (W, X)), Factor((W,))], "sum_{W} P(Y | W, X) P(W)"),
        ("ZW", [Factor((X,), (Z,)), Factor((Y,), (W,)), Factor((Z,)), Factor((W,))], "P(X) P(Y)"),
        ("ZW", [Factor((X,), (Z, Y)), Factor((Y,), (W, X)), Factor((Z,)), Factor((W,))],
         "(sum_{Z} P(X | Z, Y) P(Z)) sum_{W} P(Y | W, X) P(W)"),
        ("Z", [Factor((Y,), (Z, X)), Sum((W,), Product((Factor((X,), (W, Z)), Factor((Z, W)))))],
         "sum_{Z} P(Y | Z, X) sum_{W} P(X | W, Z) P(Z, W)"),
    ],
)  # fmt: skip
def test_sums_are_as_simple_as_can_be(over: str, factors: list[Estimand], text: str) -> None:
    found = total(map(Symbol, over), product(factors))
    assert str(found) == text
    assert total([], found) == found


def test_factors_stand_before_ratios_and_sums_are_last() -> None:
    parts = [Sum((Z,), Factor((Y, Z), (X, W))), Ratio(Factor((X,)), Factor((W,))), Factor((W,))]
    for found in (product(parts), product(parts[::-1]), product([parts[1], product([parts[0], parts[2]])])):
        assert str(found) == "P(W) (P(X) / P(W)) sum_{Z} P(Y, Z | X, W)"


def test_nothing_and_all_in_products_and_laws() -> None:
    law = some_law()
    assert product([Factor((X,)), ZERO, Factor((Y,))]) is ZERO
    assert product([]) is ONE
    assert ratio(ZERO, Factor((X,))) is ZERO
    assert ratio(Factor((X,)), ZERO) is UNDEFINED
    assert evaluate(ZERO, law).values == 0
    assert evaluate(ONE, law).values == 1
    assert np.isnan(evaluate(UNDEFINED, law).values)
    cases = Cases(X, (Fixed("X", 0, 0), Fixed("X", 1, 1)), (ZERO, Factor((Y,))))
    table = evaluate(cases, law)
    assert table.names == ("X", "Y")
    np.testing.assert_allclose(table.values, [[0, 0, 0], law.values.sum(axis=(0, 2, 3))])
