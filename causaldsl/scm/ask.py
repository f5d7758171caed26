"""Ask a model for numbers: probabilities and expectations of what is seen, done and imagined, and claims about them.

Exactly where tables hold what is asked about, in as many worlds as the question names; else from draws, weighted where
something was seen. What is computed from numbers is computed once from all draws and once without each group of them,
so that its error accounts for the draws that its numbers share.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from causaldsl.errors import RunError, UsageError
from causaldsl.graph.domain import Categorical, Discrete, Domain, Value, quoted
from causaldsl.graph.expression import Constant, Expression, fold
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.parse_question import parse_question
from causaldsl.graph.question import Denied, Event, Expectation, Intervention, Numeric, Probability, Quantity, Query
from causaldsl.plugins.defaults import domain_of
from causaldsl.scm.answers import CONFIDENCE, ClaimAnswer, NumberAnswer, Row
from causaldsl.scm.asked import Asked, Estimate, encoded
from causaldsl.scm.bounds import bounds_of
from causaldsl.scm.coupling import assumption_of
from causaldsl.scm.drawn import drawn
from causaldsl.scm.elimination import TooLargeError
from causaldsl.scm.formula import operation
from causaldsl.scm.identified import why_unidentified
from causaldsl.scm.network import NotTabledError
from causaldsl.scm.tabled import tabled
from causaldsl.scm.world import World, law_of

if TYPE_CHECKING:
    from causaldsl.scm.model import CausalModel

ROW_LIMIT = 2**12
"""The most rows of a table that is an answer."""


def ask(
    model: CausalModel, question: str | Query, draws: int, seed: int, allow_unidentified: bool
) -> NumberAnswer | ClaimAnswer:
    """Answer a question about numbers.

    Parameters
    ----------
    model : CausalModel
        The model.
    question : str or Query
        In the language of questions, without `query` before it.
    draws : int
        How many units are drawn where no table holds the answer.
    seed : int
        Of the draws.
    allow_unidentified : bool
        Answer, with a warning, what no data could tell of a model with latents.

    Raises
    ------
    UsageError
        If the question cannot be read, is about the graph, cannot be answered by this model, or is not identifiable.
    RunError
        If what is conditioned on has probability zero.
    """
    query = parse_question(question, model.graph) if isinstance(question, str) else question
    claim = query.claim if isinstance(query, Denied) else query
    if not isinstance(claim, Numeric):
        raise UsageError(
            f"`{query}` is a question about the graph, not about numbers", "ask the graph: `graph.ask(..)`"
        )
    reasons = [reason for q in claim.quantities if (reason := why_unidentified(model, q)) is not None]
    if reasons and not allow_unidentified:
        hint = "`--allow-unidentified` answers all the same, from the mechanisms that were learned: others fit as well"
        raise UsageError(reasons[0], hint)
    answer = _answer(model, query, claim, draws, seed)
    return replace(answer, warning=reasons[0]) if reasons else answer


def _answer(model: CausalModel, query: Query, claim: Numeric, draws: int, seed: int) -> NumberAnswer | ClaimAnswer:
    left = _Side(model, claim.left, draws, seed)
    if claim.relation is None or claim.right is None:
        return left.answer(str(query))
    judged = _judged(str(query), claim, left, _Side(model, claim.right, draws, seed))
    if isinstance(query, Denied) and judged.answer is not None:
        return replace(judged, answer=not judged.answer)
    return judged


class _Side:
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

    def __init__(self, model: CausalModel, root: Expression, draws: int, seed: int) -> None:
        self.model = model
        self.root = root
        self.how = draws, seed
        self.quantities = [q for q in _leaves(root) if isinstance(q, Quantity)]
        self.open = _Open.of(model.graph, self.quantities)
        methods: dict[str, None] = {}

        def visit(node: Expression, parts: Sequence[Tensor]) -> Tensor:
            if isinstance(node, Quantity):
                found = _worked_out(model, node, self.open, draws, seed)
                methods[found.method] = None
                return found.values
            if isinstance(node, Constant):
                return torch.tensor(float(node.value), dtype=torch.float64)
            return operation(node, parts)

        values = fold(root, visit)
        if values.dim() == 0:  # constants alone
            values = values.reshape(1, *[1] * len(self.open.names))
        drawn_from = [m for m in methods if m != "exact"]
        self.estimate = Estimate(values, ", ".join(drawn_from) or "exact")

    def answer(self, question: str) -> NumberAnswer:
        """Return it as an answer."""
        numbers, errors = self.estimate.values[0], self.estimate.stderr
        assumption, bounds = self._imagined()
        if not self.open.names:
            value, error = float(numbers), float(errors)
            if math.isnan(value):
                raise RunError(f"{question} is undefined", "something is divided by zero")
            return NumberAnswer(question, value, error, self.estimate.method, (), assumption, bounds)
        flat, flat_errors = numbers.expand(self.open.sizes).flatten(), errors.expand(self.open.sizes).flatten()
        rows = tuple(
            Row(at, None if math.isnan(p) else p, None if math.isnan(p) else e)
            for at, p, e in zip(self.open.rows(), flat.tolist(), flat_errors.tolist(), strict=True)
        )
        return NumberAnswer(question, None, None, self.estimate.method, rows, assumption)

    def _imagined(self) -> tuple[str | None, tuple[float, float] | None]:
        """Return what a counterfactual assumes, and what the data say without that."""
        quantity = next((q for q in self.quantities if q.rung == 3), None)
        if quantity is None:
            return None, None
        found = assumption_of(self.model, quantity, _asked(self.model, quantity))
        if found.identified or self.root is not quantity:
            return found.text, None
        return found.text, bounds_of(quantity, self._number) if found.learned else None

    def _number(self, asked: Probability) -> float:
        opened = _Open.of(self.model.graph, [asked])
        return float(_worked_out(self.model, asked, opened, *self.how).values[0])


class _Open:
    """The open names of a question, which range over their domains: a row of the answer for each combination.

    Parameters
    ----------
    names : tuple of str
        As they are spelled.
    domains : tuple of Domain
        Theirs.
    """

    def __init__(self, names: tuple[str, ...], domains: tuple[Discrete, ...]) -> None:
        self.names = names
        self.domains = domains

    @classmethod
    def of(cls, graph: CausalGraph, quantities: Sequence[Quantity]) -> _Open:
        """Return the open names of the first quantity that has any; all that have some have the same."""
        found: dict[str, Discrete] = {}
        for quantity in quantities:
            done = [(i.name, quoted(i.name)) for i in quantity.do if i.value is None and i.law is None]
            events = [*quantity.given, *(quantity.events if isinstance(quantity, Probability) else ())]
            for name, spelled in [*done, *((e.name, str(e.variable)) for e in events if e.relation is None)]:
                domain = domain_of(graph[name])
                if not isinstance(domain, Discrete):
                    raise UsageError(f"`{spelled}` has no value, and its domain no list of them", f"`{spelled}=..`")
                found.setdefault(spelled, domain)
            if found:
                break
        opened = cls(tuple(found), tuple(found.values()))
        if math.prod(opened.sizes) > ROW_LIMIT:
            raise UsageError(
                f"the answer would have {math.prod(opened.sizes):,} rows; {ROW_LIMIT:,} are the most", "give values"
            )
        return opened

    @property
    def sizes(self) -> list[int]:
        """The numbers of levels."""
        return [len(domain.levels) for domain in self.domains]

    def rows(self) -> Iterator[dict[str, Value]]:
        """Yield each combination, the last name fastest; levels as text, or as numbers where they are numbers."""
        for levels in itertools.product(*(_shown(domain) for domain in self.domains)):
            yield dict(zip(self.names, levels, strict=True))


def _worked_out(model: CausalModel, quantity: Quantity, opened: _Open, draws: int, seed: int) -> Estimate:
    """Work out one probability or expectation; the dimensions are those of the open names."""
    done = [i for i in quantity.do if i.value is None and i.law is None]
    tables, method = [], "exact"
    levels = [_shown(d) for i in done if isinstance(d := domain_of(model.controller.graph[i.name]), Discrete)]
    for combination in itertools.product(*levels):
        set_to = dict(zip((i.name for i in done), combination, strict=True))
        asked = _asked(model, quantity, set_to)
        try:
            found = tabled(model.controller, asked)
        except (NotTabledError, TooLargeError):
            found = drawn(model.controller, asked, draws, seed)
        if found.method != "exact":
            method = found.method
        if not asked.by and bool(found.values[0].isnan().any()):
            shown = ", ".join(map(str, asked.given))
            raise RunError(f"{shown} has probability zero in this model", f"in `{quantity}`")
        tables.append(found.values)
    groups = max(len(t) for t in tables)
    stacked = torch.stack([t.expand(groups, *t.shape[1:]) for t in tables], 1)
    values = stacked.reshape(groups, *(len(x) for x in levels), *stacked.shape[2:])
    names = [quoted(i.name) for i in done] + [str(e.variable) for e in _events(quantity) if e.relation is None]
    if not names:
        return Estimate(values, method)
    order = [names.index(name) for name in opened.names]
    return Estimate(values.permute(0, *(1 + i for i in order)), method)


def _events(quantity: Quantity) -> list[Event]:
    return [*quantity.given, *(quantity.events if isinstance(quantity, Probability) else ())]


def _asked(model: CausalModel, quantity: Quantity, set_to: dict[str, Value] | None = None) -> Asked:
    """Return a quantity with its world, in which names that `do` leaves open are set."""
    values: dict[str, int | float] = {}
    laws = {}
    for intervention in quantity.do:
        if intervention.law is not None:
            laws[intervention.name] = law_of(model.controller.graph, intervention.name, intervention.law)
        else:
            values[intervention.name] = _value(model.controller.graph, intervention, set_to or {})
    events = quantity.events if isinstance(quantity, Probability) else ()
    return Asked(
        World(model.controller.graph, values, laws).checked(),
        tuple(e.variable for e in quantity.given if e.relation is None),
        tuple(e.variable for e in events if e.relation is None),
        tuple(e for e in quantity.given if e.relation is not None),
        tuple(e for e in events if e.relation is not None),
        quantity.body if isinstance(quantity, Expectation) else None,
    )


def _value(graph: CausalGraph, intervention: Intervention, set_to: dict[str, Value]) -> int | float:
    domain = domain_of(graph[intervention.name])
    assert domain is not None
    value = intervention.value if intervention.value is not None else set_to.get(intervention.name)
    if value is None and isinstance(domain, Discrete):
        value = domain.levels[0]  # any will do: only the shape of the question is looked at
    return encoded(domain, value)


def _judged(question: str, claim: Numeric, left: _Side, right: _Side) -> ClaimAnswer:
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
    tolerance = 1e-9
    strict = claim.relation in ("<", ">")
    fine = slack > tolerance if strict else slack >= -tolerance
    clear = slack.abs() >= CONFIDENCE * error
    verdict = (not bool(fine.all())) if claim.relation == "!=" else bool(fine.all())
    decisive = bool((clear & ~fine).any()) or bool(clear.all())
    answers = left.answer(str(claim.left)), right.answer(str(claim.right))
    at = int((slack - CONFIDENCE * error).argmin())
    shown = "" if not left.open.names else f" for {_at(left.open, at)}"
    a, b = (side.estimate.values[0].expand(side.open.sizes).flatten() for side in (left, right))
    error_at = f" ± {float(error[at]):.1g}" if not exact else ""
    numbers = f"{float(a[min(at, len(a) - 1)]):.6g} against {float(b[min(at, len(b) - 1)]):.6g}"
    reason = f"{numbers}, a difference of {float(gap[at]):.3g}{error_at}{shown}"
    return ClaimAnswer(question, verdict if decisive else None, reason, *answers)


def _aligned(left: _Side, right: _Side) -> Tensor:
    """Return the right side's numbers with the dimensions of the left one's."""
    if not right.open.names or left.open.names == right.open.names:
        return right.estimate.values
    order = [right.open.names.index(name) for name in left.open.names]
    return right.estimate.values.permute(0, *(1 + i for i in order))


def _at(opened: _Open, number: int) -> str:
    row = next(itertools.islice(opened.rows(), number, None))
    return ", ".join(f"{name}={value}" for name, value in row.items())


def _leaves(root: Expression) -> list[Expression]:
    found: list[Expression] = []

    def visit(node: Expression, parts: Sequence[None]) -> None:
        if not parts:
            found.append(node)

    fold(root, visit)
    return found


def _shown(domain: Domain | None) -> list[Value]:
    """Return the levels of a domain as answers show them."""
    assert isinstance(domain, Discrete)
    if isinstance(domain, Categorical) and not domain.is_range:
        return list(domain.levels)
    return [int(level) for level in domain.levels]
