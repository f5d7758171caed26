"""Wasserstein training of a causal controller, after Kocaoglu et al. (2018), section 4."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Generator, Tensor

from causaldsl.errors import UsageError
from causaldsl.graph.domain import Categorical
from causaldsl.mechanisms.wgan_networks import WganDiscrete, hardened, leaky
from causaldsl.mechanisms.wgan_real import WganReal
from causaldsl.plugins.protocols import Schedule
from causaldsl.scm.controller import Controller
from causaldsl.scm.encoding import Encoder
from causaldsl.scm.randomness import generator_at
from causaldsl.scm.state import gather, scatter


class WganLearner:
    """Train all `wgan` nodes against one critic over them and their parents.

    Parents outside the group are fed from the data. Inside, a node sees hard levels of its parents, with soft
    gradients back, as it will when sampled; the critic sees soft values, as the paper's does; real values pass as they
    are. The learning rate falls linearly to zero.

    Parameters
    ----------
    controller : Controller
        Holds the mechanisms.
    nodes : sequence of str
        Those to train.
    rows : mapping of str to Tensor, shape (n,)
        The data.
    schedule : Schedule
        Defaults: 2,500 generator steps, batches of 1,024, learning rate 0.003.
    """

    name = "wgan"

    def __init__(
        self, controller: Controller, nodes: Sequence[str], rows: Mapping[str, Tensor], schedule: Schedule
    ) -> None:
        members = [m for name in nodes if isinstance(m := controller[name], WganDiscrete | WganReal)]
        self.options = members[0].options
        for member in members:
            if member.options != self.options:
                raise UsageError(
                    f"`{members[0].shape.name}` and `{member.shape.name}` have different options of `wgan`",
                    "all its nodes share one critic, so they share their options: use `default binary ~ wgan(...)`",
                )
        self.controller = controller
        self.steps = schedule.steps or 2500
        self.batch = schedule.batch or 1024
        self.rate = schedule.learning_rate or 3e-3
        self.seed = schedule.seed
        inside = set(nodes)
        parents = {p for member in members for p, _ in member.shape.parents}
        group = [name for name in controller.graph.order if name in inside | parents]
        self.seen = [name for name in group if not controller.graph[name].latent]
        self.unseen = [name for name in group if controller.graph[name].latent and name not in inside]
        self.layers = self._layers([name for name in group if name in inside])
        columns = torch.stack([rows[name].to(torch.get_default_dtype()) for name in self.seen], dim=-1)
        self.encoder = Encoder(tuple(controller[name].shape.domain for name in self.seen)).to(columns.device)
        self.encoder.prepare(columns)
        nothing = torch.zeros(len(columns), device=columns.device)
        known = {name: rows.get(name, nothing) for name in group}
        for member in members:
            member.prepare(controller.parents(member.shape.name, known), known[member.shape.name])
        self.data = self.encoder(columns)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(schedule.seed)
            self.critic = leaky(self.encoder.width, self.options.critic_hidden, self.options.critic_layers, 1).to(
                columns.device
            )
        self.networks = {"nodes": controller.subset(nodes), "critic": self.critic}
        self.adam = {
            name: torch.optim.Adam(network.parameters(), lr=self.rate, betas=(0.5, 0.9), fused=True)
            for name, network in self.networks.items()
        }

    def _layers(self, inside: Sequence[str]) -> list[tuple[str, ...]]:
        """Alike batches of the group, causes first."""
        depth = self.controller.graph.depth
        found = self.controller.alike(inside)
        split: dict[tuple[int, int], list[str]] = {}
        for i, batch in enumerate(found):
            for name in batch:
                split.setdefault((depth[name], i), []).append(name)
        return [tuple(names) for _, names in sorted(split.items())]

    def step(self, t: int) -> dict[str, float]:
        """Take `critic_steps` steps of the critic and one of the generators."""
        generator = generator_at(self.seed, t, "wgan", self.data.device)
        for adam in self.adam.values():
            adam.param_groups[0]["lr"] = self.rate * max(1 - t / self.steps, 1e-3)
        for _ in range(self.options.critic_steps):
            real = self._rows(generator)
            with torch.no_grad():
                fake = self.generate(generator)
            distance = self.critic(real).mean() - self.critic(fake).mean()
            penalty = gradient_penalty(self.critic, real, fake, generator)
            loss = self.options.penalty * penalty - distance
            self.adam["critic"].zero_grad()
            loss.backward()
            self.adam["critic"].step()
        self.critic.requires_grad_(False)
        score = self.critic(self.generate(generator)).mean()
        self.adam["nodes"].zero_grad()
        (-score).backward()
        self.adam["nodes"].step()
        self.critic.requires_grad_(True)
        return {"distance": float(distance.detach()), "penalty": float(penalty.detach())}

    def _rows(self, generator: Generator) -> Tensor:
        index = torch.randint(len(self.data), (self.batch,), generator=generator, device=generator.device)
        rows: Tensor = self.data[index]
        return rows

    def generate(self, generator: Generator) -> Tensor:
        """Return generated rows, shape (batch, width): soft values, each made from hard levels of its parents."""
        soft = dict(zip(self.seen, self._split(self._rows(generator)), strict=True))
        hard = soft | {name: self._drawn(name, generator) for name in self.unseen}
        for names in self.layers:
            parents = [self._parents(name, hard) for name in names]
            noise = [self.controller[name].noise(self.batch, generator) for name in names]
            for name, value in zip(names, self.controller.run(names, "soft", parents, noise), strict=True):
                soft[name] = value
                hard[name] = value if isinstance(self.controller[name], WganReal) else hardened(value)
        return torch.cat([soft[name] for name in self.seen], dim=-1)

    def _drawn(self, name: str, generator: Generator) -> Tensor:
        """Draw a latent whose law is known, encoded, shape (batch, width); the critic never sees it."""
        mechanism = self.controller[name]
        if mechanism.shape.parents:
            raise UsageError(f"`wgan` cannot learn with the latent `{name}`, which has causes", "`neural` can")
        noise = mechanism.noise(self.batch, generator)
        value = mechanism(noise[:, :0].to(mechanism.precision), noise).to(self.data.dtype)
        encoded: Tensor = Encoder((mechanism.shape.domain,)).to(self.data.device)(value.unsqueeze(-1))
        return encoded

    def _parents(self, name: str, encoded: Mapping[str, Tensor]) -> Tensor:
        parents = [encoded[parent] for parent, _ in self.controller[name].shape.parents]
        return torch.cat(parents, dim=-1) if parents else self.data.new_zeros(self.batch, 0)

    def _split(self, rows: Tensor) -> tuple[Tensor, ...]:
        widths = [len(d.levels) if isinstance(d, Categorical) else 1 for d in self.encoder.domains]
        return torch.split(rows, widths, dim=-1)

    def state(self) -> dict[str, Tensor]:
        """Return networks and optimisers."""
        return gather(self.networks, self.adam)

    def load_state(self, state: Mapping[str, Tensor]) -> None:
        """Take back what `state` returned."""
        scatter(state, self.networks, self.adam)


def gradient_penalty(critic: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, generator: Generator) -> Tensor:
    r"""Return :math:`E (\|\nabla_x D(x)\| - 1)^2` between real and fake rows (Gulrajani et al. 2017)."""
    share = torch.rand(len(real), 1, generator=generator, device=generator.device)
    between = (share * real + (1 - share) * fake).requires_grad_(True)
    (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    penalty: Tensor = ((slope.norm(dim=1) - 1) ** 2).mean()
    return penalty
