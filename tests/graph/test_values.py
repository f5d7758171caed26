"""What holds for every value of the graph half: it is frozen, it can be compared, and it shows what it is."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, fields, is_dataclass

import pytest

import causaldsl.graph
from causaldsl.errors import UsageError
from causaldsl.graph.domain import Binary, Categorical, Image, Real
from causaldsl.graph.expression import Expression, walk
from causaldsl.graph.parse_question import parse_assignment, parse_question
from causaldsl.graph.read import read_text

WORKERS = {"Asker", "Claims", "Gathered", "Scope", "Strokes", "Tally", "Typist", "Variant", "_Between"}
"""Gather something while they work, and are never handed out."""


def dataclasses_of_the_graph() -> Iterator[type]:
    for module in pkgutil.walk_packages(causaldsl.graph.__path__, "causaldsl.graph."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and is_dataclass(value) and value.__module__ == module.name:
                yield value


@pytest.mark.parametrize("value", list(dataclasses_of_the_graph()), ids=lambda value: value.__name__)
def test_a_value_is_frozen(value: type) -> None:
    made = object.__new__(value)
    name = next((field.name for field in fields(value)), "name")
    if value.__name__ in WORKERS:
        setattr(made, name, None)
    else:
        with pytest.raises(FrozenInstanceError):
            setattr(made, name, None)


TEXT = """
binary X, Y; categorical H {a, b}; real R, S
Y | X := [[0.5, 0.5], [0.25, 0.75]]
S := -(R^2) + where(not R > 1 and H == a, normal(0, 1), 2) - (X or Y)
"""
GRAPH = read_text(TEXT)


def expressions() -> dict[type, Expression]:
    """One of each kind."""
    asked = parse_question("E[Y[X=1] - R]", GRAPH).left.body
    roots = [GRAPH["S"].equation, asked, parse_assignment("R := R + 1", GRAPH).law]
    return {type(node): node for root in roots for node in walk(root)}


def test_an_expression_shows_how_it_is_spelled() -> None:
    found = expressions()
    assert {kind.__name__ for kind in found} >= {"Constant", "Variable", "Level", "Chain", "Counterfactual", "Draw"}
    for kind, node in found.items():
        assert repr(node) == f"{kind.__name__}({str(node)!r})"
        assert isinstance(node, Expression)


def test_expressions_are_equal_wherever_they_stand() -> None:
    one, other = (
        list(walk(read_text(text)["S"].equation)) for text in ("real S; S := 1 + 2*3", "real S;\n S  :=  1 + 2 * 3")
    )
    assert one == other
    assert [a.span for a in one] != [b.span for b in other]
    assert len({*one, *other}) == len(set(one)) == 5
    assert read_text("real S; S := 1 + 2*4")["S"].equation not in one


def test_domains_take_what_they_are_of() -> None:
    inside = Real(0, 10)
    assert [inside.check(value) for value in (0, 10, "2.5")] == [0.0, 10.0, 2.5]
    with pytest.raises(UsageError, match="`much` is not a number"):
        inside.check("much")
    for value in (-0.1, 10.1, float("nan")):
        with pytest.raises(UsageError, match=r"is outside \[0, 10\]"):
            inside.check(value)
    assert [str(domain) for domain in (Real(), Real(0), Real(high=1.5), Image(3, 64, 32))] == [
        "real",
        "real in [0, inf]",
        "real in [-inf, 1.5]",
        "image [3, 64, 32]",
    ]
    assert Image(3, 64, 32).shape == (3, 64, 32)
    assert [Binary().index(value) for value in (0, 1, True, "1", 0.0)] == [0, 1, 1, 1, 0]


def test_the_levels_of_a_domain_are_told_where_one_is_unknown() -> None:
    for count, shown in ((8, "k1, k2, k3, k4, k5, k6, k7, k8"), (9, "k1, k2, k3, k4, k5, k6, k7, k8, ...")):
        with pytest.raises(UsageError) as caught:
            Categorical(tuple(f"k{i}" for i in range(1, count + 1))).index("other")
        assert str(caught.value) == f"error[C700]: there is no level `other`\n  hint: the levels are {shown}"


def test_a_graph_is_a_container_of_its_nodes() -> None:
    assert "X" in GRAPH
    assert "Z" not in GRAPH
    assert [node.name for node in GRAPH] == ["X", "Y", "H", "R", "S"]
    assert read_text(TEXT.replace("X, Y", "  X,Y")) == GRAPH
    assert hash(GRAPH) == hash(read_text(TEXT))
    assert read_text(TEXT.replace("0.25, 0.75", "0.75, 0.25")) != GRAPH


def test_for_networkx_a_common_cause_has_a_name_of_its_own() -> None:
    graph = read_text('node A, B, "A <-> B", C; A <-> B; A -> "A <-> B"')
    assert list(graph.nx.nodes) == ["A", "B", "A <-> B", "C", "A <-> B'"]
    assert set(graph.nx.edges) == {("A", "A <-> B"), ("A <-> B'", "A"), ("A <-> B'", "B")}
    assert [name for name, latent in graph.nx.nodes(data="latent") if latent] == ["A <-> B'"]


def test_a_question_about_the_graph_is_on_no_rung() -> None:
    for text in ("X _||_ Y", "adjustment X -> Y", "independencies", "identifiable P(Y | do(X))"):
        assert parse_question(text, GRAPH).rung == 0
