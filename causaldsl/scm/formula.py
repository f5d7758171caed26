"""Formula: a structural equation compiled to tensors, noise apart from evaluation.

A part of an equation that has no value (the logarithm of -1, a draw with a negative scale) is NaN and makes NaN of all
that is computed from it; only where it would become the node's value is it an error. So `where(X > 0, log(X), 0)` means
what it says.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Generator, Tensor

from causaldsl.errors import RunError
from causaldsl.graph.domain import Categorical, Discrete, Domain, Real, quoted
from causaldsl.graph.expression import (
    Call,
    Chain,
    Compare,
    Constant,
    Counterfactual,
    Draw,
    Expression,
    Level,
    Negative,
    Not,
    Power,
    Variable,
    fold,
    walk,
)
from causaldsl.scm.laws import PRECISION, chance, drawn, noise_of, outcomes, valid

OUTCOME_LIMIT = 2**12
"""The most outcomes of an equation's draws together that are gone through."""

Visitor = Callable[[Expression, Sequence[Tensor]], Tensor]
Draws = Callable[[Draw, Sequence[Tensor]], Tensor]
"""What makes a draw of a law from its parameters; for `categorical` the index of the level."""


class Formula:
    """The equation of one node.

    Parameters
    ----------
    name : str
        The node.
    expression : Expression
        Its equation.
    domain : Domain
        Its domain: values outside it are errors.
    causes : mapping of str to Domain
        The domains of the nodes that the equation reads.

    Examples
    --------
    >>> from causaldsl.graph.domain import Binary
    >>> flip = Formula("Y", Draw("bernoulli", (Variable("X"),), 0), Binary(), {"X": Binary()})
    >>> flip({"X": torch.tensor([0, 1])}, torch.tensor([[0.3], [0.3]]))
    tensor([0., 1.], dtype=torch.float64)
    """

    def __init__(self, name: str, expression: Expression, domain: Domain, causes: Mapping[str, Domain]) -> None:
        self.name = name
        self.expression = expression
        self.domain = domain
        self.causes = {cause: causes[cause] for cause in read(expression)}
        self.draws = tuple(sorted((d for d in walk(expression) if isinstance(d, Draw)), key=lambda d: d.number))
        named = [d for d in (domain, *self.causes.values()) if isinstance(d, Categorical) and not d.is_range]
        self._codes = {level: i for i, level in enumerate(dict.fromkeys(level for d in named for level in d.levels))}

    def noise(self, n: int, generator: Generator) -> Tensor:
        """Draw the noise of `n` units, a column a draw, shape (n, draws), float64."""
        columns = [noise_of(draw.law, n, generator) for draw in self.draws]
        return torch.stack(columns, -1) if columns else torch.zeros(n, 0, dtype=PRECISION, device=generator.device)

    def __call__(self, values: Mapping[str, Tensor], noise: Tensor) -> Tensor:
        """Return the node's values: level indices or real numbers.

        Parameters
        ----------
        values : mapping of str to Tensor, shape (n,)
            The causes: level indices or real numbers.
        noise : Tensor, shape (n, draws)
            As `noise` draws it.

        Returns
        -------
        Tensor of float64, shape (n,)

        Raises
        ------
        RunError
            If a value is outside the node's domain; it says for which values of the causes, and why.
        """
        visit = self.visitor(values, lambda draw, parts: drawn(draw.law, parts, noise[:, draw.number]), noise.device)
        found = fold(self.expression, visit).expand(len(noise))
        index = self.encoded(found)
        outside = ~self.inside(index)
        if bool(outside.any()):
            row = int(outside.nonzero()[0])
            raise self._outside(float(found[row]), {cause: values[cause][row] for cause in self.causes}, noise[row])
        return index

    @property
    def outcomes(self) -> int | None:
        """How many outcomes a discrete node's draws have together; None where they are infinite, or too many."""
        together = math.prod(map(outcomes, self.draws))
        return together if isinstance(self.domain, Discrete) and 0 < together <= OUTCOME_LIMIT else None

    def probabilities(self, values: Mapping[str, Tensor], n: int, device: torch.device) -> Tensor:
        """Return the exact law of a discrete node, by going through all outcomes of its draws.

        Parameters
        ----------
        values : mapping of str to Tensor, shape (n,)
            The causes' level indices.
        n : int
            Number of cells.
        device : torch.device
            Where.

        Returns
        -------
        Tensor of float64, shape (n, levels)

        Raises
        ------
        RunError
            If an outcome that has a probability is no value of the node.
        """
        assert isinstance(self.domain, Discrete)
        weight, index, _ = self.gone_through(values, n, device)
        outside = ~self.inside(index) & (weight > 0)
        if bool(outside.any()):
            row, outcome = outside.nonzero()[0].tolist()
            ranged = isinstance(self.domain, Categorical) and self.domain.is_range
            value = float(index[row, outcome]) + (int(self.domain.levels[0]) if ranged else 0)
            raise self._outside(value, {cause: values[cause][row] for cause in self.causes})
        law = torch.zeros(n, len(self.domain.levels), dtype=PRECISION, device=device)
        return law.scatter_add(1, torch.where(weight > 0, index, 0).long(), weight)

    def gone_through(self, values: Mapping[str, Tensor], n: int, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
        """Evaluate a discrete node under every outcome of its draws.

        Returns
        -------
        weight : Tensor of float64, shape (n, outcomes)
            The probability of each outcome.
        index : Tensor of float64, shape (n, outcomes)
            The level's index that it gives.
        grid : Tensor of int64, shape (outcomes, draws)
            The outcomes.
        """
        each = [torch.arange(outcomes(draw), device=device) for draw in self.draws]
        grid = torch.cartesian_prod(*each).reshape(-1, len(each)) if each else torch.zeros(1, 0, device=device).long()
        weight = torch.ones(n, len(grid), dtype=PRECISION, device=device)

        def draw(node: Draw, parts: Sequence[Tensor]) -> Tensor:
            nonlocal weight
            outcome = grid[:, node.number]
            weight = weight * torch.where(valid(node.law, parts), chance(node.law, parts, outcome), 1 / outcomes(node))
            return outcome.to(PRECISION)

        visit = self.visitor({cause: values[cause].unsqueeze(-1) for cause in self.causes}, draw, device)
        found = fold(self.expression, visit).expand(n, len(grid))
        return weight, self.encoded(found), grid

    def visitor(self, values: Mapping[str, Tensor], draw: Draws, device: torch.device) -> Visitor:
        """Return what evaluates one part of the expression from the values of its own parts."""
        columns = {cause: self._decoded(values[cause], domain) for cause, domain in self.causes.items()}

        def visit(node: Expression, parts: Sequence[Tensor]) -> Tensor:
            match node:
                case Constant(value=value):
                    return torch.tensor(float(value), dtype=PRECISION, device=device)
                case Level(text=text):
                    return torch.tensor(float(self._codes[text]), dtype=PRECISION, device=device)
                case Variable() | Counterfactual():
                    return columns[name_of(node)]
                case Draw(law=law):
                    found = draw(node, parts)
                    found = self._decoded(found, self.domain) if law == "categorical" else found
                    return torch.where(valid(law, parts), found, torch.nan)
                case _:
                    return operation(node, parts)

        return visit

    def _decoded(self, column: Tensor, domain: Domain) -> Tensor:
        """Turn level indices into what is computed with: a range's numbers, a level's code, alike in every node."""
        if not isinstance(domain, Categorical):
            return column.to(PRECISION)
        if domain.is_range:
            return column.to(PRECISION) + int(domain.levels[0])
        codes = torch.tensor([self._codes[level] for level in domain.levels], dtype=PRECISION, device=column.device)
        return codes[column.long()]

    def encoded(self, found: Tensor) -> Tensor:
        """Turn what was computed into level indices; real numbers stay."""
        if not isinstance(self.domain, Categorical):
            return found
        if self.domain.is_range:
            return found - int(self.domain.levels[0])
        index = torch.full((len(self._codes),), torch.nan, dtype=PRECISION, device=found.device)
        for i, level in enumerate(self.domain.levels):
            index[self._codes[level]] = i
        return torch.where(found.isnan(), found, index[found.nan_to_num(0).long()])

    def inside(self, index: Tensor) -> Tensor:
        """Tell which values are in the domain."""
        if isinstance(self.domain, Discrete):
            return (index >= 0) & (index < len(self.domain.levels)) & (index == index.round())
        assert isinstance(self.domain, Real)
        return index.isfinite() & (index >= self.domain.low) & (index <= self.domain.high)

    def _outside(self, value: float, unit: Mapping[str, Tensor], noise: Tensor | None = None) -> RunError:
        """Say for which causes a value is outside the domain, and which part of the equation had no value."""
        at = ", ".join(f"{quoted(cause)}={_shown(unit[cause], domain)}" for cause, domain in self.causes.items())
        given = f" for {at}" if at else ""
        hint = f"{quoted(self.name)} := {self.expression}"
        if math.isfinite(value):
            return RunError(f"`{self.name}` is {self.domain}, and its equation gives {value:.6g}{given}", hint)
        culprit = None if noise is None else self._culprit(unit, noise)
        because = f": `{culprit}` is none" if culprit is not None and culprit != self.expression else ""
        return RunError(f"the equation of `{self.name}` gives no number{given}{because}", hint)

    def _culprit(self, unit: Mapping[str, Tensor], noise: Tensor) -> Expression | None:
        """Return the first part of the equation that is no finite number, though its own parts are."""
        found: list[Expression] = []
        evaluate = self.visitor(unit, lambda draw, parts: drawn(draw.law, parts, noise[draw.number]), noise.device)

        def visit(node: Expression, parts: Sequence[Tensor]) -> Tensor:
            value = evaluate(node, parts)
            if not bool(value.isfinite()) and all(bool(part.isfinite()) for part in parts):
                found.append(node)
            return value

        fold(self.expression, visit)
        return found[0] if found else None


def read(expression: Expression) -> tuple[str, ...]:
    """Return what an expression reads, each once: nodes, and nodes of other worlds as they are spelled."""
    return tuple(dict.fromkeys(name_of(n) for n in walk(expression) if isinstance(n, Variable | Counterfactual)))


def name_of(variable: Variable | Counterfactual) -> str:
    """Return what a variable's column is called: the node's name, or how a node of another world is spelled."""
    return variable.name if isinstance(variable, Variable) else str(variable)


def operation(node: Expression, parts: Sequence[Tensor]) -> Tensor:
    """Evaluate an operator or a function; what has no value is NaN, and so is all that is computed from NaN."""
    match node:
        case Chain(rest=rest):
            total = parts[0]
            for (operator, _), part in zip(rest, parts[1:], strict=True):
                total = _CHAIN[operator](total, part)
            return total
        case Negative():
            return -parts[0]
        case Not():
            return 1 - parts[0]
        case Power():
            return torch.pow(parts[0], parts[1])
        case Compare(relation=relation):
            left, right = parts
            holds = _COMPARE[relation](left, right).to(PRECISION)
            return torch.where(left.isnan() | right.isnan(), torch.nan, holds)
        case Call(function="where"):
            condition, yes, no = parts
            return torch.where(condition.isnan(), torch.nan, torch.where(condition == 1, yes, no))
        case Call(function="min" | "max" as name):
            smaller = torch.minimum if name == "min" else torch.maximum
            extreme = parts[0]
            for part in parts[1:]:
                extreme = smaller(extreme, part)
            return extreme
        case Call(function=name):
            found: Tensor = getattr(torch, name)(parts[0])
            return found
    raise AssertionError(node)


_CHAIN: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "+": torch.add, "-": torch.sub, "*": torch.mul, "/": torch.div, "and": torch.minimum, "or": torch.maximum,
}  # fmt: skip
_COMPARE: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "==": torch.eq, "!=": torch.ne, "<": torch.lt, "<=": torch.le, ">": torch.gt, ">=": torch.ge,
}  # fmt: skip


def _shown(value: Tensor, domain: Domain) -> str:
    """Spell a value as the language does."""
    if isinstance(domain, Categorical) and not domain.is_range:
        return quoted(domain.levels[int(value)])
    return domain.levels[int(value)] if isinstance(domain, Discrete) else f"{float(value):.6g}"
