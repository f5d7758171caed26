"""Evidence that cannot be names the part that cannot."""

import itertools

import numpy as np
import pytest

from causaldsl.errors import RunError
from causaldsl.graph.read import read_text
from causaldsl.scm.build import compile_graph
from causaldsl.scm.infeasible import smallest

TEXT = """
binary Young, Male, Bald, Smiling
Young, Male -> Bald
Bald -> Smiling
Young := bernoulli(0.7); Male := bernoulli(0.4)
Bald | Young, Male := [[1, 0], [0.5, 0.5], [1, 0], [0.9, 0.1]]
Smiling | Bald := [[0.5, 0.5], [0.4, 0.6]]
categorical Hair {none, "dark blond"}
Hair | Bald := [[0, 1], [1, 0]]
real X
X := Smiling + normal(0, 1)
binary Tall
Tall := X > 1
"""


@pytest.fixture(scope="module")
def model():
    return compile_graph(read_text(TEXT))


PLACES = {
    "sample": lambda model, seen: model.sample(5, given=seen),
    "counterfactual": lambda model, seen: model.counterfactual(seen, {"Male": 1}, n=5),
    "ask": lambda model, seen: model.ask(f"P(Young=1 | {', '.join(f'{n}={v}' for n, v in seen.items())})"),
    "ask of a world": lambda model, seen: model.ask(
        f"P(Smiling[Male=1]=1 | {', '.join(f'{n}={v}' for n, v in seen.items())})"
    ),
}
CASES = [
    ({"Male": 0, "Bald": 1}, "Bald=1 has probability zero where Male=0"),
    ({"Smiling": 1, "Bald": 1, "Young": 0, "Male": 0}, "Bald=1 has probability zero where Male=0"),
    ({"Hair": "none", "Smiling": 0, "Male": 0}, "Hair=none has probability zero where Male=0"),
    ({"Hair": '"dark blond"', "Bald": 1}, 'Hair="dark blond" has probability zero where Bald=1'),
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("seen", "part"), CASES)
def test_it_names_the_smallest_part(model, place, seen, part):
    plain = {n: v.strip('"') if isinstance(v, str) else v for n, v in seen.items()}
    with pytest.raises(RunError, match=part) as raised:
        PLACES[place](model, seen if place.startswith("ask") else plain)
    assert raised.value.diagnostics[0].hint


def test_it_names_the_world_and_the_row(model):
    with pytest.raises(RunError, match=r"Smiling=1, Bald=1: Bald=1 has probability zero under do\(Male=0\)"):
        model.sample(5, do={"Male": 0}, given={"Smiling": 1, "Bald": 1})
    with pytest.raises(RunError, match=r"Bald=1 has probability zero under do\(Male=0\)"):
        model.ask("P(Young=1 | do(Male=0), Bald=1)")
    with pytest.raises(RunError, match=r"zero under do\(Male := Young\*0\)"):
        model.sample(5, do={"Male": ":= Young * 0"}, given={"Bald": 1})
    with pytest.raises(RunError, match=r"evidence of row 3: .*: Bald=1 has probability zero where Male=0"):
        model.counterfactual({"Male": [1, 0, 0], "Bald": [1, 0, 1]}, {"Male": 1}, n=5)
    seen = {"Young": [1, 1], "Male": [1, 0], "Bald": [1, 1]}
    with pytest.raises(RunError, match=r"evidence of row 2: .*: Bald=1 has probability zero where Male=0"):
        model.counterfactual(seen, {"Male": 1}, n=5)


def test_what_is_seen_twice_is_a_contradiction(model):
    law = model.joint().given({"Male": 0, "Smiling": 1})
    with pytest.raises(RunError, match="Male=1 has probability zero where Male=0"):
        law.given({"Male": 1})
    assert law.given({"Smiling": 1}).log_mass == pytest.approx(law.log_mass)


def test_draws_name_where_the_last_was_lost(model):
    seen = {"Young": 1, "Male": 1, "Bald": 1, "Smiling": 1, "Hair": "none", "X": 0.5, "Tall": 1}
    for raises in (lambda: model.counterfactual(seen, {"Male": 0}, n=5), lambda: model.sample(5, given=seen)):
        with pytest.raises(RunError, match=r"none of [\d,]+ draws agrees with .*: none has Tall=1 where X=0.5"):
            raises()
    with pytest.raises(RunError, match=r"draws agrees with X=0.5, Tall=1: none has Tall=1 where X=0.5"):
        model.ask("P(Young=1 | X=0.5, Tall=1)")


def test_the_smallest_part_is_one_of_which_nothing_can_be_left_out():
    rng = np.random.default_rng(0)
    for _ in range(200):
        n = int(rng.integers(1, 9))
        cores = [set(rng.choice(n, int(rng.integers(1, n + 1)), replace=False).tolist()) for _ in range(2)]

        def impossible(some, cores=cores):
            return any(core <= set(some) for core in cores)

        found = smallest(range(n), impossible)
        assert found == sorted(found)
        assert set(found) in cores
        first = next(k for k in range(n) if impossible(range(k + 1)))
        assert found[-1] == first
        assert not any(impossible(some) for some in itertools.combinations(found, len(found) - 1))
