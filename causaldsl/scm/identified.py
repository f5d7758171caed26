"""Which answers of a fitted model the data vouch for.

Where latents are learned, a model that fits the data perfectly may still be wrong about what is done, since other
models fit as well and answer otherwise. Where the graph identifies the effect, every model of it that fits agrees, and
the model's own truncated factorisation, latents summed out, is the estimand's value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from causaldsl.errors import UsageError
from causaldsl.graph.expression import Variable
from causaldsl.graph.question import Event, Intervention, Probability, Quantity
from causaldsl.plugins.defaults import equation_of

if TYPE_CHECKING:
    from causaldsl.scm.model import CausalModel


def why_unidentified(model: CausalModel, quantity: Quantity) -> str | None:
    """Say why the data do not tell a probability or an expectation; None where they do, or nothing is learned of it.

    Counterfactuals are left to their assumption.
    """
    if quantity.rung == 3 or not learns_latents(model):
        return None
    for name in (v.name for v in quantity.mentioned() if model.graph[v.name].latent):
        return f"`{name}` is latent: no data tell its law, nor what its levels are"
    if quantity.rung == 1:
        return None
    try:
        verdict = model.graph.identify(_hard(model, quantity))
    except UsageError as error:
        return error.diagnostics[0].message
    return None if verdict.identifiable else verdict.reason


def learns_latents(model: CausalModel) -> bool:
    """Whether a latent, or an effect of one, is learned."""
    graph = model.controller.graph
    return any(
        equation_of(graph[name]) is None and (graph[name].latent or any(graph[p].latent for p in graph[name].parents))
        for name in model.controller.nodes
    )


def _hard(model: CausalModel, quantity: Quantity) -> Quantity:
    """Return the quantity, or where it is about a new law what has to be known for it: the law of all else under do."""
    soft = {i.name for i in quantity.do if i.law is not None}
    if not soft:
        return quantity
    done = {i.name for i in quantity.do}
    others = tuple(Event(Variable(name)) for name in model.graph.columns if name not in done)
    return Probability(others, do=tuple(Intervention(i.name, i.value) for i in quantity.do))
