"""One step of `r3gan`: critic, labelers, generator, and the running average behind it.

Half of the generator's labels are drawn as seen, half under interventions. The critic judges both halves: a
generator that it does not watch under interventions pleases the Labeler with pictures that are no faces. So that
the two sides of its pairs have labels alike, half of the real pictures are drawn as seen and half balanced label by
label; the Labeler learns from the same pictures.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor

from causaldsl.images import augment
from causaldsl.images.causes import Causes
from causaldsl.images.draw import Draw
from causaldsl.images.learner import ImageLearner, Pace
from causaldsl.images.losses import gradient_penalty, relativistic
from causaldsl.images.losses_causalgan import trust
from causaldsl.images.precision import widened
from causaldsl.images.r3gan import PRESETS, R3GANOptions, plugin
from causaldsl.images.r3gan_networks import R3GAN, Critic, labeler
from causaldsl.plugins.protocols import PictureData, Schedule


@dataclass(frozen=True)
class Part:
    """A part of a batch: real pictures and their labels, labels and noise of generated ones, and those pictures.

    Where the batch comes in one part, `fake` remembers how it was generated, so that the generator need not draw again.
    """

    draw: Draw
    real: Tensor
    real_labels: Tensor
    labels: Tensor
    noise: Tensor
    fake: Tensor


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
        self.model, self.options = model, plugin.settle(model.shape, options)
        image, causes, width = model.image, self.causes, options.width
        readers = () if options.conditioning == "projection" or not causes.domains else ("labeler", "anti_labeler")
        self.generator = copy.deepcopy(model.generator).requires_grad_()
        self.enlist("generator", self.generator)
        with self.newborn():
            self.critic = Critic(image, causes if options.conditioning != "labelers" else Causes(()), width)
            self.enlist("critic", self.critic)
            for name in readers[: 1 + options.anti_labeler]:
                self.enlist(name, labeler(image, causes, width))
        self.keep("average", model.generator)

    def share(self, t: int) -> float:
        """Return the share of the learning rate that step `t` has."""
        return falling(t / self.steps)

    def play(self, t: int, draws: Sequence[Draw]) -> Mapping[str, float]:
        """Have critic, labelers and generator learn in turn."""
        parts = [self._part(draw) for draw in draws]
        losses = {"critic": self.players["critic"].learn(self._critic_loss(part, t) for part in parts)}
        if "labeler" in self.players:
            losses["labeler"] = self.players["labeler"].learn(
                self._read("labeler", self._blemished(part.real, part.draw), part.real_labels) for part in parts
            )
        if "anti_labeler" in self.players:
            losses["anti_labeler"] = self.players["anti_labeler"].learn(
                self._read("anti_labeler", self._blemished(part.fake.detach(), part.draw), part.labels)
                for part in parts
            )
        losses["generator"] = self.players["generator"].learn(self._generator_loss(part, t) for part in parts)
        self.model.follow(self.generator, min(self.options.average, (t + 1) / (t + 10)))
        return losses

    def _part(self, draw: Draw) -> Part:
        """Draw a part of the batch."""
        real, real_labels = self.real(draw)
        labels, noise = self.labels(draw), draw.noise(self.model)
        with torch.set_grad_enabled(len(self.parts) == 1):
            return Part(draw, real, real_labels, labels, noise, self._generated(labels, noise))

    def _generated(self, labels: Tensor, noise: Tensor) -> Tensor:
        with self.computing():
            fake: Tensor = self.generator(labels, noise)
        return fake

    def _critic_loss(self, part: Part, t: int) -> Tensor:
        """Return the loss by which real pictures win; every `lazy` steps with R1 and R2, in float32."""
        penalise = t % self.options.lazy == 0
        shown = [self._shifted(pictures, part.draw) for pictures in (part.real, part.fake.detach())]
        pictures = torch.cat(shown).requires_grad_(penalise)
        with nullcontext() if penalise else self.computing():
            logits = self.critic(pictures, self._told(torch.cat([part.real_labels, part.labels])))
        loss = relativistic(*logits.chunk(2))
        if penalise:  # the mean over both halves is (R1 + R2) / 2
            loss = loss + self.options.lazy * self.options.gamma * gradient_penalty(logits, pictures)
        return loss

    def _generator_loss(self, part: Part, t: int) -> Tensor:
        """Return the loss by which generated pictures win and please the Labeler, but, `k` times, puzzle its twin."""
        fake = part.fake if part.fake.requires_grad else self._generated(part.labels, part.noise)
        with self.computing():
            with torch.no_grad():
                against = self.critic(self._shifted(part.real, part.draw), self._told(part.real_labels))
            loss = relativistic(
                self.critic(self._shifted(self.watch.judged(fake), part.draw), self._told(part.labels)), against
            )
        weight, k = self.options.label_weight, trust(t, self.options.tau)
        seen = self._blemished(fake, part.draw)
        for name, share in (("labeler", weight), ("anti_labeler", -min(weight, 1.0) * k)):
            if name in self.players:
                loss = loss + share * self._read(name, seen, part.labels)
        return loss

    def _read(self, name: str, pictures: Tensor, labels: Tensor) -> Tensor:
        """Return the loss of a labeler that reads labels in pictures."""
        with self.computing():
            logits = self.players[name].network(pictures)
        return self.causes.loss(widened(logits), labels)

    def _blemished(self, pictures: Tensor, draw: Draw) -> Tensor:
        """Return pictures as the labelers are shown them."""
        return pictures if self.options.augment == "none" else augment.blemish(pictures, draw)

    def _told(self, labels: Tensor) -> Tensor:
        """Return what of the labels the critic is told."""
        return labels[:, :0] if self.options.conditioning == "labelers" else labels

    def _shifted(self, pictures: Tensor, draw: Draw) -> Tensor:
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
