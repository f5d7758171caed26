"""Every built-in image model keeps the laws, and each law finds the one that breaks it."""

import math
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import pytest
import torch
from torch import nn

from causaldsl.errors import UsageError
from causaldsl.graph.domain import Binary, Image
from causaldsl.images.r3gan import R3GANPlugin
from causaldsl.plugins.protocols import NodeShape
from causaldsl.plugins.registry import load, names
from causaldsl.scm.image import ImageModel
from causaldsl.scm.randomness import generator_at
from causaldsl.scm.state import gather, scatter
from causaldsl.testing import check_image_model
from causaldsl.testing.images import check_statement

SMALL = {
    "causalbegan": [{}, {"labeler": "code", "label_loss": "cross_entropy", "third_margin": False, "halve": 2}],
    "causalgan": [
        {},
        {"label_loss": "swapped", "label_noise": "code", "adversarial": "log_ratio", "generator_steps": 2},
        {"labeler": "joint", "label_noise": "none", "anti_labeler": False, "minibatch": 0, "interventional": 0.5},
    ],
    "r3gan": [
        {},
        {"conditioning": "projection", "embedding": 4, "average": 0.0, "lazy": 2, "augment": "all"},
        {"conditioning": "labelers", "anti_labeler": False, "augment": "none", "interventional": 0.0},
    ],
}


def test_all_that_are_built_in_are_tried():
    assert set(SMALL) == set(names("images"))


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize(("kind", "which"), [(kind, i) for kind in SMALL for i in range(len(SMALL[kind]))])
def test_built_in_image_models_keep_the_laws(kind, which, precision):
    plugin = load("images", kind)
    minibatch = {"minibatch": 5} if kind == "causalgan" else {}
    small = {"latent": 4, "width": 2, "precision": precision, **minibatch, **SMALL[kind][which]}
    shapes = None if which == 0 and precision == "float32" else [SHAPE]
    check_image_model(plugin, plugin.options(**small), shapes)


SHAPE = NodeShape("Y", Image(3, 32, 32), (("A", Binary()), ("B", Binary())))


@dataclass(frozen=True)
class Options:
    pass


class Painter(ImageModel):
    """Paints each picture in one colour."""

    def __init__(self, shape):
        super().__init__(shape, 2)
        self.paint = nn.Linear(len(shape.parents) + 2, 3)

    def forward(self, labels, noise):
        colours = torch.tanh(self.paint(torch.cat([labels, noise], 1)))
        return colours[:, :, None, None].expand(-1, -1, 32, 32)


class Learner:
    """Has a painter paint the mean of the real pictures."""

    def __init__(self, model, data, schedule):
        self.name, self.steps, self.batch, self.seed = "painting", schedule.steps, schedule.batch, schedule.seed
        self.networks, self.data = {"model": model}, data
        self.adams = {"model": torch.optim.Adam(model.parameters(), 0.01)}

    def step(self, t):
        draw = generator_at(self.seed, t, self.name)
        model = self.networks["model"]
        labels = self.data.sampler.observational(self.batch, draw)
        loss = (model(labels, model.noise(self.batch, draw)) - self.data.pictures.mean() / 127.5 + 1).square().mean()
        self.adams["model"].zero_grad()
        loss.backward()
        self.adams["model"].step()
        return {"loss": loss.item()}

    def state(self):
        return gather(self.networks, self.adams)

    def load_state(self, state):
        scatter(state, self.networks, self.adams)


class Kind:
    """A kind of image model that is as good as any, until something of it is replaced."""

    __module__ = R3GANPlugin.__module__  # which needs no torch, as this one does
    options: ClassVar[type] = Options
    parent_domains: ClassVar[frozenset] = frozenset({"binary"})
    image_sizes: ClassVar[tuple] = (32,)
    model: ClassVar[type] = Painter
    methods: ClassVar[dict] = {}

    def build(self, shape, options):
        return self.model(shape)

    def learner(self, model, data, options, schedule):
        found = Learner(model, data, schedule)
        for name, method in self.methods.items():
            setattr(found, name, partial(method, found) if callable(method) else method)
        return found


def test_the_double_keeps_the_laws():
    check_image_model(Kind(), shapes=[SHAPE])


