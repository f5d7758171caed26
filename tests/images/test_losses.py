import math

import pytest
import torch

from causaldsl.images.losses import gradient_penalty, label_loss, relativistic


def test_relativistic_loss_where_no_one_can_tell_is_log_2():
    logits = torch.randn(7)
    assert relativistic(logits, logits).item() == pytest.approx(math.log(2))


def test_relativistic_loss_by_hand():
    loss = relativistic(torch.tensor([1.0, -2.0]), torch.tensor([0.0, 1.0]))
    assert loss.item() == pytest.approx((math.log1p(math.exp(-1)) + math.log1p(math.exp(3))) / 2)


def test_relativistic_loss_sees_only_differences():
    winner, loser = torch.randn(5), torch.randn(5)
    assert relativistic(winner + 3, loser + 3).item() == pytest.approx(relativistic(winner, loser).item(), rel=1e-5)


def test_critic_and_generator_pull_in_opposite_directions():
    real, fake = torch.randn(9, requires_grad=True), torch.randn(9, requires_grad=True)
    (up,) = torch.autograd.grad(relativistic(real, fake), fake)
    (down,) = torch.autograd.grad(relativistic(fake, real), fake)
    assert (up > 0).all()
    assert (down < 0).all()


def test_gradient_penalty_of_a_linear_critic_is_its_squared_norm():
    weight = torch.randn(3, 4, 4, requires_grad=True)
    pictures = torch.randn(6, 3, 4, 4, requires_grad=True)
    penalty = gradient_penalty((pictures * weight).flatten(1).sum(1), pictures)
    assert penalty.item() == pytest.approx(weight.square().sum().item(), rel=1e-5)
    penalty.backward()
    torch.testing.assert_close(weight.grad, 2 * weight)


def test_gradient_penalty_of_a_quadratic_critic():
    pictures = torch.randn(6, 1, 4, 4, requires_grad=True)
    penalty = gradient_penalty(pictures.square().flatten(1).sum(1) / 2, pictures)
    assert penalty.item() == pytest.approx(pictures.square().flatten(1).sum(1).mean().item(), rel=1e-5)


def test_label_loss_by_hand():
    logits, labels = torch.tensor([[0.0, 2.0]]), torch.tensor([[1.0, 0.0]])
    assert label_loss(logits, labels).item() == pytest.approx((math.log(2) + math.log1p(math.exp(2))) / 2)


def test_label_loss_is_least_at_the_posterior():
    """On a tiny world of two pictures the best labeler knows P(label | picture), and its loss is the entropy."""
    posterior = torch.tensor([0.2, 0.9])
    draws = torch.cat([torch.arange(10) < 10 * p for p in posterior]).float().unsqueeze(1)
    at = torch.repeat_interleave(torch.arange(2), 10)

    def loss(p):
        return label_loss(torch.logit(p)[at].unsqueeze(1), draws).item()

    entropy = -(posterior * posterior.log() + (1 - posterior) * (1 - posterior).log()).mean().item()
    assert loss(posterior) == pytest.approx(entropy, rel=1e-5)
    assert loss(posterior) < loss(posterior + 0.05)
    assert loss(posterior) < loss(posterior - 0.05)
