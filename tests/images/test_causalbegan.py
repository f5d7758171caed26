import numpy as np
import pytest
import torch

from causaldsl.check.validate import validate
from causaldsl.graph.domain import Binary, Image
from causaldsl.graph.ir import MechanismSpec, Option
from causaldsl.graph.read import read_text
from causaldsl.images.causalbegan import CausalBEGANOptions, plugin
from causaldsl.images.causalbegan_networks import Critic, double
from causaldsl.images.draw import Draw
from causaldsl.images.losses_causalbegan import Losses, critic_loss, generator_loss, rebuilding, squared_label_loss
from causaldsl.plugins.options import resolve
from causaldsl.plugins.protocols import NodeShape, PictureData, Schedule
from causaldsl.scm.randomness import generator_at


class Coins:
    """Labels by fair coins, seen and done alike."""

    def observational(self, n, generator):
        return torch.randint(0, 2, (n, 2), generator=generator).float()

    interventional = observational


def build(size=32, **options):
    torch.manual_seed(0)
    shape = NodeShape("Face", Image(3, size, size), (("Male", Binary()), ("Young", Binary())))
    return plugin.build(shape, CausalBEGANOptions(**{"latent": 8, "width": 2, "code": 6, **options}))


def learner(rate=0.0, **options):
    draw = np.random.default_rng(0)
    pixels = draw.integers(0, 256, (50, 3, 32, 32), dtype=np.uint8)
    data = PictureData(pixels, torch.from_numpy(draw.integers(0, 2, (50, 2))), Coins())
    model = build(precision="float32", **options)
    return plugin.learner(model, data, model.options, Schedule(3, batch=8, learning_rate=rate))


def test_the_defaults_are_the_papers():
    options = CausalBEGANOptions()
    assert (options.latent, options.width, options.label_loss, options.halve) == (64, 128, "squared", 100_000)
    assert (options.gamma, options.gamma_label, options.zeta) == (0.5, 0.5, 0.5)
    assert (options.gain, options.gain_label, options.gain_zeta) == (0.001, 8e-5, 0.01)


@pytest.mark.parametrize("size", [32, 64, 128])
def test_pictures_have_the_shape_and_are_clipped_once_trained(size):
    model = build(size)
    with torch.no_grad():
        model.generator.paint.bias.fill_(3)
    labels, noise = torch.ones(2, 2), model.noise(2, torch.Generator())
    assert model.train()(labels, noise).max() > 1
    pictures = model.eval()(labels, noise)
    assert pictures.shape == (2, 3, size, size)
    assert pictures.max() == 1


def test_double_makes_four_of_one():
    assert double(torch.tensor([[[[1.0, 2.0]]]])).tolist() == [[[[1, 1, 2, 2], [1, 1, 2, 2]]]]


@pytest.mark.parametrize("labeler", ["own", "code"])
def test_a_critic_rebuilds_pictures_and_reads_labels(labeler):
    critic = Critic(Image(3, 32, 32), 2, CausalBEGANOptions(width=2, code=6, labeler=labeler))
    rebuilt, read = critic(torch.zeros(5, 3, 32, 32))
    assert rebuilt.shape == (5, 3, 32, 32)
    assert read.shape == (5, 2)


def test_each_player_hears_its_own_loss_alone():
    """The gradients of one shared pass are those that each loss has by itself."""
    trained, alone = learner(), learner()
    trained.coefficients.c.copy_(torch.tensor([0.5, 0.25, 0.75]))
    trained.critic.move = trained.generator.move = lambda: 0.0
    trained.step(4)

    draw = Draw(generator_at(3, 4, alone.name), 8, slice(None))
    real, real_labels = alone.real(draw)
    labels = alone.labels(draw)
    fake = alone.model(labels, alone.model.noise(8, draw.generator))

    def losses(fake):
        judged = [alone.critic.network(x) for x in (real, fake)]
        whole = [rebuilding(x, rebuilt) for x, (rebuilt, _) in zip((real, fake), judged, strict=True)]
        read = [squared_label_loss(r, y) for y, (_, r) in zip((real_labels, labels), judged, strict=True)]
        return Losses(*whole, *read)

    c = torch.tensor([0.5, 0.25, 0.75])
    critic_loss(losses(fake.detach()), c).backward()
    expected = [p.grad for p in alone.critic.network.parameters()]
    found = [p.grad for p in trained.critic.network.parameters()]
    torch.testing.assert_close(found, expected)
    generator_loss(losses(fake), c).backward(inputs=list(alone.model.generator.parameters()))
    expected = [p.grad for p in alone.model.generator.parameters()]
    torch.testing.assert_close([p.grad for p in trained.model.generator.parameters()], expected)


def test_coefficients_begin_at_nothing_and_follow_their_margins():
    trained = learner()
    assert trained.coefficients.c.tolist() == [0, 0, 0]
    losses = trained.step(0)
    assert losses["c1"] == pytest.approx(trained.coefficients.c[0].item())
    assert losses["c1"] > 0
    assert set(losses) == {"critic", "generator", "convergence", "c1", "c2", "c3"}


def test_without_the_third_margin_labels_count_whole():
    trained = learner(third_margin=False)
    trained.step(0)
    assert trained.coefficients.c[2] == 1


def test_the_learning_rate_is_halved_again_and_again():
    trained = learner(rate=0.4, halve=2)
    rates = []
    for t in range(5):
        trained.step(t)
        rates.append(trained.critic.adam.param_groups[0]["lr"])
    assert rates == [0.4, 0.4, 0.2, 0.2, 0.1]
    assert learner(halve=0).share(10**9) == 1


def test_a_code_too_narrow_for_the_labels_is_refused_with_a_place():
    text = "binary A, B, C\nimage Face[3, 32, 32]\n* -> Face\nFace ~ causalbegan(labeler=code, code=2)\n"
    (finding,) = validate(read_text(text))
    assert finding.code == "C480"
    assert "3 labels cannot be read from a code of width 2" in finding.message


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("label_loss", "hinge", "one of squared, absolute, cross_entropy"),
        ("gamma", 1.5, "between 0 and 1"),
        ("gain", -1.0, "not negative"),
        ("code", 0, "at least 1"),
    ],
)
def test_bad_options_are_findings(option, value, message):
    options, findings = resolve(CausalBEGANOptions, MechanismSpec("causalbegan", (Option(option, value),)))
    assert options is None
    assert message in str(findings[0])
