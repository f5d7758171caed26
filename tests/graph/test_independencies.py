from itertools import islice

import pytest

from causaldsl.graph.read import read_text
from tests.brute_force import Dag, random_graph, written_out


@pytest.mark.parametrize("block", range(4))
def test_all_independencies_by_definition(block: int) -> None:
    conditional = 0
    for seed in range(250 * block, 250 * block + 250):
        graph = random_graph(seed)
        found = list(graph.independencies())
        assert len(found) == len(set(found))
        assert set(found) == Dag.of(graph).independencies(), (seed, graph.edges)
        assert set(written_out(graph).independencies()) == set(found)
        conditional += any(len(i.given) > 1 for i in found)
    assert conditional > 20


def test_they_are_found_as_they_are_read() -> None:
    names = [f"N{i}" for i in range(3000)]
    chain = read_text(f"node {', '.join(names)}; {' -> '.join(names)}")
    assert [str(i) for i in islice(chain.independencies(), 3)] == [
        "N0 _||_ N2 | N1", "N0 _||_ N3 | N1", "N0 _||_ N3 | N2",
    ]  # fmt: skip
