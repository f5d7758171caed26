"""Wasserstein training of a causal controller, after Kocaoglu et al. (2018), section 4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Generator, Tensor

from causaldsl.errors import UsageError
from causaldsl.graph.domain import Real
from causaldsl.mechanisms.wgan_critic import Critics, distances, penalties
from causaldsl.mechanisms.wgan_networks import WganDiscrete, hardened
from causaldsl.mechanisms.wgan_real import WganReal
from causaldsl.plugins.protocols import Schedule
from causaldsl.scm.controller import Controller
from causaldsl.scm.encoding import Encoder, width
from causaldsl.scm.randomness import generator_at
from causaldsl.scm.state import gather, scatter


class WganLearner:
    """Train all `wgan` nodes against one critic over them and their parents, or against one critic a node.

    Parents outside the group are fed from the data. Inside, a node of the tuned preset sees hard levels of its parents,
    with soft gradients back, as it will when sampled; one of the paper's sees soft values, but with a critic a node (as
    in its code). Critics see soft values; real values pass as they are.

    Parameters
    ----------
    controller : Controller
        Holds the mechanisms.
    nodes : sequence of str
        Those to train.
    rows : mapping of str to Tensor, shape (n,)
        The data.
    schedule : Schedule
        Its defaults are the preset's.
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
                    "all its nodes learn together, so they share their options: use `default binary ~ wgan(...)`",
                )
        self.controller = controller
        self.settings = self.options.settings
        self.rounds = self.settings.rounds or self.options.critic == "node"
        chosen = self.settings
        self.schedule = schedule = schedule.filled(chosen.steps, chosen.batch, chosen.learning_rate)
        self.steps, self.batch, self.rate = schedule.steps, schedule.batch, schedule.learning_rate
        self.seed = schedule.seed
        inside = set(nodes)
        parents = {p for member in members for p, _ in member.shape.parents}
        group = [name for name in controller.graph.order if name in inside | parents]
        self.seen = [name for name in group if not controller.graph[name].latent]
        self.unseen = [name for name in group if controller.graph[name].latent and name not in inside]
        hidden = next((name for name in group if controller.graph[name].latent), None)
        if hidden is not None and self.options.critic == "node":
            raise UsageError(
                f"a critic a node cannot see what the latent `{hidden}` does to several nodes", 'use critic="joint"'
            )
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
            self.critics = self._critics(members).to(columns.device)
        self.networks = {"nodes": controller.subset(nodes), "critic": self.critics}
        self.adam = {
            name: torch.optim.Adam(network.parameters(), lr=self.rate, betas=self.settings.betas, fused=True)
            for name, network in self.networks.items()
        }

    def _critics(self, members: Sequence[WganDiscrete | WganReal]) -> Critics:
        """Return one critic over all columns, or one a node over its family."""
        families = [self.seen]
        if self.options.critic == "node":
            families = [[*(p for p, _ in m.shape.parents), m.shape.name] for m in members]
        at = dict(zip(self.seen, torch.arange(self.encoder.width).split(self._widths()), strict=True))
        seen = [[int(i) for name in family for i in at[name]] for family in families]
        bounded = self.settings.bounded and not any(isinstance(d, Real) for d in self.encoder.domains)
        return Critics(
            seen, self.encoder.width, self.settings.critic_hidden, self.settings.critic_layers, bounded=bounded
        )

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
        """Take `critic_steps` steps of the critics and one of the generators."""
        generator = generator_at(self.seed, t, "wgan", self.data.device)
        if self.settings.decays:
            for adam in self.adam.values():
                adam.param_groups[0]["lr"] = self.rate * max(1 - t / self.steps, 1e-3)
        with torch.no_grad():
            fakes = self.generate(self.batch * self.settings.critic_steps, generator)
        for fake in fakes.split(self.batch):
            real = self._rows(self.batch, generator)
            distance = distances(self.critics, real, fake).sum()
            penalty = penalties(self.critics, real, fake, self.settings.one_sided, generator).sum()
            self.adam["critic"].zero_grad()
            (self.settings.penalty * penalty - distance).backward()
            self.adam["critic"].step()
        self.critics.requires_grad_(False)
        score = self.critics(self.generate(self.batch, generator)).mean(-1).sum()
        self.adam["nodes"].zero_grad()
        (-score).backward()
        self.adam["nodes"].step()
        self.critics.requires_grad_(True)
        return {"distance": float(distance.detach()), "penalty": float(penalty.detach())}

    def _rows(self, n: int, generator: Generator) -> Tensor:
        index = torch.randint(len(self.data), (n,), generator=generator, device=generator.device)
        rows: Tensor = self.data[index]
        return rows

    def generate(self, n: int, generator: Generator) -> Tensor:
        """Return generated rows, shape (n, width): soft values, each made from hard or soft values of its parents."""
        soft = dict(zip(self.seen, self._rows(n, generator).split(self._widths(), dim=-1), strict=True))
        read = soft | {name: self._drawn(name, n, generator) for name in self.unseen}
        for names in self.layers:
            parents = [self._parents(name, n, read) for name in names]
            noise = [self.controller[name].noise(n, generator) for name in names]
            for name, value in zip(names, self.controller.run(names, "soft", parents, noise), strict=True):
                soft[name] = value
                hard = self.rounds and isinstance(self.controller[name], WganDiscrete)
                read[name] = hardened(value) if hard else value
        return torch.cat([soft[name] for name in self.seen], dim=-1)

    def _drawn(self, name: str, n: int, generator: Generator) -> Tensor:
        """Draw a latent whose law is known, encoded, shape (batch, width); the critic never sees it."""
        mechanism = self.controller[name]
        if mechanism.shape.parents:
            raise UsageError(f"`wgan` cannot learn with the latent `{name}`, which has causes", "`neural` can")
        noise = mechanism.noise(n, generator)
        value = mechanism(noise[:, :0].to(mechanism.precision), noise).to(self.data.dtype)
        encoded: Tensor = Encoder((mechanism.shape.domain,)).to(self.data.device)(value.unsqueeze(-1))
        return encoded

    def _parents(self, name: str, n: int, encoded: Mapping[str, Tensor]) -> Tensor:
        parents = [encoded[parent] for parent, _ in self.controller[name].shape.parents]
        return torch.cat(parents, dim=-1) if parents else self.data.new_zeros(n, 0)

    def _widths(self) -> list[int]:
        return [width(domain) for domain in self.encoder.domains]

    def state(self) -> dict[str, Tensor]:
        """Return networks and optimisers."""
        return gather(self.networks, self.adam)

    def load_state(self, state: Mapping[str, Tensor]) -> None:
        """Take back what `state` returned."""
        scatter(state, self.networks, self.adam)
