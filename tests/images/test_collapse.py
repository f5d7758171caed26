"""A training in which the generator learns nothing from its critic is stopped, and no other."""

import math

import numpy as np
import pytest
import torch

from causaldsl.errors import RunError
from causaldsl.graph.domain import Binary, Image
from causaldsl.images.collapse import EVERY, PATIENCE, SILENT, STILL, Watch
from causaldsl.plugins.protocols import NodeShape, PictureData, Schedule
from causaldsl.plugins.registry import load
from causaldsl.scm.ranks import ALONE

STOPPED = EVERY * (PATIENCE - 1)


class Coins:
    """Labels by fair coins, seen and done alike."""

    def observational(self, n, generator):
        return torch.randint(0, 2, (n, 1), generator=generator).float()

    interventional = observational


def learner(kind, rate=0.0, accumulate=1, **options):
    """A learner of pictures that are bright where their label is 1."""
    draw = np.random.default_rng(0)
    labels = draw.integers(0, 2, (64, 1))
    pixels = (draw.integers(0, 128, (64, 3, 32, 32)) + 127 * labels[..., None, None]).astype(np.uint8)
    plugin = load("images", kind)
    chosen = plugin.options(latent=4, width=4, **options)
    torch.manual_seed(0)
    model = plugin.build(NodeShape("Face", Image(3, 32, 32), (("A", Binary()),)), chosen)
    schedule = Schedule(0, batch=8, learning_rate=rate, accumulate=accumulate)
    return plugin.learner(model, PictureData(pixels, torch.from_numpy(labels), Coins()), chosen, schedule)


def take(learner, steps):
    return [learner.step(t) for t in range(steps)]


@pytest.mark.parametrize("kind", ["r3gan", "causalgan", "causalbegan"])
def test_a_healthy_training_is_far_from_it(kind):
    trained = learner(kind)
    pulls = []
    for t in range(STOPPED + EVERY):
        trained.step(t)
        pulls.append(trained.watch.heard)
        assert not trained.doubtful
    assert min(pulls) > 10 * SILENT
    assert trained.players["generator"].felt > 100 * STILL


def test_a_critic_that_judges_all_pictures_alike_stops_it():
    trained = learner("r3gan")
    trained.critic.scale = 0.0
    losses = take(trained, STOPPED)
    assert all(loss["critic"] == pytest.approx(math.log(2)) for loss in losses)
    assert trained.doubtful
    with pytest.raises(RunError, match="nothing since step 0: the critic judges all pictures alike"):
        trained.step(STOPPED)


def test_a_critic_that_sees_again_is_let_go_on():
    trained = learner("r3gan")
    scale, trained.critic.scale = trained.critic.scale, 0.0
    take(trained, STOPPED)
    trained.critic.scale = scale
    trained.step(STOPPED)
    assert not trained.doubtful


def test_pictures_driven_to_black_and_white_stop_it():
    with pytest.raises(RunError, match="its gradient is zero"):
        take(learner("r3gan", rate=3.0), 3 * STOPPED)


def test_the_pull_is_that_of_the_whole_batch_however_it_comes():
    pulls = []
    for accumulate in (1, 4):
        trained = learner("r3gan", accumulate=accumulate, precision="float32")
        trained.step(0)
        pulls.append(trained.watch.heard)
    assert pulls[1] == pytest.approx(pulls[0], rel=1e-4)


def test_the_pull_is_how_far_a_linear_judgement_moves():
    watch, direction = Watch(ALONE, 5), torch.randn(3, 4, 4)
    pictures = torch.rand(5, 3, 4, 4, requires_grad=True)
    watch.begin(0)
    (watch.judged(pictures) * direction).sum((1, 2, 3)).mean().backward()
    watch.end(0, felt=1.0)
    negative = 2 * direction / direction.norm() * math.sqrt(48)  # the longest way that a picture can go
    assert watch.heard == pytest.approx((negative * direction).sum().item(), rel=1e-5)
    assert pictures.grad is not None


def test_the_pull_does_not_grow_with_the_turns_of_a_step():
    pulls = []
    for turns in (1, 6):
        trained = learner("causalgan", generator_steps=turns, precision="float32")
        trained.step(0)
        pulls.append(trained.watch.heard)
    assert pulls[1] == pytest.approx(pulls[0], rel=0.2), "the rate is zero; the turns differ in batch statistics alone"
