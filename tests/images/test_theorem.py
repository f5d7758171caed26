"""The theorem of the CausalGAN paper, by enumeration of a world of two labels and a few pictures, in float64.

The critic, the Labeler and the Anti-Labeler are optimal: they know the ratio of the laws and both posteriors.
"""

from dataclasses import dataclass

import pytest
import torch

from causaldsl.images.losses import joint_label_loss, label_loss
from causaldsl.images.losses_causalgan import log_ratio, non_saturating

BITS = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], dtype=torch.float64)
"""The combinations of two labels."""


@dataclass(frozen=True)
class World:
    """A law of two labels, and the true law of pictures given them, shape (4, pictures)."""

    labels: torch.Tensor
    truth: torch.Tensor

    def loss(self, law, k, joint=True, adversarial=log_ratio, detach=False):
        """The generator's loss if it draws pictures given labels by `law`, shape (4, pictures)."""
        drawn, real = self.labels[:, None] * law, self.labels[:, None] * self.truth
        known = drawn.detach() if detach else drawn
        critic = (real.sum(0) / known.sum(0)).log()
        reads = [torch.log(p / p.sum(0)).T for p in (real, known)]  # (pictures, 4)
        if not joint:
            reads = [torch.logit(each.exp() @ BITS) for each in reads]
        cells, pictures = torch.cartesian_prod(torch.arange(4), torch.arange(law.shape[1])).T
        weights, wanted = drawn.flatten(), BITS[cells]
        reading = joint_label_loss if joint else label_loss
        pleased, puzzled = (reading(each[pictures], wanted, weights) for each in reads)
        return adversarial(critic[pictures], weights) + pleased - k * puzzled

    def best(self, k, seed=0, **form):
        """The law at which descent from a random start comes to rest."""
        draw = torch.Generator().manual_seed(seed)
        logits = torch.randn(self.truth.shape, generator=draw, dtype=torch.float64, requires_grad=True)
        descent = torch.optim.LBFGS(
            [logits], max_iter=2000, tolerance_grad=1e-12, tolerance_change=1e-16, line_search_fn="strong_wolfe"
        )

        def closure():
            descent.zero_grad()
            loss = self.loss(logits.softmax(1), k, **form)
            loss.backward()
            return loss

        descent.step(closure)
        return logits.detach().softmax(1)

    def off(self, law):
        """The largest total variation distance to the true law of pictures given labels."""
        return (law - self.truth).abs().sum(1).max().item() / 2

    def label_entropy(self, law):
        """How uncertain labels are given a picture."""
        joint = self.labels[:, None] * law
        return -(joint * (joint / joint.sum(0)).log()).sum().item()


def random_world(seed, pictures=5):
    draw = torch.Generator().manual_seed(seed)
    return World(*(torch.randn(shape, generator=draw, dtype=torch.float64).softmax(-1) for shape in (4, (4, pictures))))


def random_law(seed, pictures=5):
    return random_world(seed, pictures).truth


@pytest.mark.parametrize("seed", range(5))
def test_the_loss_is_the_divergence_of_the_joint_laws(seed):
    world, law = random_world(seed), random_law(100 + seed)
    drawn, real = (world.labels[:, None] * p for p in (law, world.truth))
    assert world.loss(law, 1).item() == pytest.approx((drawn * (drawn / real).log()).sum().item(), abs=1e-14)


@pytest.mark.parametrize("adversarial", [log_ratio, non_saturating])
@pytest.mark.parametrize("seed", range(3))
def test_descent_finds_the_true_law(seed, adversarial):
    world = random_world(seed)
    assert world.off(world.best(1, seed, adversarial=adversarial)) < 1e-5


def test_players_that_do_not_move_leave_the_true_law_at_rest_and_no_other():
    """In training the judges stand still while the generator steps: then too the gradient vanishes at the truth."""

    def push(law, k):
        logits = law.log().requires_grad_()
        world.loss(logits.softmax(1), k, detach=True).backward()
        return logits.grad.abs().max().item()

    world = random_world(0)
    assert push(world.truth, 1) < 1e-14
    assert push(random_law(1), 1) > 1e-2
    assert push(world.truth, 0) > 1e-2


@pytest.mark.parametrize("k", [0.75, 0.25, 0.0])
def test_what_a_smaller_k_adds_is_the_uncertainty_of_labels(k):
    world, law = random_world(0), random_law(1)
    added = world.loss(law, k) - world.loss(law, 1)
    assert added.item() == pytest.approx((1 - k) * world.label_entropy(law), abs=1e-14)


def test_as_k_falls_the_generator_draws_only_what_the_labeler_is_sure_of():
    """Four pictures of a rare label, from typical to doubtful: without the Anti-Labeler the doubtful ones vanish."""
    rare = torch.tensor([0.25, 0.25, 0.25, 0.25, 0.0, 0.0], dtype=torch.float64) + 1e-9
    common = torch.tensor([0.001, 0.01, 0.05, 0.2, 0.4, 0.339], dtype=torch.float64)
    truth = torch.stack([common, common, rare, rare])
    world = World(torch.tensor([0.45, 0.45, 0.05, 0.05], dtype=torch.float64), truth / truth.sum(1, keepdim=True))
    laws = [world.best(k) for k in (1, 0.5, 0)]
    assert world.off(laws[0]) < 1e-4
    assert world.off(laws[2]) > 0.2
    entropies = [-(law[2] * law[2].log()).sum().item() for law in laws]
    assert entropies[0] > entropies[1] + 0.05
    assert entropies[1] > entropies[2] + 0.05
    uncertain = [world.label_entropy(law) for law in laws]
    assert uncertain == sorted(uncertain, reverse=True)


def test_an_output_a_label_matches_single_posteriors_alone():
    """Two labels by fair coins and two pictures that show neither; a generator that draws one if labels agree.

    Each picture's posterior of each label is one half either way, so a labeler of two outputs sees no difference; one
    of four outputs does.
    """
    world = World(torch.full((4,), 0.25, dtype=torch.float64), torch.full((4, 2), 0.5, dtype=torch.float64))
    agrees = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.0]], dtype=torch.float64) * (1 - 2e-9) + 1e-9
    assert world.loss(agrees, 1, joint=False).item() == pytest.approx(world.loss(world.truth, 1, joint=False).item())
    assert world.loss(agrees, 1).item() == pytest.approx(torch.log(torch.tensor(2.0)).item(), abs=1e-6)
    assert world.loss(world.truth, 1).item() == pytest.approx(0, abs=1e-14)


def test_labels_that_never_occur_are_not_learned():
    """Of a combination that the labels' law never draws, the pictures are free: why `interventional` draws them."""
    world = World(torch.tensor([0.5, 0.3, 0.2, 1e-300], dtype=torch.float64), random_world(0).truth)
    law, other = random_law(1), random_law(1).clone()
    other[3] = random_law(2)[3]
    assert world.loss(law, 1).item() == world.loss(other, 1).item()
    other[2] = random_law(2)[2]
    assert world.loss(law, 1).item() != pytest.approx(world.loss(other, 1).item(), abs=1e-3)
