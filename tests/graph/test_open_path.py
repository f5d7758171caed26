import random

import pytest

from causaldsl.errors import UsageError
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.open_path import OpenPath, open_path
from causaldsl.graph.read import read_text
from tests.brute_force import Dag, random_graph, written_out


def three_sets(seed: int, names: list[str]) -> list[frozenset[str]]:
    """One or two nodes, one or two others, and some of the rest."""
    random_ = random.Random(seed)
    names = random_.sample(names, len(names))
    at = random_.choice((1, 1, 1, 2))
    to = at + random_.choice((1, 1, 1, 2))
    return [frozenset(names[:at]), frozenset(names[at:to]), frozenset(n for n in names[to:] if random_.random() < 0.5)]


def is_open(graph: CausalGraph, path: OpenPath, z: frozenset[str]) -> bool:
    """By definition, on the path as it is printed."""
    edges = set(graph.edges) | {(b, a, s) for a, b, s in graph.edges if s == "<->"}
    steps = list(zip(path.nodes, path.signs, path.nodes[1:], strict=False))
    for a, sign, b in steps:
        assert ((b, a, "->") if sign == "<-" else (a, b, sign)) in edges
    opened = dict(path.opened)
    inner = zip(path.nodes[1:], path.signs, path.signs[1:], strict=False)
    colliders = {node for node, before, after in inner if before != "<-" and after != "->"}
    assert list(opened) == [node for node in path.nodes if node in colliders]
    assert all(by in z and by in graph.descendants({node}) for node, by in opened.items())
    return len(set(path.nodes)) == len(path.nodes) and z.isdisjoint(set(path.nodes[1:-1]) - colliders)


@pytest.mark.parametrize("block", range(4))
def test_there_is_an_open_path_just_if_not_separated_and_it_is_a_shortest(block: int) -> None:
    opened = 0
    for seed in range(1000 * block, 1000 * block + 1000):
        graph = random_graph(seed)
        x, y, z = three_sets(seed, [n.name for n in graph])
        dag = Dag.of(graph)
        path = open_path(graph, x, y, z)
        assert (path is None) == graph.m_separated(x, y, z) == dag.separated(x, y, z), (seed, graph.edges, x, y, z)
        spelled = open_path(written_out(graph), x, y, z)
        assert (spelled is None) == (path is None)
        if path is None or spelled is None:
            continue
        assert path.nodes[0] in x
        assert path.nodes[-1] in y
        assert is_open(graph, path, z), (seed, str(path), z)
        lengths = [
            len(through) + len(openings) + 2
            for a in x
            for b in y
            for through, openings in dag.paths(a, b)
            if through.isdisjoint(z) and all(opening & z for opening in openings)
        ]
        assert len(spelled.nodes) == min(lengths), (seed, str(spelled))
        opened += len(path.opened) > 0
    assert opened > 50


@pytest.mark.parametrize(
    ("text", "z", "path"),
    [
        ("A <-> B", "", "A <-> B"),
        ("A -> C <- B", "C", "A -> C <- B (C is given)"),
        ("A -> C <- B; C -> D -> E", "E", "A -> C <- B (C causes E, which is given)"),
        ("A <-> C <-> D <-> B", "CD", "A <-> C <-> D <-> B (C is given; D is given)"),
        ("C -> A; C -> B", "", "A <- C -> B"),
        ("A -> C -> B; A -> D -> E -> B", "C", "A -> D -> E -> B"),
    ],
)
def test_as_it_is_printed(text: str, z: str, path: str) -> None:
    assert str(open_path(read_text(f"node A, B, C, D, E; {text}"), "A", "B", set(z))) == path


def test_names_are_quoted() -> None:
    graph = read_text('node "political inequality", B; "political inequality" -> B')
    assert str(open_path(graph, ["political inequality"], "B")) == '"political inequality" -> B'


def test_unknown_and_overlapping_nodes_are_named() -> None:
    graph = read_text("node A, B; A -> B")
    with pytest.raises(UsageError, match="no node `C`"):
        open_path(graph, "A", "C")
    with pytest.raises(UsageError, match="`B` is in y and in z"):
        open_path(graph, "A", "B", "B")
