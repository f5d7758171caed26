"""Which answers of a fitted model the data vouch for.

Where latents are learned, a model that fits the data perfectly may still be wrong about what is done, since other
models fit as well and answer otherwise. Where the graph identifies the effect, every model of it that fits agrees, and
the model's own truncated factorisation, latents summed out, is the estimand's value.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from causaldsl.errors import UsageError
from causaldsl.graph.expression import Counterfactual, Variable
from causaldsl.graph.question import Event, Intervention, Probability, Quantity
from causaldsl.scm.coupling import graph_identifies, learns_latents

if TYPE_CHECKING:
    from causaldsl.scm.model import CausalModel


def why_unidentified(model: CausalModel, quantity: Quantity) -> str | None:
    """Say why the data do not tell a probability or an expectation; None where they do, or nothing is learned of it.

    A counterfactual is left to its assumption if the data tell what happens in each of its worlds.
    """
    if not learns_latents(model):
        return None
    for name in (v.name for v in quantity.mentioned() if model.graph[v.name].latent):
        return f"`{name}` is latent: no data tell its law, nor what its levels are"
    if quantity.rung == 1:
        return None
    if quantity.rung == 3:
        return None if graph_identifies(model.graph, quantity) else _untold_world(model, quantity)
    try:
        verdict = model.graph.identify(_hard(model, quantity))
    except UsageError as error:
        return error.diagnostics[0].message
    return None if verdict.identifiable else verdict.reason


def why_untold(model: CausalModel, do: Collection[str]) -> str | None:
    """Say why the data do not tell what all other columns are once some nodes are set, as `why_unidentified` does."""
    others = tuple(Event(Variable(name)) for name in model.graph.columns if name not in do)
    if not do or not others:
        return None
    return why_unidentified(model, Probability(others, do=tuple(Intervention(name) for name in do)))


def _untold_world(model: CausalModel, quantity: Quantity) -> str | None:
    """Say which of the worlds of a counterfactual the data do not tell; None where they tell each by itself."""
    todo = [v for v in quantity.mentioned() if isinstance(v, Counterfactual)]
    while todo:
        variable = todo.pop()
        todo += (value for _, value in variable.world if isinstance(value, Counterfactual))
        do = tuple(Intervention(name, None if isinstance(v, Counterfactual) else v) for name, v in variable.world)
        if (reason := why_unidentified(model, Probability((Event(Variable(variable.name)),), do=do))) is not None:
            return reason
    return None


def _hard(model: CausalModel, quantity: Quantity) -> Quantity:
    """Return the quantity, or where it is about a new law what has to be known for it: the law of all else under do."""
    soft = {i.name for i in quantity.do if i.law is not None}
    if not soft:
        return quantity
    done = {i.name for i in quantity.do}
    others = tuple(Event(Variable(name)) for name in model.graph.columns if name not in done)
    return Probability(others, do=tuple(Intervention(i.name, i.value) for i in quantity.do))
