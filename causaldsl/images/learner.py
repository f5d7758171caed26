"""What the learners of the image models share: networks with their optimisers, pictures, labels."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from causaldsl.errors import UsageError
from causaldsl.images import augment
from causaldsl.images.batches import Pictures
from causaldsl.images.batchwise import Batchwise
from causaldsl.images.causes import Causes
from causaldsl.images.collapse import Watch
from causaldsl.images.draw import Draw, parts
from causaldsl.images.interventions import uniform
from causaldsl.images.options import ImageOptions
from causaldsl.images.precision import computes
from causaldsl.plugins.protocols import PictureData, Schedule
from causaldsl.scm.image import ImageModel
from causaldsl.scm.randomness import generator_at
from causaldsl.scm.ranks import ALONE, Ranks
from causaldsl.scm.state import gather, scatter


@dataclass(frozen=True)
class Pace:
    """How long and how fast a kind of model learns where the run's config leaves it open.

    Parameters
    ----------
    steps, batch : int
        Steps, and pictures a step.
    rate : float
        Learning rate of Adam.
    betas : (float, float)
        Adam's decays.
    """

    steps: int
    batch: int
    rate: float
    betas: tuple[float, float]


class Player:
    """A network that learns, and the optimiser that it owns.

    Parameters
    ----------
    network : Module
        The network; wherever its parameters lie.
    rate : float
        Learning rate.
    betas : (float, float)
        Adam's decays.
    parts : int
        In how many parts this rank hears of a batch.
    ranks : Ranks
        Who else hears of it.

    Attributes
    ----------
    looking : bool
        Whether `felt` is wanted.
    felt : float
        Root mean square of the gradient along which it moved last.
    """

    def __init__(
        self, network: nn.Module, rate: float, betas: tuple[float, float], parts: int = 1, ranks: Ranks = ALONE
    ) -> None:
        self.network, self.parts, self.ranks = network, parts, ranks
        self.adam = torch.optim.Adam(network.parameters(), rate, betas=betas, fused=True)
        self.looking, self.felt = False, math.inf
        self._heard: list[Tensor] = []

    def hear(self, loss: Tensor, keep: bool = False) -> None:
        """Add the gradient of a part's loss, a mean over its rows, for its own parameters alone.

        `keep` where another player hears of the same graph.
        """
        share = loss / self.parts
        share.backward(inputs=list(self.network.parameters()), retain_graph=keep)
        self._heard.append(share.detach())

    def move(self) -> float:
        """Take one step of the optimiser along all that every rank heard; return the loss of the whole batch."""
        loss = torch.stack(self._heard).sum()
        gradients = [p.grad for p in self.network.parameters() if p.grad is not None]
        self.ranks.average([*gradients, loss])
        if self.looking:
            squares = torch.stack([gradient.square().sum() for gradient in gradients]).sum()
            self.felt = math.sqrt(squares.item() / sum(gradient.numel() for gradient in gradients))
        self.adam.step()
        self.adam.zero_grad()
        self._heard = []
        return loss.item()

    def learn(self, losses: Iterable[Tensor]) -> float:
        """Hear the losses of all parts, each made when the last is forgotten, and move; return the whole batch's."""
        for loss in losses:
            self.hear(loss)
        return self.move()


