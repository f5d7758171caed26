"""One step of `r3gan`: critic, labelers, generator, and the running average behind it.

Half of the generator's labels are drawn as seen, half under interventions. The critic judges both halves: a
generator that it does not watch under interventions pleases the Labeler with pictures that are no faces. So that
the two sides of its pairs have labels alike, half of the real pictures are drawn as seen and half balanced label by
label; the Labeler learns from the same pictures.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Generator, Tensor, nn

from causaldsl.images import augment
from causaldsl.images.batches import Pictures
from causaldsl.images.losses import gradient_penalty, label_loss, relativistic
from causaldsl.images.r3gan import R3GANOptions
from causaldsl.images.r3gan_networks import R3GAN, Critic, labeler
from causaldsl.plugins.protocols import PictureData, Schedule
from causaldsl.scm.randomness import generator_at
from causaldsl.scm.state import gather, scatter

LAZY = 4
"""The gradient penalties come every so many steps, as many times heavier."""
DECAY = 0.995
"""Of the running average, reached after a ramp."""
TRUST = 3000.0
"""Steps after which the Anti-Labeler's part in the generator's loss has fallen to 1/e."""


class R3GANLearner:
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
        By default 2,000 steps of 64 pictures at a learning rate of 2e-3, which falls to zero over the second half.
    """

    def __init__(self, model: R3GAN, data: PictureData, options: R3GANOptions, schedule: Schedule) -> None:
        self.name = f"images of {model.shape.name}"
        self.steps = schedule.steps or 2000
        self.batch = schedule.batch or 64
        self.model, self.options, self.seed = model, options, schedule.seed
        self.device = next(model.parameters()).device
        self.pictures, self.sampler, self.flips = Pictures(data, self.device), data.sampler, data.flips
        self.gamma = options.gamma or 0.3 * (model.image.height / 32) ** 2
        self.half = multiplies_bfloat16(self.device) if options.precision == "auto" else options.precision == "bfloat16"
        self.networks: dict[str, nn.Module] = {"generator": model.generator, **self._critics()}
        for network in self.networks.values():
            network.to(self.device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.rate = schedule.learning_rate or 2e-3
        self.adam = {
            name: torch.optim.Adam(network.parameters(), self.rate, betas=(0.0, 0.99), fused=True)
            for name, network in self.networks.items()
        }
        self.networks["average"] = model.average

    def _critics(self) -> dict[str, nn.Module]:
        image, labels, width = self.model.image, self.model.labels, self.options.width
        with torch.random.fork_rng():
            torch.manual_seed(self.seed)
            self.critic = Critic(image, labels, width)
            self.labeler = labeler(image, labels, width)
            self.anti_labeler = labeler(image, labels, width)
        return {"critic": self.critic, "labeler": self.labeler, "anti_labeler": self.anti_labeler}

    def step(self, t: int) -> Mapping[str, float]:
        """Take step `t`."""
        draw = generator_at(self.seed, t, self.name, self.device)
        for adam in self.adam.values():
            adam.param_groups[0]["lr"] = self.rate * falling(t / self.steps)
        real, real_labels = self._real(draw)
        labels = self._labels(draw)
        with self._precision():
            fake = self.model.generator(labels, self.model.noise(self.batch, draw))
        losses = {
            "critic": self._teach_critic(real, real_labels, fake.detach(), labels, penalise=t % LAZY == 0),
            "labeler": self._teach_labeler("labeler", real, real_labels, draw),
            "anti_labeler": self._teach_labeler("anti_labeler", fake.detach(), labels, draw),
            "generator": self._teach_generator(real, real_labels, fake, labels, math.exp(-t / TRUST), draw),
        }
        self.model.follow(min(DECAY, (t + 1) / (t + 10)))
        return losses

    def _real(self, draw: Generator) -> tuple[Tensor, Tensor]:
        """Draw real pictures: as seen, and as many balanced as the generator's labels are interventional."""
        balanced = round(self.batch * self.options.interventional)
        rows = [self.pictures.seen(self.batch - balanced, draw), self.pictures.balanced(balanced, draw)]
        pictures, labels = self.pictures[torch.cat(rows)]
        return augment.flip(pictures, draw) if self.flips else pictures, labels

    def _labels(self, draw: Generator) -> Tensor:
        """Draw the generator's labels: observational, then interventional."""
        forced = round(self.batch * self.options.interventional)
        rows = [self.sampler.observational(self.batch - forced, draw), self.sampler.interventional(forced, draw)]
        return torch.cat(rows).to(self.device)

    def _teach_critic(self, real: Tensor, real_labels: Tensor, fake: Tensor, labels: Tensor, penalise: bool) -> float:
        """Have real pictures win; every `LAZY` steps with R1 and R2, in float32."""
        pictures, given = torch.cat([real, fake]).requires_grad_(penalise), torch.cat([real_labels, labels])
        with nullcontext() if penalise else self._precision():
            logits = self.critic(pictures, given)
        loss = relativistic(*logits.chunk(2))
        if penalise:  # the mean over both halves is (R1 + R2) / 2
            loss = loss + LAZY * self.gamma * gradient_penalty(logits, pictures)
        return self._update("critic", loss)

    def _teach_labeler(self, name: str, pictures: Tensor, labels: Tensor, draw: Generator) -> float:
        """Have a labeler read the labels of blemished pictures."""
        with self._precision():
            logits = self.networks[name](augment.blemish(pictures, draw))
        return self._update(name, label_loss(logits.float(), labels))

    def _teach_generator(
        self, real: Tensor, real_labels: Tensor, fake: Tensor, labels: Tensor, k: float, draw: Generator
    ) -> float:
        """Have generated pictures win and please the Labeler, but, `k` times, puzzle the Anti-Labeler."""
        judges = (self.critic, self.labeler, self.anti_labeler)
        for judge in judges:
            judge.requires_grad_(False)
        with self._precision():
            with torch.no_grad():
                against = self.critic(real, real_labels)
            loss = relativistic(self.critic(fake, labels), against)
            seen = augment.blemish(fake, draw)
            pleased, puzzled = (label_loss(judge(seen).float(), labels) for judge in judges[1:])
            loss = loss + self.options.label_weight * (pleased - k * puzzled)
        for judge in judges:
            judge.requires_grad_(True)
        return self._update("generator", loss)

    def _update(self, name: str, loss: Tensor) -> float:
        """Take one optimiser step of one network."""
        self.adam[name].zero_grad()
        loss.backward()
        self.adam[name].step()
        return loss.item()

    def _precision(self) -> AbstractContextManager[object]:
        """Compute convolutions in the precision chosen."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.half)

    def state(self) -> dict[str, Tensor]:
        """Return networks and optimisers."""
        return gather(self.networks, self.adam)

    def load_state(self, saved: Mapping[str, Tensor]) -> None:
        """Take them back."""
        scatter(saved, self.networks, self.adam)


def falling(progress: float) -> float:
    """Return the share of the learning rate that is left: all of it for the first half, then in a line to nothing.

    Examples
    --------
    >>> falling(0.3), falling(0.75), falling(1.0)
    (1.0, 0.5, 0.0)
    """
    return min(1.0, max(0.0, 2 * (1 - progress)))


def multiplies_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 faster than float32."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return device.type == "cpu" and bool(torch.cpu._is_avx512_bf16_supported())
