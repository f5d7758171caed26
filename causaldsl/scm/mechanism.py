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

from causaldsl.errors import RunError, UsageError
from causaldsl.graph.domain import Binary, Categorical, Discrete, Real
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
    origin: ClassVar[str] = "exact"
    """What is said of numbers from its table: `exact`, or from how many draws it is counted."""
    coupling: str = "as its mechanism makes it"
    """How the noise ties the values that the node has in two worlds."""
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

    def regions(self, parents: Tensor) -> tuple[Tensor, Tensor] | None:  # noqa: ARG002
        """Cut the noise of a discrete node into regions in which it answers every row of `parents` alike.

        Parameters
        ----------
        parents : Tensor, shape (n, number of parents)
            All combinations of the parents' levels.

        Returns
        -------
        weights : Tensor of float64, shape (regions,)
            The probability of each region.
        answers : Tensor of int64, shape (n, regions)
            The level that each row has in each region.
            None instead of both where there are infinitely many, or too many.
        """
        return None

    def abduct(
        self,
        parents: Tensor,
        values: Tensor,
        noise: Tensor,
        generator: Generator,  # noqa: ARG002
    ) -> tuple[Tensor, Tensor]:
        """Turn noise as drawn before anything was seen into noise under which the node has the values that were seen.

        Parameters
        ----------
        parents, values : Tensor, shape (n, number of parents) and (n,)
            What was seen.
        noise : Tensor, shape (n, width)
            As `noise` draws it.
        generator : Generator
            Of what has to be drawn besides.

        Returns
        -------
        noise : Tensor, shape (n, width)
            A draw from the noise's law given what was seen, once each row is weighted.
        log_weight : Tensor of float64, shape (n,)
            Where noise is drawn exactly, the log density of what was seen; here the noise stays, and a row that does
            not agree with it weighs nothing.
        """
        if isinstance(self.shape.domain, Real):
            raise UsageError(
                f"the noise of `{self.shape.name}` cannot be inferred from its value, so it cannot be conditioned on",
                "condition on other nodes, or give it a mechanism that can, such as `neural`",
            )
        agrees = self(parents, noise) == values
        return noise, torch.where(agrees, 0.0, -torch.inf).double()


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
        binary = len(self.domain.levels) == 2
        self.coupling = "one uniform below the probability of 1" if binary else "Gumbel-max"

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

    def regions(self, parents: Tensor) -> tuple[Tensor, Tensor] | None:
        """Cut the uniform at each row's probability; from three levels up only a law that is the same in all rows."""
        law = self.log_probabilities(parents).double().exp()
        law = law / law.sum(-1, keepdim=True)
        if law.shape[-1] == 2:
            return cut(law[:, 1:])
        if bool((law == law[0]).all()):
            return law[0], torch.arange(law.shape[-1], device=law.device).expand(len(law), -1)
        return None

    def abduct(
        self,
        parents: Tensor,
        values: Tensor,
        noise: Tensor,
        generator: Generator,  # noqa: ARG002
    ) -> tuple[Tensor, Tensor]:
        """Draw the uniform from its side of the threshold; the Gumbel variables from the top down."""
        log_p = self.log_probabilities(parents)
        index = values.long().unsqueeze(-1)
        log_weight = log_p.gather(-1, index).squeeze(-1).double()
        if log_p.shape[-1] == 2:
            p = log_p[..., 1:].exp().to(noise.dtype)
            below = torch.minimum(noise * p, torch.nextafter(p, torch.zeros_like(p)))
            return torch.where(index == 1, below, p + noise * (1 - p)), log_weight
        log_p = log_p.to(noise.dtype)
        top = noise.gather(-1, index)
        shifted = log_p + noise
        truncated = -torch.logaddexp(-shifted, -top)  # the others, as Gumbel variables below the top one
        found = torch.where(log_p.isinf(), noise, truncated - log_p)
        return found.scatter(-1, index, top - log_p.gather(-1, index)), log_weight

    def log_prob(self, parents: Tensor, values: Tensor) -> Tensor:
        """Pick each row's own level."""
        return self.log_probabilities(parents).gather(-1, values.long().unsqueeze(-1)).squeeze(-1)


def couple(log_p: Tensor, noise: Tensor) -> Tensor:
    """Turn levels' log probabilities, shape (n, levels), and noise into level indices as float, shape (n,)."""
    if log_p.shape[-1] == 2:
        return (noise[..., 0] < log_p[..., 1].exp().to(noise.dtype)).to(log_p.dtype)
    return (log_p + noise).argmax(-1).to(log_p.dtype)


def cut(thresholds: Tensor) -> tuple[Tensor, Tensor]:
    """Cut a uniform variable at thresholds.

    Parameters
    ----------
    thresholds : Tensor of float64, shape (n, 1)
        Each row's.

    Returns
    -------
    weights : Tensor, shape (regions,)
        The length of each region between two thresholds.
    answers : Tensor of int64, shape (n, regions)
        Whether the region lies below the row's threshold.
    """
    ends = torch.cat([thresholds.flatten().clamp(0, 1), thresholds.new_tensor([0.0, 1.0])]).unique()
    middle = (ends[1:] + ends[:-1]) / 2
    return ends.diff(), (middle < thresholds).long()


def gumbel(uniform: Tensor) -> Tensor:
    """Turn uniforms in [0, 1) into standard Gumbel variables."""
    tiny = torch.finfo(uniform.dtype).tiny
    return -(-uniform.clamp_min(tiny).log()).clamp_min(tiny).log()
