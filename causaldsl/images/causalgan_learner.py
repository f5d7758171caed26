"""One step of `causalgan`: critic, Labeler and Anti-Labeler once, the generator six times."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from torch import Tensor

from causaldsl.images.causalgan import CausalGANOptions
from causaldsl.images.causalgan_networks import CausalGAN, Reader
from causaldsl.images.draw import Draw
from causaldsl.images.learner import ImageLearner, Pace
from causaldsl.images.losses import joint_label_loss, label_loss
from causaldsl.images.losses_causalgan import critic_loss, log_ratio, non_saturating, swapped_label_loss, trust
from causaldsl.images.precision import widened
from causaldsl.plugins.protocols import PictureData, Schedule

PACE = Pace(steps=33_333, batch=64, rate=2e-4, betas=(0.5, 0.999))
"""The reference's: 200,000 steps of the generator, six a step."""


class CausalGANLearner(ImageLearner):
    """Trains one `CausalGAN`.

    Parameters
    ----------
    model : CausalGAN
        Trained in place.
    data : PictureData
        Real pictures, and the sampler of the generator's labels.
    options : CausalGANOptions
        As the model was built with.
    schedule : Schedule
        By default `PACE`.
    """

    def __init__(self, model: CausalGAN, data: PictureData, options: CausalGANOptions, schedule: Schedule) -> None:
        super().__init__(model, data, options, schedule, PACE)
        self.model, self.options = model, options
        outputs = 2**model.labels if options.labeler == "joint" else model.labels
        self.enlist("generator", model.generator)
        with self.newborn():
            self.enlist("critic", Reader(model.image, options.width, 1, options.minibatch))
            for name in ("labeler", "anti_labeler")[: 1 + options.anti_labeler] if model.labels else ():
                self.enlist(name, Reader(model.image, options.width, outputs))
        self.adversarial = {"non_saturating": non_saturating, "log_ratio": log_ratio}[options.adversarial]
        self.reading: Callable[[Tensor, Tensor], Tensor] = (
            joint_label_loss if options.labeler == "joint" else label_loss
        )
        self.pleasing = swapped_label_loss if options.label_loss == "swapped" else self.reading

    def play(self, t: int, draws: Sequence[Draw]) -> Mapping[str, float]:
        """Have the judges learn from real and generated pictures, then the generator from the judges."""
        (draw,) = draws  # batch normalisation sees it whole
        losses: dict[str, float] = {}
        for turn in range(self.options.generator_steps):
            fake, labels = self._drawn(draw)
            if turn == 0:
                losses |= self._teach_judges(fake.detach(), labels, draw)
            k = trust((t * self.options.generator_steps + turn) / 2, self.options.tau)
            losses["generator"] = self._teach_generator(fake, labels, k)
        return losses

    def _drawn(self, draw: Draw) -> tuple[Tensor, Tensor]:
        """Draw pictures, and the softened labels that they were drawn from."""
        labels, noise = self.labels(draw), draw.noise(self.model)
        with self.computing():
            return self.model(labels, noise), self.model.told(labels, noise)

    def _teach_judges(self, fake: Tensor, labels: Tensor, draw: Draw) -> dict[str, float]:
        """Have the critic tell real from generated, the Labeler read real labels, the Anti-Labeler generated ones."""
        real, truth = self.real(draw)
        uniform = draw.uniform(2 * self.model.labels)
        softened = self.model.softened(truth, self.model.moves(uniform))
        loss = critic_loss(self._judged("critic", real)[:, 0], self._judged("critic", fake)[:, 0])
        losses = {"critic": self.players["critic"].learn([loss])}
        if "labeler" in self.players:
            loss = self.reading(self._judged("labeler", real), softened)
            losses["labeler"] = self.players["labeler"].learn([loss])
        if "anti_labeler" in self.players:
            loss = self.pleasing(self._judged("anti_labeler", fake), labels)
            losses["anti_labeler"] = self.players["anti_labeler"].learn([loss])
        return losses

    def _teach_generator(self, fake: Tensor, labels: Tensor, k: float) -> float:
        """Have generated pictures pass for real and please the Labeler, but, `k` times, puzzle the Anti-Labeler."""
        loss = self.adversarial(self._judged("critic", self.watch.judged(fake))[:, 0])
        weight = self.options.label_weight
        for name, share in (("labeler", weight), ("anti_labeler", -weight * k)):
            if name in self.players:
                loss = loss + share * self.pleasing(self._judged(name, fake), labels)
        return self.players["generator"].learn([loss])

    def _judged(self, name: str, pictures: Tensor) -> Tensor:
        """Return what a judge says of pictures, shape (n, outputs)."""
        with self.computing():
            judged: Tensor = self.players[name].network(pictures)
        return widened(judged)
