"""The networks of `causalbegan`: BEGAN's generator and autoencoder (berthelot2017), and a labeler like its encoder."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from causaldsl.graph.domain import Image
from causaldsl.images.causalbegan import CausalBEGANOptions
from causaldsl.images.precision import widened
from causaldsl.plugins.protocols import NodeShape
from causaldsl.scm.image import ImageModel

BASE = 8
"""Height and width at which pictures begin and encodings end."""


class CausalBEGAN(ImageModel):
    """The generator of one image node.

    Its noise is uniform in [-1, 1]. What it paints is not bounded while it trains; afterwards it is clipped to [-1, 1].
    """

    def __init__(self, shape: NodeShape, options: CausalBEGANOptions) -> None:
        super().__init__(shape, options.latent)
        assert isinstance(shape.domain, Image)
        self.options, self.image, self.labels = options, shape.domain, len(shape.parents)
        self.generator = Decoder(self.image, self.labels + options.latent, options.width)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def noise(self, n: int, generator: torch.Generator) -> Tensor:
        """Draw the exogenous noise of `n` pictures, shape (n, latent)."""
        return 2 * torch.rand(n, self.latent, generator=generator, device=generator.device) - 1

    def forward(self, labels: Tensor, noise: Tensor) -> Tensor:
        """Draw pictures, shape (n, channels, height, width)."""
        painted: Tensor = self.generator(torch.cat([labels, noise], dim=1))
        return painted if self.training else painted.clamp(-1, 1)


def fresh(layer: nn.Linear | nn.Conv2d) -> nn.Module:
    """Initialise a layer so that activations keep their variance, forward and backward."""
    nn.init.xavier_uniform_(layer.weight)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


def conv(inputs: int, outputs: int, stride: int = 1) -> nn.Module:
    """Return a 3x3 convolution that keeps height and width, or halves them."""
    return fresh(nn.Conv2d(inputs, outputs, 3, stride, 1))


def double(features: Tensor) -> Tensor:
    """Double height and width, each pixel becoming four."""
    n, channels, height, width = features.shape
    wide = features[:, :, :, None, :, None].expand(-1, -1, -1, 2, -1, 2)
    return wide.reshape(n, channels, 2 * height, 2 * width).contiguous(memory_format=torch.channels_last)


def levels(image: Image) -> int:
    """Return at how many sizes a picture is worked on: 8, 16, ... up to its own."""
    return int(math.log2(image.height / BASE)) + 1


class Decoder(nn.Module):
    """A vector to a picture: generator, and second half of the autoencoder.

    Parameters
    ----------
    image : Image
        What it paints.
    inputs : int
        Width of the vector.
    width : int
        Channels at all sizes.
    """

    def __init__(self, image: Image, inputs: int, width: int) -> None:
        super().__init__()
        self.seed = fresh(nn.Linear(inputs, width * BASE * BASE))
        self.body = nn.ModuleList(conv(width, width) for _ in range(2 * levels(image)))
        self.paint = conv(width, image.channels)

    def forward(self, code: Tensor) -> Tensor:
        """Paint pictures, shape (n, channels, height, width); not bounded."""
        features = self.seed(code).unflatten(1, (-1, BASE, BASE))
        for i, layer in enumerate(self.body):
            features = F.elu(layer(double(features) if i and i % 2 == 0 else features))
        return widened(self.paint(features))


class Encoder(nn.Module):
    """A picture to a vector: first half of the autoencoder, and the labeler.

    Parameters
    ----------
    image : Image
        What it reads.
    width : int
        Channels at full size; as many more at each size below.
    outputs : int
        Width of the vector.
    """

    def __init__(self, image: Image, width: int, outputs: int) -> None:
        super().__init__()
        widths = [width * (i + 1) for i in range(levels(image))]
        layers = [conv(image.channels, width)]
        before = width
        for i, channels in enumerate(widths):
            layers += [conv(before, channels), conv(channels, channels)]
            layers += [conv(channels, channels, stride=2)] if i < len(widths) - 1 else []
            before = channels
        self.body = nn.ModuleList(layers)
        self.head = fresh(nn.Linear(before * BASE * BASE, outputs))

    def forward(self, pictures: Tensor) -> Tensor:
        """Encode, shape (n, outputs)."""
        features = pictures
        for layer in self.body:
            features = F.elu(layer(features))
        code: Tensor = self.head(features.flatten(1))
        return code


class Critic(nn.Module):
    """An autoencoder of pictures, and the reader of their labels.

    Parameters
    ----------
    image : Image
        What it judges.
    labels : int
        Number of labels.
    options : CausalBEGANOptions
        Widths, and who reads the labels.
    """

    def __init__(self, image: Image, labels: int, options: CausalBEGANOptions) -> None:
        super().__init__()
        self.labels = labels
        self.encoder = Encoder(image, options.width, options.code)
        self.decoder = Decoder(image, options.code, options.width)
        self.labeler = Encoder(image, options.width, labels) if options.labeler == "own" and labels else None

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Return pictures rebuilt, and the logits of their labels, shape (n, labels)."""
        code = self.encoder(pictures)
        logits = code[:, : self.labels] if self.labeler is None else self.labeler(pictures)
        return self.decoder(code), widened(logits)


class Coefficients(nn.Module):
    """c1, c2, c3: how much generated pictures, their labels, and labels in the generator count. They begin at 0."""

    c: Tensor
    gains: Tensor

    def __init__(self, options: CausalBEGANOptions) -> None:
        super().__init__()
        gains = [options.gain, options.gain_label, options.gain_zeta if options.third_margin else 0.0]
        self.register_buffer("c", torch.tensor([0.0, 0.0, 0.0 if options.third_margin else 1.0]))
        self.register_buffer("gains", torch.tensor(gains), persistent=False)
