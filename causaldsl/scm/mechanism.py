"""Mechanism: the generator of one node, noise apart from evaluation.

A mechanism is a pure function of its parents' values and its own exogenous noise. The noise is drawn first and for
every node, also for one that an intervention overrides; so all that is not downstream of an intervention stays
bit-identical, and a counterfactual is the same code with the same noise.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn

from causaldsl.errors import RunError
from causaldsl.graph.domain import Binary, Categorical, Discrete
from causaldsl.plugins.protocols import NodeShape


class Mechanism(nn.Module, ABC):
    """The generator of one node.

    Parameters
    ----------
    shape : NodeShape
        The node, its domain, and its parents with theirs.
    """

    vectorises: ClassVar[bool] = True
    """Whether `torch.vmap` can run many of the kind at once; False where forward depends on data in Python."""
    tabulates: bool = False
    """Whether `log_probabilities` answers."""
    precision: ClassVar[torch.dtype] = torch.float32
    """What the parents' values come in."""

    def __init__(self, shape: NodeShape) -> None:
        super().__init__()
        self.shape = shape

    @abstractmethod
    def noise(self, n: int, generator: Generator) -> Tensor:
        """Draw the exogenous noise of `n` units, shape (n, width); independent of everything else."""

    @abstractmethod
    def forward(self, parents: Tensor, noise: Tensor) -> Tensor:
        """Return the node's values.

        Parameters
        ----------
        parents : Tensor of float, shape (n, number of parents)
            The parents' values in the order of `shape.parents`; a discrete parent as its level's index.
        noise : Tensor, shape (n, width)
            As `noise` draws it.

        Returns
        -------
        Tensor of float, shape (n,)
            A discrete node's level index, a real node's value.
        """

    def prepare(self, parents: Tensor, values: Tensor) -> None:
        """See the data once before learning (to standardise, say)."""

    def log_prob(self, parents: Tensor, values: Tensor) -> Tensor:  # noqa: ARG002
        """Return the log density of values given parents, shape (n,); only where the kind has one."""
        raise RunError(f"the mechanism of `{self.shape.name}` has no likelihood")

    def log_probabilities(self, parents: Tensor) -> Tensor:  # noqa: ARG002
        """Return the log probability of each level, shape (n, levels); only where the kind `tabulates`."""
        raise RunError(f"the mechanism of `{self.shape.name}` has no table")


class DiscreteMechanism(Mechanism):
    """A mechanism of a binary or categorical node that knows the probability of each level.

    Binary nodes draw one uniform u and take 1 where u < p. From three levels up it is the Gumbel-max coupling:
    argmax of log p + g. Both are the same coupling for two levels; the first is three times faster.
    """

    tabulates = True

    def __init__(self, shape: NodeShape) -> None:
        super().__init__(shape)
        assert isinstance(shape.domain, Binary | Categorical)
        self.domain: Discrete = shape.domain

    @abstractmethod
    def log_probabilities(self, parents: Tensor) -> Tensor:
        """Return the log probability of each level, shape (n, levels)."""

    def noise(self, n: int, generator: Generator) -> Tensor:
        """Draw one uniform a unit for two levels, else a Gumbel variable a level."""
        width = 1 if len(self.domain.levels) == 2 else len(self.domain.levels)
        uniform = torch.rand(n, width, generator=generator, device=generator.device)
        return uniform if width == 1 else gumbel(uniform)

    def forward(self, parents: Tensor, noise: Tensor) -> Tensor:
        """Couple the levels' probabilities with the noise."""
        return couple(self.log_probabilities(parents), noise)

    def log_prob(self, parents: Tensor, values: Tensor) -> Tensor:
        """Pick each row's own level."""
        return self.log_probabilities(parents).gather(-1, values.long().unsqueeze(-1)).squeeze(-1)


def couple(log_p: Tensor, noise: Tensor) -> Tensor:
    """Turn levels' log probabilities, shape (n, levels), and noise into level indices as float, shape (n,)."""
    if log_p.shape[-1] == 2:
        return (noise[..., 0] < log_p[..., 1].exp()).to(log_p.dtype)
    return (log_p + noise).argmax(-1).to(log_p.dtype)


def gumbel(uniform: Tensor) -> Tensor:
    """Turn uniforms in [0, 1) into standard Gumbel variables."""
    tiny = torch.finfo(uniform.dtype).tiny
    return -(-uniform.clamp_min(tiny).log()).clamp_min(tiny).log()
