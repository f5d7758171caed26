"""`neural`: a small network a node, trained by likelihood; the default."""

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
class NeuralOptions:
    """Options of `neural`.

    Parameters
    ----------
    hidden : int
        Width of each hidden layer.
    layers : int
        Number of hidden layers.
    """

    hidden: int = 32
    layers: int = 2

    def __post_init__(self) -> None:
        if self.hidden < 1 or self.layers < 1:
            raise ValueError("hidden and layers are at least 1")


class Neural:
    """The plugin."""

    options: ClassVar[type] = NeuralOptions
    domains: ClassVar[frozenset[str]] = frozenset({"binary", "categorical", "real"})
    parent_domains: ClassVar[frozenset[str]] = domains | {"image"}
    latents: ClassVar[str] = "likelihood"

    def build(self, shape: NodeShape, options: NeuralOptions) -> Mechanism:
        """Build the network of one node."""
        from causaldsl.graph.domain import Real
        from causaldsl.mechanisms.neural_networks import NeuralDiscrete, NeuralReal

        kind = NeuralReal if isinstance(shape.domain, Real) else NeuralDiscrete
        return kind(shape, options)

    def learner(
        self, controller: Controller, nodes: Sequence[str], rows: Mapping[str, Tensor], schedule: Schedule
    ) -> Learner:
        """Maximise the likelihood of all nodes together; of those that read pictures, in batches of pictures."""
        from causaldsl.mechanisms.likelihood import LikelihoodLearner
        from causaldsl.mechanisms.neural_pictures import ReadingLearner

        if any(domain.kind == "image" for name in nodes for _, domain in controller[name].shape.parents):
            return ReadingLearner("neural", controller, nodes, rows, schedule)
        return LikelihoodLearner("neural", controller, nodes, rows, schedule)


plugin = Neural()
