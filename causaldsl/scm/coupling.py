"""What ties the worlds of a counterfactual together, and no data can tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from causaldsl.errors import UsageError
from causaldsl.graph.expression import Chain, Counterfactual, Expression, Variable, walk
from causaldsl.graph.question import Event, Expectation, Probability, Quantity
from causaldsl.plugins.defaults import equation_of
from causaldsl.scm.asked import Asked
from causaldsl.scm.controller import Controller
from causaldsl.scm.picture_node import PictureNode
from causaldsl.scm.tabled import Worlds

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph
    from causaldsl.scm.model import CausalModel

NOTHING = "nothing: no node that comes about by chance is imagined twice"
SHOWN = 10
"""So many nodes of one coupling are named."""
LEARNED = "the unobserved causes are as they were learned"


@dataclass(frozen=True)
class Assumption:
    """What an answer of rung 3 rests on.

    Parameters
    ----------
    text : str
        In words.
    identified : bool
        Whether the data alone tell the answer.
    """

    text: str
    identified: bool


def assumption_of(model: CausalModel, quantity: Quantity, asked: Asked) -> Assumption:
    """Say how the noise of each node that has to be imagined twice couples its values.

    Rung 3 is not identified by data alone: two models that agree on all that can be seen and done may disagree on what
    would have been. The answer is that of the model's own couplings, but where the graph identifies the question (ID*).
    """
    worlds = Worlds(model.controller, asked)
    twice = worlds.network.repeated(worlds.key(v) for v in asked.variables())
    hidden = learns_latents(model)
    if not twice and not hidden:
        return Assumption(NOTHING, True)
    if graph_identifies(model.graph, quantity):
        return Assumption("nothing beyond the graph, which identifies the question (ID*)", True)
    said = [_said(model.controller, twice)] if twice else []
    return Assumption("; ".join([*said, LEARNED] if hidden else said), False)


def coupling_of(controller: Controller, do: Iterable[str], pictures: Sequence[str] = ()) -> str:
    """Say how the noise of all that is downstream of an intervention couples its values.

    `pictures` are those that were seen, and are drawn anew.
    """
    downstream = controller.graph.descendants(do) - set(do)
    twice = tuple(name for name in controller.nodes if name in downstream)
    redrawn = tuple(name for name in pictures if name not in twice)
    return _said(controller, twice, redrawn) if twice or redrawn else NOTHING


def _said(controller: Controller, twice: tuple[str, ...], pictures: tuple[str, ...] = ()) -> str:
    by_coupling: dict[str, list[str]] = {}
    for name in twice:
        by_coupling.setdefault(controller[name].coupling, []).append(name)
    by_coupling.setdefault(PictureNode.coupling, []).extend(pictures)
    by_coupling = {coupling: names for coupling, names in by_coupling.items() if names}
    said = "; ".join(f"{_listed(names)}: {coupling}" for coupling, names in by_coupling.items())
    return f"a unit keeps its noise in every world ({said})"


def _listed(names: Sequence[str]) -> str:
    """Name nodes, of very many the first ones."""
    more = len(names) - SHOWN
    return ", ".join(names) if more < 2 else f"{', '.join(names[:SHOWN])} and {more:,} more"


def learns_latents(model: CausalModel) -> bool:
    """Whether a latent, or an effect of one, is learned."""
    graph = model.controller.graph
    return any(
        equation_of(graph[name]) is None and (graph[name].latent or any(graph[p].latent for p in graph[name].parents))
        for name in model.controller.nodes
    )


def graph_identifies(graph: CausalGraph, quantity: Quantity) -> bool:
    """Whether the graph identifies a question, each summand of an expectation by itself."""
    parts = [quantity]
    if isinstance(quantity, Expectation):
        parts = [_law(part, quantity) for part in _summands(quantity.body)]
    try:
        return all(graph.identify(part).identifiable for part in parts)
    except UsageError:
        return False


def _law(summand: Expression, quantity: Expectation) -> Quantity:
    """Return the law of all that a summand reads."""
    read = {str(v): v for v in walk(summand) if isinstance(v, Variable | Counterfactual)}
    return Probability(tuple(Event(v) for v in read.values()), do=quantity.do, given=quantity.given)


def _summands(body: Expression) -> list[Expression]:
    """Return what a body is the sum of, as far as it reads any variable."""
    found, todo = [], [body]
    while todo:
        part = todo.pop()
        if isinstance(part, Chain) and part.rest[0][0] in ("+", "-"):
            todo += part.children
        elif any(isinstance(v, Variable | Counterfactual) for v in walk(part)):
            found.append(part)
    return found
