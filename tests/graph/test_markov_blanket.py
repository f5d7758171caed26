import pytest

from causaldsl.errors import UsageError
from causaldsl.graph.read import read_text
from tests.brute_force import Dag, minimal, random_graph, subsets, written_out


@pytest.mark.parametrize("block", range(2))
def test_the_least_set_that_separates_from_all_others(block: int) -> None:
    large = 0
    for seed in range(200 * block, 200 * block + 200):
        graph = random_graph(seed)
        dag = Dag.of(graph)
        for name in (n.name for n in graph):
            others = frozenset(dag.observed) - {name}
            blankets = minimal(z for z in subsets(others) if dag.separated({name}, others - z, z))
            assert blankets == {graph.markov_blanket(name)}, (seed, graph.edges, name)
            assert written_out(graph).markov_blanket(name) == graph.markov_blanket(name)
            large += len(graph.markov_blanket(name)) > 3
    assert large > 50


def test_through_districts() -> None:
    graph = read_text("node A, B, C, D, E; A <-> B <-> C <- D; C -> E")
    assert graph.markov_blanket("A") == {"B", "C", "D"}
    with pytest.raises(UsageError, match="no node `Z`"):
        graph.markov_blanket("Z")
