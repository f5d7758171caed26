"""The networks of `causalgan`: those of DCGAN (radford2016), and minibatch features in the critic (salimans2016).

A layer has no bias where what follows takes it out again, a batch normalisation or a distance: its gradient would be
nothing but rounding, which Adam scales up to steps as long as any other's.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from causaldsl.graph.domain import Image
from causaldsl.images.batchwise import BatchNorm, Batchwise
from causaldsl.images.blocks import activate, channels
from causaldsl.images.causalgan import CausalGANOptions
from causaldsl.images.losses_causalgan import logit, soften
from causaldsl.images.precision import widened
from causaldsl.plugins.protocols import NodeShape
from causaldsl.scm.image import ImageModel

RATES = {"paper": (25.0, 50.0), "code": (5.0, 15.0), "none": (float("inf"), float("inf"))}
"""Of the moves of softened labels, towards .5 and outwards."""
KERNEL = 50
"""Coordinates in which a minibatch feature compares pictures."""


class CausalGAN(ImageModel):
    """The generator of one image node.

    Its noise is uniform: `latent` columns in [-1, 1] and two in [0, 1] for each label, which soften it.
    """

    def __init__(self, shape: NodeShape, options: CausalGANOptions) -> None:
        super().__init__(shape, options.latent + 2 * len(shape.parents))
        assert isinstance(shape.domain, Image)
        self.labels = len(shape.parents)
        self.options, self.image = options, shape.domain
        self.rates = RATES[options.label_noise]
        self.generator = Generator(self.image, self.labels + options.latent, options.width)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def noise(self, n: int, generator: torch.Generator) -> Tensor:
        """Draw the exogenous noise of `n` pictures, shape (n, latent)."""
        uniform = torch.rand(n, self.latent, generator=generator, device=generator.device)
        z = 2 * uniform[:, : self.options.latent] - 1
        return torch.cat([z, self.moves(uniform[:, self.options.latent :])], dim=1)

    def moves(self, uniform: Tensor) -> Tensor:
        """Return uniform noise that softens labels, shape (n, 2 * labels): the code's has equal columns a picture."""
        if self.options.label_noise == "code":
            return uniform[:, :2].repeat(1, self.labels)
        return uniform

    def softened(self, labels: Tensor, moves: Tensor) -> Tensor:
        """Return labels softened by uniform noise, shape (n, labels)."""
        return soften(labels, moves.reshape(*labels.shape, 2), *self.rates)

    def told(self, labels: Tensor, noise: Tensor) -> Tensor:
        """Return the softened labels of pictures with this noise, as the generator is told them."""
        return self.softened(labels, noise[:, self.options.latent :])

    def forward(self, labels: Tensor, noise: Tensor) -> Tensor:
        """Draw pictures, shape (n, channels, height, width), in [-1, 1]."""
        z = torch.cat([noise[:, : self.options.latent], logit(self.told(labels, noise))], dim=1)
        pictures: Tensor = self.generator(z)
        return pictures


def small(layer: nn.Linear | nn.Conv2d | nn.ConvTranspose2d) -> nn.Module:
    """Initialise a layer as DCGAN does."""
    nn.init.normal_(layer.weight, std=0.02)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


def halve(inputs: int, outputs: int, bias: bool = True) -> nn.Module:
    """Return a 5x5 convolution that halves height and width."""
    return small(nn.Conv2d(inputs, outputs, 5, 2, 2, bias=bias))


def double(inputs: int, outputs: int, bias: bool) -> nn.Module:
    """Return a 5x5 convolution that doubles height and width."""
    return small(nn.ConvTranspose2d(inputs, outputs, 5, 2, 2, 1, bias=bias))


class Generator(nn.Module):
    """Noise and labels' logits to a picture: a 4x4 seed, doubled up to size.

    Parameters
    ----------
    image : Image
        What it draws.
    inputs : int
        Width of what it is fed.
    width : int
        Channels at half the picture's size.
    """

    def __init__(self, image: Image, inputs: int, width: int) -> None:
        super().__init__()
        widths = [*reversed(channels(image.height, width)), image.channels]
        self.seed = small(nn.Linear(inputs, 16 * widths[0]))
        self.norms = nn.ModuleList(BatchNorm(w) for w in widths[:-1])
        last = len(widths) - 2
        self.ups = nn.ModuleList(double(a, b, bias=i == last) for i, (a, b) in enumerate(pairwise(widths)))

    def forward(self, inputs: Tensor) -> Tensor:
        """Draw pictures, shape (n, channels, height, width), in [-1, 1]."""
        features = self.seed(inputs).unflatten(1, (-1, 4, 4))
        for norm, up in zip(self.norms, self.ups, strict=True):
            features = up(F.relu(norm(features)))
        return widened(torch.tanh(features))


