"""What of a picture that was seen is painted over in another world."""

import pytest
import torch

from causaldsl.scm.picture_node import painted_over

DRAW = torch.Generator().manual_seed(0)
SEEN = torch.rand(3, 3, 16, 16, generator=DRAW) * 1.6 - 0.8
BEFORE = SEEN + 0.1 * torch.randn(3, 3, 16, 16, generator=DRAW)


def changed(by, side=6):
    after = BEFORE.clone()
    after[..., :side, :side] += by
    return after


def test_where_the_generator_changes_nothing_nothing_changes():
    assert torch.equal(painted_over(SEEN, BEFORE, BEFORE), SEEN)
    found = painted_over(SEEN, BEFORE, changed(0.9))
    assert torch.equal(found[..., 8:], SEEN[..., 8:]), "two smoothings reach two pixels beyond"
    assert torch.equal(found[..., 8:, :], SEEN[..., 8:, :])


def test_a_change_that_is_plain_is_painted_and_one_within_the_error_is_not():
    plain = changed(0.9)
    assert torch.allclose(painted_over(SEEN, BEFORE, plain)[..., :4, :4], plain[..., :4, :4], atol=1e-6)
    assert torch.equal(painted_over(SEEN, BEFORE, changed(0.02)), SEEN)


def test_a_generator_that_errs_in_nothing_has_its_way():
    after = changed(0.003, side=16)
    assert torch.allclose(painted_over(SEEN, SEEN, SEEN + after - BEFORE), SEEN + after - BEFORE, atol=1e-6)


def test_pictures_stay_within_their_range_and_apart():
    after = torch.rand(3, 3, 16, 16, generator=DRAW) * 2 - 1
    whole = painted_over(SEEN, BEFORE, after)
    assert whole.abs().max() <= 1
    alone = torch.cat([painted_over(SEEN[i : i + 1], BEFORE[i : i + 1], after[i : i + 1]) for i in range(3)])
    assert torch.equal(whole, alone)


@pytest.mark.parametrize("by", [0.1, 0.15, 0.2, 0.3])
def test_the_more_the_generator_changes_the_more_is_painted(by):
    less, more = (painted_over(SEEN, BEFORE, changed(x)) - SEEN for x in (by, by + 0.1))
    assert less.abs().sum() <= more.abs().sum()
