"""A picture that something depends on: a node of the controller like any other, its values the pixels."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Generator, Tensor
from torch.nn.functional import avg_pool2d, pad

from causaldsl.graph.domain import Image
from causaldsl.scm.image import ImageModel, in_parts
from causaldsl.scm.mechanism import Mechanism

LEAST = 1e-6
"""An error below this is rounding."""


class PictureNode(Mechanism):
    """The generator of a picture among those of the labels.

    The noise z is what the model draws from: a picture of causes c is G(c, z). Of a picture x that was seen the noise
    holds x and G(c, z) too, which differ by what G cannot draw. In another world, where the causes are c', the picture
    is painted over as far as G changes it: see `painted_over`.

    Parameters
    ----------
    image : ImageModel
        Who draws. It is held by reference: its weights are the model's, and are saved once.
    """

    vectorises: ClassVar[bool] = False
    coupling = "the noise that its encoder infers, and the picture itself where that changes nothing"

    def __init__(self, image: ImageModel) -> None:
        super().__init__(image.shape)
        self._held = (image,)  # in a tuple, so that torch does not take it for a part

    @property
    def image(self) -> ImageModel:
        """Who draws."""
        return self._held[0]

    def noise(self, n: int, generator: Generator) -> Tensor:
        """Draw the noise that the model draws from, shape (n, latent)."""
        return self.image.noise(n, generator)

    def forward(self, parents: Tensor, noise: Tensor) -> Tensor:
        """Draw pictures, a row each: shape (n, channels * height * width), in [-1, 1]."""
        z, known = noise.split([self.image.latent, noise.shape[-1] - self.image.latent], dim=-1)
        drawn = self.image.drawn(self.image.encoder(parents), z)
        if not known.shape[-1]:
            return drawn.flatten(1)
        seen, before = (part.view_as(drawn) for part in known.chunk(2, dim=-1))
        return painted_over(seen, before, drawn).flatten(1)

    def inferred(self, causes: Tensor, pictures: Tensor) -> Tensor:
        """Return the noise of pictures that were seen, shape (n, latent + 2 * pixels).

        Parameters
        ----------
        causes : Tensor, shape (n, causes)
            Their values, a column each.
        pictures : Tensor, shape (n, channels, height, width)
            In [-1, 1].
        """
        nothing = pictures.new_empty(len(pictures), 0)
        return self.abduct(causes, pictures.flatten(1), nothing, Generator(pictures.device))[0]

    def abduct(
        self,
        parents: Tensor,
        values: Tensor,
        noise: Tensor,
        generator: Generator,  # noqa: ARG002
    ) -> tuple[Tensor, Tensor]:
        """Have the encoder infer the noise, and add the picture and what the generator makes of it.

        The shape is (n, latent + 2 * pixels).

        It is one noise for each picture, so a row weighs as much as any other.
        """
        image, domain = self.image, self.shape.domain
        assert isinstance(domain, Image)
        rows = torch.cat([parents, values.to(parents.dtype)], dim=-1)
        once, unit = torch.unique_consecutive(rows, dim=0, return_inverse=True)  # a unit's draws come one after another
        own, seen = once.split([parents.shape[-1], values.shape[-1]], dim=-1)
        causes = image.encoder(own)
        z = in_parts(image, image.abduct, seen.unflatten(-1, domain.shape), causes)
        before = image.drawn(causes, z).flatten(1)
        return torch.cat([z, seen, before], dim=-1)[unit], torch.zeros(
            len(noise), dtype=torch.float64, device=noise.device
        )


def painted_over(seen: Tensor, before: Tensor, after: Tensor) -> Tensor:
    """Return pictures that were seen, in a world in which something else caused them.

    Parameters
    ----------
    seen : Tensor, shape (n, channels, height, width), in [-1, 1]
        The pictures.
    before, after : Tensor, shape (n, channels, height, width)
        What the generator draws of their noise in this world, and in that.

    Notes
    -----
    m after + (1 - m) seen, where m = (d / e - 1), within [0, 1], smoothed, with d the smoothed change |after - before|
    of a pixel and e the error |seen - before| of the whole picture, both means over channels. So a change is painted
    as far as it exceeds what the generator gets wrong anyway: where that is nothing the picture is what it draws, and
    where the generator changes nothing, or but a shade, the picture is left as it was seen (docs/adr/0008).
    """
    change = _smoothed((after - before).abs().mean(1, keepdim=True))
    error = (seen - before).abs().mean((1, 2, 3), keepdim=True)
    mask = _smoothed(((change - error) / error.clamp_min(LEAST)).clamp(0, 1))
    return seen + mask * (after - seen)


def _smoothed(values: Tensor) -> Tensor:
    """Average each pixel with its neighbours; the border is repeated."""
    return avg_pool2d(pad(values, (1, 1, 1, 1), mode="replicate"), 3, 1)
