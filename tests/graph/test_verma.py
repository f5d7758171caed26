import numpy as np
import pytest

from causaldsl.graph.read import read_text
from causaldsl.graph.verma import verma_constraints
from tests.brute_force import Dag, random_graph, subsets, written_out
from tests.discrete import Model


@pytest.mark.parametrize("block", range(3))
def test_what_is_said_holds_in_numbers_and_is_no_independency(block: int) -> None:
    found = spelled = 0
    for seed in range(2000 * block, 2000 * block + 2000):
        graph = random_graph(seed)
        dag = Dag.of(graph)
        constraints = list(graph.verma_constraints())
        assert [c[:2] for c in written_out(graph).verma_constraints()] == [c[:2] for c in constraints]
        for a, b, done, given, text in constraints:
            assert not any(dag.separated({a}, {b}, z) for z in subsets(set(dag.observed) - {a, b}))
            joint = ", ".join([a, b, *sorted(given)])
            assert graph.identify(f"P({joint} | do({', '.join(sorted(done))}))").identifiable, (seed, text)
            if len(dag.nodes) > 14:
                continue
            model = Model(dag, seed)
            law = model.done({a, b, *given}, done)
            independent = model.over(law, {a, *given, *done}) * model.over(law, {b, *given, *done})
            both = law * model.over(law, {*given, *done})
            assert np.allclose(both, independent, atol=1e-12), (seed, graph.edges, text)
            found += 1
            spelled += "does not depend" in text
    assert found > 12
    assert spelled > 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A -> B -> C -> D; B <-> D", ["A _||_ D once C is set: sum_{B} P(D | A, B, C) P(B | A) does not depend on A"]),
        ("A -> B -> C -> D", []),
        ("A -> B; A <-> B", []),
        ("A -> B -> C; A <-> C", []),
        ("A -> B -> C; B <-> C", []),
        ("A, B -> C; B, C -> D; D <-> A <-> F", ["D _||_ F once C is set"]),
        ("C -> A; E -> B, C; B -> C, D; D -> F; A <-> E <-> F", ["A _||_ F once B, C are set"]),
        (
            "F -> B -> C -> D; B -> E -> D; B <-> D",
            ["D _||_ F once C, E are set: sum_{B} P(D | B, C, E, F) P(B | F) does not depend on F"],
        ),
        (
            "A -> D, E; D, E -> B; F -> E; B <-> F <-> D",
            ["A _||_ B | D once E is set: (sum_{F} P(B | A, D, E, F) P(D, F | A)) / P(D | A) does not depend on A"],
        ),
    ],
)
def test_named_graphs(text: str, said: list[str]) -> None:
    assert list(map(str, verma_constraints(read_text(f"node A, B, C, D, E, F; {text}")))) == said


def test_two_gadgets_that_share_nothing_have_a_constraint_each() -> None:
    parts = [f"node A{i}, B{i}, C{i}, D{i}; A{i} -> B{i} -> C{i} -> D{i}; B{i} <-> D{i}" for i in range(2)]
    graph = read_text("; ".join(parts))
    assert [(c.a, c.b, set(c.done)) for c in graph.verma_constraints()] == [("A0", "D0", {"C0"}), ("A1", "D1", {"C1"})]
