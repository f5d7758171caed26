"""What a causal implicit generative model is by definition: each node a function of its causes and its own noise alone;
and models of one graph that agree on what is seen agree on all that is done.
"""

import itertools

import numpy as np
import pytest
import torch
from torch import Generator

from causaldsl.graph.read import read_text
from causaldsl.scm.build import compile_graph
from tests.models import random_graph, random_model

MIXED = """
binary A, B
categorical H {x, y, z}
real R, S, T
A -> B; A, B -> H; A, H -> R; R, B -> S
T := R - S + normal(0, 1)
R ~ linear
B ~ table
"""


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    built = compile_graph(read_text(MIXED))
    with torch.no_grad():
        for weight in built.parameters():
            weight += 0.5 * torch.randn_like(weight)
    return built


@pytest.mark.parametrize("name", ["A", "B", "H", "R", "S", "T"])
def test_foreign_noise_moves_nothing_but_effects(model, name):
    controller = model.controller
    noise = controller.noise(300, Generator().manual_seed(0))
    other = noise | {name: controller.noise(300, Generator().manual_seed(1))[name]}
    before, after = controller.propagate(noise), controller.propagate(other)
    moved = {n for n in controller.nodes if not torch.equal(before[n], after[n])}
    assert name in moved
    assert moved <= model.graph.descendants({name})


@pytest.mark.parametrize("name", ["R", "S", "T"])
def test_the_jacobian_is_zero_for_all_but_causes_and_own_noise(model, name):
    controller = model.controller
    mechanism = controller[name]
    causes = [parent for parent, _ in mechanism.shape.parents]
    seen = {n: torch.randn(4, dtype=torch.float64) for n in controller.nodes}
    seen |= {n: torch.randint(2, (4,)).double() for n in ("A", "B", "H")}
    real = {n: column.requires_grad_() for n, column in seen.items() if n in ("R", "S", "T")}
    noise = {n: controller[n].noise(4, Generator().manual_seed(2)).double().requires_grad_() for n in real}
    parents = torch.stack([seen[c] for c in causes], -1).to(mechanism.precision)
    value = mechanism(parents, noise[name].to(mechanism.precision))
    wanted = [*real.values(), *noise.values()]
    slopes = torch.autograd.grad(value.sum(), wanted, allow_unused=True)
    for (kind, n), slope in zip([(k, n) for k in ("value", "noise") for n in real], slopes, strict=True):
        reads = n in causes if kind == "value" else n == name
        assert (slope is not None and bool((slope != 0).all())) == reads


@pytest.mark.parametrize("seed", range(6))
def test_two_models_of_one_graph_and_one_joint_agree_under_every_do(seed):
    graph = random_graph(seed, 4)
    first, tables = random_model(graph, seed)
    lines = [
        f"binary {node.name}" if node.domain.kind == "binary" else f"categorical {node.name} {{a, b, c}}"
        for node in graph.nodes
    ]
    for node in graph.nodes:  # the same laws, their causes in another order
        causes = tuple(reversed(node.parents))
        table = np.moveaxis(tables[node.name], range(len(causes)), range(len(causes))[::-1]).astype(np.float32)
        rows = (table / table.sum(-1, keepdims=True)).astype(float).reshape(-1, table.shape[-1])
        rows = rows / rows.sum(-1, keepdims=True)
        given = f" | {', '.join(causes)}" if causes else ""
        lines.append(f"{node.name}{given} := {rows.tolist()}")
    second = compile_graph(read_text("\n".join(lines)))
    names = graph.columns
    for k in range(len(names) + 1):
        for done in itertools.combinations(names, k):
            a, b = (m.joint(dict.fromkeys(done, 1)).marginal(*names) for m in (first, second))
            torch.testing.assert_close(a, b, atol=1e-6, rtol=0)
