"""What the laws of image models are tried on: a node of some size and causes, labels and noise, random pictures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor

from causaldsl.graph.domain import Discrete, Image
from causaldsl.plugins.protocols import ImagePlugin, Learner, NodeShape, PictureData, Schedule
from causaldsl.scm.encoding import Encoder
from causaldsl.scm.image import ImageModel

DRAWN, REAL = 6, 40
"""Pictures drawn, and real pictures to learn from."""
STEPS, BATCH = 4, 8


class AnyLabels:
    """Labels drawn from a few rows, seen and done alike (a `LabelSampler`)."""

    def __init__(self, rows: Tensor) -> None:
        self.rows = rows

    def observational(self, n: int, generator: Generator) -> Tensor:
        """Draw `n` rows, shape (n, width)."""
        return self.rows[torch.randint(len(self.rows), (n,), generator=generator)]

    def interventional(self, n: int, generator: Generator) -> Tensor:
        """Draw `n` rows, shape (n, width)."""
        return self.observational(n, generator)


@dataclass(frozen=True)
class Case:
    """A kind of image model, and a node that it is built for."""

    plugin: ImagePlugin
    options: Any
    shape: NodeShape

    @property
    def picture(self) -> tuple[int, int, int]:
        """Channels, height and width."""
        assert isinstance(self.shape.domain, Image)
        return self.shape.domain.shape

    def built(self, seed: int = 0) -> ImageModel:
        """Build the model, in training mode; its weights are those of the seed."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return self.plugin.build(self.shape, self.options).train()

    @cached_property
    def model(self) -> ImageModel:
        """The model, as built, ready to draw."""
        return self.built().eval()

    def labels(self, n: int) -> Tensor:
        """Return encoded values of the causes, shape (n, width)."""
        draw = Generator().manual_seed(5)
        domains = tuple(domain for _, domain in self.shape.parents)
        columns = [
            torch.randint(len(d.levels), (n,), generator=draw).float()
            if isinstance(d, Discrete)
            else torch.randn(n, generator=draw)
            for d in domains
        ]
        encoded: Tensor = Encoder(domains)(torch.stack(columns, -1)) if columns else torch.zeros(n, 0)
        return encoded

    @torch.no_grad()
    def drawn(self, model: ImageModel | None = None, n: int = DRAWN) -> Tensor:
        """Return the pictures of `n` units, always of the same labels and noise."""
        model = self.model if model is None else model
        pictures: Tensor = model(self.labels(n), model.noise(n, Generator().manual_seed(1)))
        return pictures

    def learner(self, seed: int = 0) -> tuple[Learner, ImageModel]:
        """Return what trains a model that was built with a seed, and the model."""
        pixels = np.random.default_rng(0).integers(0, 256, (REAL, *self.picture), dtype=np.uint8)
        rows = self.labels(REAL)
        data = PictureData(pixels, rows, AnyLabels(rows), flips=True)
        model = self.built(seed)
        return self.plugin.learner(model, data, self.options, Schedule(seed=3, steps=STEPS, batch=BATCH)), model
