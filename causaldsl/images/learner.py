"""What the learners of the image models share: networks with their optimisers, pictures, labels."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn

from causaldsl.images import augment
from causaldsl.images.batches import Pictures
from causaldsl.images.options import ImageOptions
from causaldsl.images.precision import computes
from causaldsl.plugins.protocols import PictureData, Schedule
from causaldsl.scm.image import ImageModel
from causaldsl.scm.randomness import generator_at
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
    """

    def __init__(self, network: nn.Module, rate: float, betas: tuple[float, float]) -> None:
        self.network = network
        self.adam = torch.optim.Adam(network.parameters(), rate, betas=betas, fused=True)

    def hear(self, loss: Tensor, keep: bool = False) -> None:
        """Take a loss's gradient for its own parameters alone; `keep` where another player hears of the same graph."""
        self.adam.zero_grad()
        loss.backward(inputs=list(self.network.parameters()), retain_graph=keep)

    def move(self) -> None:
        """Take one step of the optimiser along what was heard."""
        self.adam.step()

    def learn(self, loss: Tensor) -> float:
        """Hear a loss, move, and return its value."""
        self.hear(loss)
        self.move()
        return loss.item()


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
        self.steps = schedule.steps or pace.steps
        self.batch = schedule.batch or pace.batch
        self.rate = schedule.learning_rate or pace.rate
        self.betas, self.seed, self.common = pace.betas, schedule.seed, options
        self.device = next(model.parameters()).device
        self.pictures, self.sampler, self.flips = Pictures(data, self.device), data.sampler, data.flips
        self.networks: dict[str, nn.Module] = {}
        self.players: dict[str, Player] = {}

    def step(self, t: int) -> Mapping[str, float]:
        """Take step `t`."""
        draw = generator_at(self.seed, t, self.name, self.device)
        for player in self.players.values():
            player.adam.param_groups[0]["lr"] = self.rate * self.share(t)
        return self.play(t, draw)

    @abstractmethod
    def play(self, t: int, draw: Generator) -> Mapping[str, float]:
        """Have every player learn once or several times; all randomness comes from `draw`."""

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
        """Have a network learn, and keep it and its optimiser in the state."""
        self.keep(name, network.to(memory_format=torch.channels_last))  # type: ignore[call-overload]
        self.players[name] = Player(network, self.rate, self.betas)
        return self.players[name]

    def keep(self, name: str, module: nn.Module) -> None:
        """Keep a module in the state that no optimiser moves."""
        self.networks[name] = module.to(self.device)

    def real(self, draw: Generator) -> tuple[Tensor, Tensor]:
        """Draw real pictures and their labels: as seen, and as many balanced as the generator's labels are forced."""
        balanced = round(self.batch * self.common.interventional)
        rows = [self.pictures.seen(self.batch - balanced, draw), self.pictures.balanced(balanced, draw)]
        pictures, labels = self.pictures[torch.cat(rows)]
        return augment.flip(pictures, draw) if self.flips else pictures, labels

    def labels(self, draw: Generator) -> Tensor:
        """Draw the generator's labels: observational, then interventional."""
        forced = round(self.batch * self.common.interventional)
        rows = [self.sampler.observational(self.batch - forced, draw), self.sampler.interventional(forced, draw)]
        return torch.cat(rows).to(self.device)

    def computing(self) -> AbstractContextManager[object]:
        """Compute convolutions in the precision chosen."""
        return computes(self.common.precision, self.device)

    def state(self) -> dict[str, Tensor]:
        """Return networks and optimisers."""
        return gather(self.networks, {name: player.adam for name, player in self.players.items()})

    def load_state(self, saved: Mapping[str, Tensor]) -> None:
        """Take them back."""
        scatter(saved, self.networks, {name: player.adam for name, player in self.players.items()})
