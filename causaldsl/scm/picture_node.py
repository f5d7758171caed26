"""A picture that something depends on: a node of the controller like any other, its values the pixels."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Generator, Tensor

from causaldsl.graph.domain import Image
from causaldsl.scm.image import ImageModel, in_parts
from causaldsl.scm.mechanism import Mechanism


class PictureNode(Mechanism):
    """The generator of a picture among those of the labels.

    A picture x of causes c is G(c, z) + r: the noise z is what the model draws from, and r, what G cannot draw, is zero
    but for pictures that were seen. In another world, where the causes are c', the picture is G(c', z) + r.

    Parameters
    ----------
    image : ImageModel
        Who draws. It is held by reference: its weights are the model's, and are saved once.
    """

    vectorises: ClassVar[bool] = False
    coupling = "the noise that its encoder infers, and what the generator cannot draw of it"

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
        z, rest = noise.split([self.image.latent, noise.shape[-1] - self.image.latent], dim=-1)
        drawn = self.image.drawn(self.image.encoder(parents), z).flatten(1)
        return (drawn + rest).clamp(-1, 1) if rest.shape[-1] else drawn

    def abduct(
        self,
        parents: Tensor,
        values: Tensor,
        noise: Tensor,
        generator: Generator,  # noqa: ARG002
    ) -> tuple[Tensor, Tensor]:
        """Have the encoder infer the noise, and add what the generator cannot draw: shape (n, latent + pixels).

        The noise is one number for each picture, so a row weighs as much as any other.
        """
        image, domain = self.image, self.shape.domain
        assert isinstance(domain, Image)
        rows = torch.cat([parents, values.to(parents.dtype)], dim=-1)
        once, unit = torch.unique_consecutive(rows, dim=0, return_inverse=True)  # a unit's draws come one after another
        own, seen = once.split([parents.shape[-1], values.shape[-1]], dim=-1)
        causes = image.encoder(own)
        z = in_parts(image, image.abduct, seen.unflatten(-1, domain.shape), causes)
        rest = seen - image.drawn(causes, z).flatten(1)
        return torch.cat([z, rest], dim=-1)[unit], torch.zeros(len(noise), dtype=torch.float64, device=noise.device)
