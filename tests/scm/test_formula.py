"""Equations compiled to tensors, against an evaluator that takes one unit at a time with Python's own floats."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Generator

from causaldsl.errors import RunError
from causaldsl.graph.domain import Binary, Categorical, Real
from causaldsl.graph.expression import Call, Chain, Compare, Constant, Draw, Level, Negative, Not, Power, Variable, fold
from causaldsl.graph.read import read_text
from causaldsl.plugins.defaults import domain_of
from causaldsl.scm.build import compile_graph
from causaldsl.scm.formula import Formula

DECLARED = "binary B; real X, Y; categorical C {red, blue}; categorical D {-1..2}; real T"


def formula(equation: str, target: str = "real T") -> Formula:
    text = DECLARED.replace("real T", target) + f"; T := {equation}"
    graph = read_text(text)
    domains = {node.name: domain_of(node) for node in graph.nodes}
    return Formula("T", graph["T"].equation, domains["T"], domains)


def one_unit(expression, values, noise):
    """Evaluate an expression without draws of `categorical` for one unit; NaN where there is no value."""

    def visit(node, parts):
        if any(isinstance(p, float) and math.isnan(p) for p in parts) and not isinstance(node, Call):
            return math.nan
        try:
            return float(_one(node, parts, values, noise)) if not isinstance(node, Level) else node.text
        except (ValueError, ZeroDivisionError):
            return math.nan
        except OverflowError:
            return math.inf

    def _one(node, parts, values, noise):
        match node:
            case Constant(value=v):
                return v
            case Variable(name=name):
                return values[name]
            case Chain(rest=rest):
                total = parts[0]
                for (operator, _), part in zip(rest, parts[1:], strict=True):
                    match operator:
                        case "+":
                            total += part
                        case "-":
                            total -= part
                        case "*":
                            total *= part
                        case "and":
                            total = total and part
                        case "or":
                            total = total or part
                return total
            case Negative():
                return -parts[0]
            case Not():
                return 1 - parts[0]
            case Power():
                if parts[0] == 0 and parts[1] < 0:
                    return math.copysign(math.inf, parts[0]) if parts[1] == -1 else math.inf
                found = parts[0] ** parts[1]
                return found if isinstance(found, float) else math.nan
            case Compare(relation=relation):
                return eval(f"a {relation} b", {"a": parts[0], "b": parts[1]})
            case Call(function="where"):
                return math.nan if math.isnan(parts[0]) else parts[1] if parts[0] else parts[2]
            case Call(function=name):
                if any(math.isnan(p) for p in parts):
                    return math.nan
                if name == "log" and parts[0] == 0:
                    return -math.inf
                known = {"min": min, "max": max, "abs": abs, "sigmoid": lambda v: 1 / (1 + math.exp(-v))}
                return known.get(name, getattr(math, name, None))(*parts)
            case Draw(law="normal", number=i):
                return parts[0] + parts[1] * noise[i] if parts[1] >= 0 else math.nan
            case Draw(law="uniform", number=i):
                return parts[0] + (parts[1] - parts[0]) * noise[i] if parts[0] <= parts[1] else math.nan
            case Draw(law="bernoulli", number=i):
                return noise[i] < parts[0] if 0 <= parts[0] <= 1 else math.nan
        raise AssertionError(node)

    return fold(expression, visit)


numbers = st.deferred(
    lambda: (
        st.sampled_from(["X", "Y", "B", "D", "0.5", "2", "3"])
        | st.builds("({} {} {})".format, numbers, st.sampled_from("+-*"), numbers)
        | st.builds("(-{})".format, numbers)
        | st.builds("({})^{}".format, numbers, st.sampled_from(["2", "0.5", "(-1)"]))
        | st.builds("{}({})".format, st.sampled_from(["exp", "log", "sqrt", "abs", "sigmoid", "tanh", "sin"]), numbers)
        | st.builds("{}(0 + {}, 0 + {})".format, st.sampled_from(["min", "max", "normal", "uniform"]), numbers, numbers)
        | st.builds("where({}, {}, {})".format, truths, numbers, numbers)
    )
)
truths = st.deferred(
    lambda: (
        st.sampled_from(["B", "bernoulli(0.3)"])
        | st.builds("(0 + {} {} {})".format, numbers, st.sampled_from(["<", ">=", "==", "!="]), numbers)
        | st.builds("({} {} {})".format, truths, st.sampled_from(["and", "or"]), truths)
        | st.builds("(not {})".format, truths)
        | st.builds("bernoulli(0 + {})".format, numbers)
    )
)


@given(numbers | truths)
@settings(max_examples=60, deadline=None)
def test_a_formula_is_its_expression_unit_by_unit(text: str) -> None:
    f = formula(text)
    generator = Generator().manual_seed(0)
    n = 5
    values = {
        "B": torch.randint(2, (n,), generator=generator),
        "X": torch.randn(n, generator=generator, dtype=torch.float64),
        "Y": torch.rand(n, generator=generator, dtype=torch.float64),
        "D": torch.randint(4, (n,), generator=generator),
    }
    noise = f.noise(n, generator)
    for row in range(n):
        unit = {name: float(column[row]) for name, column in values.items()} | {"D": float(values["D"][row]) - 1}
        expected = one_unit(f.expression, unit, noise[row].tolist())
        one = {name: column[row : row + 1] for name, column in values.items()}
        if math.isfinite(expected):
            assert float(f(one, noise[row : row + 1])) == pytest.approx(expected, rel=1e-9, abs=1e-9)
        else:
            with pytest.raises(RunError, match="gives no number"):
                f(one, noise[row : row + 1])


@pytest.mark.parametrize(
    ("law", "mean", "variance"),
    [
        ("normal(2, 3)", 2, 9),
        ("uniform(-1, 5)", 2, 3),
        ("exponential(4)", 1 / 4, 1 / 16),
        ("laplace(1, 2)", 1, 8),
        ("bernoulli(0.3)", 0.3, 0.21),
    ],
)
def test_laws_have_their_moments(law: str, mean: float, variance: float) -> None:
    n = 200_000
    f = formula(law)
    drawn = f({}, f.noise(n, Generator().manual_seed(1)))
    assert float(drawn.mean()) == pytest.approx(mean, abs=5 * math.sqrt(variance / n))
    assert float(drawn.var()) == pytest.approx(variance, rel=0.03)


def test_categorical_is_the_inverse_cdf_in_level_order() -> None:
    f = formula("categorical(1, 2, 1)", "categorical T {a, b, c}")
    noise = torch.tensor([[0.0], [0.2499], [0.25], [0.7499], [0.75], [0.9999]], dtype=torch.float64)
    assert f({}, noise).tolist() == [0, 0, 1, 1, 2, 2]


def test_levels_mean_the_same_in_every_node() -> None:
    graph = read_text(
        "categorical A {x, y}; categorical B {y, x}; categorical S {x, z, y}; binary Same\n"
        "A := categorical(1, 1); B := categorical(1, 1); Same := A == x and B == x; S := where(B == y, x, y)"
    )
    sample = compile_graph(graph).sample(200, seed=0)
    x_in_a, x_in_b = sample["A"] == 0, sample["B"] == 1
    assert torch.equal(sample["Same"], (x_in_a & x_in_b).long())
    assert torch.equal(sample["S"], torch.where(x_in_b, 2, 0))


@given(truths.filter(lambda t: "normal" not in t and "uniform" not in t))
@settings(max_examples=60, deadline=None)
def test_the_exact_law_is_the_share_of_draws(text: str) -> None:
    f = formula(text.replace("X", "B").replace("Y", "D"), "binary T")
    if f.outcomes is None or f.outcomes > 64:
        return
    b, d = (g.flatten() for g in torch.meshgrid(torch.arange(2), torch.arange(4), indexing="ij"))
    try:
        law = f.probabilities({"B": b, "D": d}, 8, torch.device("cpu"))
    except RunError:
        return
    n = 4000
    many = {"B": b.repeat_interleave(n), "D": d.repeat_interleave(n)}
    share = f(many, f.noise(8 * n, Generator().manual_seed(0))).reshape(8, n).mean(1)
    assert torch.allclose(law.sum(1), torch.ones(8, dtype=torch.float64))
    assert torch.allclose(share, law[:, 1], atol=4.5 * math.sqrt(0.25 / n))


@pytest.mark.parametrize(
    ("equation", "target", "message"),
    [
        ("X + 1", "real T in [0, 2]", r"`T` is real in \[0, 2\], and its equation gives 4 for X=3"),
        ("1 + log(X - 3)", "real T", r"gives no number for X=3: `log\(X - 3\)` is none"),
        ("normal(0, X - 4)", "real T", "gives no number for X=3"),
        ("0.5*X", "binary T", "`T` is binary, and its equation gives 1.5 for X=3"),
        ("X + D", "categorical T {0..3}", "gives 5 for X=3, D=2"),
        ("bernoulli(X)", "binary T", "gives no number for X=3"),
    ],
)
def test_what_is_outside_the_domain_is_an_error(equation: str, target: str, message: str) -> None:
    f = formula(equation, target)
    values = {"X": torch.tensor([3.0]), "D": torch.tensor([3])}
    with pytest.raises(RunError, match=message):
        f(values, f.noise(1, Generator().manual_seed(0)))


def test_a_branch_that_is_not_taken_may_have_no_value() -> None:
    f = formula("where(X > 0, log(X), normal(0, -X))")
    assert float(f({"X": torch.tensor([1.0])}, torch.zeros(1, 1, dtype=torch.float64))) == 0


@pytest.mark.parametrize("domain", [Binary(), Categorical(("a", "b")), Real()])
def test_only_finitely_many_outcomes_are_gone_through(domain) -> None:
    law = Draw("categorical", (Constant(1), Constant(1)), 0) if domain.kind != "real" else Constant(0)
    assert Formula("T", law, domain, {}).outcomes == (None if domain.kind == "real" else 2)
    assert (
        Formula("T", Compare(Draw("normal", (Constant(0), Constant(1)), 0), ">", Constant(0)), Binary(), {}).outcomes
        is None
    )


def test_a_long_sum_needs_no_recursion() -> None:
    f = Formula("T", Chain(Constant(0), tuple(("+", Constant(1)) for _ in range(20_000))), Real(), {})
    assert float(f({}, torch.zeros(1, 0, dtype=torch.float64))) == 20_000
