"""What the tests of identification share: random questions, the truth about them, and ID once more, line by line.

Nothing here uses the algorithms under test.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, product

import numpy as np

from causaldsl.graph.expression import Variable
from causaldsl.graph.identification.evaluation import Tabulated
from causaldsl.graph.identification.hedge import Hedge
from causaldsl.graph.ir import CausalGraph, Edge, Node
from causaldsl.graph.make import make_graph
from causaldsl.graph.question import Event, Intervention, Probability
from tests.brute_force import Dag
from tests.discrete import Model

Set = frozenset[str]
Pairs = frozenset[Set]


def dense_graph(seed: int, most: int = 7, latents: int = 0) -> CausalGraph:
    """A graph with many common causes, so that about half of its effects cannot be identified."""
    draw = random.Random(seed)
    names = [chr(ord("A") + i) for i in range(draw.randint(2, most))]
    order = draw.sample(names, len(names))
    causes, common = draw.uniform(0.3, 0.8), draw.uniform(0.1, 0.45)
    edges: list[Edge] = []
    for a, b in combinations(order, 2):
        if draw.random() < causes:
            edges.append((a, b, "->"))
        if draw.random() < common:
            edges.append((a, b, "<->"))
    hidden = [f"U{i}" for i in range(draw.randint(0, latents))]
    for u in hidden:
        edges += [(u, child, "->") for child in draw.sample(names, min(len(names), draw.randint(1, 3)))]
    return make_graph([Node(n, None) for n in names] + [Node(u, None, latent=True) for u in hidden], edges)


def effect(y: Iterable[str], x: Iterable[str], z: Iterable[str] = ()) -> Probability:
    """P(y | do(x), z)."""
    return Probability(
        tuple(Event(Variable(n)) for n in y),
        do=tuple(Intervention(n) for n in x),
        given=tuple(Event(Variable(n)) for n in z),
    )


def some_effect(graph: CausalGraph, seed: int, conditions: int = 0) -> tuple[list[str], list[str], list[str]]:
    """Disjoint y, x and z at random: y and x not empty."""
    draw = random.Random(seed)
    names = draw.sample(seen := [n.name for n in graph if not n.latent], len(seen))
    at = draw.randint(1, max(1, len(names) // 2))
    to = draw.randint(min(at + 1, len(names)), len(names))
    return names[:at], names[at:to][: draw.randint(1, 3)], names[to:][:conditions]


def observed_law(dag: Dag, model: Model) -> Tabulated:
    """The joint law of what is seen, for `evaluate`."""
    law = np.broadcast_to(model.seen(dag.observed), [2 if n in dag.observed else 1 for n in dag.nodes])
    return Tabulated(dag.observed, law.reshape([2] * len(dag.observed)))


def true_effect(dag: Dag, model: Model, y: list[str], x: list[str], z: list[str]) -> np.ndarray:
    """P(y | do(x), z): one axis a node, those of y first, then x, then z."""
    joint = model.done({*y, *z}, x)
    conditional = joint / model.done(z, x) if z else joint
    axes = [name for name in dag.nodes if name in {*y, *x, *z}]
    cells = np.broadcast_to(conditional, [2 if n in axes else 1 for n in dag.nodes]).reshape([2] * len(axes))
    return cells.transpose([axes.index(name) for name in (*y, *x, *z)])


# ---- the graph once more, as sets of pairs


def projected(graph: CausalGraph) -> tuple[list[str], set[tuple[str, str]], Pairs]:
    """The observed nodes, arrows and common causes, latents that are roots taken away; by definition."""
    seen = [n.name for n in graph if not n.latent]
    arrows = {(a, b) for a, b, sign in graph.edges if sign == "->" and not graph[a].latent}
    common = {frozenset(pair) for pair in graph.confounded}
    for u in graph.latents:
        assert not graph[u].parents
        common |= {frozenset(pair) for pair in combinations(graph.children[u], 2)}
    return seen, arrows, frozenset(common)


def above(arrows: Iterable[tuple[str, str]], nodes: Set, within: Set) -> Set:
    """Ancestors in a subgraph, by trying until nothing changes."""
    found = nodes & within
    while True:
        more = found | {a for a, b in arrows if b in found and a in within}
        if more == found:
            return frozenset(found)
        found = more


def components(common: Pairs, within: Set) -> set[Set]:
    """Districts of a subgraph, by merging until nothing changes."""
    found = {frozenset({n}) for n in within}
    for pair in common:
        if pair <= within:
            touched = {c for c in found if c & pair}
            found = (found - touched) | {frozenset().union(*touched)}
    return found


def id_verdict(graph: CausalGraph, y: Iterable[str], x: Iterable[str]) -> bool:
    """Whether P(y | do(x)) is identifiable: the seven lines of Shpitser and Pearl (2006), as printed, verdict only."""
    seen, arrows, common = projected(graph)
    return _id(frozenset(y), frozenset(x), frozenset(seen), frozenset(arrows), common)


def _id(y: Set, x: Set, v: Set, arrows: frozenset[tuple[str, str]], common: Pairs) -> bool:
    if not x:  # line 1
        return True
    relevant = above(arrows, y, v)
    if relevant != v:  # line 2
        return _id(y, x & relevant, relevant, arrows, common)
    cut = frozenset((a, b) for a, b in arrows if b not in x)
    w = (v - x) - above(cut, y, v)
    if w:  # line 3
        return _id(y, x | w, v, arrows, common)
    parts = components(common, v - x)
    if len(parts) > 1:  # line 4
        return all(_id(part, v - part, v, arrows, common) for part in parts)
    (part,) = parts
    whole = components(common, v)
    if whole == {v}:  # line 5
        return False
    if part in whole:  # line 6
        return True
    (larger,) = (c for c in whole if part < c)  # line 7
    return _id(y, x & larger, larger, arrows, common)


# ---- hedges


def is_hedge(graph: CausalGraph, hedge: Hedge, y: Set, x: Set) -> bool:
    """Whether it is one, by definition (Shpitser and Pearl 2006): two C-forests with the same roots."""
    _, arrows, common = projected(graph)
    v = frozenset(n.name for n in graph if not n.latent)
    cut = {(a, b) for a, b in arrows if b not in x}
    connected = all(len(components(common, part)) == 1 for part in (hedge.outer, hedge.inner))
    return (
        connected
        and hedge.inner < hedge.outer
        and bool(hedge.outer & x)
        and not hedge.inner & x
        and hedge.roots <= hedge.inner
        and hedge.roots <= above(cut, y, v)
        and forest(arrows, hedge) is not None
    )


def forest(arrows: Iterable[tuple[str, str]], hedge: Hedge) -> Mapping[str, str] | None:
    """One child for each node but the roots, so that both sets are forests with these roots; None if there is none."""
    child = {}
    for node in hedge.outer - hedge.roots:
        part = hedge.inner if node in hedge.inner else hedge.outer
        children = [b for a, b in arrows if a == node and b in part]
        if not children:
            return None
        child[node] = children[0]  # arrows have no cycle, so that every node ends at a root
    return child


def parity_models(graph: CausalGraph, hedge: Hedge, x: Set) -> Iterator[tuple[dict[tuple[int, ...], float], float]]:
    """Two models that show a hedge at work: the law of what is seen, and how often the roots are even under do.

    Every node is the parity of its causes in the forest and of the unobserved bits that it shares; in the second model
    the nodes of F' take no notice of what is not in F'.
    """
    _, arrows, common = projected(graph)
    child = forest(arrows, hedge)
    assert child is not None
    bits = spanning(common, hedge)
    order = [n for n in graph.order if n in hedge.outer]
    for deaf in (False, True):
        seen: dict[tuple[int, ...], float] = {}
        even = 0.0
        for values in product((0, 1), repeat=len(bits)):
            u = dict(zip(bits, values, strict=True))
            for done in (False, True):
                at: dict[str, int] = {}
                for node in order:
                    if done and node in x:
                        at[node] = 0
                        continue
                    heard = hedge.inner if deaf and node in hedge.inner else hedge.outer
                    causes = [at[p] for p, c in child.items() if c == node and p in heard]
                    noises = [value for pair, value in u.items() if node in pair and pair <= heard]
                    at[node] = (sum(causes) + sum(noises)) % 2
                if done:
                    even += (sum(at[r] for r in hedge.roots) % 2 == 0) / 2 ** len(bits)
                else:
                    cell = tuple(at[n] for n in order)
                    seen[cell] = seen.get(cell, 0.0) + 1 / 2 ** len(bits)
        yield seen, even


def spanning(common: Pairs, hedge: Hedge) -> list[Set]:
    """A tree of common causes that joins F', and with a few more joins F."""
    tree: list[Set] = []
    for part in (hedge.inner, hedge.outer):
        for pair in sorted(common, key=sorted):
            if pair <= part and len(components(frozenset({*tree, pair}), part)) < len(
                components(frozenset(tree), part)
            ):
                tree.append(pair)
    return tree
