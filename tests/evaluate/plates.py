"""A model and a judge whose every answer is known: pictures that hold their labels in two pixels."""

import torch

from causaldsl.evaluate.judge import Judge
from causaldsl.graph.read import read_text
from causaldsl.plugins.defaults import shape_of
from causaldsl.plugins.protocols import NodeShape
from causaldsl.scm.build import compile_graph
from causaldsl.scm.image import ImageModel
from causaldsl.scm.model import CausalModel
from tests.models import random_model

GRAPH = read_text("binary A, B\nimage F[1, 32, 32]\nA -> B\nA, B -> F")


class Plate(ImageModel):
    """Paints its labels into the first two pixels; with `lie`, B is painted wrong."""

    def __init__(self, shape: NodeShape, lie: bool = False):
        super().__init__(shape, 1)
        self.lie = lie

    def forward(self, labels, noise):
        picture = torch.zeros(len(labels), 1, 32, 32)
        picture[:, 0, 0, 0] = labels[:, 0] * 2 - 1
        picture[:, 0, 0, 1] = (labels[:, 1] * 2 - 1) * (-1 if self.lie else 1)
        return picture


class Reader(Judge):
    """Reads the first two pixels."""

    def forward(self, pictures):
        return pictures[:, 0, 0, :2] * 10


def model() -> CausalModel:
    labels, _ = random_model(read_text("binary A, B; A -> B"), 1)
    return CausalModel(GRAPH, labels.controller, {"F": Plate(shape_of(GRAPH, GRAPH["F"]))})


def judge() -> Judge:
    return Reader("plain", {"A": 2, "B": 2}, 32, 1)


MIXED = """
categorical D {x, y, z}; binary A; real T; image F[1, 32, 32]
D -> A; D, A, T -> F
D := categorical(0.2, 0.3, 0.5)
A := bernoulli(0.1 + 0.4 * (D == y) + 0.8 * (D == z))
T := normal(3, 2)
"""


class MixedPlate(ImageModel):
    """Paints its causes into the first five pixels, T too large by `lie`."""

    lie = 0.0

    def forward(self, labels, noise):
        picture = torch.zeros(len(labels), 1, 32, 32)
        picture[:, 0, 0, :5] = labels
        picture[:, 0, 0, 4] += self.lie
        return picture


class MixedReader(Judge):
    """Reads the first five pixels."""

    def forward(self, pictures):
        found = pictures[:, 0, 0, :5].clone()
        found[:, 3] -= 0.5
        return found


def mixed_model() -> CausalModel:
    graph = read_text(MIXED + "F ~ r3gan(width=4, latent=1)")
    model = compile_graph(graph)
    return CausalModel(graph, model.controller, {"F": MixedPlate(shape_of(graph, graph["F"]), 1)})


def mixed_judge() -> Judge:
    return MixedReader("plain", {"D": 3, "A": 2, "T": 0}, 32, 1)
