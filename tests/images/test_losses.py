import math

import pytest
import torch

from causaldsl.images.losses import average, gradient_penalty, joint_label_loss, label_loss, relativistic


def test_average_counts_rows_by_their_weights():
    values = torch.tensor([[1.0, 3.0], [5.0, 7.0]])
    assert average(values).item() == 4
    assert average(values, torch.tensor([0.25, 0.75])).item() == 5
    assert average(values[:, 0], torch.tensor([0.25, 0.75])).item() == 4


def test_average_of_no_labels_is_nothing_and_has_a_gradient():
    values = torch.zeros(3, 0, requires_grad=True)
    average(values, torch.ones(3)).backward()
    assert average(values).item() == 0


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


def test_joint_label_loss_by_hand():
    logits = torch.tensor([[0.0, 1.0, 2.0, 3.0]])
    expected = math.log(sum(math.exp(i) for i in range(4))) - 2
    assert joint_label_loss(logits, torch.tensor([[1.0, 0.0]])).item() == pytest.approx(expected)


def test_joint_label_loss_of_a_product_is_the_sum_of_single_ones():
    draw = torch.Generator().manual_seed(0)
    single, labels = torch.randn(5, 3, generator=draw), torch.rand(5, 3, generator=draw)
    bits = torch.cartesian_prod(*[torch.arange(2)] * 3).float()
    joint = torch.nn.functional.logsigmoid(single) @ bits.T + torch.nn.functional.logsigmoid(-single) @ (1 - bits).T
    assert joint_label_loss(joint, labels).item() == pytest.approx(3 * label_loss(single, labels).item(), rel=1e-5)
