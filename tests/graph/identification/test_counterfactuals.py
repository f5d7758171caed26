"""ID* and IDC*: numbers against an enumeration of all noises; the questions of the literature; what cannot be known."""

import random

import numpy as np
import pytest

from causaldsl.errors import UsageError
from causaldsl.graph.domain import Binary, Value
from causaldsl.graph.expression import Counterfactual, Variable
from causaldsl.graph.identification.evaluation import evaluate
from causaldsl.graph.identification.random_models import draw_model
from causaldsl.graph.identification.verify import true_counterfactual
from causaldsl.graph.ir import CausalGraph, Edge, Node
from causaldsl.graph.make import make_graph
from causaldsl.graph.question import Event, Probability
from causaldsl.graph.read import read_text

World = tuple[tuple[str, Value | Counterfactual], ...]


def some_graph(draw: random.Random) -> CausalGraph:
    names = [chr(ord("A") + i) for i in range(draw.randint(2, 5))]
    order = draw.sample(names, len(names))
    causes, common = draw.uniform(0.3, 0.9), draw.uniform(0.0, 0.3)
    edges: list[Edge] = []
    for j, b in enumerate(order):
        for a in order[:j]:
            edges += [(a, b, "->")] * (draw.random() < causes) + [(a, b, "<->")] * (draw.random() < common)
    return make_graph([Node(name, Binary()) for name in names], edges)


def some_question(draw: random.Random, graph: CausalGraph) -> Probability:
    names = [node.name for node in graph]

    def world(within: bool = False) -> World:
        found: list[tuple[str, Value | Counterfactual]] = []
        for name in draw.sample(names, min(len(names), draw.choice((0, 1, 1, 1, 2)))):
            inner = world(True) if not within and draw.random() < 0.15 else ()
            found.append((name, Counterfactual(name, inner) if inner else draw.randint(0, 1)))
        return tuple(found)

    worlds = [world(), (), *([world()] if draw.random() < 0.5 else [])]

    def event() -> Event:
        name, setting = draw.choice(names), draw.choice(worlds)
        variable = Counterfactual(name, setting) if setting else Variable(name)
        kind = draw.random()
        if kind < 0.25:
            return Event(variable)
        return Event(variable, draw.choice(("!=", "<=")) if kind < 0.35 else "=", draw.randint(0, 1))

    events = tuple(event() for _ in range(draw.choice((1, 1, 2, 2, 3))))
    return Probability(events, given=tuple(event() for _ in range(draw.choice((0, 0, 1, 1, 2)))))


@pytest.mark.parametrize("block", range(4))
def test_every_estimand_is_the_probability(block: int) -> None:
    """What is seen where that is enough, and what experiments show where they do."""
    seen = by_experiments = refused = 0
    codes: set[str] = set()
    for seed in range(600 * block, 600 * block + 600):
        draw = random.Random(seed)
        graph = some_graph(draw)
        question = some_question(draw, graph)
        if question.rung < 3:
            continue
        try:
            found = graph.identify(question)
        except UsageError as error:
            codes |= {finding.code for finding in error.diagnostics}
            continue
        if found:
            seen += 1
            assert found.verify(trials=1, seed=seed) < 1e-9, (seed, graph.edges, found)
        if found.experiments is not None:
            by_experiments += 1
            assert off_by_experiments(graph, question, seed) < 1e-9, (seed, graph.edges, found.experiments)
        refused += not found and found.experiments is None
    assert seen > 200
    assert by_experiments > 100
    assert refused > 20
    assert codes == {"C303", "C309"}  # one variable on two sides, or with a value and without


@pytest.mark.parametrize("question", ["P(A=0 | B=1, Y=1, M[A=0]=1)", "P(A | B=1, Y=1, M[A=0]=1)"])
def test_a_copy_that_is_the_same_variable_only_if_the_claim_is_true_is_another_variable(question: str) -> None:
    """If A is 0, M[A=0] is M and says nothing of A once B and Y are told: but whether A is 0 is what is asked."""
    graph = read_text("binary A, B, M, Y; A, B -> M; M, B -> Y")
    found = graph.identify(question)
    assert not found
    assert found.experiments is None
    numerator = graph.identify("P(A=0, B=1, Y=1, M[A=0]=1)")
    assert numerator.verify(trials=5) < 1e-9


def off_by_experiments(graph: CausalGraph, question: Probability, seed: int) -> float:
    """How far the estimand from experiments is from the truth, where what is given can be at all."""
    found = graph.identify(question)
    assert found.experiments is not None
    model = draw_model(graph, np.random.default_rng(seed), [node.name for node in graph], states=3)

    def experiment(do: dict[str, int]):
        law = model.law(list(do))
        cells = law.values
        for axis, name in enumerate(law.names):
            if name in do:
                mask = np.arange(cells.shape[axis]) == do[name]
                cells = cells * mask.reshape([-1 if i == axis else 1 for i in range(cells.ndim)])
        return type(law)(law.names, cells)

    table = evaluate(found.experiments, model.law(), experiment)
    truth = true_counterfactual(model, graph, question)
    axes = [str(symbol) for _, symbol in found.variables]
    order = [table.names.index(axis) for axis in axes if axis in table.names]
    cells = table.values.transpose(order)[tuple(slice(None) if axis in table.names else None for axis in axes)]
    apart = np.where(np.isnan(truth), 0.0, np.abs(cells - truth))
    return float(np.where(np.isnan(apart), np.inf, apart).max())


