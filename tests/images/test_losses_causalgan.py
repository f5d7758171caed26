import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from causaldsl.images.losses import label_loss
from causaldsl.images.losses_causalgan import (
    critic_loss,
    log_ratio,
    logit,
    non_saturating,
    soften,
    swapped_label_loss,
    trust,
)


def test_critic_loss_where_no_one_can_tell_is_twice_log_2():
    assert critic_loss(torch.zeros(4), torch.zeros(3)).item() == pytest.approx(2 * math.log(2))


def test_losses_of_the_generator_by_hand():
    d = torch.tensor([0.2, 0.9])
    logits = torch.logit(d)
    assert non_saturating(logits).item() == pytest.approx(-d.log().mean().item())
    assert log_ratio(logits).item() == pytest.approx(((1 - d) / d).log().mean().item())


def test_the_best_critic_knows_the_ratio_of_the_laws():
    real, fake = (torch.tensor(p, dtype=torch.float64) for p in ([0.5, 0.3, 0.2], [0.1, 0.6, 0.3]))
    logits = (real / fake).log().requires_grad_()
    critic_loss(logits, logits, real, fake).backward()
    assert logits.grad.abs().max() < 1e-15


def test_swapped_loss_by_hand():
    p, label = 0.8, 0.3
    expected = -(p * math.log(label) + (1 - p) * math.log(1 - label))
    found = swapped_label_loss(torch.logit(torch.tensor([[p]])), torch.tensor([[label]]))
    assert found.item() == pytest.approx(expected, rel=1e-6)


def test_the_swapped_loss_is_least_at_certainty_and_the_other_at_the_truth():
    """Half of the pictures have softened label .7, half .6: the truth is .65, which the swapped loss does not find."""
    labels = torch.tensor([[0.7], [0.6]], dtype=torch.float64)
    p = torch.linspace(0.01, 0.99, 99, dtype=torch.float64)

    def least(loss):
        return p[torch.stack([loss(torch.logit(q).expand(2, 1), labels) for q in p]).argmin()].item()

    assert least(label_loss) == pytest.approx(0.65)
    assert least(swapped_label_loss) == pytest.approx(0.99)


def test_softened_labels_have_the_truncated_exponential_law():
    labels = torch.ones(100_000, 1, dtype=torch.float64)
    uniform = torch.rand(100_000, 1, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))

    def mean(rate, right):
        return 1 / rate - right / math.expm1(rate * right)

    for inward, outward in ((25.0, 50.0), (5.0, 15.0)):
        expected = 0.7 - mean(inward, 0.2) + mean(outward, 0.3)
        assert soften(labels, uniform, inward, outward).mean().item() == pytest.approx(expected, abs=1e-3)


def test_without_moves_labels_are_softened_to_three_tenths_and_seven():
    softened = soften(torch.tensor([[0.0, 1.0]]), torch.rand(1, 2, 2), math.inf, math.inf)
    assert softened.tolist() == [[pytest.approx(0.3), pytest.approx(0.7)]]


@given(st.booleans(), st.floats(0, 1, exclude_max=True), st.floats(0, 1, exclude_max=True), st.floats(0.1, 100))
def test_softened_labels_stay_on_their_side(label, inward, outward, rate):
    softened = soften(torch.tensor([[float(label)]]), torch.tensor([[[inward, outward]]]), rate, rate).item()
    low, high = (0.5, 1) if label else (0, 0.5)
    assert low - 1e-6 <= softened <= high + 1e-6
    assert math.isfinite(logit(torch.tensor(softened)).item())


def test_trust_falls_by_e_in_tau():
    assert trust(6000, 3000) == pytest.approx(math.exp(-2))
    assert trust(10**9, 0) == 1
