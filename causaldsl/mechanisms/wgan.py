"""`wgan`: the causal controller of the CausalGAN paper; all its nodes learn against one critic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from causaldsl.plugins.protocols import Learner, NodeShape, Schedule

if TYPE_CHECKING:
    from torch import Tensor

    from causaldsl.scm.controller import Controller
    from causaldsl.scm.mechanism import Mechanism


@dataclass(frozen=True)
class WganOptions:
    """Options of `wgan`; the defaults are tuned, the paper's own settings are in brackets.

    Parameters
    ----------
    noise : int
        Width of the uniform[-1, 1] exogenous noise [10].
    hidden, layers : int
        Width and number of a node's hidden layers [10, 6].
    critic_hidden, critic_layers : int
        The same of the critic over all `wgan` nodes and their parents [15, 6].
    critic_steps : int
        Critic steps a generator step [20].
    penalty : float
        Weight of the gradient penalty [0.1].
    """

    noise: int = 10
    hidden: int = 32
    layers: int = 2
    critic_hidden: int = 128
    critic_layers: int = 2
    critic_steps: int = 3
    penalty: float = 10.0

    def __post_init__(self) -> None:
        if min(self.noise, self.hidden, self.layers, self.critic_hidden, self.critic_layers, self.critic_steps) < 1:
            raise ValueError("widths, layers and steps are at least 1")
        if self.penalty < 0:
            raise ValueError("penalty is at least 0")


class Wgan:
    """The plugin."""

    options: ClassVar[type] = WganOptions
    domains: ClassVar[frozenset[str]] = frozenset({"binary", "categorical", "real"})
    abducts: ClassVar[frozenset[str]] = frozenset({"binary", "categorical"})
    latents: ClassVar[str] = "adversary"

    def build(self, shape: NodeShape, options: WganOptions) -> Mechanism:
        """Build the network of one node."""
        from causaldsl.mechanisms.wgan_networks import WganDiscrete
        from causaldsl.mechanisms.wgan_real import WganReal

        return WganReal(shape, options) if shape.domain.kind == "real" else WganDiscrete(shape, options)

    def learner(
        self, controller: Controller, nodes: Sequence[str], rows: Mapping[str, Tensor], schedule: Schedule
    ) -> Learner:
        """Train all nodes together against one critic."""
        from causaldsl.mechanisms.wgan_learner import WganLearner

        return WganLearner(controller, nodes, rows, schedule)


plugin = Wgan()
