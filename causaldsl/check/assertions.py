"""Judge the assertions of a text that are about its graph: each with the reason, a failed one with a way out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from causaldsl.errors import Diagnostic, UsageError
from causaldsl.graph.adjustment import adjustment_sets
from causaldsl.graph.answers import Instruments
from causaldsl.graph.ask import ask
from causaldsl.graph.domain import quoted
from causaldsl.graph.ir import CausalGraph, Question
from causaldsl.graph.names import numbered
from causaldsl.graph.question import EffectQuestion, Query, Separation, numeric
from causaldsl.graph.separators import minimal_separators


@dataclass(frozen=True)
class Judgement:
    """An assertion, and whether it holds.

    Parameters
    ----------
    assertion : Question
        As it stands in the text.
    holds : bool or None
        None where the graph cannot tell, as the assertion is about numbers, or where a search was given up.
    reason : str
        Why.
    """

    assertion: Question
    holds: bool | None
    reason: str


def judge(graph: CausalGraph) -> list[Judgement]:
    """Judge the assertions of a graph, in the order of the text.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> [(j.holds, j.reason) for j in judge(read_text("binary A, B; A -> B; assert A _||_ B; assert P(B=1) > 0.5"))]
    [(False, 'the path A -> B is open'), (None, 'it is about numbers, which a graph alone does not have')]
    """
    return [judge_one(graph, assertion) for assertion in graph.assertions]


def judge_one(graph: CausalGraph, assertion: Question) -> Judgement:
    """Judge one assertion of a graph."""
    meaning = assertion.meaning
    if meaning is None or numeric(meaning):
        return Judgement(assertion, None, "it is about numbers, which a graph alone does not have")
    try:
        answer = ask(graph, meaning, limit=1)
    except UsageError as error:
        return Judgement(assertion, None, error.diagnostics[0].message)
    undecided = not answer and isinstance(answer, Instruments) and answer.truncated
    return Judgement(assertion, None if undecided else bool(answer), answer.reason)


def failed_assertions(graph: CausalGraph) -> list[Diagnostic]:
    """Return an error for each assertion about the graph that does not hold.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> (failed,) = failed_assertions(read_text("node A, B, C; A <- C -> B; assert A _||_ B"))
    >>> failed.message, failed.hint
    ('`A _||_ B` does not hold: the path A <- C -> B is open', '`A _||_ B | C` holds')
    """
    return [failure(graph, judgement) for judgement in judge(graph) if judgement.holds is False]


def failure(graph: CausalGraph, judgement: Judgement) -> Diagnostic:
    """Return the error that an assertion is which does not hold."""
    assertion = judgement.assertion
    hint = None if assertion.meaning is None else next(_ways_out(graph, assertion.meaning), None)
    return Diagnostic("C330", "error", f"`{assertion.text}` does not hold: {judgement.reason}", assertion.span, hint)


def _ways_out(graph: CausalGraph, claim: Query) -> Iterator[str]:
    """Yield claims like one that does not hold, which do."""
    match claim:
        case Separation(left=left, right=right):
            latents = numbered(graph, graph.latents)
            for z in minimal_separators(graph.links, numbered(graph, left), numbered(graph, right), latents):
                given = tuple(node.name for i, node in enumerate(graph.nodes) if i in z)
                yield f"`{Separation(left, right, given)}` holds"
            yield "no set of observed nodes separates them"
        case EffectQuestion(kind="adjustment", causes=causes, effects=effects, given=given) if given is not None:
            for names in adjustment_sets(graph, causes, effects):
                shown = tuple(node.name for node in graph.nodes if node.name in names)
                yield f"`{EffectQuestion('adjustment', causes, effects, shown)}` holds"
            yield "no set is valid"
        case EffectQuestion(kind="ancestor", causes=(cause,), effects=(effect,)):
            if graph.ancestors([cause]).isdisjoint([effect]):
                return
            yield f"`ancestor {quoted(effect)} -> {quoted(cause)}` holds"
