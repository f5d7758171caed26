"""The modules of `constant`. They have no parameters."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from causaldsl.graph.domain import Real
from causaldsl.mechanisms.constant import ConstantOptions
from causaldsl.plugins.protocols import NodeShape
from causaldsl.scm.mechanism import DiscreteMechanism, Mechanism


class FixedLaw(DiscreteMechanism):
    """A binary or categorical node with the same probabilities whatever its causes."""

    law: Tensor

    def __init__(self, shape: NodeShape, options: ConstantOptions) -> None:
        super().__init__(shape)
        self.register_buffer("law", torch.tensor(options.law(self.domain)), persistent=False)

    def log_probabilities(self, parents: Tensor) -> Tensor:
        """Return the same row for each row of `parents`."""
        return self.law.log().expand(*parents.shape[:-1], -1)


class FixedNumber(Mechanism):
    """A real node that is always one number."""

    coupling = "a constant"
    value: Tensor

    def __init__(self, shape: NodeShape, options: ConstantOptions) -> None:
        super().__init__(shape)
        assert isinstance(shape.domain, Real)
        self.register_buffer("value", torch.tensor(options.number(shape.domain)), persistent=False)

    def noise(self, n: int, generator: Generator) -> Tensor:
        """Draw nothing, shape (n, 0)."""
        return torch.zeros(n, 0, device=generator.device)

    def forward(self, parents: Tensor, noise: Tensor) -> Tensor:  # noqa: ARG002
        """Return the number for each unit."""
        return self.value.expand(noise.shape[:-1])

    def log_prob(self, parents: Tensor, values: Tensor) -> Tensor:  # noqa: ARG002
        """Return the log of a probability, 1 for the number and 0 for all others."""
        return torch.where(values == self.value, 0.0, -torch.inf)

    def abduct(
        self,
        parents: Tensor,
        values: Tensor,
        noise: Tensor,
        generator: Generator,  # noqa: ARG002
    ) -> tuple[Tensor, Tensor]:
        """Return the noise as it is: no other number can be."""
        return noise, self.log_prob(parents, values).double()
