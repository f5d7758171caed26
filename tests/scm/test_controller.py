"""The definitions of the paper as tests: noise, do, batches."""

import pytest
import torch

from causaldsl.errors import GraphError, UsageError
from causaldsl.graph.domain import Real
from causaldsl.graph.read import read_text
from causaldsl.scm.build import compile_graph
from tests.models import g1, random_model

MIXED = """
binary B
categorical C {red, green, blue}
real X, "train"
real Y in [0, 10]
B -> C, X
B, C, X -> Y
X -> "train"
"""


def test_do_leaves_all_that_is_not_downstream_bit_identical():
    model = compile_graph(g1())
    seen, done = model.sample(5000, seed=4), model.sample(5000, do={"Smiling": 1}, seed=4)
    downstream = {"Smiling", "Mouth_Slightly_Open", "Narrow_Eyes"}
    for name in model.graph.columns:
        same = torch.equal(seen[name], done[name])
        assert same == (name not in downstream)


def test_do_on_a_root_is_conditioning_on_it():
    model, _ = random_model(g1(), 5)
    done, seen = model.joint({"Male": 1}), model.joint().given({"Male": 1})
    names = model.graph.columns
    torch.testing.assert_close(done.marginal(*names), seen.marginal(*names))


def test_batches_hold_nodes_that_differ_in_weights_alone():
    controller = compile_graph(g1()).controller
    assert set(controller.alike(controller.nodes)) == {
        ("Young", "Male"),
        ("Eyeglasses",),
        ("Bald", "Mustache", "Smiling", "Wearing_Lipstick", "Mouth_Slightly_Open"),
        ("Narrow_Eyes",),
    }


def test_a_batch_computes_what_its_nodes_compute_alone():
    controller = compile_graph(g1()).controller
    names = ("Bald", "Mustache", "Smiling")
    parents = [torch.randint(2, (7, 2)).float() for _ in names]
    together = controller.run(names, "log_probabilities", parents)
    alone = torch.stack([controller[n].log_probabilities(p) for n, p in zip(names, parents, strict=True)])
    torch.testing.assert_close(together, alone)


def test_values_are_of_their_domains():
    drawn = compile_graph(read_text(MIXED)).sample(2000)
    assert list(drawn) == ["B", "C", "X", "train", "Y"]
    assert drawn["C"].dtype == torch.int64
    assert set(drawn["C"].tolist()) == {0, 1, 2}
    assert drawn["Y"].min() >= 0
    assert drawn["Y"].max() <= 10
    frame = drawn.to_pandas()
    assert set(frame["C"]) == {"red", "green", "blue"}


WIDE = """
categorical D {0..299}
binary B
categorical C {red, green, blue}
real X
C -> B
B, C -> D
B, D -> X
D := where(C == red, 299, where(B, 0, 256))
X := D + normal(0, 1)
"""


@pytest.mark.parametrize("text", [g1(), read_text(MIXED), read_text(WIDE)], ids=["binary", "mixed", "300 levels"])
def test_a_sample_is_its_noise_propagated_bit_by_bit(text):
    model = compile_graph(text, seed=3)
    controller = model.controller
    setting = {controller.nodes[0]: 1}
    for do in ({}, setting):
        drawn = model.sample(500, do, seed=5)
        noise = controller.noise(500, torch.Generator().manual_seed(5))
        worlds = {name: torch.tensor(float(value), dtype=torch.float64) for name, value in do.items()}
        for name, column in controller.propagate(noise, worlds).items():
            assert torch.equal(drawn[name], column)
            assert drawn[name].dtype == column.dtype
            assert drawn[name].dtype.is_floating_point == isinstance(model.graph[name].domain, Real)


def test_what_is_drawn_after_the_labels_does_not_depend_on_what_is_set():
    controller = compile_graph(g1()).controller
    after = []
    for do in ({}, {"Narrow_Eyes": torch.tensor(1.0)}, dict.fromkeys(controller.nodes, torch.tensor(1.0))):
        generator = torch.Generator().manual_seed(2)
        controller.sample(50, generator, do)
        after.append(torch.rand(3, generator=generator).tolist())
    assert after[0] == after[1] == after[2]


def test_a_value_depends_on_parents_and_own_noise_alone():
    controller = compile_graph(read_text(MIXED)).controller
    mechanism = controller["Y"]
    parents = torch.rand(5, 3, requires_grad=True)
    noise = mechanism.noise(5, torch.Generator().manual_seed(0)).requires_grad_()
    value = mechanism(torch.stack([parents[:, 0].round(), parents[:, 1].round(), parents[:, 2]], 1), noise)
    slopes = torch.autograd.grad(value.sum(), [parents, noise])
    assert slopes[0][:, 2].abs().min() > 0
    assert slopes[1].abs().min() > 0


def test_weights_are_keyed_by_node():
    model = compile_graph(read_text('binary A, "train", "a.b"; A -> "train", "a.b"'))
    nodes = {key.split(".")[2] for key in model.state_dict()}
    assert nodes == {"node:A", "node:train", "node:a%2Eb"}


def test_equal_seeds_give_equal_weights():
    a, b, c = (compile_graph(g1(), seed=s).state_dict() for s in (1, 1, 2))
    assert all(torch.equal(a[k], b[k]) for k in a)
    assert not all(torch.equal(a[k], c[k]) for k in a)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("node A", "domain of `A` is not stated"),
        ("binary A, B\nlatent U : real\nU := normal(0, 1)\nU -> A, B", "cannot be learned with the real latent `U`"),
        ("binary A, B\nA <-> B\nA ~ table", "`table` cannot learn `A` with its unobserved cause `A <-> B`"),
        ("binary A\nimage F[3, 32, 32]\nA -> F\nA <-> F", "with observed causes alone: leave this one out"),
        ("binary A\nA ~ neural(hiden=3)", "no option `hiden`"),
    ],
)
def test_what_cannot_be_compiled_says_why(text, message):
    with pytest.raises(GraphError, match=message):
        compile_graph(read_text(text))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"do": {"Bold": 1}}, "no node `Bold`"),
        ({"do": {"Bald": 7}}, "no level `7`"),
        ({"given": {"Bald": "yes"}}, "no level `yes`"),
        ({"n": 0}, "at least one"),
    ],
)
def test_what_cannot_be_sampled_says_why(arguments, message):
    model = compile_graph(g1())
    with pytest.raises(UsageError, match=message):
        model.sample(**{"n": 3, **arguments})


def test_evidence_on_a_real_node_is_met_by_weights():
    model = compile_graph(read_text(MIXED))
    assert model.sample(3, given={"X": 1.0})["X"].tolist() == [1.0] * 3
    assert model.sample(300, given={"C": "green"})["C"].eq(1).all()
