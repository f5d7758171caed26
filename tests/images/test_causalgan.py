import numpy as np
import pytest
import torch
from torch.nn import functional as F

from causaldsl.check.validate import validate
from causaldsl.graph.domain import Binary, Image
from causaldsl.graph.ir import MechanismSpec, Option
from causaldsl.graph.read import read_text
from causaldsl.images.blocks import activate
from causaldsl.images.causalgan import CausalGANOptions, plugin
from causaldsl.images.causalgan_networks import KERNEL, Company, Reader, apart
from causaldsl.plugins.options import resolve
from causaldsl.plugins.protocols import NodeShape, PictureData, Schedule


class Coins:
    """Labels by fair coins, seen and done alike."""

    def observational(self, n, generator):
        return torch.randint(0, 2, (n, 2), generator=generator).float()

    interventional = observational


def build(size=32, **options):
    torch.manual_seed(0)
    shape = NodeShape("Face", Image(3, size, size), (("Male", Binary()), ("Young", Binary())))
    return plugin.build(shape, CausalGANOptions(**{"latent": 8, "width": 4, "minibatch": 5, **options}))


def learner(**options):
    draw = np.random.default_rng(0)
    pixels = draw.integers(0, 256, (50, 3, 32, 32), dtype=np.uint8)
    data = PictureData(pixels, torch.from_numpy(draw.integers(0, 2, (50, 2))), Coins())
    model = build(precision="float32", **options)
    return plugin.learner(model, data, model.options, Schedule(3, batch=8))


def test_the_defaults_are_the_papers():
    options = CausalGANOptions()
    assert (options.latent, options.width, options.tau, options.generator_steps) == (100, 64, 3000, 6)
    assert (options.adversarial, options.label_loss, options.label_noise) == (
        "non_saturating",
        "cross_entropy",
        "paper",
    )
    assert options.interventional == 0


@pytest.mark.parametrize("size", [32, 64, 128])
def test_pictures_have_the_shape_and_range(size):
    model = build(size).eval()
    pictures = model(Coins().observational(2, None), model.noise(2, torch.Generator()))
    assert pictures.shape == (2, 3, size, size)
    assert pictures.abs().max() <= 1


def test_noise_is_uniform_and_softens_labels():
    model = build()
    noise = model.noise(1000, torch.Generator().manual_seed(0))
    assert noise[:, :8].min() < -0.99
    assert noise[:, :8].max() > 0.99
    assert noise[:, 8:].min() >= 0
    told = model.told(Coins().observational(1000, None), noise)
    assert told.shape == (1000, 2)
    assert len(told.unique()) > 1000
    assert ((told < 0.5) == (told.round() == 0)).all()


def test_the_codes_noise_is_one_draw_a_picture():
    model = build(label_noise="code")
    noise = model.noise(10, torch.Generator())
    told = model.told(torch.ones(10, 2), noise)
    assert torch.equal(told[:, 0], told[:, 1])
    assert len(told.unique()) == 10


def test_without_label_noise_labels_are_told_as_they_are():
    model = build(label_noise="none")
    told = model.told(torch.tensor([[0.0, 1.0]]), model.noise(1, torch.Generator()))
    assert told.tolist() == [[pytest.approx(0.3), pytest.approx(0.7)]]


def test_the_generator_steps_six_times_for_one_of_the_others():
    trained = learner()
    counts = dict.fromkeys(trained.players, 0)
    for name, player in trained.players.items():

        def counted(*arguments, name=name, take=player.adam.step):
            counts[name] += 1
            return take(*arguments)

        player.adam.step = counted
    trained.step(0)
    assert counts == {"generator": 6, "critic": 1, "labeler": 1, "anti_labeler": 1}


def test_k_counts_one_for_two_steps_of_the_generator(monkeypatch):
    asked = []
    monkeypatch.setattr("causaldsl.images.causalgan_learner.trust", lambda t, tau: asked.append(t) or 1.0)
    learner().step(2)
    assert asked == [6, 6.5, 7, 7.5, 8, 8.5]


def test_minibatch_features_are_the_mean_nearness_to_the_others():
    company = Company(4, 2, 3, 8, 5)
    maps = torch.randn(6, 4, 8, 8)
    points = company.compare(company.look_again(activate(company.look(maps))).flatten(1)).unflatten(1, (3, KERNEL))
    near = (-(points[:, None] - points[None]).abs().sum(3)).exp().permute(2, 0, 1)
    expected = (near.sum(2) - 1).T / (6 * 5)
    torch.testing.assert_close(company.nearness(maps), expected)


def test_joining_them_is_a_convolution_of_constant_channels():
    """Computed as a linear map a place, it is the 5x5 convolution of maps and features side by side."""
    reader = Reader(Image(3, 32, 32), 4, 1, minibatch=7)
    maps = torch.randn(3, 8, 8, 8)
    company, layer = reader.company, reader.body[1]
    planes = company.nearness(maps)[:, :, None, None].expand(-1, -1, 8, 8)
    weight = torch.cat([layer.weight, company.weight], 1)
    expected = F.conv2d(torch.cat([maps, planes], 1), weight, layer.bias, stride=2, padding=2)
    torch.testing.assert_close(layer(maps) + company(maps), expected)


def test_a_joint_labeler_of_many_labels_is_refused_with_a_place():
    names = ", ".join(f"L{i}" for i in range(11))
    text = f"binary {names}\nimage Face[3, 32, 32]\n* -> Face\nFace ~ causalgan(labeler=joint)\n"
    (finding,) = validate(read_text(text))
    assert finding.code == "C480"
    assert "a joint labeler of 11 labels has 2^11 outputs" in finding.message


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("adversarial", "hinge", "one of non_saturating, log_ratio"),
        ("generator_steps", 0, "at least 1"),
        ("minibatch", -1, "not negative"),
        ("latent", 0, "at least 1"),
    ],
)
def test_bad_options_are_findings(option, value, message):
    options, findings = resolve(CausalGANOptions, MechanismSpec("causalgan", (Option(option, value),)))
    assert options is None
    assert message in str(findings[0])


def test_a_swapped_loss_reads_labels_one_by_one():
    with pytest.raises(ValueError, match="labeler=single"):
        CausalGANOptions(labeler="joint", label_loss="swapped")


def test_distances_and_what_they_give_back_are_those_of_cdist():
    points = torch.randn(3, 6, 4, dtype=torch.float64, requires_grad=True)
    weights = torch.rand(3, 6, 6, dtype=torch.float64)
    found = []
    for distances in (apart(points), torch.cdist(points, points, p=1.0)):
        (gradient,) = torch.autograd.grad((weights * torch.exp(-distances)).sum(), points)
        found.append((distances.detach(), gradient))
    for mine, theirs in zip(*found, strict=True):
        torch.testing.assert_close(mine, theirs)
