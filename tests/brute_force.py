"""Graph theory by definition, for small graphs: all paths are walked, all subsets tried. Nothing here is clever.

The graph is a DAG in which every unobserved common cause is a node of its own, so that nothing here knows `<->`.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, combinations

from causaldsl.graph.ir import CausalGraph, Edge, Node
from causaldsl.graph.make import make_graph

Set = frozenset[str]


def subsets(names: Iterable[str]) -> Iterator[Set]:
    """All subsets, smaller ones first."""
    pool = sorted(names)
    return map(frozenset, chain.from_iterable(combinations(pool, k) for k in range(len(pool) + 1)))


def minimal(sets: Iterable[Set]) -> set[Set]:
    """Those of which no proper subset is among them; smaller ones have to come first."""
    found: set[Set] = set()
    for candidate in sets:
        if not any(kept < candidate for kept in found):
            found.add(candidate)
    return found


class Dag:
    """A DAG: its edges as (cause, effect), and which nodes nobody sees."""

    def __init__(self, nodes: Iterable[str], edges: Iterable[tuple[str, str]], hidden: Iterable[str]) -> None:
        self.nodes = tuple(nodes)
        self.edges = frozenset(edges)
        self.hidden = frozenset(hidden)
        self.observed = tuple(n for n in self.nodes if n not in self.hidden)
        self.paths = cache(self._all_paths)
        self.descendants = cache(self._descendants)

    @classmethod
    def of(cls, graph: CausalGraph) -> Dag:
        edges = [(a, b) for a, b, sign in graph.edges if sign == "->"]
        common = {f"({a},{b})": (a, b) for a, b in graph.confounded}
        edges += [(u, effect) for u, effects in common.items() for effect in effects]
        return cls([*(n.name for n in graph), *common], edges, [*graph.latents, *common])

    def without(self, edges: Iterable[tuple[str, str]]) -> Dag:
        return Dag(self.nodes, self.edges - set(edges), self.hidden)

    def _descendants(self, name: str) -> Set:
        return frozenset({name}).union(*(self.descendants(b) for a, b in self.edges if a == name))

    def below(self, names: Iterable[str]) -> Set:
        return frozenset[str]().union(*map(self.descendants, names))

    def _all_paths(self, a: str, b: str) -> list[tuple[Set, list[Set]]]:
        """Each path between two nodes: its non-colliders, and for each collider the nodes that would open it."""
        found = []
        todo = [[a]]
        while todo:
            path = todo.pop()
            if path[-1] == b:
                inner = list(zip(path, path[1:], path[2:], strict=False))
                colliders = {v for u, v, w in inner if (u, v) in self.edges and (w, v) in self.edges}
                found.append((frozenset(path[1:-1]) - colliders, [self.descendants(c) for c in colliders]))
                continue
            for u, v in self.edges:
                if path[-1] in (u, v) and (other := v if u == path[-1] else u) not in path:
                    todo.append([*path, other])
        return found

    def separated(self, x: Iterable[str], y: Iterable[str], z: Set) -> bool:
        """Whether every path between two sets is blocked."""
        return not any(
            through.isdisjoint(z) and all(not opening.isdisjoint(z) for opening in openings)
            for a in x
            for b in y
            for through, openings in self.paths(min(a, b), max(a, b))
        )

    def causal_paths(self, x: Set, y: Set) -> list[list[str]]:
        """All directed paths from `x` to `y` of which only the first node is in `x`."""
        found, todo = [], [[a] for a in x]
        while todo:
            path = todo.pop()
            if path[-1] in y:
                found.append(path)
            todo += ([*path, b] for a, b in self.edges if a == path[-1] and b not in x)
        return found

    def adjusts(self, x: Set, y: Set) -> tuple[Set, Dag]:
        """What may be in an adjustment set, and the graph in which the set has to separate."""
        paths = self.causal_paths(x, y)
        bad = self.below(node for path in paths for node in path[1:])
        return frozenset(self.observed) - x - y - bad, self.without((path[0], path[1]) for path in paths)

    def adjustment_sets(self, x: Set, y: Set) -> list[Set]:
        """All adjustment sets, smaller ones first."""
        allowed, back_door = self.adjusts(x, y)
        return [z for z in subsets(allowed) if back_door.separated(x, y, z)]

    def instruments(self, x: str, y: str) -> set[tuple[str, Set]]:
        """All instruments, each with all its minimal conditions."""
        cut = self.without({(x, y)})
        allowed = set(self.observed) - self.descendants(y) - {x}
        found = set()
        for i in self.observed:
            if i not in (x, y):
                good = (
                    z for z in subsets(allowed - {i}) if not self.separated({i}, {x}, z) and cut.separated({i}, {y}, z)
                )
                found |= {(i, z) for z in minimal(good)}
        return found

    def independencies(self) -> set[tuple[str, str, Set]]:
        """All pairs of observed nodes with all their minimal separators."""
        return {
            (a, b, z)
            for a, b in combinations(self.observed, 2)
            for z in minimal(z for z in subsets(set(self.observed) - {a, b}) if self.separated({a}, {b}, z))
        }

    def front_door_sets(self, x: Set, y: Set) -> list[Set]:
        """All front-door sets, by Pearl's three conditions, smaller ones first."""
        paths = self.causal_paths(x, y)
        no_effects = self.without((a, b) for a, b in self.edges if a in x)
        return [
            z
            for z in subsets(set(self.observed) - x - y)
            if all(z.intersection(path) for path in paths)
            and no_effects.separated(x, z, frozenset())
            and self.without((a, b) for a, b in self.edges if a in z).separated(z, y, x)
        ]


def random_graph(seed: int, max_nodes: int = 7) -> CausalGraph:
    """A graph of up to seven nodes with latents and common causes; its nodes are not declared in causal order."""
    random_ = random.Random(seed)
    n = min(max_nodes, random_.choice((3, 4, 5, 6, 6, 7, 7)))
    names = [chr(ord("A") + i) for i in range(n)]
    order = random_.sample(names, n)
    latent = {name for name in names if random_.random() < 0.12}
    dense, common = random_.choice([(0.25, 0.15), (0.4, 0.1), (0.4, 0.0), (0.5, 0.2)])
    edges: list[Edge] = []
    for a, b in combinations(order, 2):
        if random_.random() < dense:
            edges.append((a, b, "->"))
        if random_.random() < common:
            edges.append((a, b, "<->"))
    return make_graph([Node(name, None, latent=name in latent) for name in names], edges)


def written_out(graph: CausalGraph) -> CausalGraph:
    """The same graph, each common cause a declared latent."""
    common = {f"U{i}": pair for i, pair in enumerate(graph.confounded)}
    edges = [edge for edge in graph.edges if edge[2] == "->"]
    edges += [(u, effect, "->") for u, pair in common.items() for effect in pair]
    nodes = [Node(n.name, None, latent=n.latent) for n in graph]
    return make_graph([*nodes, *(Node(u, None, latent=True) for u in common)], edges)
