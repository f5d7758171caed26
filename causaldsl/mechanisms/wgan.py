"""`wgan`: the causal controller of the CausalGAN paper; its nodes learn against a critic."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal

from causaldsl.plugins.protocols import Learner, NodeShape, Schedule

if TYPE_CHECKING:
    from torch import Tensor

    from causaldsl.scm.controller import Controller
    from causaldsl.scm.mechanism import Mechanism


OVERRIDES = ("hidden", "layers", "critic_hidden", "critic_layers", "critic_steps", "penalty")
"""What of a preset the options may choose otherwise."""


@dataclass(frozen=True)
class Preset:
    """What is chosen where options and schedule leave the choice.

    Parameters
    ----------
    hidden, layers, critic_hidden, critic_layers, critic_steps, penalty
        See `WganOptions`.
    one_sided : bool
        Whether the penalty is on slopes above 1 alone, or on all that differ from 1.
    bounded : bool
        Whether a critic of discrete columns keeps to a range of width 1.
    rounds : bool
        Whether nodes read their causes' levels while they learn, or their soft values.
    steps, batch : int
        Generator steps, and rows a step.
    learning_rate, betas : float, (float, float)
        Of Adam.
    decays : bool
        Whether the learning rate falls linearly to zero.
    """

    hidden: int
    layers: int
    critic_hidden: int
    critic_layers: int
    critic_steps: int
    penalty: float
    one_sided: bool
    bounded: bool
    rounds: bool
    steps: int
    batch: int
    learning_rate: float
    betas: tuple[float, float]
    decays: bool


PRESETS = {
    "tuned": Preset(32, 2, 64, 2, 3, 3.0, True, True, True, 2500, 512, 3e-3, (0.5, 0.9), True),
    "paper": Preset(10, 6, 15, 6, 20, 0.1, False, False, False, 10_000, 16, 8e-5, (0.9, 0.999), False),
}


@dataclass(frozen=True)
class WganOptions:
    """Options of `wgan`; of the numbers 0 leaves the choice to the preset.

    Parameters
    ----------
    preset : {"tuned", "paper"}
        What is well chosen here, or as in the paper.
    critic : {"joint", "node"}
        One critic over all `wgan` nodes and their parents, or one a node that sees it and its parents alone.
    noise : int
        Width of the uniform[-1, 1] exogenous noise.
    hidden, layers : int
        Width and number of a node's hidden layers [tuned: 32, 2; paper: 10, 6].
    critic_hidden, critic_layers : int
        The same of a critic [tuned: 64, 2; paper: 15, 6].
    critic_steps : int
        Critic steps a generator step [tuned: 3; paper: 20].
    penalty : float
        Weight of the gradient penalty [tuned: 3, of slopes above 1; paper: 0.1].
    """

    preset: Literal["tuned", "paper"] = "tuned"
    critic: Literal["joint", "node"] = "joint"
    noise: int = 10
    hidden: int = 0
    layers: int = 0
    critic_hidden: int = 0
    critic_layers: int = 0
    critic_steps: int = 0
    penalty: float = 0.0

    def __post_init__(self) -> None:
        if self.noise < 1:
            raise ValueError("noise is at least 1")
        chosen = {name: getattr(self, name) for name in OVERRIDES}
        if not all(0 <= value < math.inf for value in chosen.values()):
            raise ValueError("widths, layers, steps and penalty are positive, or 0 for the preset's")

    @property
    def settings(self) -> Preset:
        """The preset with the numbers that are given in its place."""
        return replace(PRESETS[self.preset], **{n: v for n in OVERRIDES if (v := getattr(self, n))})


class Wgan:
    """The plugin."""

    options: ClassVar[type] = WganOptions
    domains: ClassVar[frozenset[str]] = frozenset({"binary", "categorical", "real"})
    abducts: ClassVar[frozenset[str]] = frozenset({"binary", "categorical"})
    latents: ClassVar[str] = "adversary"

    def settle(self, shape: NodeShape, options: WganOptions) -> WganOptions:  # noqa: ARG002 - all nodes have one preset
        """Return the options with the preset's numbers where they leave the choice to it."""
        return replace(options, **{name: getattr(options.settings, name) for name in OVERRIDES})

    def build(self, shape: NodeShape, options: WganOptions) -> Mechanism:
        """Build the network of one node."""
        from causaldsl.mechanisms.wgan_networks import WganDiscrete
        from causaldsl.mechanisms.wgan_real import WganReal

        return WganReal(shape, options) if shape.domain.kind == "real" else WganDiscrete(shape, options)

    def learner(
        self, controller: Controller, nodes: Sequence[str], rows: Mapping[str, Tensor], schedule: Schedule
    ) -> Learner:
        """Train all nodes together."""
        from causaldsl.mechanisms.wgan_learner import WganLearner

        return WganLearner(controller, nodes, rows, schedule)


plugin = Wgan()
