"""What is said before a graph with latents is fitted: whether data can answer its queries.

A model with latents that fits the data perfectly may still answer `P(Y | do(X))` wrongly, since other models fit as
well and answer otherwise. Whether that can happen is a property of the graph (`causaldsl.graph.identification`), so it
is said before the training and not after. Without latents, or where every mechanism is known, everything is identified.

Counterfactual queries are left out: they are answered under an assumption that is stated with the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from causaldsl.errors import Diagnostic, UsageError
from causaldsl.graph.ir import CausalGraph, Question
from causaldsl.graph.question import Numeric, Quantity
from causaldsl.plugins.defaults import learned

if TYPE_CHECKING:
    from causaldsl.graph.identification.identification import Identification


@dataclass(frozen=True)
class QueryVerdict:
    """What the graph says of one probability or expectation of a query.

    Parameters
    ----------
    query : Question
        As it stands in the text.
    quantity : Quantity
        The probability or expectation.
    identification : Identification
        The estimand, or the hedge.
    """

    query: Question
    quantity: Quantity
    identification: Identification


def verdicts(graph: CausalGraph) -> list[QueryVerdict]:
    """Return the verdict on each effect that the queries of a graph ask for, where latents make it a question.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> bow = read_text("binary X, Y; X -> Y; X <-> Y; query P(Y=1 | do(X=1)); query P(Y=1 | X=1)")
    >>> [(str(v.quantity), v.identification.identifiable) for v in verdicts(bow)]
    [('P(Y=1 | do(X=1))', False)]
    """
    return list(_verdicts(graph)) if (graph.latents or graph.confounded) and learned(graph) else []


def unidentified(graph: CausalGraph) -> list[Diagnostic]:
    """Return an error for each query that no amount of data answers.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> bow = read_text("binary X, Y; X -> Y; X <-> Y; query P(Y=1 | do(X=1))")
    >>> print(unidentified(bow)[0].message)
    P(Y=1 | do(X=1)) is not identifiable: there is a hedge, F = {X, Y}, F' = {Y}, roots {Y}
    """
    hint = (
        "`--allow-unidentified` trains all the same: the answers then depend on the mechanisms, not on the data alone"
    )
    return [
        Diagnostic("C340", "error", verdict.identification.reason, verdict.query.span, hint)
        for verdict in verdicts(graph)
        if not verdict.identification.identifiable
    ]


def _verdicts(graph: CausalGraph) -> Iterator[QueryVerdict]:
    for query in graph.queries:
        quantities = query.meaning.quantities if isinstance(query.meaning, Numeric) else ()
        for quantity in quantities:
            if quantity.rung != 2:
                continue
            try:
                yield QueryVerdict(query, quantity, graph.identify(quantity))
            except UsageError:  # a soft intervention, or a latent with a domain of its own: the theory has no verdict
                continue