class ImageLearner(ABC):
    """A learner of one image model; a subclass says what happens in a step.

    Parameters
    ----------
    model : ImageModel
        Trained in place.
    data : PictureData
        Real pictures, and the sampler of the generator's labels.
    options : ImageOptions
        As the model was built with.
    schedule : Schedule
        From the run's config.
    pace : Pace
        What holds where the schedule leaves it open.
    """

    def __init__(
        self, model: ImageModel, data: PictureData, options: ImageOptions, schedule: Schedule, pace: Pace
    ) -> None:
        self.name = f"images of {model.shape.name}"
        self.schedule = schedule = schedule.filled(pace.steps, pace.batch, pace.rate)
        self.steps, self.batch, self.rate = schedule.steps, schedule.batch, schedule.learning_rate
        self.betas, self.seed, self.common = pace.betas, schedule.seed, options
        self.device = next(model.parameters()).device
        self.ranks, self.compiles = Ranks(schedule.rank, schedule.ranks), schedule.compile
        self.parts = parts(self.batch, schedule.ranks, schedule.rank, schedule.accumulate)
        self.causes = Causes([domain for _, domain in model.shape.parents])
        self.pictures, self.sampler, self.flips = Pictures(data, self.causes, self.device), data.sampler, data.flips
        self.networks: dict[str, nn.Module] = {}
        self.players: dict[str, Player] = {}
        self.watch = Watch(self.ranks, self.batch // self.ranks.size)

    @property
    def doubtful(self) -> bool:
        """Whether the last look found that the generator learns nothing: no state to go on from."""
        return self.watch.silent > 0

    def step(self, t: int) -> Mapping[str, float]:
        """Take step `t`.

        Raises
        ------
        RunError
            If the generator has learned nothing from its critic for a while.
        """
        for player in self.players.values():
            player.adam.param_groups[0]["lr"] = self.rate * self.share(t)
        self.watch.begin(t)
        generator = self.players.get("generator")
        if generator is not None:
            generator.looking = self.watch.looking
        losses = self.play(t, [self._draw(t, rows) for rows in self.parts])
        self.watch.end(t, None if generator is None else generator.felt)
        return losses

    @abstractmethod
    def play(self, t: int, draws: Sequence[Draw]) -> Mapping[str, float]:
        """Have every player learn once or several times; each part of the batch has its randomness from its draw."""

    def _draw(self, t: int, rows: slice) -> Draw:
        return Draw(generator_at(self.seed, t, self.name, self.device), self.batch, rows)

    def share(self, t: int) -> float:  # noqa: ARG002 - all of it unless a subclass knows better
        """Return the share of the learning rate that step `t` has."""
        return 1.0

    @contextmanager
    def newborn(self) -> Iterator[None]:
        """Build networks within: their weights come from the seed and leave the global generator as it was."""
        with torch.random.fork_rng():
            torch.manual_seed(self.seed)
            yield

    def enlist(self, name: str, network: nn.Module) -> Player:
        """Have a network learn, and keep it and its optimiser in the state.

        The one that is called `generator` alone is compiled, and watched for whether it still learns: a compiled critic
        has no gradient of its gradient's penalty, and compiled labelers were slower. A generator that ranks share layer
        by layer stays as it is.

        Raises
        ------
        UsageError
            If the batch comes in parts and a layer has to see all of it.
        """
        batchwise = [layer for layer in network.modules() if isinstance(layer, Batchwise)]
        for layer in batchwise:
            layer.ranks = self.ranks
        if batchwise and len(self.parts) > 1:
            problem = f"{self.name}: its {name} looks at a whole batch at once, so images.accumulate is 1"
            raise UsageError(problem, "`--devices` splits a batch, and such a layer sees all ranks' parts")
        if name == "generator" and self.compiles and not (batchwise and self.ranks.size > 1):
            network.compile()
        self.keep(name, network.to(memory_format=torch.channels_last))  # type: ignore[call-overload]
        self.players[name] = Player(network, self.rate, self.betas, len(self.parts), self.ranks)
        return self.players[name]

    def keep(self, name: str, module: nn.Module) -> None:
        """Keep a module in the state that no optimiser moves."""
        self.networks[name] = module.to(self.device)

    def real(self, draw: Draw) -> tuple[Tensor, Tensor]:
        """Draw real pictures and their labels: as seen, and as many balanced as the generator's labels are forced."""
        balanced = round(self.batch * self.common.interventional)
        seen = self.pictures.seen(self.batch - balanced, draw.generator)
        rows = torch.cat([seen, self.pictures.balanced(balanced, draw.generator)])
        pictures, labels = self.pictures[rows[draw.rows]]
        return augment.flip(pictures, draw) if self.flips else pictures, labels

    def labels(self, draw: Draw) -> Tensor:
        """Draw the generator's labels: observational, then interventional."""
        forced = round(self.batch * self.common.interventional)
        seen = self.sampler.observational(self.batch - forced, draw.generator)
        if self.common.interventions == "single":
            done = self.sampler.interventional(forced, draw.generator)
        else:
            done = uniform(self.causes, self.sampler, forced, draw.generator)
        return torch.cat([seen, done])[draw.rows].to(self.device)

    def computing(self) -> AbstractContextManager[object]:
        """Compute convolutions in the precision chosen."""
        return computes(self.common.precision, self.device)

    def state(self) -> dict[str, Tensor]:
        """Return networks and optimisers."""
        return gather(self.networks, {name: player.adam for name, player in self.players.items()})

    def load_state(self, saved: Mapping[str, Tensor]) -> None:
        """Take them back."""
        scatter(saved, self.networks, {name: player.adam for name, player in self.players.items()})
