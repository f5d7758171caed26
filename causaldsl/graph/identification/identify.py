"""From a question about a graph to a verdict: which algorithm answers it, and what the values in it mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from causaldsl.graph.domain import quoted
from causaldsl.graph.identification.across import Claims, across, one_world
from causaldsl.graph.identification.algebra import ratio, restricted
from causaldsl.graph.identification.asked import one_probability
from causaldsl.graph.identification.conditional import conditional_effect
from causaldsl.graph.identification.estimand import ONE, Among, Estimand, Fixed, Symbol, Term
from causaldsl.graph.identification.events import Range, fixed, ranges
from causaldsl.graph.identification.hedge import Forests, hedge_of
from causaldsl.graph.identification.id_star import Crossed
from causaldsl.graph.identification.identification import Identification, crossing_of
from causaldsl.graph.identification.mixed import Mixed, mixed
from causaldsl.graph.identification.names import renamed
from causaldsl.graph.identification.sums import total
from causaldsl.graph.question import (
    Probability,
    Quantity,
    Query,
)

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph
    from causaldsl.graph.question import Probability, Quantity, Query


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
    asked = one_probability(graph, question)
    observed = mixed(graph)
    if asked.rung < 3:
        done = {i.name: Symbol(i.name) if i.value is None else fixed(graph, i.name, i.value) for i in asked.do}
        return _effect(graph, observed, asked, ranges(graph, asked.events), ranges(graph, asked.given), done)
    claims = Claims(graph, asked)
    world = None if claims.bound else one_world(observed, claims.all)
    if world is not None:
        done = {observed.names[node]: term for node, term in world}
        return _effect(graph, observed, asked, ranges(graph, asked.events), ranges(graph, asked.given), done)
    return _across(graph, observed, claims)


def _effect(
    graph: CausalGraph,
    observed: Mixed,
    asked: Probability,
    left: Mapping[str, Range],
    right: Mapping[str, Range],
    done: Mapping[str, Term],
) -> Identification:
    """Answer a question about one world; what is given may be asked for too, and is so."""
    left = {name: found for name, found in left.items() if right.get(name) != found}
    known = {**left, **right}
    some = {name: found for name, found in known.items() if isinstance(found, Among)}
    number = graph.links.number
    y = sorted({*left, *(some.keys() & right.keys())}, key=number.__getitem__)
    z = sorted(right.keys() - some.keys(), key=number.__getitem__)
    variables = tuple((spelled, Symbol(name)) for spelled, name in _open(asked))
    law = conditional_effect(graph, observed, y, done, z) if y else ONE
    if isinstance(law, Forests):
        return Identification(asked, None, hedge_of(law, observed, graph), graph, variables)
    terms = {Symbol(name): found for name, found in {**known, **done}.items() if isinstance(found, Fixed)}
    return Identification(asked, renamed(_over(law, left, right, some), number, terms), None, graph, variables)


def _across(graph: CausalGraph, observed: Mixed, claims: Claims) -> Identification:
    """Answer a question across worlds."""
    verdict = across(observed, claims)
    experiments, seen = (
        None if estimand is None else renamed(estimand, graph.links.number)
        for estimand in (verdict.experiments, verdict.seen)
    )
    against = verdict.against
    return Identification(
        claims.asked,
        seen,
        hedge_of(against, observed, graph) if isinstance(against, Forests) else None,
        graph,
        tuple((spelled, claims.symbols[spelled]) for spelled in claims.asked.open),
        experiments,
        crossing_of(against, observed, claims.nested) if isinstance(against, Crossed) else None,
    )


def _open(asked: Probability) -> Iterator[tuple[str, str]]:
    """Yield what a question leaves open, as it is spelled, each with its node."""
    names = {str(event): event.name for event in (*asked.events, *asked.given)}
    names |= {quoted(intervention.name): intervention.name for intervention in asked.do}
    yield from ((spelled, names[spelled]) for spelled in asked.open)


def _over(law: Estimand, left: Iterable[str], right: Iterable[str], some: Mapping[str, Among]) -> Estimand:
    """Return the probability that nodes are among some of their values, from the law of the nodes."""
    events = tuple(some[name] for name in left if name in some)
    conditions = tuple(some[name] for name in right if name in some)
    found = restricted(events + conditions, law)
    return ratio(found, restricted(conditions, total(map(Symbol, left), law))) if conditions else found
