"""Features by name, and the comparison of pictures in them."""

import numpy as np
import pytest
import torch

from causaldsl.errors import UsageError
from causaldsl.evaluate import likeness as module
from causaldsl.evaluate.judge import Judge
from causaldsl.evaluate.likeness import diversities, likeness, looks
from causaldsl.evaluate.random_network import random_network
from causaldsl.evaluate.real import Real
from causaldsl.graph.domain import Image
from causaldsl.measure.diversity import diversity
from causaldsl.measure.frechet import frechet
from tests.evaluate import plates

FACE = Image(3, 32, 32)


def judges():
    return [Judge(kind, {"A": 2}, 32).eval() for kind in ("plain", "robust")]


@pytest.mark.parametrize("name", ["plain", "robust", "random"])
def test_features_are_of_each_picture_alone_and_the_same_each_time(name):
    (look,) = looks([name], FACE, judges()).values()
    pictures = torch.rand(9, 3, 32, 32, generator=torch.Generator().manual_seed(0)) * 2 - 1
    found = look(pictures)
    assert found.dtype == np.float64
    assert found.shape == (9, 256 if name == "random" else 384)
    np.testing.assert_allclose(np.concatenate([look(pictures[:4]), look(pictures[4:])]), found, atol=1e-5)
    assert np.abs(found[0] - found[1]).max() > 1e-3


def test_a_judge_that_weighs_all_cells_of_a_quarter_alike_decides_by_its_features():
    for judge in judges():
        pictures = torch.rand(5, 3, 32, 32) * 2 - 1
        weight = torch.randn(96, 2, 2)
        judge.net[-1].weight.data = weight.repeat_interleave(2, 1).repeat_interleave(2, 2).flatten()[None] / 4
        said = judge.features(pictures) @ weight.flatten() + judge.net[-1].bias
        torch.testing.assert_close(said, judge(pictures)[:, 0], atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(("channels", "height", "width"), [(3, 32, 32), (1, 28, 28), (3, 64, 96), (3, 4, 4)])
def test_the_random_network_is_the_same_for_everyone(channels, height, width):
    pictures = torch.ones(2, channels, height, width)
    one, other = (random_network(channels, height, width)(pictures) for _ in range(2))
    assert torch.equal(one, other)
    assert one.shape[1] == 256 or height == 4
    if height == 32:
        assert one.double().mean().item() == pytest.approx(0.3167140, rel=1e-5), "on any machine"


def test_likeness_of_real_ones_is_its_floor():
    (look,) = looks(["random"], FACE, []).values()
    real, other = torch.rand(2, 60, 3, 32, 32, generator=torch.Generator().manual_seed(0)) * 2 - 1
    found = likeness(other, real, other, look)
    assert found["dimensions"] == 256
    for name in ("fd", "kid", "precision", "recall", "density", "coverage"):
        assert found[name]["value"] == found[name]["floor"]
        assert found[name]["interval"][0] <= found[name]["value"] <= found[name]["interval"][1]
        assert found[name]["n"] == 60
    assert found["fd"]["value"] == frechet(look(other), look(real)).value
    dark = likeness(other / 3 - 0.6, real, other, look)
    assert dark["fd"]["value"] > 2 * dark["fd"]["floor"]
    assert dark["coverage"]["value"] < 0.1 < dark["coverage"]["floor"]


def test_unknown_or_broken_features(monkeypatch):
    with pytest.raises(UsageError, match="no feature plugin `robsut`"):
        looks(["robsut"], FACE, judges())

    class Broken:
        def build(self, image, judges):
            return lambda pictures: pictures.mean((2, 3)).log()

    monkeypatch.setattr(module, "load", lambda *_: Broken())
    (look,) = looks(["broken"], FACE, []).values()
    with pytest.raises(UsageError, match="the features `broken` of 2 pictures are no 2 rows of finite numbers"):
        look(-torch.ones(2, 3, 32, 32))


def test_diversity_by_level_is_that_of_as_many_real_ones():
    model = plates.model()
    pictures = np.random.default_rng(0).integers(0, 256, (300, 1, 32, 32), dtype=np.uint8)
    b = torch.arange(300) % 2
    real = Real(pictures, {"A": torch.arange(300) < 5, "B": b}, ("A", "B"))

    def look(seen):
        return seen[:, 0, :2, :4].flatten(1).double().numpy()

    ((name, level, found),) = diversities(model, "F", real, look, 40, 0)
    assert (name, level, found.n) == ("B", 1, 40), "five pictures with A are too few"
    drawn = model.sample(40, given={"B": 1}, seed=0)["F"]
    assert found == diversity(look(drawn), look(real.draw(40, 0, b == 1)))


def test_real_pictures_are_drawn_without_replacement():
    pictures = np.arange(50, dtype=np.uint8).reshape(50, 1, 1, 1)
    real = Real(pictures, {}, ())
    found = ((real.draw(30, 1) + 1) * 127.5).round().flatten().int().tolist()
    assert len(set(found)) == 30
    among = torch.arange(50) >= 45
    assert sorted(((real.draw(30, 1, among) + 1) * 127.5).round().flatten().int().tolist()) == [45, 46, 47, 48, 49]
