"""Questions to a graph, answered with reasons: m-separation, ancestors, adjustment, instruments, independencies."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, TypeVar, Union

from causaldsl.errors import UsageError
from causaldsl.graph.adjustment import adjustment_sets, objection
from causaldsl.graph.answers import AdjustmentSets, ImpliedIndependencies, Instruments, Verdict
from causaldsl.graph.domain import quoted
from causaldsl.graph.independencies import independencies
from causaldsl.graph.instruments import InstrumentSearch
from causaldsl.graph.names import in_order, listed
from causaldsl.graph.open_path import open_path
from causaldsl.graph.parse_question import parse_question
from causaldsl.graph.question import (
    Denied,
    EffectQuestion,
    Identifiable,
    Independencies,
    Numeric,
    Query,
    Separation,
)
from causaldsl.graph.reach import directed_path, reach

if TYPE_CHECKING:
    from causaldsl.graph.identification.identification import Identification
    from causaldsl.graph.ir import CausalGraph

LIMIT = 1000
"""How many sets an answer lists unless more are asked for."""

_BUDGET = 500_000
"""How many nodes the search for instruments may visit before it is given up: a second or so."""

Answer = Union[Verdict, AdjustmentSets, Instruments, ImpliedIndependencies, "Identification"]

T = TypeVar("T")


def ask(graph: CausalGraph, question: str | Query, limit: int = LIMIT) -> Answer:
    """Answer a question about a graph.

    Parameters
    ----------
    graph : CausalGraph
        The graph.
    question : str or Query
        A question of the language that the graph alone can answer, such as `A _||_ B | C`.
    limit : int
        How many sets are listed at most.

    Returns
    -------
    Verdict, AdjustmentSets, Instruments, ImpliedIndependencies or Identification
        The answer; its truth is whether the question holds, `str()` says it, `.as_json()` is what `causaldsl ask`
        prints, and `.value` is the bare answer.

    Raises
    ------
    UsageError
        If it is no question of the language, is about names that the graph does not have, or asks for a number.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> graph = read_text("node Rain, Sprinkler, Wet; Rain, Sprinkler -> Wet")
    >>> print(ask(graph, "Rain _||_ Sprinkler | Wet"))
    false: the path Rain -> Wet <- Sprinkler is open, since Wet is given
    """
    meaning = parse_question(question, graph) if isinstance(question, str) else question
    if isinstance(meaning, Denied):
        answer = ask(graph, meaning.claim, limit)
        if not answer and getattr(answer, "truncated", False):
            raise UsageError(f"`{meaning}` cannot be told: {answer.reason}")
        return Verdict(str(meaning), not answer, answer.reason)
    match meaning:
        case Separation():
            return _separation(graph, meaning)
        case EffectQuestion(kind="ancestor"):
            return _ancestor(graph, meaning)
        case EffectQuestion(kind="adjustment", given=None):
            return _adjustment(graph, meaning, limit)
        case EffectQuestion(kind="adjustment"):
            return _is_adjustment(graph, meaning)
        case EffectQuestion(kind="instruments"):
            return _instruments(graph, meaning, limit)
        case Independencies():
            return _independencies(graph, meaning, limit)
        case Identifiable():
            return graph.identify(meaning)
        case Numeric():
            message = f"`{meaning}` asks for a number, which a graph alone does not have"
            raise UsageError(message, "compile the graph, or fit it to data, and ask the model")
    raise AssertionError(meaning)


def _separation(graph: CausalGraph, question: Separation) -> Verdict:
    path = open_path(graph, question.left, question.right, question.given)
    if path is not None:
        return Verdict(str(question), False, path.sentence)
    links = graph.links
    connected = reach(
        lambda node: (*links.parents[node], *links.children[node], *links.siblings[node]),
        [links.number[name] for name in question.left],
    )
    if connected.isdisjoint(links.number[name] for name in question.right):
        return Verdict(str(question), True, "no path joins them")
    return Verdict(str(question), True, "every path between them is blocked")


def _ancestor(graph: CausalGraph, question: EffectQuestion) -> Verdict:
    (cause,), (effect,) = question.causes, question.effects
    forth, back = _way(graph, cause, effect), _way(graph, effect, cause)
    reason = (
        forth
        or f"no directed path leads from {quoted(cause)} to {quoted(effect)}{back and f', but one leads back: {back}'}"
    )
    return Verdict(str(question), bool(forth), reason)


def _way(graph: CausalGraph, cause: str, effect: str) -> str:
    """Spell a shortest directed path; empty if there is none."""
    links = graph.links
    path = directed_path(links.children, links.number[cause], {links.number[effect]})
    return " -> ".join(quoted(graph.nodes[node].name) for node in path)


def _adjustment(graph: CausalGraph, question: EffectQuestion, limit: int) -> AdjustmentSets:
    found, truncated = first(adjustment_sets(graph, question.causes, question.effects), limit)
    return AdjustmentSets(str(question), truncated, tuple(tuple(in_order(graph, z)) for z in found))


def _is_adjustment(graph: CausalGraph, question: EffectQuestion) -> Verdict:
    against = objection(graph, question.causes, question.effects, question.given or ())
    if against is not None:
        return Verdict(str(question), False, against)
    given = f"given {listed(graph, question.given)}, " if question.given else ""
    return Verdict(str(question), True, f"{given}no path that is not causal is open")


def _instruments(graph: CausalGraph, question: EffectQuestion, limit: int) -> Instruments:
    search = InstrumentSearch(graph, question.causes, question.effects, _BUDGET)
    found, truncated = first(iter(search), limit)
    sets = tuple((node, tuple(in_order(graph, given))) for node, given in found)
    return Instruments(str(question), truncated or search.given_up, sets)


def _independencies(graph: CausalGraph, question: Independencies, limit: int) -> ImpliedIndependencies:
    found, truncated = first(independencies(graph), limit)
    return ImpliedIndependencies(
        str(question), truncated, tuple((a, b, tuple(in_order(graph, z))) for a, b, z in found)
    )


def first(items: Iterator[T], limit: int) -> tuple[list[T], bool]:
    """Return the first items, and whether there are more."""
    found = list(islice(items, limit))
    return found, next(items, None) is not None
