"""The networks of `r3gan`: a modulated generator, a projection critic, two labelers."""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from torch import Tensor, nn

from causaldsl.graph.domain import Image
from causaldsl.images.blocks import Reader, activate, channels, conv, linear, up
from causaldsl.images.causes import Causes
from causaldsl.images.inverse import Inverse, refined
from causaldsl.images.precision import widened
from causaldsl.images.r3gan import R3GANOptions
from causaldsl.plugins.protocols import NodeShape
from causaldsl.scm.image import ImageModel


class R3GAN(ImageModel):
    """The generator of one image node: the running average of the one that is trained, which its learner owns."""

    def __init__(self, shape: NodeShape, options: R3GANOptions) -> None:
        super().__init__(shape, options.latent)
        assert isinstance(shape.domain, Image)
        self.options = options
        self.image = shape.domain
        self.causes = Causes([domain for _, domain in shape.parents])
        self.generator = Generator(self.image, self.causes, options).requires_grad_(False)
        self.inverse: Inverse | None = None
        if options.encoder:
            self.inverse = Inverse(self.image, self.causes, options.latent, options.width).requires_grad_(False)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, labels: Tensor, noise: Tensor) -> Tensor:
        """Draw pictures, shape (n, channels, height, width), in [-1, 1]."""
        pictures: Tensor = self.generator(labels, noise)
        return pictures

    @property
    def abducts(self) -> bool:
        """Whether it was built with an encoder."""
        return self.inverse is not None

    def abduct(self, pictures: Tensor, labels: Tensor) -> Tensor:
        """Infer the noise of pictures of these causes, shape (n, latent)."""
        assert self.inverse is not None
        return refined(self, pictures, labels, self.inverse(pictures)[0])

    def read(self, pictures: Tensor) -> Tensor:
        """Read the causes in pictures, shape (n, width)."""
        assert self.inverse is not None
        return self.causes.values(self.inverse(pictures)[1])

    @torch.no_grad()
    def follow(self, leader: Generator, decay: float) -> None:
        """Move the average towards the trained generator: average = decay * average + (1 - decay) * leader."""
        for average, parameter in zip(self.generator.parameters(), leader.parameters(), strict=True):
            average.lerp_(parameter, 1 - decay)


class Generator(nn.Module):
    """Labels and noise to a picture: a 4x4 seed, doubled up to size.

    Both enter at the seed and again at every size, where they scale and shift each channel.

    Parameters
    ----------
    image : Image
        What it draws.
    causes : Causes
        What the labels are.
    options : R3GANOptions
        `width` is its channels at full size.
    """

    def __init__(self, image: Image, causes: Causes, options: R3GANOptions) -> None:
        super().__init__()
        widths = [*(2 * w for w in reversed(channels(image.height, options.width))), options.width]
        self.causes = causes
        self.embedding = linear(causes.width, options.embedding) if options.embedding and causes.width else None
        style = (options.embedding if self.embedding else causes.width) + options.latent
        self.seed = linear(style, 16 * widths[0])
        self.ups = nn.ModuleList(up(a, b) for a, b in pairwise(widths))
        self.styles = nn.ModuleList(linear(style, 2 * w, gain=0.5) for w in widths)
        self.paint = conv(options.width, image.channels, gain=0.5)

    def forward(self, labels: Tensor, noise: Tensor) -> Tensor:
        """Draw pictures, shape (n, channels, height, width), in [-1, 1]."""
        told = self.causes.signs(labels)
        if self.embedding is not None:
            told = activate(self.embedding(told))
        style = torch.cat([told, noise], dim=1)
        features = activate(modulate(self.seed(style).unflatten(1, (-1, 4, 4)), self.styles[0](style)))
        for layer, modulation in zip(self.ups, self.styles[1:], strict=True):
            features = activate(modulate(layer(features), modulation(style)))
        return widened(torch.tanh(self.paint(features)))


def modulate(features: Tensor, scale_shift: Tensor) -> Tensor:
    """Scale by 1 + s and shift by b, a channel each; `scale_shift` is (s, b), shape (n, 2 * channels)."""
    scale, shift = scale_shift[:, :, None, None].chunk(2, dim=1)
    return features * (1 + scale) + shift


class Critic(nn.Module):
    """How real a picture with these labels looks: one logit, <features(picture), embedding(labels)> (miyato2018).

    The embedding is affine; its constant is the part of the judgement that no label matters for, and all of it where
    there is no label.
    """

    def __init__(self, image: Image, causes: Causes, width: int) -> None:
        super().__init__()
        self.causes = causes
        features = 4 * width
        self.reader = Reader(image.channels, image.height, width, features)
        self.embedding = linear(causes.width, features) if causes.width else None
        self.constant = nn.Parameter(torch.randn(features))
        self.scale = 1 / math.sqrt(features)

    def forward(self, pictures: Tensor, labels: Tensor) -> Tensor:
        """Judge, shape (n,)."""
        features = widened(activate(self.reader(pictures)))
        told = self.constant if self.embedding is None else self.constant + self.embedding(self.causes.signs(labels))
        logits: Tensor = (features * told).sum(1) * self.scale
        return logits


def labeler(image: Image, causes: Causes, width: int) -> Reader:
    """Return a Labeler or an Anti-Labeler: a picture to an output for each column of the encoded causes."""
    return Reader(image.channels, image.height, width, causes.width)
