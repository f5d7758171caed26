import copy
import math

import numpy as np
import pytest
import torch

from causaldsl.graph.domain import Binary, Image
from causaldsl.graph.ir import MechanismSpec, Option
from causaldsl.images import augment, r3gan_learner
from causaldsl.images.draw import Draw
from causaldsl.images.r3gan import PRESETS, R3GANOptions, plugin
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


@pytest.mark.parametrize("size", [32, 64, 128])
def test_pictures_have_the_shape_and_range(size):
    model = build(size=size)
    pictures = model(Coins().observational(3, None), model.noise(3, torch.Generator()))
    assert pictures.shape == (3, 3, size, size)
    assert pictures.dtype == torch.float32
    assert pictures.abs().max() <= 1


def test_the_model_draws_with_the_average_of_what_is_trained():
    trained = learner(steps=3)
    before = [p.clone() for p in trained.model.generator.parameters()]
    trained.step(0)
    decay = 1 / 10  # a young average follows fast
    for old, average, leader in zip(
        before, trained.model.generator.parameters(), trained.generator.parameters(), strict=True
    ):
        torch.testing.assert_close(average, decay * old + (1 - decay) * leader)
    assert not any(p.requires_grad for p in trained.model.parameters())


def test_the_average_moves_by_one_minus_decay():
    model = build()
    before = [p.clone() for p in model.generator.parameters()]
    leader = copy.deepcopy(model.generator)
    with torch.no_grad():
        for parameter in leader.parameters():
            parameter.add_(1.0)
    model.follow(leader, 0.75)
    for old, new in zip(before, model.generator.parameters(), strict=True):
        torch.testing.assert_close(new, old + 0.25)


def test_labels_change_the_picture():
    model = build().eval()
    noise = model.noise(1, torch.Generator())
    one, other = (model(torch.tensor([labels]), noise) for labels in ([0.0, 1.0], [1.0, 1.0]))
    assert (one - other).abs().mean() > 0.01


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


def test_the_state_names_every_weight():
    trained = learner()
    trained.step(0)
    state = trained.state()
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
        rates.append({player.adam.param_groups[0]["lr"] for player in trained.players.values()})
    assert rates == [{0.5}, {0.5}, {0.5}, {0.25}, {0.0}]


class Seen:
    """Labels that are 1, 1 as seen and 1, 0 after an intervention."""

    def observational(self, n, generator):
        return torch.ones(n, 2)

    def interventional(self, n, generator):
        return torch.tensor([[1.0, 0.0]]).repeat(n, 1)


def asked(**options):
    """The labels that a generator is asked for, of a batch of 40."""
    trained = learner(R3GANOptions(latent=8, width=4, **options))
    trained.sampler = Seen()
    draw = Draw(torch.Generator().manual_seed(0), 40, slice(None))
    trained.batch = 40
    return trained.labels(draw).tolist()


def test_without_interventions_all_labels_are_observational():
    assert asked(interventional=0.0) == [[1, 1]] * 40


def test_single_interventions_are_those_of_the_sampler():
    assert asked(interventions="single") == [[1, 1]] * 20 + [[1, 0]] * 20


def test_uniform_interventions_set_all_causes_at_random():
    labels = asked(interventions="uniform", interventional=0.75)
    assert labels[:10] == [[1, 1]] * 10
    assert set(map(tuple, labels[10:])) == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert labels == asked(interventional=0.75)


def choice(**options):
    return learner(R3GANOptions(latent=8, width=4, precision="float32", **options))


@pytest.mark.parametrize(
    ("options", "players"),
    [
        ({}, {"generator", "critic", "labeler", "anti_labeler"}),
        ({"anti_labeler": False}, {"generator", "critic", "labeler"}),
        ({"conditioning": "labelers"}, {"generator", "critic", "labeler", "anti_labeler"}),
        ({"conditioning": "projection"}, {"generator", "critic"}),
    ],
)
def test_conditioning_says_who_plays(options, players):
    assert set(choice(**options).players) == players


