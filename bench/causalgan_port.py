"""CausalGAN's training step as one writes it down in PyTorch, to time causaldsl's `causalgan` against.

The same networks (DCGAN's, minibatch features in the critic), losses, label noise and schedule; what one does not do
at first sight is left undone: memory lies as torch lays it, minibatch features are tiled over the map and concatenated,
the optimiser is Adam with foreach. What everyone does is done: pictures that the critic was shown are used again in the
generator's first turn, and the networks that judge are frozen in its turns.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

LATENT, FEATURES, KERNEL, TURNS, TAU = 100, 300, 50, 6, 3000.0


def small(layer: nn.Module) -> nn.Module:
    nn.init.normal_(layer.weight, std=0.02)
    nn.init.zeros_(layer.bias)
    return layer


def half(a: int, b: int) -> nn.Module:
    return small(nn.Conv2d(a, b, 5, 2, 2))


def widths(size: int, width: int) -> list[int]:
    return [width * min(2**i, 8) for i in range(int(math.log2(size)) - 2)]


class Generator(nn.Module):
    def __init__(self, size: int, width: int, labels: int) -> None:
        super().__init__()
        w = widths(size, width)[::-1]
        self.seed = small(nn.Linear(LATENT + labels, 16 * w[0]))
        layers: list[nn.Module] = []
        for a, b in zip(w, [*w[1:], 3], strict=True):
            layers += [nn.BatchNorm2d(a), nn.ReLU(), small(nn.ConvTranspose2d(a, b, 5, 2, 2, 1))]
        self.body = nn.Sequential(*layers, nn.Tanh())

    def forward(self, z: Tensor) -> Tensor:
        return self.body(self.seed(z).unflatten(1, (-1, 4, 4)))


class Reader(nn.Module):
    def __init__(self, size: int, width: int, outputs: int, features: int = 0) -> None:
        super().__init__()
        w = widths(size, width)
        self.first, self.second, self.norm = half(3, w[0]), half(w[0], w[1]), nn.BatchNorm2d(w[1])
        self.features = features
        if features:
            self.look, self.look_again = half(w[1], width), half(width, width)
            self.compare = small(nn.Linear(width * (size // 16) ** 2, features * KERNEL))
        rest: list[nn.Module] = []
        for a, b in zip([w[1] + features, *w[2:-1]], w[2:], strict=True):
            rest += [half(a, b), nn.BatchNorm2d(b), nn.LeakyReLU(0.2)]
        self.rest = nn.Sequential(*rest)
        self.head = small(nn.Linear(16 * w[-1], outputs))

    def forward(self, pictures: Tensor) -> Tensor:
        maps = F.leaky_relu(self.norm(self.second(F.leaky_relu(self.first(pictures), 0.2))), 0.2)
        if self.features:
            seen = self.look_again(F.leaky_relu(self.look(maps), 0.2)).flatten(1)
            points, n = self.compare(seen).view(-1, self.features, KERNEL).transpose(0, 1), len(maps)
            near = torch.exp(-torch.cdist(points, points, p=1.0))
            near = (near.sum(2).T - 1) / (n * (n - 1))
            maps = torch.cat([maps, near[:, :, None, None].expand(-1, -1, *maps.shape[2:])], 1)
        return self.head(self.rest(maps).flatten(1))


def move(uniform: Tensor, rate: float, right: float) -> Tensor:
    return (-torch.log1p(uniform * math.expm1(-rate * right)) / rate).clamp_max(right)


def soften(labels: Tensor) -> Tensor:
    by = move(torch.rand_like(labels), 50.0, 0.3) - move(torch.rand_like(labels), 25.0, 0.2)
    return torch.where(labels > 0.5, 0.7 + by, 0.3 - by)


class Port:
    """The program, on random pictures."""

    def __init__(self, size: int, width: int, batch: int, labels: int) -> None:
        rng = np.random.default_rng(0)
        self.pixels = torch.from_numpy(rng.integers(0, 256, (4096, 3, size, size), dtype=np.uint8))
        self.labels = torch.from_numpy(rng.integers(0, 2, (4096, labels)).astype(np.float32))
        self.batch = batch
        self.generator = Generator(size, width, labels)
        self.critic = Reader(size, width, 1, FEATURES)
        self.labeler, self.anti_labeler = (Reader(size, width, labels) for _ in range(2))
        networks = (self.generator, self.critic, self.labeler, self.anti_labeler)
        self.adam = [torch.optim.Adam(n.parameters(), 2e-4, betas=(0.5, 0.999), foreach=True) for n in networks]

    def learn(self, which: int, loss: Tensor) -> float:
        self.adam[which].zero_grad()
        loss.backward()
        self.adam[which].step()
        return loss.item()

    def drawn(self) -> tuple[Tensor, Tensor]:
        labels = soften(self.labels[torch.randint(len(self.labels), (self.batch,))])
        z = torch.rand(self.batch, LATENT) * 2 - 1
        return self.generator(torch.cat([z, torch.logit(labels, 1e-6)], 1)), labels

    def step(self, t: int) -> None:
        judges = (self.critic, self.labeler, self.anti_labeler)
        read = F.binary_cross_entropy_with_logits
        for turn in range(TURNS):
            fake, told = self.drawn()
            if turn == 0:
                rows = torch.randint(len(self.pixels), (self.batch,))
                real, truth = self.pixels[rows].float() / 127.5 - 1, soften(self.labels[rows])
                shown = fake.detach()
                self.learn(1, F.softplus(-self.critic(real)).mean() + F.softplus(self.critic(shown)).mean())
                self.learn(2, read(self.labeler(real), truth))
                self.learn(3, read(self.anti_labeler(shown), told))
            for judge in judges:
                judge.requires_grad_(False)
            k = math.exp(-(t * TURNS + turn) / 2 / TAU)
            loss = F.softplus(-self.critic(fake)).mean()
            loss = loss + read(self.labeler(fake), told) - k * read(self.anti_labeler(fake), told)
            self.learn(0, loss)
            for judge in judges:
                judge.requires_grad_(True)
