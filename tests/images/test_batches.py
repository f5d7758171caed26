import numpy as np
import pytest
import torch

from causaldsl.errors import DataError
from causaldsl.graph.domain import Binary
from causaldsl.images.batches import Pictures
from causaldsl.images.causes import Causes
from causaldsl.plugins.protocols import PictureData


def pictures(labels):
    pixels = np.zeros((len(labels), 3, 32, 32), np.uint8)
    pixels[:] = np.arange(len(labels))[:, None, None, None] % 256
    causes = Causes([Binary()] * len(labels[0])) if len(labels) else Causes([])
    return Pictures(PictureData(pixels, torch.as_tensor(labels), sampler=None), causes, torch.device("cpu"))


def test_pixels_span_minus_one_to_one_and_labels_follow_their_pictures():
    labels = torch.arange(256).unsqueeze(1) % 2
    shown, found = pictures(labels)[torch.tensor([0, 255, 7])]
    assert shown[:, 0, 0, 0].tolist() == pytest.approx([-1, 1, 7 / 127.5 - 1])
    assert found[:, 0].tolist() == [0, 1, 1]


def test_balanced_batches_show_rare_levels_and_never_miss():
    labels = torch.zeros(1000, 2)
    labels[:10, 0] = 1
    labels[:, 1] = torch.arange(1000) % 2
    rows = pictures(labels).balanced(20_000, torch.Generator().manual_seed(0))
    assert labels[rows, 0].mean().item() == pytest.approx(1 / 4 + (1 / 2) * 0.01, abs=0.02)
    assert rows.unique().numel() == 1000


def test_a_label_without_variation_is_no_obstacle():
    labels = torch.zeros(10, 1)
    assert len(pictures(labels).balanced(5, torch.Generator())) == 5


def test_no_pictures_are_an_error():
    with pytest.raises(DataError, match="0 pictures"):
        pictures(torch.zeros(0, 1))


def test_rows_must_match():
    with pytest.raises(DataError, match="3 pictures and 2 rows"):
        Pictures(
            PictureData(np.zeros((3, 3, 32, 32), np.uint8), torch.zeros(2, 1), None),
            Causes([Binary()]),
            torch.device("cpu"),
        )
