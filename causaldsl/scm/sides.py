"""An expression of probabilities and expectations, worked out; and what two of them say of a claim."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from causaldsl.errors import RunError, UsageError
from causaldsl.graph.domain import Value
from causaldsl.graph.expression import Constant, Expression, fold
from causaldsl.graph.question import Event, Numeric, Probability, Quantity
from causaldsl.scm.answers import CONFIDENCE, ClaimAnswer, NumberAnswer, Row
from causaldsl.scm.asked import Estimate
from causaldsl.scm.bounds import bounds_of, strata_of
from causaldsl.scm.coupling import assumption_of
from causaldsl.scm.formula import operation
from causaldsl.scm.identified import why_unidentified
from causaldsl.scm.open_names import OpenNames
from causaldsl.scm.quantities import asked_of, worked_out
from causaldsl.scm.weights import LEAST

if TYPE_CHECKING:
    from causaldsl.scm.model import CausalModel

Bounds = tuple[float, float] | None

TOLERANCE = 1e-9
"""Numbers that differ by less are one."""
BOUNDED_ROWS = 2**6
"""The most rows of a table that get bounds of their own."""


class Side:
    """An expression of probabilities and expectations, worked out.

    Parameters
    ----------
    model : CausalModel
        The model.
    root : Expression
        The expression.
    draws, seed : int
        See `ask`.
    """

    def __init__(self, model: CausalModel, root: Expression, draws: int | None, seed: int) -> None:
        self.model = model
        self.root = root
        self.how = draws, seed
        self.quantities = [q for q in _leaves(root) if isinstance(q, Quantity)]
        self.open = OpenNames.of(model.graph, self.quantities)
        methods: dict[str, None] = {}
        worth = math.inf

        def visit(node: Expression, parts: Sequence[Tensor]) -> Tensor:
            nonlocal worth
            if isinstance(node, Quantity):
                found = worked_out(model, node, self.open, draws, seed)
                methods[found.method] = None
                worth = min(worth, found.worth)
                return found.values
            if isinstance(node, Constant):
                return torch.tensor(float(node.value), dtype=torch.float64)
            return operation(node, parts)

        values = fold(root, visit)
        if values.dim() == 0:  # constants alone
            values = values.reshape(1, *[1] * len(self.open.names))
        drawn_from = [m for m in methods if m != "exact"]
        self.estimate = Estimate(values, ", ".join(drawn_from) or "exact", worth)

    def answer(self, question: str) -> NumberAnswer:
        """Return it as an answer."""
        numbers, errors = self.estimate.values[0], self.estimate.stderr
        assumption, bounds = self._imagined()
        if not self.open.names:
            value, error = float(numbers), float(errors)
            if not math.isfinite(value):
                raise RunError(f"{question} is undefined", "something is divided by zero")
            known = None if math.isnan(error) else error
            return NumberAnswer(question, value, known, self.estimate.method, (), assumption, bounds[0], self.doubt)
        flat, flat_errors = numbers.expand(self.open.sizes).flatten(), errors.expand(self.open.sizes).flatten()
        rows = tuple(
            Row(at, None if math.isnan(p) else p, None if math.isnan(p) or math.isnan(e) else e, b)
            for at, p, e, b in zip(self.open.rows(), flat.tolist(), flat_errors.tolist(), bounds, strict=True)
        )
        return NumberAnswer(question, None, None, self.estimate.method, rows, assumption, None, self.doubt)

    @property
    def doubt(self) -> str | None:
        """Why neither its numbers nor their errors can be trusted; None where they can."""
        if self.estimate.worth >= LEAST:
            return None
        return f"what was seen is so rare that the draws are worth {self.estimate.worth:.0f} exact ones; more may tell"

    def _imagined(self) -> tuple[str | None, list[Bounds]]:
        """Return what a counterfactual assumes, and for each row of the answer what the data say without that."""
        none: list[Bounds] = [None] * math.prod(self.open.sizes)
        quantity = next((q for q in self.quantities if q.rung == 3), None)
        if quantity is None:
            return None, none
        found = assumption_of(self.model, quantity, asked_of(self.model, quantity))
        if found.identified or self.root is not quantity or len(none) > BOUNDED_ROWS:
            return found.text, none
        values = self.estimate.values[0].expand(self.open.sizes).flatten().tolist()
        bounds = [self._bounds(_with_values(quantity, row)) for row in self.open.rows()]
        return found.text, [_holding(p, ends) for p, ends in zip(values, bounds, strict=True)]

    def _bounds(self, asked: Quantity) -> Bounds:
        """Return the bounds, also within strata if their numbers are exact: what is drawn would be clipped often."""
        exact = True

        def numbers(part: Probability) -> Tensor | None:
            nonlocal exact
            if why_unidentified(self.model, part) is not None:
                return None
            found = worked_out(self.model, part, OpenNames.of(self.model.graph, [part]), *self.how)
            exact = exact and found.method == "exact"
            return found.values[0]

        wide, strata = bounds_of(asked, numbers), strata_of(self.model.graph, asked)
        if wide is None or not exact or not strata:
            return wide
        narrow = bounds_of(asked, numbers, strata)
        return wide if narrow is None or not exact else (max(wide[0], narrow[0]), min(wide[1], narrow[1]))


def _holding(p: float, bounds: Bounds) -> Bounds:
    """Return bounds that hold a number on them, whatever its last digits are."""
    if bounds is None:
        return None
    low, high = bounds
    return min(low, p) if low - p < TOLERANCE else low, max(high, p) if p - high < TOLERANCE else high


def _with_values(quantity: Quantity, row: Mapping[str, Value]) -> Quantity:
    """Return a quantity with the values that its open names have in a row."""

    def closed(events: tuple[Event, ...]) -> tuple[Event, ...]:
        return tuple(e if e.relation is not None else Event(e.variable, "=", row[str(e)]) for e in events)

    if not isinstance(quantity, Probability):
        return quantity
    return Probability(closed(quantity.events), do=quantity.do, given=closed(quantity.given))


def judged(question: str, claim: Numeric, left: Side, right: Side) -> ClaimAnswer:
    """Judge a claim cell by cell; it holds if it holds in every cell."""
    assert claim.relation is not None
    difference = Estimate(left.estimate.values - _aligned(left, right), "")
    gap, error = difference.values[0].flatten(), difference.stderr.flatten()
    exact = left.estimate.method == right.estimate.method == "exact"
    if claim.relation in ("==", "!="):
        if claim.within is None and not exact:
            raise UsageError(
                f"`{question}` compares numbers that are not exact", "say how far apart they may be: `within 0.01`"
            )
        slack = (claim.within or 0.0) - gap.abs()
    else:
        slack = -gap if claim.relation in ("<", "<=") else gap
    strict = claim.relation in ("<", ">")
    fine = slack > TOLERANCE if strict else slack >= -TOLERANCE
    clear = slack.abs() >= CONFIDENCE * error
    verdict = (not bool(fine.all())) if claim.relation == "!=" else bool(fine.all())
    decisive = bool((clear & ~fine).any()) or bool(clear.all())
    doubt = left.doubt or right.doubt
    answers = left.answer(str(claim.left)), right.answer(str(claim.right))
    at = int((slack - CONFIDENCE * error).argmin())
    shown = "" if not left.open.names else f" for {_at(left.open, at)}"
    a, b = (side.estimate.values[0].expand(side.open.sizes).flatten() for side in (left, right))
    error_at = f" ± {float(error[at]):.1g}" if not exact else ""
    numbers = f"{float(a[min(at, len(a) - 1)]):.6g} against {float(b[min(at, len(b) - 1)]):.6g}"
    reason = f"{numbers}, a difference of {float(gap[at]):.3g}{error_at}{shown}"
    return ClaimAnswer(question, verdict if decisive and doubt is None else None, reason, *answers, warning=doubt)


def _aligned(left: Side, right: Side) -> Tensor:
    """Return the right side's numbers with the dimensions of the left one's."""
    if not right.open.names or left.open.names == right.open.names:
        return right.estimate.values
    order = [right.open.names.index(name) for name in left.open.names]
    return right.estimate.values.permute(0, *(1 + i for i in order))


def _at(opened: OpenNames, number: int) -> str:
    row = next(itertools.islice(opened.rows(), number, None))
    return ", ".join(f"{name}={value}" for name, value in row.items())


def _leaves(root: Expression) -> list[Expression]:
    found: list[Expression] = []

    def visit(node: Expression, parts: Sequence[None]) -> None:
        if not parts:
            found.append(node)

    fold(root, visit)
    return found
