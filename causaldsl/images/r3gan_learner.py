"""One step of `r3gan`: critic, labelers, generator, and the running average behind it.

Half of the generator's labels are drawn as seen, half under interventions. The critic judges both halves: a
generator that it does not watch under interventions pleases the Labeler with pictures that are no faces. So that
the two sides of its pairs have labels alike, half of the real pictures are drawn as seen and half balanced label by
label; the Labeler learns from the same pictures.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from contextlib import nullcontext

import torch
from torch import Generator, Tensor

from causaldsl.images import augment
from causaldsl.images.learner import ImageLearner, Pace
from causaldsl.images.losses import gradient_penalty, label_loss, relativistic
from causaldsl.images.losses_causalgan import trust
from causaldsl.images.r3gan import PRESETS, R3GANOptions
from causaldsl.images.r3gan_networks import R3GAN, Critic, labeler
from causaldsl.plugins.protocols import PictureData, Schedule


class R3GANLearner(ImageLearner):
    """Trains one `R3GAN`.

    Parameters
    ----------
    model : R3GAN
        Trained in place.
    data : PictureData
        Real pictures, and the sampler of the generator's labels.
    options : R3GANOptions
        As the model was built with.
    schedule : Schedule
        By default that of the preset of the picture's size; the learning rate falls to zero over the second half.
    """

    def __init__(self, model: R3GAN, data: PictureData, options: R3GANOptions, schedule: Schedule) -> None:
        preset = PRESETS[model.image.height]
        pace = Pace(preset.steps, preset.batch, preset.rate, (0.0, 0.99))
        super().__init__(model, data, options, schedule, pace)
        self.model, self.options = model, options
        self.gamma = options.gamma or preset.gamma
        image, labels, width = model.image, model.labels, options.width
        readers = () if options.conditioning == "projection" or not labels else ("labeler", "anti_labeler")
        self.generator = copy.deepcopy(model.generator).requires_grad_()
        self.enlist("generator", self.generator)
        with self.newborn():
            self.critic = Critic(image, labels if options.conditioning != "labelers" else 0, width)
            self.enlist("critic", self.critic)
            for name in readers[: 1 + options.anti_labeler]:
                self.enlist(name, labeler(image, labels, width))
        self.keep("average", model.generator)

    def share(self, t: int) -> float:
        """Return the share of the learning rate that step `t` has."""
        return falling(t / self.steps)

    def play(self, t: int, draw: Generator) -> Mapping[str, float]:
        """Have critic, labelers and generator learn in turn."""
        real, real_labels = self.real(draw)
        labels = self.labels(draw)
        with self.computing():
            fake = self.generator(labels, self.model.noise(self.batch, draw))
        losses = {"critic": self._teach_critic(real, real_labels, fake.detach(), labels, t, draw)}
        for name, pictures, truth in (("labeler", real, real_labels), ("anti_labeler", fake.detach(), labels)):
            if name in self.players:
                losses[name] = self.players[name].learn(self._read(name, self._blemished(pictures, draw), truth))
        losses["generator"] = self._teach_generator(real, real_labels, fake, labels, t, draw)
        self.model.follow(self.generator, min(self.options.average, (t + 1) / (t + 10)))
        return losses

    def _teach_critic(
        self, real: Tensor, real_labels: Tensor, fake: Tensor, labels: Tensor, t: int, draw: Generator
    ) -> float:
        """Have real pictures win; every `lazy` steps with R1 and R2, in float32."""
        penalise = t % self.options.lazy == 0
        pictures = torch.cat([self._shifted(real, draw), self._shifted(fake, draw)]).requires_grad_(penalise)
        with nullcontext() if penalise else self.computing():
            logits = self.critic(pictures, self._told(torch.cat([real_labels, labels])))
        loss = relativistic(*logits.chunk(2))
        if penalise:  # the mean over both halves is (R1 + R2) / 2
            loss = loss + self.options.lazy * self.gamma * gradient_penalty(logits, pictures)
        return self.players["critic"].learn(loss)

    def _teach_generator(
        self, real: Tensor, real_labels: Tensor, fake: Tensor, labels: Tensor, t: int, draw: Generator
    ) -> float:
        """Have generated pictures win and please the Labeler, but, `k` times, puzzle the Anti-Labeler."""
        with self.computing():
            with torch.no_grad():
                against = self.critic(self._shifted(real, draw), self._told(real_labels))
            loss = relativistic(self.critic(self._shifted(fake, draw), self._told(labels)), against)
        weight, k = self.options.label_weight, trust(t, self.options.tau)
        seen = self._blemished(fake, draw)
        for name, share in (("labeler", weight), ("anti_labeler", -weight * k)):
            if name in self.players:
                loss = loss + share * self._read(name, seen, labels)
        return self.players["generator"].learn(loss)

    def _read(self, name: str, pictures: Tensor, labels: Tensor) -> Tensor:
        """Return the loss of a labeler that reads labels in pictures."""
        with self.computing():
            logits = self.players[name].network(pictures)
        return label_loss(logits.float(), labels)

    def _blemished(self, pictures: Tensor, draw: Generator) -> Tensor:
        """Return pictures as the labelers are shown them."""
        return pictures if self.options.augment == "none" else augment.blemish(pictures, draw)

    def _told(self, labels: Tensor) -> Tensor:
        """Return what of the labels the critic is told."""
        return labels[:, :0] if self.options.conditioning == "labelers" else labels

    def _shifted(self, pictures: Tensor, draw: Generator) -> Tensor:
        """Return pictures as the critic is shown them."""
        if self.options.augment != "all":
            return pictures
        return augment.shift(pictures, pictures.shape[-1] // 8, draw)


def falling(progress: float) -> float:
    """Return the share of the learning rate that is left: all of it for the first half, then in a line to nothing.

    Examples
    --------
    >>> falling(0.3), falling(0.75), falling(1.0)
    (1.0, 0.5, 0.0)
    """
    return min(1.0, max(0.0, 2 * (1 - progress)))
