"""One step of `causalbegan`: critic and generator at once, then the three coefficients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch

from causaldsl.images.causalbegan import CausalBEGANOptions
from causaldsl.images.causalbegan_networks import CausalBEGAN, Coefficients, Critic
from causaldsl.images.draw import Draw
from causaldsl.images.learner import ImageLearner, Pace
from causaldsl.images.losses import label_loss
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
from causaldsl.plugins.protocols import PictureData, Schedule

PACE = Pace(steps=250_000, batch=16, rate=8e-5, betas=(0.9, 0.999))
"""The reference's."""
LABEL_LOSSES = {"squared": squared_label_loss, "absolute": absolute_label_loss, "cross_entropy": label_loss}


class CausalBEGANLearner(ImageLearner):
    """Trains one `CausalBEGAN`.

    Parameters
    ----------
    model : CausalBEGAN
        Trained in place.
    data : PictureData
        Real pictures, and the sampler of the generator's labels.
    options : CausalBEGANOptions
        As the model was built with.
    schedule : Schedule
        By default `PACE`.
    """

    def __init__(self, model: CausalBEGAN, data: PictureData, options: CausalBEGANOptions, schedule: Schedule) -> None:
        super().__init__(model, data, options, schedule, PACE)
        self.model, self.options = model, options
        self.generator = self.enlist("generator", model.generator)
        with self.newborn():
            self.critic = self.enlist("critic", Critic(model.image, model.labels, options))
        self.coefficients = Coefficients(options)
        self.keep("coefficients", self.coefficients)
        self.reading = LABEL_LOSSES[options.label_loss]

    def share(self, t: int) -> float:
        """Return the share of the learning rate that step `t` has."""
        return float(0.5 ** (t // self.options.halve)) if self.options.halve else 1.0

    def play(self, t: int, draws: Sequence[Draw]) -> Mapping[str, float]:  # noqa: ARG002 - no step differs
        """Have the critic hear its loss and the generator its own of the same pictures, then move both."""
        heard = [self._hear(draw) for draw in draws]
        mean = torch.stack(heard).mean(0)
        self.ranks.average([mean])
        losses = {name: player.move() for name, player in (("critic", self.critic), ("generator", self.generator))}
        return losses | self._regulate(Losses(*mean))

    def _hear(self, draw: Draw) -> torch.Tensor:
        """Have both hear of a part of the batch; return its four losses."""
        real, real_labels = self.real(draw)
        labels = self.labels(draw)
        with self.computing():
            fake = self.model(labels, draw.noise(self.model))
            (rebuilt, rebuilt_fake), (read, read_fake) = (
                part.chunk(2) for part in self.critic.network(torch.cat([real, self.watch.judged(fake)]))
            )
        losses = Losses(
            rebuilding(real, rebuilt),
            rebuilding(fake, rebuilt_fake),
            self.reading(read, real_labels),
            self.reading(read_fake, labels),
        )
        c = self.coefficients.c.clone()
        self.critic.hear(critic_loss(losses, c), keep=True)
        self.generator.hear(generator_loss(losses, c))
        return torch.stack([losses.real, losses.fake, losses.real_labels, losses.fake_labels]).detach()

    @torch.no_grad()
    def _regulate(self, losses: Losses) -> dict[str, float]:
        """Move the coefficients along the margins, and say how training goes."""
        options, kept = self.options, self.coefficients
        b = margins(losses, options.gamma, options.gamma_label, options.zeta)
        kept.c.copy_(regulated(kept.c, b, kept.gains))
        named = {f"c{i}": c for i, c in enumerate(kept.c.tolist(), 1)}
        return {"convergence": convergence(losses, b).item(), **named}
