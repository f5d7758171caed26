"""Stacked mechanisms compute what each computes alone, and keep their weights by node."""

import copy

import pytest
import torch

from causaldsl.graph.read import read_text
from causaldsl.scm.build import compile_graph
from causaldsl.scm.stacked import NodeMoments, Stacked
from causaldsl.scm.state import gather, scatter

KINDS = {
    "binary": "binary A, B, C; categorical D {x, y, z}; real X; D, X -> A, B, C",
    "categorical": "categorical A, B, C {u, v, w}; categorical D {x, y, z}; real X; D, X -> A, B, C",
    "real": "real A, B, C, X; categorical D {x, y, z}; D, X -> A, B, C",
    "flow": "real A, B, C, X; categorical D {x, y, z}; D, X -> A, B, C; A, B, C ~ flow(hidden=8, bins=4)",
    "linear": "real A, B, C, X; categorical D {x, y, z}; D, X -> A, B, C; A, B, C ~ linear",
}


def three(text):
    """A model, its three alike mechanisms, prepared, and causes and values for each."""
    model = compile_graph(read_text(text), seed=1)
    rng = torch.Generator().manual_seed(2)
    causes = torch.stack([torch.randint(3, (3, 50), generator=rng).float(), torch.randn(3, 50, generator=rng)], -1)
    parents = [p for p, _ in model.controller["A"].shape.parents]
    causes = causes if parents == ["D", "X"] else causes.flip(-1)
    mechanisms = [model.controller[name] for name in "ABC"]
    assert len(model.controller.alike("ABC")) == 1
    noise = [m.noise(50, rng) for m in mechanisms]
    with torch.no_grad():
        values = torch.stack([m(c, n) for m, c, n in zip(mechanisms, causes, noise, strict=True)])
    for mechanism, c, v in zip(mechanisms, causes, values, strict=True):
        mechanism.prepare(c, v)
    return model, mechanisms, causes, values


@pytest.mark.parametrize("text", KINDS.values(), ids=KINDS)
def test_they_compute_what_each_computes(text):
    _, mechanisms, causes, values = three(text)
    apart = copy.deepcopy(mechanisms)
    stack = Stacked(mechanisms)
    found = stack("log_prob", causes, values)
    alone = torch.stack([m.log_prob(c, v) for m, c, v in zip(apart, causes, values, strict=True)])
    torch.testing.assert_close(found, alone)
    found.mean().backward()
    alone.mean().backward()
    for i, mechanism in enumerate(apart):
        for name, weight in mechanism.named_parameters():
            torch.testing.assert_close(stack.tensors[name].grad[i], weight.grad, atol=1e-6, rtol=1e-5)


def test_each_has_what_was_learned_and_learns_from_what_is_loaded():
    _, mechanisms, causes, values = three(KINDS["binary"])
    stack = Stacked(mechanisms)
    adam = torch.optim.Adam(stack.parameters, fused=True)
    stack("log_prob", causes, values).mean().backward()
    adam.step()
    for i, mechanism in enumerate(mechanisms):
        assert all(torch.equal(t, stack.tensors[k][i]) for k, t in mechanism.state_dict().items())
    other = three(KINDS["binary"])[1][0]
    mechanisms[1].load_state_dict(other.state_dict())
    torch.testing.assert_close(stack("log_prob", causes, values)[1], other.log_prob(causes[1], values[1]))
    before = mechanisms[2].log_prob(causes[2], values[2])
    stack.release()
    with torch.no_grad():
        for weight in stack.parameters:
            weight.zero_()
    assert torch.equal(mechanisms[2].log_prob(causes[2], values[2]), before)
    assert all(t.data_ptr() % 64 == 0 for t in mechanisms[1].parameters())  # none lies within another's memory


@pytest.mark.parametrize("text", [KINDS["binary"], KINDS["linear"]], ids=["binary", "linear"])
def test_moments_are_kept_by_node(text):
    """Of one stack of three, of one of two and a mechanism alone: the next steps are the same."""

    def learned(split, steps, state=None):
        model, mechanisms, causes, values = three(text)
        networks = {"nodes": model.controller.subset("ABC")}
        stacks = [Stacked([mechanisms[i] for i in part]) for part in split]
        adam = torch.optim.Adam([w for stack in stacks for w in stack.parameters], fused=True)
        if state is not None:
            moments = NodeMoments()
            scatter(state, networks, {"nodes": moments})
            moments.give(adam, stacks)
        for _ in range(steps):
            adam.zero_grad()
            for stack, part in zip(stacks, split, strict=True):
                stack("log_prob", causes[list(part)], values[list(part)]).mean(-1).sum().neg().backward()
            adam.step()
        return gather(networks, {"nodes": NodeMoments.of(adam, stacks)})

    straight = learned([(0, 1, 2)], 6)
    assert any(".node:B." in k and k.endswith("exp_avg_sq") for k in straight)
    resumed = learned([(0, 1, 2)], 3, learned([(0, 1, 2)], 3))
    assert straight.keys() == resumed.keys()
    assert all(torch.equal(v, resumed[k]) for k, v in straight.items())
    otherwise = learned([(0,), (1, 2)], 3, learned([(0, 2), (1,)], 3))
    for name, tensor in straight.items():
        torch.testing.assert_close(otherwise[name], tensor, atol=1e-5, rtol=1e-3)
