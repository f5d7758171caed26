"""The modules of `equation`: a compiled expression, or a table of numbers. They have no parameters."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from causaldsl.graph.domain import Discrete
from causaldsl.graph.expression import Expression, Table
from causaldsl.plugins.protocols import NodeShape
from causaldsl.scm import inversion, regions
from causaldsl.scm.formula import Formula
from causaldsl.scm.laws import PRECISION
from causaldsl.scm.mechanism import DiscreteMechanism, Mechanism


class StructuralEquation(Mechanism):
    """`Y := 0.5*X^2 - Z + normal(0, 1)`, evaluated in float64."""

    vectorises = False
    precision = PRECISION
    coupling = "the noise of its equation"

    def __init__(self, shape: NodeShape) -> None:
        super().__init__(shape)
        assert isinstance(shape.equation, Expression)
        self.formula = Formula(shape.name, shape.equation, shape.domain, dict(shape.parents))
        self.tabulates = self.formula.outcomes is not None

    def noise(self, n: int, generator: Generator) -> Tensor:
        """Draw a column a law."""
        return self.formula.noise(n, generator)

    def forward(self, parents: Tensor, noise: Tensor) -> Tensor:
        """Evaluate the equation."""
        return self.formula(self._by_name(parents), noise)

    def log_probabilities(self, parents: Tensor) -> Tensor:
        """Return the exact law of each row of `parents`, by going through the outcomes of all draws."""
        return self.formula.probabilities(self._by_name(parents), len(parents), parents.device).log()

    def log_prob(self, parents: Tensor, values: Tensor) -> Tensor:
        """Return the log probability, or density, of values given parents."""
        if self.tabulates:
            return self.log_probabilities(parents).gather(-1, values.long().unsqueeze(-1)).squeeze(-1)
        if len(self.formula.draws) == 1 and inversion.path_to_pivot(self.formula.expression) is not None:
            return self.abduct(parents, values, self.noise(len(values), Generator()), Generator())[1]
        return super().log_prob(parents, values)

    def regions(self, parents: Tensor) -> tuple[Tensor, Tensor] | None:
        """Cut the noise at the parameters of its draws."""
        return regions.regions(self.formula, self._by_name(parents), len(parents), parents.device)

    def abduct(self, parents: Tensor, values: Tensor, noise: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
        """Undo the equation where it can be undone."""
        found = inversion.abduct(self.formula, self._by_name(parents), values, noise, generator)
        return super().abduct(parents, values, noise, generator) if found is None else found

    def _by_name(self, parents: Tensor) -> dict[str, Tensor]:
        return {name: parents[..., i] for i, (name, _) in enumerate(self.shape.parents)}


class KnownLaw(DiscreteMechanism):
    """`Y | X, Z := [[.9, .1], ..]`: a row for each combination of the levels of `given`, the last fastest."""

    vectorises = False
    precision = PRECISION
    table: Tensor

    def __init__(self, shape: NodeShape) -> None:
        super().__init__(shape)
        assert isinstance(shape.equation, Table)
        at = {name: i for i, (name, _) in enumerate(shape.parents)}
        domains = dict(shape.parents)
        given = [(at[name], domains[name]) for name in shape.equation.given]
        self.given = [(column, len(d.levels)) for column, d in given if isinstance(d, Discrete)]
        rows = torch.tensor(shape.equation.rows, dtype=PRECISION)
        self.register_buffer("table", rows / rows.sum(-1, keepdim=True), persistent=False)

    def log_probabilities(self, parents: Tensor) -> Tensor:
        """Look each row of `parents` up."""
        row = torch.zeros(parents.shape[:-1], dtype=torch.long, device=parents.device)
        for column, size in self.given:
            row = row * size + parents[..., column].long()
        return self.table[row].log()
