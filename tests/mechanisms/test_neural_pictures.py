"""`neural` reads pictures: what it learns, of what it is made, and that a learner that is saved goes on."""

import numpy as np
import pytest
import torch

import causaldsl as cd
from causaldsl.errors import GraphError
from causaldsl.mechanisms.neural import plugin
from causaldsl.mechanisms.neural_pictures import PictureEncoder
from causaldsl.plugins.protocols import Schedule

GRAPH = cd.parse("real X; image F[1, 32, 32]; binary B; real Y; X, F -> B, Y; F ~ r3gan(width=4)")
N = 2000


def rows(seed=0):
    """Noisy pictures with a bright half, left or right; B and Y tell which, as X weighs it."""
    rng = np.random.default_rng(seed)
    right = rng.random(N) < 0.5
    pictures = rng.integers(0, 120, (N, 1, 32, 32), dtype=np.uint8)
    pictures[right, :, :, 16:] += 100
    pictures[~right, :, :, :16] += 100
    x = rng.normal(5, 2, N)
    p = 1 / (1 + np.exp(-(2 * right - 1) - (x - 5) / 2))
    b = rng.random(N) < p
    y = 3 * right + x + 0.5 * rng.normal(size=N)
    columns = {"X": torch.tensor(x), "B": torch.tensor(b).long(), "Y": torch.tensor(y)}
    return {**columns, "F": pictures}, torch.tensor(p)


def learned(steps, batch=64):
    model = cd.compile(GRAPH)
    found = plugin.learner(model.controller, ["B", "Y"], rows()[0], Schedule(0, steps=steps, batch=batch))
    return model, found


def test_it_learns_what_pictures_and_labels_tell_together():
    model, learner = learned(250)
    for t in range(learner.steps):
        learner.step(t)
    fresh, truth = rows(1)
    values = {**fresh, "F": torch.tensor(fresh["F"]).flatten(1) / 127.5 - 1}
    with torch.no_grad():
        b, y = (model.controller[name] for name in "BY")
        p = b.log_probabilities(model.controller.parents("B", values))[:, 1].exp()
        assert float((p - truth).abs().mean()) < 0.05
        log_p = y.log_prob(model.controller.parents("Y", values), fresh["Y"].float())
    exact = -0.5 - np.log(0.5) - 0.5 * np.log(2 * np.pi)
    assert float(log_p.mean()) == pytest.approx(exact, abs=0.15)


def test_causes_are_taken_in_any_order():
    encoder = PictureEncoder(tuple(GRAPH[name].domain for name in ("X", "F")), 3)
    turned = PictureEncoder(tuple(GRAPH[name].domain for name in ("F", "X")), 3)
    turned.load_state_dict(encoder.state_dict())
    x, f = torch.randn(5, 1), torch.randn(5, 1024)
    assert encoder.width == 4
    torch.testing.assert_close(encoder(torch.cat([x, f], 1)), turned(torch.cat([f, x], 1)))


def test_a_learner_that_is_saved_goes_on_bit_identically():
    straight, learner = learned(6, 8)
    for t in range(6):
        learner.step(t)
    _, learner = learned(6, 8)
    for t in range(3):
        learner.step(t)
    state = learner.state()
    second, learner = learned(6, 8)
    learner.load_state(state)
    for t in range(3, 6):
        learner.step(t)
    ends = second.state_dict()
    assert all(torch.equal(v, ends[k]) for k, v in straight.state_dict().items())


def test_a_picture_and_a_latent_together_are_refused():
    with pytest.raises(GraphError) as caught:
        cd.compile(cd.parse("binary A, B, C; image F[1, 32, 32]; A -> F -> B; B -> C; B <-> C"))
    assert "`B` cannot be learned with the unobserved cause `B <-> C` and the picture `F`" in str(caught.value)
