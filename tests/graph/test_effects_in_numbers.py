"""Verdicts against numbers: a set is valid just if its formula gives the effect in a random model of the graph."""

import random

import numpy as np
import pytest

from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.read import read_text
from tests.brute_force import Dag, random_graph, subsets
from tests.discrete import Model

Set = frozenset[str]


def gives(formula: np.ndarray, effect: np.ndarray) -> bool:
    """Whether a formula gives the effect; a wrong one is off by more than rounding."""
    return bool(np.allclose(*np.broadcast_arrays(formula, effect), rtol=0, atol=1e-11))


@pytest.mark.parametrize("block", range(4))
def test_adjustment_gives_the_effect_just_if_the_set_is_valid(block: int) -> None:
    right = wrong = 0
    for seed in range(500 * block, 500 * block + 500):
        graph, random_ = random_graph(seed, max_nodes=6), random.Random(seed)
        dag = Dag.of(graph)
        many = random_.random() < 0.3
        if len(dag.observed) < 3 + many or len(dag.nodes) > 11:
            continue
        names = random_.sample(dag.observed, len(dag.observed))
        x, y = frozenset(names[: 1 + many]), frozenset(names[1 + many : 2 + many])
        model = Model(dag, seed)
        effect = model.done(y, x)
        for z in subsets(set(dag.observed) - x - y):
            valid = gives(model.adjusted(y, x, z), effect)
            assert graph.is_adjustment_set(x, y, z) == valid, (seed, graph.edges, x, y, z)
            right, wrong = right + valid, wrong + (not valid)
    assert min(right, wrong) > 100


def test_front_door_sets_give_the_effect() -> None:
    checked = 0
    for seed in range(400):
        graph = random_graph(seed, max_nodes=6)
        dag = Dag.of(graph)
        if len(dag.observed) < 3 or len(dag.nodes) > 11:
            continue
        x, y = sorted(random.Random(seed).sample(dag.observed, 2), key=lambda n: len(dag.descendants(n)))[::-1]
        model = Model(dag, seed)
        for z in graph.front_door_sets(x, y, minimal=False):
            assert gives(model.through_the_front_door({y}, {x}, z), model.done({y}, {x})), (seed, graph.edges, z)
            checked += bool(z)
    assert checked > 50


@pytest.mark.parametrize(
    ("number", "text", "is_good", "is_fine_without"),
    [
        (1, "Z -> X, Y", True, False),
        (2, "latent U; U -> Z -> X; U -> Y", True, False),
        (3, "latent U; U -> Z -> Y; U -> X", True, False),
        (4, "Z -> X, M; X -> M -> Y", True, False),
        (5, "latent U; U -> Z -> X; U -> M; X -> M -> Y", True, False),
        (6, "latent U; U -> X; U -> Z -> M; X -> M -> Y", True, False),
        (7, "latent U, V; U -> Z, X; V -> Z, Y", False, True),
        (8, "Z -> Y", True, True),
        (9, "Z -> X", True, True),
        (10, "latent U; Z -> X; U -> X, Y", False, False),
        (11, "X -> Z -> Y", False, True),
        (12, "X -> M -> Y; M -> Z", False, True),
        (13, "X -> M -> Y; Z -> M", True, True),
        (14, "X -> Z", True, True),
        (16, "latent U; X -> Z; U -> Z, Y", False, True),
        (17, "X, Y -> Z", False, True),
        (18, "X -> Y -> Z", False, True),
    ],
)
def test_good_and_bad_controls(number: int, text: str, is_good: bool, is_fine_without: bool) -> None:
    """The models of Cinelli, Forney, Pearl, "A crash course in good and bad controls" (2022)."""
    direct = "" if "-> M -> Y" in text or "-> Z -> Y; " in text or number == 11 else "; X -> Y"
    graph = read_text(f"node X, Y, Z{', M' if 'M' in text else ''}; {text}{direct}")
    assert [graph.is_adjustment_set("X", "Y", z) for z in ("Z", ())] == [is_good, is_fine_without]
    model = Model(Dag.of(graph), number)
    effect = model.done("Y", "X")
    assert [gives(model.adjusted("Y", "X", z), effect) for z in ("Z", "")] == [is_good, is_fine_without]


def test_a_control_that_helps_where_the_cases_were_selected() -> None:
    """Model 15: W is given anyhow, and Z blocks what that opens."""
    graph = read_text("node X, Y, Z, W; latent U; X -> Z -> W; U -> W, Y; X -> Y")
    assert [set(z) for z in graph.adjustment_sets("X", "Y", include="W")] == [{"W", "Z"}]


NAMED = {
    "bow": "X -> Y; X <-> Y",
    "front door": "X -> M -> Y; X <-> Y",
    "napkin": "W -> Z -> X -> Y; W <-> X; W <-> Y",
    "M-bias": "X <-> Z <-> Y; X -> Y",
    "butterfly": "Z <-> X; Z <-> Y; Z -> X, Y; X -> Y",
    "instrument": "Z -> X -> Y; X <-> Y",
    "Verma": "X -> M -> Z -> Y; M <-> Y",
    "two mediators": "X -> M -> Y; X -> Z -> Y; X <-> Y",
}


def named(name: str) -> CausalGraph:
    return read_text(f"node X, Y, Z, M, W; {NAMED[name]}")


@pytest.mark.parametrize(
    ("name", "adjustment", "front_door", "instruments"),
    [
        ("bow", set(), set(), set()),
        ("front door", set(), {"M"}, set()),
        ("napkin", set(), set(), {("Z", "W")}),
        ("M-bias", {""}, set(), set()),
        ("butterfly", set(), set(), set()),
        ("instrument", set(), set(), {("Z", "")}),
        ("Verma", {""}, set(), set()),
        ("two mediators", set(), {"MZ"}, set()),
    ],
)
def test_named_graphs(name: str, adjustment: set[str], front_door: set[str], instruments: set[tuple[str, str]]) -> None:
    graph = named(name)

    def spelled(z: Set) -> str:
        return "".join(sorted(z))

    assert set(map(spelled, graph.adjustment_sets("X", "Y"))) == adjustment
    assert set(map(spelled, graph.front_door_sets("X", "Y"))) == front_door
    assert {(i.node, spelled(i.given)) for i in graph.instruments("X", "Y")} == instruments
