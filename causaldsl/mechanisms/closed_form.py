"""Learning in one step: mechanisms that find their best parameters from the data themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, cast

import torch
from torch import Tensor

from causaldsl.scm.controller import Controller
from causaldsl.scm.state import gather, scatter


class Solvable(Protocol):
    """A mechanism that can be solved for."""

    def solve(self, parents: Tensor, values: Tensor) -> float:
        """Take the best parameters for the data; return the mean negative log likelihood a row, in nats.

        Parameters
        ----------
        parents, values : Tensor, shape (n, number of parents) and (n,)
            The data, as `log_prob` takes them.
        """
        ...


class ClosedForm:
    """Solve each node for its parameters, all in one step, whatever the schedule says.

    Parameters
    ----------
    name : str
        Shown in progress and logs.
    controller : Controller
        Holds the mechanisms; those of `nodes` are `Solvable`.
    nodes : sequence of str
        Those to train.
    rows : mapping of str to Tensor, shape (n,)
        The data.
    """

    steps = 1

    def __init__(self, name: str, controller: Controller, nodes: Sequence[str], rows: Mapping[str, Tensor]) -> None:
        self.name = name
        self.controller = controller
        self.nodes = nodes
        self.rows = rows
        self.batch = len(rows[nodes[0]])
        self.networks = {"nodes": controller.subset(nodes)}

    @torch.no_grad()
    def step(self, t: int) -> dict[str, float]:  # noqa: ARG002
        """Solve for all nodes; return the mean negative log likelihood a row, in nats."""
        nll = 0.0
        for name in self.nodes:
            mechanism = self.controller[name]
            values = self.rows[name]
            parents = self.controller.parents(name, self.rows)
            mechanism.prepare(parents, values)
            nll += cast(Solvable, mechanism).solve(parents, values)
        return {"nll": nll}

    def state(self) -> dict[str, Tensor]:
        """Return the mechanisms' own state."""
        return gather(self.networks, {})

    def load_state(self, state: Mapping[str, Tensor]) -> None:
        """Take back what `state` returned."""
        scatter(state, self.networks, {})
