"""Readings against a model and a judge whose every answer is known."""

import pytest
import torch

from causaldsl.errors import RunError
from causaldsl.evaluate.judge import Judge
from causaldsl.evaluate.readings import effectiveness, mended, rows, shares
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


@pytest.fixture
def model():
    labels, _ = random_model(read_text("binary A, B; A -> B"), 1)
    return CausalModel(GRAPH, labels.controller, {"F": Plate(shape_of(GRAPH, GRAPH["F"]))})


@pytest.fixture
def judge():
    return Reader("plain", ("A", "B"), 32, 1)


def test_a_model_that_draws_what_is_asked_is_fully_effective(model, judge):
    found = effectiveness(model, "F", [judge], 200, 0)
    assert found.mean == 1
    assert found.labels == {"A": 1, "B": 1}


def test_the_lower_figure_is_quoted(model, judge):
    model.image("F").lie = True
    found = effectiveness(model, "F", [judge], 200, 0)
    assert found.labels == {"A": 1, "B": 0}
    assert found.mean == 0.5


def test_rows_read_the_exact_shares(model, judge):
    found = rows(model, "F", judge, 20_000, 0)
    assert [(r.label, r.kind) for r in found] == [("A", "do"), ("A", "given"), ("B", "do"), ("B", "given")]
    for row in found:
        assert row.read == pytest.approx(row.exact, abs=0.015)
    done, seen = found[2].exact["A"], found[3].exact["A"]
    assert done == pytest.approx(float(model.joint().marginal("A")[1]))
    assert abs(done - seen) > 0.05, "seeing B tells of A, setting it does not"


def test_an_unreliable_label_is_corrected(judge):
    judge.confusion[1] = torch.tensor([[0.9, 0.1], [0.2, 0.8]])
    judge.accuracy[1] = 0.85
    raw = torch.tensor([0.3, 0.3 * 0.8 + 0.7 * 0.1], dtype=torch.float64)
    torch.testing.assert_close(mended(raw, judge), torch.tensor([0.3, 0.3], dtype=torch.float64))


def test_a_label_that_never_is_has_no_given_row(model, judge):
    model.controller["A"].table[:] = torch.tensor([[1.0, 0.0]])
    with pytest.raises(RunError):
        shares(model, "A", "given", ("A",))
    assert [(r.label, r.kind) for r in rows(model, "F", judge, 100, 0)] == [("A", "do"), ("B", "do"), ("B", "given")]
