import pytest
import torch
from torch.nn import functional as F

from causaldsl.graph.domain import Binary, Categorical, Real
from causaldsl.images.causes import Causes
from causaldsl.images.losses import label_loss
from causaldsl.scm.encoding import Encoder

MIXED = (Binary(), Categorical(("a", "b", "c")), Real())
VALUES = torch.tensor([[0.0, 2.0, -0.5], [1.0, 0.0, 1.5], [1.0, 2.0, 0.25], [1.0, 2.0, 0.0]])


def encoded():
    return Encoder(MIXED)(VALUES)


def test_levels_become_signs_and_reals_stay():
    assert Causes(MIXED).signs(encoded())[:2].tolist() == [[-1, -1, -1, 1, -0.5], [1, 1, -1, -1, 1.5]]
    assert Causes([Binary()]).signs(torch.tensor([[0.0], [1.0]])).tolist() == [[-1], [1]]


def test_the_loss_is_the_mean_over_causes_of_each_ones_own():
    torch.manual_seed(0)
    read, labels = torch.randn(4, 5), encoded()
    parts = [
        F.binary_cross_entropy_with_logits(read[:, 0], VALUES[:, 0]),
        F.cross_entropy(read[:, 1:4], VALUES[:, 1].long()),
        F.l1_loss(read[:, 4], VALUES[:, 2]),
    ]
    assert Causes(MIXED).loss(read, labels).item() == pytest.approx(sum(p.item() for p in parts) / 3)
    even = Causes(MIXED).loss(read, labels, torch.full((4,), 0.25))
    assert even.item() == pytest.approx(Causes(MIXED).loss(read, labels).item())


def test_binary_causes_have_the_labelers_loss():
    read, labels = torch.randn(6, 2), torch.randint(2, (6, 2)).float()
    assert Causes([Binary(), Binary()]).loss(read, labels).equal(label_loss(read, labels))


def test_what_is_read_is_encoded_as_labels_are():
    read = torch.tensor([[-0.1, 0.0, 3.0, 1.0, 0.7], [2.0, 5.0, 3.0, 1.0, -4.0]])
    assert Causes(MIXED).values(read).tolist() == [
        [0, 0, 1, 0, pytest.approx(0.7)],
        [1, 1, 0, 0, -4],
    ]


def test_strata_give_each_cause_an_equal_share_and_each_level_that_occurs():
    strata = [(rows.tolist(), share) for rows, share in Causes(MIXED).strata(encoded())]
    assert strata == [
        ([0], 0.5),
        ([1, 2, 3], 0.5),
        ([1], 0.5),
        ([0, 2, 3], 0.5),  # `b` does not occur
        ([0, 1, 2, 3], 1.0),
    ]


def test_without_causes_all_rows_are_one_stratum():
    ((rows, share),) = Causes([]).strata(torch.zeros(3, 0))
    assert (rows.tolist(), share) == ([0, 1, 2], 1.0)
    assert Causes([]).width == 0
