"""ImageModel: the generator of one image node."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Generator, Tensor, nn

from causaldsl.errors import RunError
from causaldsl.plugins.protocols import NodeShape
from causaldsl.scm.encoding import Encoder

BATCH = 64
"""Pictures that are worked on at once."""


class ImageModel(nn.Module, ABC):
    """The networks of one image node: picture = forward(labels, noise).

    Parameters
    ----------
    shape : NodeShape
        The node, its size and its causes.
    latent : int
        Width of its exogenous noise.
    """

    def __init__(self, shape: NodeShape, latent: int) -> None:
        super().__init__()
        self.shape = shape
        self.latent = latent
        self.encoder = Encoder(tuple(domain for _, domain in shape.parents))

    def noise(self, n: int, generator: Generator) -> Tensor:
        """Draw the exogenous noise of `n` pictures, shape (n, latent), standard normal."""
        return torch.randn(n, self.latent, generator=generator, device=generator.device)

    def causes_in(self, values: Mapping[str, Tensor]) -> Tensor:
        """Return the values of the node's causes, a column each, shape (n, causes), of columns by name."""
        columns = [values[parent].to(torch.get_default_dtype()) for parent, _ in self.shape.parents]
        if not columns:
            return torch.zeros(len(next(iter(values.values()))), 0, device=self.encoder.location.device)
        return torch.stack(columns, dim=-1)

    def encoded(self, values: Mapping[str, Tensor]) -> Tensor:
        """Return the encoded causes of columns by name, shape (n, width), as `forward` takes them."""
        found: Tensor = self.encoder(self.causes_in(values))
        return found

    @torch.no_grad()
    def drawn(self, labels: Tensor, noise: Tensor) -> Tensor:
        """Draw any number of pictures as `forward` does, at rest.

        Raises
        ------
        RunError
            If its weights are damaged.
        """
        found = in_parts(self, self, labels, noise)
        if not bool(torch.isfinite(found).all()):
            raise RunError(f"the pictures of `{self.shape.name}` are not finite: its weights are damaged")
        return found

    @property
    def abducts(self) -> bool:
        """Whether `abduct` and `read` can be asked: what was seen in a picture can be imagined otherwise."""
        return False

    def abduct(self, pictures: Tensor, labels: Tensor) -> Tensor:
        """Infer the exogenous noise of pictures of given causes.

        Parameters
        ----------
        pictures : Tensor, shape (n, channels, height, width)
            In [-1, 1].
        labels : Tensor, shape (n, width)
            The encoded causes.

        Returns
        -------
        Tensor, shape (n, latent)
        """
        raise NotImplementedError(f"{type(self).__name__} does not abduct")

    def read(self, pictures: Tensor) -> Tensor:
        """Read the causes in pictures: the most likely levels, and reals, encoded, shape (n, width)."""
        raise NotImplementedError(f"{type(self).__name__} does not abduct")

    @abstractmethod
    def forward(self, labels: Tensor, noise: Tensor) -> Tensor:
        """Draw pictures.

        Parameters
        ----------
        labels : Tensor, shape (n, width)
            The causes as `encoder` encodes them: binary in {0, 1}, levels one-hot, reals standardised.
        noise : Tensor, shape (n, latent)
            As `noise` draws it.

        Returns
        -------
        Tensor, shape (n, channels, height, width)
            In [-1, 1].
        """


@contextmanager
def at_rest(module: nn.Module) -> Iterator[None]:
    """Have a module in evaluation mode within, and in the mode that it was in afterwards."""
    was_training = module.training
    module.eval()
    try:
        yield
    finally:
        module.train(was_training)


@torch.no_grad()
def in_parts(image: ImageModel, method: Callable[..., Tensor], *inputs: Tensor) -> Tensor:
    """Call a method of an image model, at rest, on `BATCH` rows at a time."""
    with at_rest(image):
        return torch.cat([method(*part) for part in zip(*(i.split(BATCH) for i in inputs), strict=True)])