class Hidden(Painter):
    """Some of what it is stands in no state."""

    def __init__(self, shape):
        super().__init__(shape)
        self.offset = torch.rand(())

    def forward(self, labels, noise):
        return super().forward(labels, noise) * self.offset


def painted(change):
    return {"forward": lambda self, labels, noise: change(Painter.forward(self, labels, noise))}


@pytest.mark.parametrize(
    ("law", "replaced"),
    [
        ("noise has the shape", {"noise": lambda self, n, g: torch.rand(n, generator=g)}),
        ("a row a picture", {"noise": lambda self, n, g: torch.rand(n + 1, 2, generator=g)}),
        ("equal generators", {"noise": lambda self, n, g: torch.rand(n, 2)}),
        ("noise of its own", {"noise": lambda self, n, g: torch.rand(1, 2, generator=g).expand(n, 2)}),
        ("equal causes and noise", painted(lambda x: x * torch.rand(()))),
        ("generator that is passed", painted(lambda x: x + 0 * torch.rand(()))),
        ("noise is left", {"forward": lambda self, labels, e: Painter.forward(self, labels, e.mul_(0)) * 0}),
        ("pictures have the shape", painted(lambda x: x[:, :1])),
        ("pictures are float32", painted(lambda x: x.double())),
        ("pictures are finite", painted(lambda x: x / 0)),
        ("lie in", painted(lambda x: x + 1.5)),
        ("in any company", painted(lambda x: (x - x.mean(0)) / 2)),
    ],
)
def test_each_law_finds_what_breaks_it(law, replaced):
    kind = Kind()
    kind.model = type("Broken", (Painter,), replaced)
    with pytest.raises(AssertionError, match=law) as found:
        check_image_model(kind, shapes=[SHAPE])
    assert str(found.value).startswith("an image [3, 32, 32] of binary, binary: ")


def test_weights_that_are_not_in_the_state():
    kind = Kind()
    kind.model = Hidden
    with pytest.raises(AssertionError, match="the weights are all that two of one shape"):
        check_image_model(kind, shapes=[SHAPE])


def wild(learner, t):
    """A step whose randomness is the global generator's."""
    with torch.no_grad():
        learner.networks["model"].paint.bias.add_(torch.rand(3))
    return {}


@pytest.mark.parametrize(
    ("law", "methods"),
    [
        ("takes the steps of its schedule", {"steps": 7}),
        ("sees the pictures a step", {"batch": 7}),
        ("the loss `loss` is finite", {"step": lambda learner, t: {"loss": math.nan}}),
        ("the loss `loss` is a float", {"step": lambda learner, t: {"loss": torch.zeros(())}}),
        ("learning changes", {"step": lambda learner, t: {}}),
        ("returns copies", {"state": lambda learner: dict(learner.networks["model"].state_dict())}),
        ("is the same bit by bit", {"step": wild}),
        ("is the same bit by bit", {"load_state": lambda learner, state: None}),
    ],
)
def test_each_law_of_learning_finds_what_breaks_it(law, methods):
    kind = Kind()
    kind.methods = methods
    with pytest.raises(AssertionError, match=law):
        check_image_model(kind, shapes=[SHAPE])


def test_a_kind_that_refuses_all_nodes_is_not_checked_in_silence():
    kind = Kind()

    def never(shape, options):
        raise UsageError("never")

    kind.check = never
    with pytest.raises(AssertionError, match="refuses all nodes"):
        check_image_model(kind)


@pytest.mark.parametrize(
    ("law", "stated"),
    [
        ("a dataclass", {"options": dict}),
        ("not \\['image'\\]", {"parent_domains": frozenset({"image"})}),
        ("names the heights", {"image_sizes": ()}),
        ("whole numbers", {"image_sizes": (32.5,)}),
        ("without torch", {"__module__": __name__}),
    ],
)
def test_what_is_stated_wrongly_is_found(law, stated):
    with pytest.raises(AssertionError, match=law):
        check_statement(type("Odd", (Kind,), stated)())


def test_something_else_is_no_plugin():
    with pytest.raises(AssertionError, match="has `options`"):
        check_statement(object())
