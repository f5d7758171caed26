"""`wgan`: what its critics are and ask for, its presets, and that its nodes learn against them."""

import math

import numpy as np
import pytest
import torch

from causaldsl.errors import UsageError
from causaldsl.graph.domain import Binary
from causaldsl.graph.read import read_text
from causaldsl.measure.tvd import tvd
from causaldsl.mechanisms.wgan import WganOptions
from causaldsl.mechanisms.wgan_critic import Critics, distances, penalties
from causaldsl.mechanisms.wgan_networks import TABLE_DRAWS, WganDiscrete, leaky, table_noise
from causaldsl.plugins.protocols import NodeShape, Schedule
from causaldsl.plugins.registry import load
from causaldsl.scm.build import compile_graph
from causaldsl.train.labels import LabelMeter
from tests.models import random_model


def train(model, nodes, rows, **schedule):
    learner = load("mechanisms", "wgan").learner(model.controller, nodes, rows, Schedule(0, **schedule))
    for t in range(learner.steps):
        learner.step(t)
    return learner


def sloped(*slopes):
    """Return critics of one input each that are linear there, with these slopes."""
    critics = Critics([[i] for i in range(len(slopes))], len(slopes), 1, 1, bounded=False)
    for weight, bias in zip(critics.weights, critics.biases, strict=True):
        torch.nn.init.ones_(weight)
        torch.nn.init.constant_(bias, 10)  # rectifiers are in their upper half
    critics.weights[1].data[:, 0, 0] = torch.tensor(slopes)
    return critics


def test_critics_are_perceptrons_side_by_side():
    critics = Critics([[0, 1, 2], [0, 2]], 3, 5, 2, bounded=False)
    rows = torch.randn(7, 3)
    for i, seen in enumerate(([0, 1, 2], [0, 2])):
        alone = leaky(len(seen), 5, 2, 1)
        for own, weight, bias in zip(alone[::2], critics.weights, critics.biases, strict=True):
            own.weight.data = weight[i].T[:, seen] if own is alone[0] else weight[i].T
            own.bias.data = bias[i, 0]
        torch.testing.assert_close(critics(rows)[i], alone(rows[:, seen])[:, 0])


@pytest.mark.parametrize(("one_sided", "expected"), [(True, [4.0, 0.0, 1.0]), (False, [4.0, 0.25, 1.0])])
def test_the_penalty_is_on_steep_slopes_or_on_all_but_one(one_sided, expected):
    real, fake = torch.rand(9, 3), torch.rand(9, 3)
    found = penalties(sloped(3.0, 0.5, -2.0), real, fake, one_sided, torch.Generator().manual_seed(0))
    torch.testing.assert_close(found, torch.tensor(expected))


def test_the_distance_is_the_mean_rise_from_fake_to_real():
    fake = torch.rand(9, 2)
    torch.testing.assert_close(distances(sloped(3.0, -2.0), fake + 0.5, fake), torch.tensor([1.5, -1.0]))


def test_a_bounded_critic_has_the_total_variation_for_its_distance():
    generator = torch.Generator().manual_seed(0)
    p, q = torch.rand(2, 8, generator=generator).pow(2)
    cells = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 3)
    rows = [cells[law.multinomial(4000, replacement=True, generator=generator)] for law in (p, q)]
    shares = [np.unique(r.numpy() @ [4, 2, 1], return_counts=True)[1] / 4000 for r in rows]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        critics = Critics([range(3)], 3, 32, 2, bounded=True)
    adam = torch.optim.Adam(critics.parameters(), 0.01)
    for _ in range(300):
        adam.zero_grad()
        (-distances(critics, *rows)).sum().backward()
        adam.step()
    assert distances(critics, *rows).item() == pytest.approx(tvd(*shares), abs=0.005)


@pytest.mark.parametrize(("domain", "bounded"), [("binary", True), ("categorical", True), ("real", False)])
def test_only_critics_of_levels_are_bounded(domain, bounded):
    levels = " {x, y, z}" if domain == "categorical" else ""
    model = compile_graph(read_text(f"{domain} A{levels}; binary B; A -> B; default {domain} ~ wgan; B ~ wgan"))
    rows = {"A": torch.arange(64) % 2, "B": torch.arange(64) % 2}
    assert load("mechanisms", "wgan").learner(model.controller, "AB", rows, Schedule(0)).critics.bounded is bounded


