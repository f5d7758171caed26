"""A model and a judge whose every answer is known: pictures that hold their labels in two pixels."""

import torch

from causaldsl.evaluate.judge import Judge
from causaldsl.graph.read import read_text
from causaldsl.plugins.defaults import shape_of
from causaldsl.plugins.protocols import NodeShape
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
    return Reader("plain", ("A", "B"), 32, 1)
