"""The way back from a picture to its noise and its causes: the encoder, trained once the generator is.

A picture x is taken to be G(causes, noise) and an error. The encoder infers the noise, and a few steps refine it. In
another world the picture is painted over where the generator changes it by more than the error, and else left as it was
seen (`causaldsl.scm.picture_node`). The encoder reads the causes too, for those that were not seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from causaldsl.graph.domain import Image
from causaldsl.images.blocks import Reader
from causaldsl.images.causes import Causes
from causaldsl.images.draw import Draw
from causaldsl.images.learner import ImageLearner, Pace
from causaldsl.images.options import ImageOptions
from causaldsl.images.precision import widened
from causaldsl.plugins.protocols import PictureData, Schedule
from causaldsl.scm.image import ImageModel

REBUILDING = 10.0
"""Weight of the error of a rebuilt picture beside that of the noise, a mean of squares that starts at 1."""
SHARE = 3
"""The encoder takes a step for so many of the generator's."""


REFINING, RATE = 20, 0.05
"""Steps of Adam by which inferred noise is refined, and their size."""


class Inverse(nn.Module):
    """The encoder of one image node.

    Parameters
    ----------
    image : Image
        What it reads.
    causes : Causes
        The causes of the picture.
    latent : int
        Width of its noise.
    width : int
        Channels at half the picture's size.
    """

    def __init__(self, image: Image, causes: Causes, latent: int, width: int) -> None:
        super().__init__()
        self.latent = latent
        self.reader = Reader(image.channels, image.height, width, latent + causes.width)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Infer the noise, shape (n, latent), and read the causes, shape (n, width): logits of levels, and reals."""
        found = widened(self.reader(pictures))
        return found[:, : self.latent], found[:, self.latent :]


def refined(model: ImageModel, pictures: Tensor, labels: Tensor, noise: Tensor) -> Tensor:
    """Refine the noise that an encoder inferred, picture by picture, so that the generator draws them more nearly.

    Parameters
    ----------
    model : ImageModel
        Whose parameters are at rest.
    pictures : Tensor, shape (n, channels, height, width)
        In [-1, 1].
    labels : Tensor, shape (n, width)
        Their encoded causes.
    noise : Tensor, shape (n, latent)
        Where to begin.

    Notes
    -----
    A few steps down |x - G(c, z)| + |z|^2 / 2, the sum of absolute differences and the squares of standard normal
    noise: towards the likeliest noise, where the error is Laplace noise of scale 1 (zhu2016 go on from an encoder so).
    """
    found = noise.detach().clone().requires_grad_()
    adam = torch.optim.Adam([found], RATE)
    with torch.enable_grad():
        for _ in range(REFINING):
            loss = (model(labels, found) - pictures).abs().sum() + found.square().sum() / 2
            (found.grad,) = torch.autograd.grad(loss, found)
            adam.step()
    return found.detach()


class InverseLearner(ImageLearner):
    """Trains the encoder of an image model whose generator is trained, and stays as it is.

    Parameters
    ----------
    model : ImageModel
        Its encoder is trained in place.
    inverse : Inverse
        The encoder.
    data : PictureData
        Real pictures, and the sampler of labels for generated ones.
    options : ImageOptions
        As the model was built with.
    schedule : Schedule
        That of the generator; the encoder takes a third of its steps, at half its rate.
    pace : Pace
        The generator's.

    Notes
    -----
    Of generated pictures, whose noise is known, the encoder learns that noise (mean square), of real ones to rebuild
    them through the generator (mean absolute error), and to read the causes of both.
    """

    def __init__(
        self,
        model: ImageModel,
        inverse: Inverse,
        data: PictureData,
        options: ImageOptions,
        schedule: Schedule,
        pace: Pace,
    ) -> None:
        super().__init__(model, data, options, schedule, pace)
        self.name = f"encoder of {model.shape.name}"
        self.steps, self.rate = max(1, self.steps // SHARE), self.rate / 2
        self.model, self.inverse = model, inverse
        self.enlist("encoder", inverse.requires_grad_())

    def share(self, t: int) -> float:
        """Return the share of the learning rate that step `t` has: it falls in a line to nothing."""
        return 1 - t / self.steps

    def play(self, t: int, draws: Sequence[Draw]) -> Mapping[str, float]:  # noqa: ARG002 - every step is alike
        """Have the encoder learn."""
        return {"encoder": self.players["encoder"].learn(self._loss(draw) for draw in draws)}

    def _loss(self, draw: Draw) -> Tensor:
        real, real_labels = self.real(draw)
        labels, noise = self.labels(draw), draw.noise(self.model)
        with self.computing():
            with torch.no_grad():
                fake = self.model(labels, noise)
            inferred, read = self.inverse(torch.cat([real, fake]))
            rebuilt = self.model(real_labels, inferred[: len(real)])
        known = (inferred[len(real) :] - noise).square().mean()
        reading = self.causes.loss(read, torch.cat([real_labels, labels]))
        loss: Tensor = known + REBUILDING * (widened(rebuilt) - real).abs().mean() + reading
        return loss
