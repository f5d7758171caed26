"""What a question says about the values of nodes: at one value, among some, or at any."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from causaldsl.graph.domain import Binary, Categorical, Domain, Value
from causaldsl.graph.expression import Counterfactual, Relation, Variable
from causaldsl.graph.identification.estimand import Among, Fixed, Symbol

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph
    from causaldsl.graph.question import Event

Range = Symbol | Fixed | Among
"""Any value of a node, one value, or some."""

_HOLDS: Mapping[Relation, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def ranges(graph: CausalGraph, events: Iterable[Event]) -> dict[str, Range]:
    """Return for each node that some events are about the values that satisfy them all.

    Examples
    --------
    >>> from causaldsl.graph.parse_question import parse_question
    >>> from causaldsl.graph.read import read_text
    >>> graph = read_text("binary A; categorical B {0..4}; node C")
    >>> question = parse_question("P(A=1, B > 0, B < 3, C)", graph)
    >>> [str(found) for found in ranges(graph, question.quantities[0].events).values()]
    ['A=1', 'B > 0, B < 3', 'C']
    """
    return {variable.name: found for variable, found in ranges_of(graph, events).items()}


def ranges_of(graph: CausalGraph, events: Iterable[Event]) -> dict[Variable | Counterfactual, Range]:
    """Return for each variable, of whatever world, the values that satisfy all that some events say of it."""
    conditions: dict[Variable | Counterfactual, list[tuple[Relation, Value]]] = {}
    for event in events:
        found = conditions.setdefault(event.variable, [])
        if event.relation is not None and event.value is not None:
            found.append((event.relation, event.value))
    return {variable: _range(graph, variable.name, found) for variable, found in conditions.items()}


def _range(graph: CausalGraph, name: str, conditions: list[tuple[Relation, Value]]) -> Range:
    domain = graph[name].domain
    conditions = list(dict.fromkeys(conditions))
    match conditions:
        case []:
            return Symbol(name)
        case [("=", value)]:
            return fixed(graph, name, value)
    return Among(Symbol(name), tuple(conditions), _levels(domain, conditions))


def fixed(graph: CausalGraph, name: str, value: Value) -> Fixed:
    """Return a node at a value; where its domain is not stated, a whole number counts levels from 0."""
    domain = graph[name].domain
    if isinstance(domain, Binary | Categorical):
        return Fixed(name, value, domain.index(value))
    return Fixed(name, value, value if domain is None and isinstance(value, int) and value >= 0 else None)


def _levels(domain: Domain | None, conditions: list[tuple[Relation, Value]]) -> tuple[int, ...] | None:
    if not isinstance(domain, Binary | Categorical):
        return None
    numbers = isinstance(domain, Binary) or domain.is_range
    return tuple(
        i
        for i, level in enumerate(domain.levels)
        if all(_HOLDS[relation](int(level) if numbers else level, value) for relation, value in conditions)
    )
