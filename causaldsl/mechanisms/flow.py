"""`flow`: a real node with a law of any shape, a spline of normal noise that its causes bend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from causaldsl.plugins.protocols import Learner, NodeShape, Schedule

if TYPE_CHECKING:
    from torch import Tensor

    from causaldsl.scm.controller import Controller
    from causaldsl.scm.mechanism import Mechanism

LEARNING_RATE = 0.01
PRIOR = 10.0
"""Precision of the prior of the weights: a node is normal whatever its causes. The best for 200 to 5,000 rows."""


@dataclass(frozen=True)
class FlowOptions:
    """Options of `flow`.

    Parameters
    ----------
    bins : int
        Pieces of the spline.
    hidden : int
        Width of each hidden layer of the network that turns causes into a spline.
    layers : int
        Number of its hidden layers.
    """

    bins: int = 16
    hidden: int = 64
    layers: int = 2

    def __post_init__(self) -> None:
        if self.bins < 2 or self.hidden < 1 or self.layers < 1:
            raise ValueError("bins are at least 2, hidden and layers at least 1")


class Flow:
    """The plugin."""

    options: ClassVar[type] = FlowOptions
    domains: ClassVar[frozenset[str]] = frozenset({"real"})
    latents: ClassVar[str] = "likelihood"

    def build(self, shape: NodeShape, options: FlowOptions) -> Mechanism:
        """Build the network of one node."""
        from causaldsl.mechanisms.flow_networks import SplineFlow

        return SplineFlow(shape, options)

    def learner(
        self, controller: Controller, nodes: Sequence[str], rows: Mapping[str, Tensor], schedule: Schedule
    ) -> Learner:
        """Maximise the likelihood of all nodes together, and the prior of their weights."""
        from causaldsl.mechanisms.likelihood import LikelihoodLearner

        schedule = schedule.filled(learning_rate=LEARNING_RATE)
        return LikelihoodLearner("flow", controller, nodes, rows, schedule, PRIOR)


plugin = Flow()
