"""`neural` with pictures among the causes: convolutions read them, and learn from batches of real pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from causaldsl.graph.domain import Image
from causaldsl.plugins.protocols import NodeShape, Schedule
from causaldsl.scm.controller import Controller
from causaldsl.scm.encoding import Encoder
from causaldsl.scm.pictures import from_bytes
from causaldsl.scm.randomness import generator_at
from causaldsl.scm.state import gather, scatter

STEPS, BATCH, RATE = 1500, 64, 1e-3
PREPARED = 1000
"""Rows, spread over all, from which scales and the shares of levels are taken to start from."""
ROOM = 256
"""Pictures that are read at once."""
WIDTH = 16
"""Channels of the first convolution."""
DECAY = 1e-2
"""Decay of the weights, in units of the learning rate: pictures that were never seen are to be read too."""


class PictureEncoder(Encoder):
    """Encode a row of labels and pictures: labels as ever, of a picture as many features as convolutions end in.

    Parameters
    ----------
    domains : sequence of Domain
        One a cause; of a picture there are as many columns as pixels.
    features : int
        Numbers that a picture is read as.
    """

    def __init__(self, domains: tuple[Any, ...], features: int) -> None:
        super().__init__(tuple(d for d in domains if not isinstance(d, Image)))
        self.all = domains
        self.readers = nn.ModuleList(_convolutions(d, features) for d in domains if isinstance(d, Image))
        self.width += features * len(self.readers)

    def prepare(self, values: Tensor) -> None:
        """Take the scales of real labels from `values`, shape (n, columns)."""
        super().prepare(self._apart(values)[0])

    def forward(self, values: Tensor) -> Tensor:
        """Encode `values`, shape (n, columns), as shape (n, width)."""
        labels, pictures = self._apart(values)
        read = [torch.cat(list(map(r, p.split(ROOM)))) for r, p in zip(self.readers, pictures, strict=True)]
        return torch.cat([super().forward(labels), *read], dim=-1)

    def _apart(self, values: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Return the labels, shape (n, labels), and the pictures, each of shape (n, channels, height, width)."""
        sizes = [math.prod(d.shape) if isinstance(d, Image) else 1 for d in self.all]
        columns = list(zip(self.all, values.split(sizes, dim=-1), strict=True))
        labels = [column for d, column in columns if not isinstance(d, Image)]
        pictures = [column.unflatten(-1, d.shape) for d, column in columns if isinstance(d, Image)]
        return torch.cat(labels, -1) if labels else values[..., :0], pictures


def encoder_of(shape: NodeShape, features: int) -> Encoder:
    """Return the encoder of a node's causes."""
    domains = tuple(domain for _, domain in shape.parents)
    if any(isinstance(domain, Image) for domain in domains):
        return PictureEncoder(domains, features)
    return Encoder(domains)


def _convolutions(image: Image, features: int) -> nn.Sequential:
    """Return convolutions that halve a picture and double its channels until its shorter side is at most 4."""
    layers: list[nn.Module] = []
    side, height, width, channels = min(image.height, image.width), image.height, image.width, image.channels
    wider = WIDTH
    while side > 4:
        layers += [nn.Conv2d(channels, wider, 3, 2, 1), nn.SiLU()]
        channels, wider = wider, 2 * wider
        side, height, width = -(-side // 2), -(-height // 2), -(-width // 2)
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels * height * width, features), nn.SiLU())


class ReadingLearner:
    """Maximise the mean log likelihood of nodes that pictures cause, by Adam with a cosine schedule.

    Each node learns from the real values of its causes, so no picture need be drawn, and no image model be trained.

    Parameters
    ----------
    name : str
        Shown in progress and logs.
    controller : Controller
        Holds the mechanisms.
    nodes : sequence of str
        Those to train.
    rows : mapping of str to Tensor, shape (n,), or Pictures
        The data.
    schedule : Schedule
        Defaults: 1,500 steps of 64 pictures, learning rate 0.001.
    """

    def __init__(
        self, name: str, controller: Controller, nodes: Sequence[str], rows: Mapping[str, Any], schedule: Schedule
    ) -> None:
        self.name, self.controller, self.nodes, self.seed = f"{name} of pictures", controller, nodes, schedule.seed
        self.schedule = schedule = schedule.filled(STEPS, BATCH, RATE)
        self.steps, self.batch, self.rate = schedule.steps, schedule.batch, schedule.learning_rate
        self.rows = rows
        self.n = len(rows[nodes[0]])
        some = torch.arange(0, self.n, -(-self.n // PREPARED), device=controller.device)
        for node in nodes:
            controller[node].prepare(self._causes(node, some), rows[node][some].to(torch.get_default_dtype()))
        self.networks = {"nodes": controller.subset(nodes)}
        weights = [weight for node in nodes for weight in controller[node].parameters()]
        self.adam = torch.optim.AdamW(weights, self.rate, weight_decay=DECAY, fused=True)

    def step(self, t: int) -> dict[str, float]:
        """Take one step on all nodes; return the mean negative log likelihood a row, in nats."""
        self.adam.param_groups[0]["lr"] = self.rate * 0.5 * (1 + math.cos(math.pi * t / self.steps))
        generator = generator_at(self.seed, t, self.name, self.controller.device)
        some = torch.randint(self.n, (self.batch,), generator=generator, device=generator.device)
        loss = torch.zeros((), device=self.controller.device)
        for node in self.nodes:
            values = self.rows[node][some].to(torch.get_default_dtype())
            loss = loss - self.controller[node].log_prob(self._causes(node, some), values).mean()
        self.adam.zero_grad()
        loss.backward()
        self.adam.step()
        return {"nll": float(loss.detach())}

    def _causes(self, node: str, rows: Tensor) -> Tensor:
        """Return the causes of a node in some rows, pictures as pixels."""
        found = {}
        for name, domain in self.controller[node].shape.parents:
            if isinstance(domain, Image):
                pixels = from_bytes(self.rows[name][rows.cpu().numpy()])
                found[name] = pixels.flatten(1).to(self.controller.device)
            else:
                found[name] = self.rows[name][rows]
        return self.controller.parents(node, found)

    def state(self) -> dict[str, Tensor]:
        """Return networks and optimiser."""
        return gather(self.networks, {"nodes": self.adam})

    def load_state(self, saved: Mapping[str, Tensor]) -> None:
        """Take back what `state` returned."""
        scatter(saved, self.networks, {"nodes": self.adam})
