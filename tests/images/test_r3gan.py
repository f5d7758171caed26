import math
import subprocess
import sys

import numpy as np
import pytest
import torch

from causaldsl.graph.domain import Binary, Image
from causaldsl.graph.ir import MechanismSpec, Option
from causaldsl.images.r3gan import R3GANOptions, plugin
from causaldsl.plugins.options import resolve
from causaldsl.plugins.protocols import ImagePlugin, NodeShape, PictureData, Schedule

SMALL = R3GANOptions(latent=8, width=4, precision="float32")


class Coins:
    """Labels by fair coins, seen and done alike."""

    def observational(self, n, generator):
        return torch.randint(0, 2, (n, 2), generator=generator).float()

    interventional = observational


def shape(size=32):
    return NodeShape("Face", Image(3, size, size), (("Male", Binary()), ("Young", Binary())))


def build(options=SMALL, size=32):
    torch.manual_seed(0)
    return plugin.build(shape(size), options)


def learner(options=SMALL, seed=3, **schedule):
    draw = np.random.default_rng(0)
    pixels = draw.integers(0, 256, (50, 3, 32, 32), dtype=np.uint8)
    data = PictureData(pixels, torch.from_numpy(draw.integers(0, 2, (50, 2))), Coins(), flips=True)
    return plugin.learner(build(options), data, options, Schedule(seed, batch=8, **schedule))


def test_it_is_an_image_plugin():
    assert isinstance(plugin, ImagePlugin)


def test_naming_it_imports_no_torch():
    code = "import sys, causaldsl.images.r3gan; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("size", [32, 64, 128])
def test_pictures_have_the_shape_and_range(size):
    model = build(size=size)
    pictures = model(Coins().observational(3, None), model.noise(3, torch.Generator()))
    assert pictures.shape == (3, 3, size, size)
    assert pictures.dtype == torch.float32
    assert pictures.abs().max() <= 1


def test_evaluation_draws_with_the_average():
    model = build()
    labels, noise = torch.ones(2, 2), model.noise(2, torch.Generator())
    with torch.no_grad():
        for parameter in model.generator.parameters():
            parameter.add_(0.1)
    assert not torch.equal(model.train()(labels, noise), model.eval()(labels, noise))
    model.follow(0.0)
    torch.testing.assert_close(model.train()(labels, noise), model.eval()(labels, noise))


def test_the_average_moves_by_one_minus_decay():
    model = build()
    before = [p.clone() for p in model.average.parameters()]
    with torch.no_grad():
        for parameter in model.generator.parameters():
            parameter.add_(1.0)
    model.follow(0.75)
    for old, new in zip(before, model.average.parameters(), strict=True):
        torch.testing.assert_close(new, old + 0.25)


def test_labels_change_the_picture():
    model = build().eval()
    noise = model.noise(1, torch.Generator())
    one, other = (model(torch.tensor([labels]), noise) for labels in ([0.0, 1.0], [1.0, 1.0]))
    assert (one - other).abs().mean() > 0.01


def test_each_picture_depends_on_its_own_row_alone():
    model = build().eval()
    labels, noise = torch.tensor([[0.0, 1.0], [1.0, 1.0]]), model.noise(2, torch.Generator())
    torch.testing.assert_close(model(labels, noise)[1:], model(labels[1:], noise[1:]))


def test_a_few_steps_have_finite_losses_and_move_every_network():
    trained = learner()
    before = trained.state()
    for t in range(5):
        losses = trained.step(t)
        assert set(losses) == {"critic", "labeler", "anti_labeler", "generator"}
        assert all(map(math.isfinite, losses.values()))
    after = trained.state()
    assert [k for k, v in before.items() if torch.equal(v, after[k])] == []


def test_bfloat16_has_finite_losses():
    trained = learner(R3GANOptions(latent=8, width=4, precision="bfloat16"))
    assert all(math.isfinite(v) for t in range(2) for v in trained.step(t).values())


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_resuming_is_bit_identical(precision):
    options = R3GANOptions(latent=8, width=4, precision=precision)
    straight, stopped, resumed = (learner(options) for _ in range(3))
    for t in range(6):
        straight.step(t)
    for t in range(3):
        stopped.step(t)
    resumed.load_state(stopped.state())
    for t in range(3, 6):
        resumed.step(t)
    expected, found = straight.state(), resumed.state()
    assert expected.keys() == found.keys()
    assert [k for k in expected if not torch.equal(expected[k], found[k])] == []


def test_the_state_is_a_copy_and_names_every_weight():
    trained = learner()
    trained.step(0)
    state = trained.state()
    kept = {k: v.clone() for k, v in state.items()}
    trained.step(1)
    assert all(torch.equal(v, kept[k]) for k, v in state.items())
    assert all(v.is_contiguous() for v in state.values())
    assert {k.split(".")[0] for k in state} == {"generator", "average", "critic", "labeler", "anti_labeler", "adam"}
    assert "adam.generator.paint.weight.exp_avg_sq" in state


def test_another_seed_is_another_run():
    losses = []
    for seed in (1, 1, 2):
        trained = learner(seed=seed)
        losses.append(trained.step(0)["labeler"])
    assert losses[0] == losses[1] != losses[2]


def test_training_leaves_the_global_random_state_alone():
    torch.manual_seed(0)
    trained = learner()
    before = torch.random.get_rng_state()
    trained.step(0)
    assert torch.equal(before, torch.random.get_rng_state())


def test_the_schedule_overrides_the_plugin():
    assert learner(steps=7).steps == 7
    assert learner().steps > 1000


def test_the_learning_rate_falls_to_nothing_at_the_last_step():
    trained = learner(steps=4, learning_rate=0.5)
    rates = []
    for t in range(5):
        trained.step(t)
        rates.append({adam.param_groups[0]["lr"] for adam in trained.adam.values()})
    assert rates == [{0.5}, {0.5}, {0.5}, {0.25}, {0.0}]


def test_without_interventions_all_labels_are_observational():
    options = R3GANOptions(latent=8, width=4, precision="float32", interventional=0.0)
    trained = learner(options)
    asked = []
    trained.sampler = type(
        "Asked", (Coins,), {"interventional": lambda self, n, g: asked.append(n) or torch.zeros(n, 2)}
    )()
    trained.step(0)
    assert asked in ([], [0])


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("latent", 0, "at least 1"),
        ("gamma", -1.0, "not negative"),
        ("interventional", 1.5, "a share"),
        ("precision", "float16", "one of auto, float32, bfloat16"),
        ("widht", 3, "no option `widht`"),
    ],
)
def test_bad_options_are_findings(option, value, message):
    options, findings = resolve(R3GANOptions, MechanismSpec("r3gan", (Option(option, value),)))
    assert options is None
    assert message in str(findings[0])