@pytest.mark.parametrize(("conditioning", "reads"), [("both", True), ("projection", True), ("labelers", False)])
def test_only_a_projection_critic_reads_labels(conditioning, reads):
    trained = choice(conditioning=conditioning)
    pictures = torch.rand(1, 3, 32, 32)
    one, other = (trained.critic(pictures, trained._told(torch.full((1, 2), v))) for v in (0.0, 1.0))
    assert torch.equal(one, other) != reads


def test_lazy_penalties_come_every_so_many_steps_as_many_times_heavier(monkeypatch):
    weights = []
    penalty = r3gan_learner.gradient_penalty

    def watched(logits, pictures):
        found = penalty(logits, pictures)
        found.register_hook(lambda g: weights.append(g.item()))
        return found

    monkeypatch.setattr(r3gan_learner, "gradient_penalty", watched)
    trained = choice(lazy=3, gamma=0.5)
    for t in range(7):
        trained.step(t)
    assert weights == [3 * 0.5] * 3


def test_the_labeler_weighs_what_is_asked_for_and_its_twin_at_most_one():
    """At step 0 `k` is 1, so the losses at weights 4, 1 and a half differ by the two cross entropies alone."""
    losses, parts = {}, {}
    for weight in (0.5, 1.0, 4.0):
        trained = choice(label_weight=weight, augment="none")
        part = trained._part(trained._draw(0, slice(0, 8)))
        losses[weight] = trained._generator_loss(part, 0).item()
        seen = trained._blemished(part.fake, part.draw)
        parts[weight] = [trained._read(name, seen, part.labels).item() for name in ("labeler", "anti_labeler")]
    reads, puzzles = parts[1.0]
    assert parts[4.0] == parts[0.5] == [reads, puzzles]
    assert losses[4.0] - losses[1.0] == pytest.approx(3 * reads, abs=1e-4)
    assert losses[1.0] - losses[0.5] == pytest.approx(0.5 * (reads - puzzles), abs=1e-4)


@pytest.mark.parametrize(("size", "gamma", "weight"), [(32, 0.3, 4), (64, 1.2, 8), (128, 4.8, 8)])
def test_presets_follow_the_pictures_size(size, gamma, weight):
    pixels = np.zeros((2, 3, size, size), np.uint8)
    data = PictureData(pixels, torch.zeros(2, 2), Coins())
    options = R3GANOptions(width=2)
    trained = plugin.learner(plugin.build(shape(size), options), data, options, Schedule(0))
    assert trained.options.gamma == pytest.approx(gamma) == 0.3 * (size / 32) ** 2
    assert trained.options.label_weight == weight
    assert plugin.settle(shape(size), R3GANOptions(label_weight=3.0)).label_weight == 3
    assert (trained.steps, trained.batch) == (PRESETS[size].steps, PRESETS[size].batch)


def test_an_embedding_feeds_the_generator_more_than_labels():
    assert build().generator.seed.in_features == 2 + 8
    assert build(R3GANOptions(latent=8, width=4, embedding=5)).generator.seed.in_features == 5 + 8


@pytest.mark.parametrize(("augment_", "blemished", "shifted"), [("none", 0, 0), ("labelers", 3, 0), ("all", 3, 4)])
def test_augmentation_says_who_sees_shifted_pictures(monkeypatch, augment_, blemished, shifted):
    calls = {"blemish": 0, "shift": 0}
    for name in calls:

        def counted(pictures, *rest, name=name):
            calls[name] += 1
            return pictures

        monkeypatch.setattr(augment, name, counted)
    choice(augment=augment_).step(0)
    assert calls == {"blemish": blemished, "shift": shifted}


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("latent", 0, "at least 1"),
        ("gamma", -1.0, "not negative"),
        ("interventional", 1.5, "a share"),
        ("interventions", "double", "one of single, uniform"),
        ("average", 1.0, "less than 1"),
        ("lazy", 0, "at least 1"),
        ("conditioning", "none", "one of both, projection, labelers"),
        ("precision", "float16", "one of auto, float32, bfloat16"),
        ("widht", 3, "no option `widht`"),
    ],
)
def test_bad_options_are_findings(option, value, message):
    options, findings = resolve(R3GANOptions, MechanismSpec("r3gan", (Option(option, value),)))
    assert options is None
    assert message in str(findings[0])
