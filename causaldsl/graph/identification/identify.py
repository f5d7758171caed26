"""From a question about a graph to a verdict: which algorithm answers it, and what the values in it mean."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from causaldsl.errors import Diagnostic, UsageError
from causaldsl.graph.identification.algebra import ratio, total
from causaldsl.graph.identification.conditional import conditional_effect
from causaldsl.graph.identification.estimand import Among, Estimand, Fixed, Sum, Symbol, Term
from causaldsl.graph.identification.events import fixed, ranges
from causaldsl.graph.identification.hedge import Forests, hedge_of
from causaldsl.graph.identification.identification import Identification
from causaldsl.graph.identification.mixed import mixed
from causaldsl.graph.identification.names import renamed
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


def identify(graph: CausalGraph, question: str | Query | Quantity) -> Identification:
    """Tell whether a probability can be computed from what is seen, and how.

    Parameters
    ----------
    graph : CausalGraph
        The graph; `<->` and declared latents are unobserved.
    question : str or Query or Quantity
        `P(Y | do(X))`, with `identifiable` before it or not; a node without a value stands for any. An expectation is
        identified if the joint law of what it is of is.

    Returns
    -------
    Identification
        With the estimand, or with the hedge that forbids one.

    Raises
    ------
    UsageError
        If it is no such question, or none that this graph allows.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> front_door = read_text("node X, M, Y; X -> M -> Y; X <-> Y")
    >>> print(identify(front_door, "P(Y | do(X))").estimand)
    sum_{M} P(M | X) sum_{X'} P(Y | X', M) P(X')
    >>> print(identify(read_text("node X, Y; X -> Y; X <-> Y"), "P(Y | do(X))"))
    P(Y | do(X)) is not identifiable: there is a hedge, F = {X, Y}, F' = {Y}, roots {Y}
    """
    asked = _probability(graph, question)
    _refuse(graph, asked)
    return _effect(graph, asked)


def _effect(graph: CausalGraph, asked: Probability) -> Identification:
    """Answer a question about one world."""
    left, right = ranges(graph, asked.events), ranges(graph, asked.given)
    some = {name: found for name, found in (left | right).items() if isinstance(found, Among)}
    observed = mixed(graph)
    number = graph.links.number
    y = sorted({*left, *(some.keys() & right.keys())}, key=number.__getitem__)
    z = sorted(right.keys() - some.keys(), key=number.__getitem__)
    x = [intervention.name for intervention in asked.do]
    law = conditional_effect(graph, observed, y, x, z)
    if isinstance(law, Forests):
        return Identification(asked, None, hedge_of(law, observed, graph), graph)
    terms: dict[Symbol, Term] = {
        Symbol(name): found for name, found in (left | right).items() if isinstance(found, Fixed)
    }
    terms |= {Symbol(i.name): fixed(graph, i.name, i.value) for i in asked.do if i.value is not None}
    ordered = renamed(_over(law, left, right, some), number, terms)
    return Identification(asked, ordered, None, graph)


def _over(law: Estimand, left: Iterable[str], right: Iterable[str], some: dict[str, Among]) -> Estimand:
    """Return the probability that nodes are among some of their values, from the law of the nodes."""
    events = tuple(some[name] for name in left if name in some)
    conditions = tuple(some[name] for name in right if name in some)
    over = events + conditions
    found = Sum(over, law) if over else law
    return ratio(found, Sum(conditions, total(map(Symbol, left), law))) if conditions else found


def _probability(graph: CausalGraph, question: str | Query | Quantity) -> Probability:
    """Return the one probability that a question is about.

    Raises
    ------
    UsageError
        If it is about something else.
    """
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
    for part in asked.parts if asked.rung < 3 else ():
        side = "set" if isinstance(part, Intervention) else "given" if part in asked.given else "asked for"
        if sides.setdefault(part.name, side) != side:
            error("C309", f"`{part.name}` is {sides[part.name]} and {side}", part.span)
    if found:
        raise UsageError(found)