FORMULAS = [
    ("binary X, Y; X -> Y", "P(Y[X=1]=1)", "P(Y=1 | X=1)"),
    ("binary X, Y; X -> Y", "P(Y[X=1]=1 | X=0)", "P(Y=1 | X=1)"),
    ("binary X, Y; X -> Y; X <-> Y", "P(Y[X=1]=1 | X=1)", "P(Y=1 | X=1)"),
    ("binary X, Y; X -> Y", "P(Y[X=1]=1, X=1, Y=0)", "0"),
    ("binary X, Y; X -> Y", "P(X[X=1]=1)", "1"),
    ("binary X, Y, Z; X -> Y", "P(Z[X=1]=1, Y[X=1])", "P(Z=1) P(Y | X=1)"),
    # the effect of treatment on the treated: back door, front door
    (
        "binary X, Y, Z; Z -> X, Y; X -> Y",
        "P(Y[X=1]=1 | X=0)",
        "(sum_{Z} P(Y=1 | X=1, Z) P(X=0 | Z) P(Z)) / P(X=0)",
    ),
    ("binary X, M, Y; X -> M -> Y; X <-> Y", "P(Y[X=1]=1 | X=0)", "sum_{M} P(Y=1 | X=0, M) P(M | X=1)"),
    # natural effects: Pearl's mediation formula
    ("binary X, M, Y; X -> M -> Y; X -> Y", "P(Y[X=1, M=M[X=0]])", "sum_{M} P(Y | X=1, M) P(M | X=0)"),
    # Shpitser and Pearl 2008, section 4: drug, and another drug
    (
        "binary X, D, W, Z, Y; X -> W -> Y; D -> Z -> Y; X <-> Y",
        "P(Y[X=1]=1 | X=0, Z[D=0]=1, D=0)",
        "sum_{W} P(Y=1 | X=0, W, Z=1) P(W | X=1)",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "question", "formula"), FORMULAS)
def test_formulas_of_the_literature(text: str, question: str, formula: str) -> None:
    found = read_text(text).identify(question)
    assert str(found.estimand) == formula
    assert found.verify(trials=5) < 1e-9


@pytest.mark.parametrize(
    ("text", "question", "node"),
    [
        ("binary X, Y; X -> Y", "P(Y[X=1]=1, Y[X=0]=0)", "X"),  # necessity and sufficiency
        ("binary X, Y; X -> Y", "P(Y[X=0]=0 | X=1, Y=1)", "X"),  # necessity
        ("binary X, Y; X -> Y; X <-> Y", "P(Y[X=1]=1 | X=0)", "X"),
        ("binary X, M, Y; X -> M -> Y; X -> Y; M <-> Y", "P(Y[X=1, M=M[X=0]])", "X"),
        ("binary X, Y; X -> Y; X <-> Y", "P(Y[X=1] | X)", "X"),
    ],
)  # fmt: skip
def test_what_no_experiment_shows(text: str, question: str, node: str) -> None:
    found = read_text(text).identify(question)
    assert not found
    assert found.experiments is None
    assert found.hedge is None
    assert found.crossing is not None
    assert found.crossing.node == node
    assert "not by experiments either" in str(found)


def test_what_experiments_show_and_what_is_seen_does_not() -> None:
    found = read_text("binary X, Y, Z; X -> Y -> Z; X <-> Y").identify("P(Z[Y=1]=1, Y[X=0]=1)")
    assert not found
    assert str(found.experiments) == "P(Z=1 | do(Y=1)) P(Y=1 | do(X=0))"
    assert found.hedge is not None
    assert found.hedge.outer == {"X", "Y"}
    assert "experiments would show it" in str(found)


def test_an_open_name_whose_values_differ_in_kind_is_answered_level_by_level() -> None:
    found = read_text("binary X, Y").identify("P(Y[X=1], Y[X=0])")  # one variable: both have its value
    assert str(found.estimand) == "{Y=0: {Y'=0: P(Y=0); Y'=1: 0}; Y=1: {Y'=0: 0; Y'=1: P(Y=1)}}"
    assert found.verify(trials=5) < 1e-9
    with pytest.raises(UsageError, match=r"(?s)C321.*`X`.*as in `binary X`"):
        read_text("node X, Y; X -> Y; X <-> Y").identify("P(Y[X=1] | X)")


def test_a_world_within_a_world_is_about_the_same_node() -> None:
    with pytest.raises(UsageError, match="C320"):
        read_text("binary X, M, W, Y; X -> M, W; M, W -> Y").identify("P(Y[M=W[X=0]])")


def test_events_that_hold_by_themselves_and_events_that_cannot_be() -> None:
    graph = read_text("binary X, Y; X -> Y")
    assert str(graph.identify("P(Y[X=1]=1, X[X=1]=1)").estimand) == "P(Y=1 | X=1)"
    assert str(graph.identify("P(X[X=1]=0)").estimand) == "0"
    assert str(graph.identify("P(Y=1 | X[X=1]=0)").estimand) == "0 / 0"


def test_ranges_of_values_across_worlds() -> None:
    graph = read_text("binary X; categorical Y {0..3}; node Z; Z -> X, Y; X -> Y")
    for question in ("P(Y[X=1] > 1 | X=0)", "P(Y[X=1] > 0, Y[X=1] < 3)", "P(X=1 | Y[X=1] != 2)"):
        found = graph.identify(question)
        assert found.verify(trials=3) < 1e-9, question


def test_expectations_are_identified_by_the_law_of_what_they_are_of() -> None:
    graph = read_text("binary X, Y; X -> Y; X <-> Y")
    assert graph.identify("E[Y[X=1] | X=1]")
    assert not graph.identify("E[Y[X=1] - Y[X=0]]")
    assert not graph.identify("E[Y | do(X=1)]")
