import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from causaldsl.images.losses_causalbegan import (
    Losses,
    absolute_label_loss,
    convergence,
    critic_loss,
    generator_loss,
    margins,
    rebuilding,
    regulated,
    squared_label_loss,
)

POSITIVE = st.floats(0, 10)
ZERO = torch.zeros(3, dtype=torch.float64)


def losses(*values):
    return Losses(*(torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in values))


def test_rebuilding_by_hand():
    assert rebuilding(torch.zeros(2, 1, 2, 2), torch.full((2, 1, 2, 2), -0.5)).item() == 0.5


def test_label_losses_by_hand():
    logits, labels = torch.logit(torch.tensor([[0.2, 0.9]])), torch.tensor([[0.0, 1.0]])
    assert squared_label_loss(logits, labels).item() == pytest.approx((0.04 + 0.01) / 2)
    assert absolute_label_loss(logits, labels).item() == pytest.approx((0.2 + 0.1) / 2)


def test_the_squared_loss_is_least_at_the_posterior():
    labels, p = torch.tensor([[1.0], [0.0], [0.0], [0.0]]), torch.linspace(0.05, 0.95, 19)
    found = torch.stack([squared_label_loss(torch.logit(q).expand(4, 1), labels) for q in p])
    assert p[found.argmin()].item() == pytest.approx(0.25)


def test_margins_by_hand():
    b = margins(losses(1.0, 0.3, 0.2, 0.04), 0.5, 0.5, 0.5)
    assert b.tolist() == pytest.approx([0.2, 0.06, 0.5 * 0.2 - 0.06])


def test_a_negative_margin_counts_as_none_in_the_third():
    assert margins(losses(1.0, 0.7, 0.2, 0.04), 0.5, 0.5, 0.5).tolist() == pytest.approx([-0.2, 0.06, -0.06])
    assert margins(losses(1.0, 0.3, 0.2, 0.4), 0.5, 0.5, 0.5).tolist() == pytest.approx([0.2, -0.3, 0.1])


def test_losses_of_critic_and_generator_by_hand():
    c = torch.tensor([0.5, 0.25, 0.1], dtype=torch.float64)
    parts = losses(1.0, 0.4, 0.2, 0.08)
    assert critic_loss(parts, c).item() == pytest.approx(1.0 - 0.5 * 0.4 + 0.2 - 0.25 * 0.08)
    assert generator_loss(parts, c).item() == pytest.approx(0.4 + 0.1 * 0.08)


def test_at_first_the_critic_sees_no_generated_picture():
    parts = losses(1.0, 0.4, 0.2, 0.08)
    critic_loss(parts, ZERO).backward()
    assert parts.fake.grad == 0
    assert parts.fake_labels.grad == 0
    assert parts.real.grad == 1


def test_convergence_by_hand():
    parts = losses(1.0, 0.7, 0.2, 0.04)
    assert convergence(parts, margins(parts, 0.5, 0.5, 0.5)).item() == pytest.approx(1.2)


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3), st.lists(POSITIVE, min_size=4, max_size=4))
def test_coefficients_stay_in_the_unit_interval_and_follow_their_margins(c, values):
    c, b = torch.tensor(c, dtype=torch.float64), margins(losses(*values), 0.5, 0.5, 0.5)
    after = regulated(c, b, torch.tensor([0.001, 8e-5, 0.01], dtype=torch.float64))
    assert ((after >= 0) & (after <= 1)).all()
    assert ((after - c) * b >= 0).all()


def test_the_closed_loop_comes_to_rest_at_the_wanted_ratio():
    """A stylised critic: the more generated pictures weigh, the worse it rebuilds them, L(fake) = .2 + .6 c1."""
    c, gains = ZERO, torch.tensor([0.1, 0.0, 0.0], dtype=torch.float64)
    for _ in range(500):
        parts = losses(1.0, 0.2 + 0.6 * c[0].item(), 0.0, 0.0)
        c = regulated(c, margins(parts, 0.5, 0.5, 0.5).detach(), gains)
    assert c[0].item() == pytest.approx(0.5)
