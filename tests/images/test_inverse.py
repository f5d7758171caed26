import numpy as np
import pytest
import torch

from causaldsl.graph.domain import Binary, Image
from causaldsl.images.r3gan import R3GANOptions, plugin
from causaldsl.plugins.protocols import NodeShape, PictureData, Schedule

OPTIONS = R3GANOptions(latent=4, width=4, precision="float32", encoder=True)


class Coins:
    def observational(self, n, generator):
        return torch.randint(0, 2, (n, 2), generator=generator).float()

    interventional = observational


def built(steps, options=OPTIONS):
    torch.manual_seed(0)
    model = plugin.build(NodeShape("F", Image(1, 32, 32), (("A", Binary()), ("B", Binary()))), options)
    draw = np.random.default_rng(0)
    pixels = draw.integers(0, 256, (40, 1, 32, 32), dtype=np.uint8)
    data = PictureData(pixels, torch.from_numpy(draw.integers(0, 2, (40, 2))), Coins())
    return model, plugin.inverse(model, data, options, Schedule(3, steps=steps, batch=16))


@torch.no_grad()
def errors(model):
    draw = torch.Generator().manual_seed(1)
    labels, noise = Coins().observational(200, draw), model.noise(200, draw)
    pictures = model(labels, noise)
    return (model.abduct(pictures, labels) - noise).square().mean().item(), (model.read(pictures) == labels).float()


def test_noise_and_causes_are_inferred_from_generated_pictures():
    model, learner = built(900)
    before = {k: v.clone() for k, v in model.state_dict().items()}
    first = errors(model)[0]
    for t in range(learner.steps):
        learner.step(t)
    error, right = errors(model)
    assert error < 0.5 * min(first, 1.0)
    assert right.mean() > 0.9
    changed = {k for k, v in model.state_dict().items() if not torch.equal(v, before[k])}
    assert changed
    assert all(k.startswith("inverse.") for k in changed), "the generator stays as it is"


def test_inferred_noise_is_refined_picture_by_picture():
    model, learner = built(300)
    for t in range(learner.steps):
        learner.step(t)
    draw = torch.Generator().manual_seed(1)
    labels = Coins().observational(6, draw)
    with torch.no_grad():
        pictures = (model(labels, model.noise(6, draw)) + 0.2 * torch.randn(6, 1, 32, 32, generator=draw)).clamp(-1, 1)
        guessed, found = model.inverse(pictures)[0], model.abduct(pictures, labels)
        before, after = ((model(labels, z) - pictures).abs().mean((1, 2, 3)) for z in (guessed, found))
        alone = torch.cat([model.abduct(pictures[i : i + 1], labels[i : i + 1]) for i in range(6)])
    assert (after < before).all()
    torch.testing.assert_close(alone, found, rtol=0, atol=0.02)  # rounding turns signs of the absolute error
    assert not found.requires_grad
    assert all(p.grad is None for p in model.parameters())


def test_it_takes_a_third_of_the_generators_steps():
    assert built(9)[1].steps == 3
    assert built(1)[1].steps == 1


def test_it_goes_on_where_it_was_stopped():
    model, straight = built(12)
    for t in range(2):
        straight.step(t)
    saved = straight.state()
    weights = {k: v.clone() for k, v in model.state_dict().items()}
    for t in range(2, 4):
        straight.step(t)
    again, resumed = built(12)
    again.load_state_dict(weights)
    resumed.load_state(saved)
    for t in range(2, 4):
        resumed.step(t)
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, again.state_dict()[name])


def test_without_the_option_there_is_no_encoder():
    model, learner = built(9, R3GANOptions(latent=4, width=4))
    assert learner is None
    assert not model.abducts
    with pytest.raises(AssertionError):
        model.abduct(torch.zeros(1, 1, 32, 32), torch.zeros(1, 2))
