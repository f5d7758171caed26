"""Small models with known laws, for tests."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from causaldsl.graph.domain import Binary, Categorical, Discrete
from causaldsl.graph.ir import CausalGraph, Node
from causaldsl.graph.read import read_text
from causaldsl.plugins.defaults import shape_of
from causaldsl.plugins.protocols import NodeShape
from causaldsl.scm.controller import Controller
from causaldsl.scm.mechanism import DiscreteMechanism
from causaldsl.scm.model import CausalModel

G1 = """
binary Young, Male, Eyeglasses, Bald, Mustache, Smiling, Wearing_Lipstick, Mouth_Slightly_Open, Narrow_Eyes
Young -> Eyeglasses
Young, Male -> Bald, Mustache, Smiling, Wearing_Lipstick
Young, Smiling -> Mouth_Slightly_Open
Young, Male, Smiling -> Narrow_Eyes
"""


class Table(DiscreteMechanism):
    """A node with a given table, shape (parent combinations, levels)."""

    def __init__(self, shape: NodeShape, table: Tensor) -> None:
        super().__init__(shape)
        self.register_buffer("table", table)

    def log_probabilities(self, parents: Tensor) -> Tensor:
        index = torch.zeros(parents.shape[0], dtype=torch.long)
        for i, (_, domain) in enumerate(self.shape.parents):
            assert isinstance(domain, Discrete)
            index = index * len(domain.levels) + parents[:, i].long()
        return self.table[index].log()


def random_model(graph: CausalGraph, seed: int) -> tuple[CausalModel, dict[str, np.ndarray]]:
    """A model with random tables, and the tables by node, shape (parents' levels..., levels)."""
    rng = np.random.default_rng(seed)
    tables, mechanisms = {}, {}
    for node in graph.nodes:
        sizes = [len(graph[p].domain.levels) for p in node.parents]
        levels = len(node.domain.levels)
        table = rng.uniform(0.05, 0.95, (*sizes, levels))
        table /= table.sum(-1, keepdims=True)
        tables[node.name] = table
        mechanisms[node.name] = Table(shape_of(graph, node), torch.as_tensor(table.reshape(-1, levels)).float())
    return CausalModel(graph, Controller(graph, mechanisms), {}), tables


def brute_force(graph: CausalGraph, tables: Mapping[str, np.ndarray], do: Mapping[str, int]) -> np.ndarray:
    """The joint by the truncated factorisation, cell by cell; axes in the order of the columns."""
    names = graph.columns
    sizes = [len(graph[n].domain.levels) for n in names]
    law = np.zeros(sizes)
    for cell in itertools.product(*map(range, sizes)):
        at = dict(zip(names, cell, strict=True))
        p = 1.0
        for name in names:
            if name in do:
                p *= at[name] == do[name]
            else:
                p *= tables[name][tuple(at[q] for q in graph[name].parents)][at[name]]
        law[cell] = p
    return law


def random_graph(seed: int, nodes: int = 5) -> CausalGraph:
    """A random DAG over binary and three-level nodes, declared in a random order."""
    rng = np.random.default_rng(seed)
    order = [f"N{i}" for i in rng.permutation(nodes)]
    domains = {n: Binary() if rng.random() < 0.6 else Categorical(("a", "b", "c")) for n in order}
    parents = {n: {p for p in order[:i] if rng.random() < 0.5} for i, n in enumerate(order)}
    declared = [order[i] for i in rng.permutation(nodes)]
    return CausalGraph(tuple(Node(n, domains[n], tuple(p for p in declared if p in parents[n])) for n in declared))


def g1() -> CausalGraph:
    """Graph 1 of the paper, labels alone."""
    return read_text(G1)