def test_the_paper_s_preset_is_the_published_controller():
    options = WganOptions(preset="paper")
    node = WganDiscrete(NodeShape("Y", Binary(), (("A", Binary()), ("B", Binary()))), options)
    assert [m.weight.shape for m in node.network[::2]] == [(10, 12), *[(10, 10)] * 5, (1, 10)]
    noise = node.noise(1000, torch.Generator().manual_seed(0))
    assert noise.shape == (1000, 10)
    assert -1 <= noise.min() < -0.99 < 0.99 < noise.max() <= 1
    model = compile_graph(read_text('binary A, B; A -> B; default binary ~ wgan(preset="paper")'))
    rows = {n: torch.randint(2, (64,)) for n in "AB"}
    learner = load("mechanisms", "wgan").learner(model.controller, "AB", rows, Schedule(0))
    assert [tuple(w.shape) for w in learner.critics.weights] == [(1, 2, 15), *[(1, 15, 15)] * 5, (1, 15, 1)]
    assert (learner.steps, learner.batch, learner.settings.critic_steps, learner.settings.penalty) == (
        10_000,
        16,
        20,
        0.1,
    )
    learner.step(9_999)
    assert {adam.param_groups[0]["lr"] for adam in learner.adam.values()} == {8e-5}


def test_options_stand_above_the_preset():
    settings = WganOptions(preset="paper", hidden=7, penalty=2.5).settings
    assert (settings.hidden, settings.layers, settings.penalty) == (7, 6, 2.5)
    for wrong in ({"layers": -1}, {"noise": 0}, {"penalty": math.nan}):
        with pytest.raises(ValueError, match=r"at least 1|positive"):
            WganOptions(**wrong)


@pytest.mark.parametrize(
    ("kind", "hard"), [("", True), ('preset="paper"', False), ('preset="paper", critic="node"', True)]
)
def test_children_read_levels_or_soft_values(kind, hard):
    model = compile_graph(read_text(f"binary A, B; A -> B; default binary ~ wgan({kind})"))
    rows = {n: torch.randint(2, (64,)) for n in "AB"}
    learner = load("mechanisms", "wgan").learner(model.controller, "AB", rows, Schedule(0))
    read = []
    model.controller["B"].soft = lambda encoded, noise: read.append(encoded) or torch.sigmoid(noise[:, :1])
    made = learner.generate(50, torch.Generator().manual_seed(0))
    assert made.shape == (50, 2)
    torch.testing.assert_close(read[0], made[:, :1].round() if hard else made[:, :1])


def test_a_critic_a_node_sees_its_family_alone():
    text = 'binary A, D; categorical C {x, y, z}; A -> C -> D; A, C, D ~ wgan(critic="node")'
    model = compile_graph(read_text(text))
    rows = {n: torch.randint(3 if n == "C" else 2, (64,)) for n in "ACD"}
    learner = load("mechanisms", "wgan").learner(model.controller, "ACD", rows, Schedule(0))
    x = torch.rand(5, 5, requires_grad=True)
    for said, seen in zip(learner.critics(x), ([0], [0, 1, 2, 3], [1, 2, 3, 4]), strict=True):
        (slope,) = torch.autograd.grad(said.sum(), x, retain_graph=True)
        assert slope.abs().sum(0).nonzero().squeeze(-1).tolist() == seen


def test_a_critic_a_node_cannot_learn_with_latents():
    model = compile_graph(read_text('binary A, B; A <-> B; default binary ~ wgan(critic="node")'))
    rows = {n: torch.randint(2, (64,)) for n in "AB"}
    with pytest.raises(UsageError, match="critic a node cannot see"):
        load("mechanisms", "wgan").learner(model.controller, "AB", rows, Schedule(0))


def test_what_is_counted_is_near_what_is_drawn_and_never_called_exact():
    model = compile_graph(read_text("binary A, B, Y; A -> B; A, B -> Y; default binary ~ wgan"), seed=3)
    counted = f"tabulated({TABLE_DRAWS} draws)"
    names = ("A", "B", "Y")
    drawn = model.sample(400_000, seed=0)
    law = np.bincount((drawn["A"] * 4 + drawn["B"] * 2 + drawn["Y"]).numpy(), minlength=8) / 400_000
    assert tvd(model.joint().marginal(*names).numpy().ravel(), law) < 0.006
    for question in ("P(Y=1 | do(A=1))", "P(A | Y=1)", "E[Y]", "P(Y=1 | do(A := bernoulli(0.5)))", "P(B=1)"):
        assert model.ask(question).method == counted, question
    rows = {name: drawn[name][:500] for name in names}
    assert LabelMeter(model, rows).measure().method == counted
    known = compile_graph(read_text("binary A, B, Y; A -> B; B -> Y; A, B ~ constant(p=0.3); Y ~ wgan"))
    assert known.ask("P(B=1)").method == "exact"
    assert known.ask("P(Y=1)").method == counted


