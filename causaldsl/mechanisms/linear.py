"""`linear`: real nodes are a weighted sum of their causes and normal noise; levels a logistic regression on them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from causaldsl.plugins.protocols import Learner, NodeShape, Schedule

if TYPE_CHECKING:
    from torch import Tensor

    from causaldsl.scm.controller import Controller
    from causaldsl.scm.mechanism import Mechanism


@dataclass(frozen=True)
class LinearOptions:
    """Options of `linear`.

    Parameters
    ----------
    ridge : float
        Weight of the squared coefficients (of standardised causes) beside the sum over the rows: as good as none by
        default, but a level that the causes tell without fail keeps a finite coefficient.
    """

    ridge: float = 1e-3

    def __post_init__(self) -> None:
        if not 0 <= self.ridge < math.inf:
            raise ValueError("ridge is a number that is at least 0")


class Linear:
    """The plugin."""

    options: ClassVar[type] = LinearOptions
    domains: ClassVar[frozenset[str]] = frozenset({"binary", "categorical", "real"})
    latents: ClassVar[str] = "likelihood"

    def build(self, shape: NodeShape, options: LinearOptions) -> Mechanism:
        """Build the regression of one node."""
        from causaldsl.graph.domain import Real
        from causaldsl.mechanisms.linear_modules import LinearReal, Logistic

        return LinearReal(shape, options) if isinstance(shape.domain, Real) else Logistic(shape, options)

    def learner(
        self, controller: Controller, nodes: Sequence[str], rows: Mapping[str, Tensor], schedule: Schedule
    ) -> Learner:
        """Solve each node in one step; where a cause is unobserved, climb the likelihood instead."""
        from causaldsl.mechanisms.closed_form import ClosedForm
        from causaldsl.mechanisms.likelihood import LikelihoodLearner

        graph = controller.graph
        if any(graph[name].latent for node in nodes for name in (node, *graph[node].parents)):
            return LikelihoodLearner("linear", controller, nodes, rows, schedule)
        return ClosedForm("linear", controller, nodes, rows)


plugin = Linear()
