"""Soft interventions that would make a cycle: `do(X := Y)` where X causes Y."""

from __future__ import annotations

from collections.abc import Iterator

from causaldsl.errors import Diagnostic
from causaldsl.graph.cycles import cycle_message, find_cycles
from causaldsl.graph.expression import variables
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.question import Intervention, Query, numeric


def cycles_of(question: Query, graph: CausalGraph) -> Iterator[Diagnostic]:
    """Yield a finding for each probability or expectation whose interventions lead an effect back to its cause.

    Parameters
    ----------
    question : Query
        Its names are nodes of the graph.
    graph : CausalGraph
        The graph without interventions.
    """
    claim = numeric(question)
    for quantity in claim.quantities if claim else ():
        causes = {i: [v for v in variables(i.law) if v != i.name] for i in quantity.do if i.law is not None}
        if any(causes.values()):
            yield from _cycles(graph, quantity.do, causes)


def _cycles(
    graph: CausalGraph, do: tuple[Intervention, ...], causes: dict[Intervention, list[str]]
) -> Iterator[Diagnostic]:
    """Yield what is wrong with the graph in which each node that is set has its new causes, and no others."""
    is_set = {intervention.name for intervention in do}
    children = {name: [c for c in kids if c not in is_set] for name, kids in graph.children.items()}
    for intervention, names in causes.items():
        for name in names:
            children[name].append(intervention.name)
    for cycle in find_cycles(children):
        blamed = next(i for i in causes if i.name in cycle)
        hint = "a law names no effect of its node; the node's own name is its natural value"
        yield Diagnostic("C203", "error", f"with the new law {cycle_message(cycle)}", blamed.span, hint)
