"""What can be identified: one probability about nodes that are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from causaldsl.errors import Diagnostic, UsageError
from causaldsl.graph.domain import quoted
from causaldsl.graph.parse_question import parse_identifiable
from causaldsl.graph.question import (
    Event,
    Expectation,
    Identifiable,
    Intervention,
    Numeric,
    Probability,
    Quantity,
    Query,
)
from causaldsl.source import Span

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph


def one_probability(graph: CausalGraph, question: str | Query | Quantity) -> Probability:
    """Return the one probability that a question is about.

    Raises
    ------
    UsageError
        If it is about something else, about latents or soft interventions, or has a node on two sides.
    """
    found = _probability(graph, question)
    _refuse(graph, found)
    return found


def _probability(graph: CausalGraph, question: str | Query | Quantity) -> Probability:
    asked: object = parse_identifiable(question, graph) if isinstance(question, str) else question
    if isinstance(asked, Identifiable):
        asked = asked.probability
    if isinstance(asked, Numeric) and asked.relation is None:
        asked = asked.left
    if isinstance(asked, Expectation):
        given = {event.variable for event in asked.given}
        variables = dict.fromkeys(variable for variable in asked.mentioned() if variable not in given)
        events = tuple(Event(variable, span=variable.span) for variable in variables)
        return Probability(events, do=asked.do, given=asked.given, span=asked.span)
    if isinstance(asked, Probability):
        return asked
    raise UsageError(f"`{question}` is not about one probability", "ask about one, such as `P(Y | do(X))`")


def _refuse(graph: CausalGraph, asked: Probability) -> None:
    """Refuse what is about latents or soft interventions, and nodes on two sides of the bar.

    Raises
    ------
    UsageError
        With all findings.
    """
    found: list[Diagnostic] = []

    def error(code: str, message: str, span: Span | None, hint: str | None = None) -> None:
        found.append(Diagnostic(code, "error", message, span, hint))

    for part in asked.parts:
        if graph[part.name].latent:
            error("C305", f"`{part.name}` is latent: nothing about it can be identified", part.span)
    for intervention in asked.do:
        if intervention.law is not None:
            hint = "ask about `do(X)`"
            error("C310", "`identifiable` is about setting nodes to values", intervention.span, hint)
    sides: dict[str, str] = {}
    opens = {str(event.variable): event.relation is None for event in (*asked.events, *asked.given)}
    for part in asked.parts:
        spelled = str(part.variable) if isinstance(part, Event) else quoted(part.name)
        side = "set" if isinstance(part, Intervention) else "given" if part in asked.given else "asked for"
        if sides.setdefault(spelled, side) != side:
            error("C309", f"`{spelled}` is {sides[spelled]} and {side}", part.span)
        elif isinstance(part, Event) and opens[spelled] != (part.relation is None):
            error("C303", f"`{spelled}` is {side} with a value and without", part.span)
    if found:
        raise UsageError(found)