class Reader(nn.Module):
    """A picture to a vector: halved down to 4x4, then one fully connected layer; critic and labelers.

    Parameters
    ----------
    image : Image
        What it reads.
    width : int
        Channels at half the picture's size.
    outputs : int
        Width of the vector.
    minibatch : int
        Number of minibatch features, which join after the second halving.
    """

    def __init__(self, image: Image, width: int, outputs: int, minibatch: int = 0) -> None:
        super().__init__()
        widths = channels(image.height, width)
        self.first = halve(image.channels, widths[0])
        self.body = nn.ModuleList(halve(a, b, bias=False) for a, b in pairwise(widths))
        self.norms = nn.ModuleList(BatchNorm(w) for w in widths[1:])
        self.company = Company(widths[1], width, minibatch, image.height // 4, widths[2]) if minibatch else None
        self.head = small(nn.Linear(16 * widths[-1], outputs))

    def forward(self, pictures: Tensor) -> Tensor:
        """Read, shape (n, outputs)."""
        features = activate(self.first(pictures))
        joined: Tensor | None = None
        for depth, (layer, norm) in enumerate(zip(self.body, self.norms, strict=True)):
            mapped = layer(features)
            features = activate(norm(mapped if joined is None else mapped + joined))
            joined = self.company(features) if self.company is not None and depth == 0 else None
        return widened(self.head(features.flatten(1)))


class Company(Batchwise):
    """Minibatch features, and what they add to the next 5x5 convolution.

    A feature tells how near a picture is to the others of its batch, sum over them of exp(-distance) in `KERNEL`
    coordinates, per pair of the batch. It is the same all over the picture, an extra channel that is constant; the
    convolution of such a channel is a linear map that only the border makes differ from place to place, so it is
    computed as one.

    Parameters
    ----------
    inputs, width : int
        Channels of the maps that are compared, and of the two convolutions that compare them.
    features : int
        Number of features.
    size : int
        Height and width of the maps.
    outputs : int
        Channels of the next convolution.
    """

    inside: Tensor

    def __init__(self, inputs: int, width: int, features: int, size: int, outputs: int) -> None:
        super().__init__()
        self.look = halve(inputs, width)
        self.look_again = halve(width, width, bias=False)
        self.compare = small(nn.Linear(width * (size // 4) ** 2, features * KERNEL, bias=False))
        self.weight = nn.Parameter(torch.empty(outputs, features, 5, 5))
        nn.init.normal_(self.weight, std=0.02)
        taps = F.unfold(torch.ones(1, 1, size, size), 5, padding=2, stride=2)[0]  # which taps fall inside, by place
        self.register_buffer("inside", taps, persistent=False)
        self.size = size // 2

    def nearness(self, maps: Tensor) -> Tensor:
        """Return the minibatch features, shape (n, features)."""
        seen = self.look_again(activate(self.look(maps))).flatten(1)
        points = widened(self.compare(seen)).unflatten(1, (-1, KERNEL)).transpose(0, 1).contiguous()
        alone = self.ranks.size == 1
        near = torch.exp(-(apart(points) if alone else torch.cdist(points, self.ranks.gathered(points, 1), p=1.0)))
        n, first = near.shape[2], self.ranks.rank * len(maps)
        nearness: Tensor = (near.sum(2) - near.diagonal(first, 1, 2)).T / max(n * (n - 1), 1)
        return nearness

    def forward(self, maps: Tensor) -> Tensor:
        """Return what the features add to the convolution of `maps`, shape (n, outputs, size / 2, size / 2)."""
        by_place = self.weight.flatten(2) @ self.inside
        added: Tensor = torch.einsum("nf,ofp->nop", self.nearness(maps), by_place)
        return added.reshape(*added.shape[:2], self.size, self.size).contiguous(memory_format=torch.channels_last)


def apart(points: Tensor) -> Tensor:
    """Return the L1 distances of all pairs of points, shape (.., n, n), of points of shape (.., n, coordinates).

    As distances are symmetric, so is what they give back: one of the two sides that `torch.cdist` would go through.
    """
    one_sided = torch.cdist(points, points.detach(), p=1.0)
    return one_sided + one_sided.mT - one_sided.detach()