@pytest.mark.parametrize("critic", ["joint", "node"])
def test_wgan_moves_towards_the_data(critic):
    truth, _ = random_model(read_text("binary A, B; A -> B"), 2)
    rows = dict(truth.sample(5000, seed=1))
    model = compile_graph(read_text(f'binary A, B; A -> B; default binary ~ wgan(critic="{critic}", critic_hidden=32)'))
    law = truth.joint().marginal("A", "B").numpy()
    before = tvd(model.joint().marginal("A", "B").numpy(), law)
    train(model, "AB", rows, steps=250, batch=256)
    after = tvd(model.joint().marginal("A", "B").numpy(), law)
    assert after < before / 3


def test_wgan_makes_real_values_of_real_and_discrete_causes():
    rng = np.random.default_rng(0)
    b, x, e = rng.integers(0, 2, 4000), rng.uniform(0, 1, 4000) ** 2, rng.uniform(0, 0.5, 4000)
    rows = {"B": torch.as_tensor(b), "X": torch.as_tensor(x), "Y": torch.as_tensor(2 * x + 2 * b + e)}
    kind = "wgan(noise=2, critic_hidden=64, critic_steps=2)"
    model = compile_graph(read_text(f"real X; real Y in [-1, 5]; binary B; B, X -> Y; X, Y ~ {kind}"))
    learner = load("mechanisms", "wgan").learner(model.controller, "XY", rows, Schedule(0, steps=400, batch=256))
    for t in range(learner.steps):
        learner.step(t)
    assert model.sample(4000, seed=0)["X"].quantile(0.5).item() == pytest.approx(0.25, abs=0.1)
    for level, expected in ((0, 1.75), (1, 3.75)):
        done = model.sample(4000, do={"B": level, "X": 0.75}, seed=0)["Y"]
        assert done.mean().item() == pytest.approx(expected, abs=0.4)
    with pytest.raises(UsageError, match="cannot be inferred"):
        model.counterfactual({"Y": 1.0}, {"X": 0.5})


def test_wgan_feeds_parents_outside_the_group_from_the_data():
    model = compile_graph(read_text("categorical C {x, y, z}; real X; binary A; C, X -> A; A ~ wgan"))
    rows = {"C": torch.randint(3, (500,)), "X": torch.randn(500), "A": torch.randint(2, (500,))}
    plugin = load("mechanisms", "wgan")
    learner = plugin.learner(model.controller, ["A"], rows, Schedule(0, steps=2, batch=64))
    before = {k: v.clone() for k, v in model.controller["C"].state_dict().items()}
    assert all(math.isfinite(v) for t in range(2) for v in learner.step(t).values())
    assert all(torch.equal(v, before[k]) for k, v in model.controller["C"].state_dict().items())


def test_wgan_tells_what_would_have_been():
    model = compile_graph(read_text("binary X, Z, Y; X, Z -> Y; X, Z ~ constant(p=0.5); Y ~ wgan(noise=2)"), seed=2)
    mechanism = model.controller["Y"]
    noise = table_noise(2)
    made = {x: mechanism(torch.tensor([[x, 0.0]]).expand(len(noise), -1), noise) for x in (0.0, 1.0)}
    seen = made[1] == 1
    expected = made[0][seen].mean().item()  # by going through the noise
    assert abs(expected - made[0].mean().item()) > 0.05
    found = model.ask("P(Y[X=0]=1 | X=1, Z=0, Y=1)", draws=20_000)
    assert found.value == pytest.approx(expected, abs=0.02)


def test_wgan_nodes_share_their_options():
    model = compile_graph(read_text("binary A, B; A ~ wgan(hidden=8); B ~ wgan(hidden=9)"))
    with pytest.raises(UsageError, match="different options"):
        load("mechanisms", "wgan").learner(
            model.controller, ["A", "B"], {"A": torch.zeros(4), "B": torch.zeros(4)}, Schedule(0)
        )
