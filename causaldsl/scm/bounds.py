"""What the data alone say of a counterfactual that they do not identify, whatever ties the worlds together.

These are the bounds of Tian and Pearl (2000). For P(Y[X=a]=b | X=c, Y=d) with c other than a, units with Y[X=a]=b are
counted in three parts: those with X=a (there Y[X=a] is Y), those with X=c and Y=d, and the rest, so that

    P(Y=b | do(X=a)) - P(X=a, Y=b) - (1 - P(X=a) - P(X=c, Y=d)) <= P(Y[X=a]=b, X=c, Y=d)
                                                                <= P(Y=b | do(X=a)) - P(X=a, Y=b)

and for P(Y[X=a]=b, Y[X=c]=d) the bounds of Frechet, max(0, p + q - 1) and min(p, q), of the two effects. What X does
not cause is the same in both worlds, so that all of it holds within each stratum of such covariates too, with Z=z in
every term; bounds that are summed over strata are narrower.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from causaldsl.graph.domain import Discrete, Value
from causaldsl.graph.expression import Counterfactual, Variable
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.question import Event, Intervention, Probability, Quantity
from causaldsl.plugins.defaults import domain_of

Numbers = Callable[[Probability], Tensor]
"""Works a probability of rung 1 or 2 out, for every value of the names that it leaves open."""


STRATA = 2**10
"""The most strata that bounds are summed over."""


def strata_of(graph: CausalGraph, asked: Quantity) -> tuple[str, ...]:
    """Return covariates to take bounds within: discrete causes of what is asked about that its worlds leave alone."""
    worlds = [_one_world(event) for event in asked.events] if isinstance(asked, Probability) else []
    known = [world for world in worlds if world is not None]
    changed = graph.descendants({x for _, _, x, _ in known}) | {y for y, *_ in known}
    causes = graph.ancestors({name for y, _, x, _ in known for name in (y, x)}) - changed - set(graph.latents)
    chosen: list[str] = []
    cells = 1
    for node in graph.nodes:
        domain = domain_of(node)
        if node.name in causes and isinstance(domain, Discrete) and cells * len(domain.levels) <= STRATA:
            cells *= len(domain.levels)
            chosen.append(node.name)
    return tuple(chosen)


def bounds_of(asked: Quantity, numbers: Numbers, covariates: Sequence[str] = ()) -> tuple[float, float] | None:
    """Return bounds of a counterfactual probability, or None where it is of no form that they are known for.

    Parameters
    ----------
    asked : Quantity
        The question.
    numbers : callable
        Works probabilities of rung 1 and 2 out.
    covariates : sequence of str
        Observed names that X does not cause, other than Y; they are left open in what `numbers` is asked.

    Examples
    --------
    >>> y, y0, x = Variable("Y"), Counterfactual("Y", (("X", 0),)), Variable("X")
    >>> pn = Probability((Event(y0, "=", 0),), given=(Event(x, "=", 1), Event(y, "=", 1)))
    >>> known = {"P(Y=0 | do(X=0))": 0.7, "P(X=0, Y=0)": 0.3, "P(X=0)": 0.5, "P(X=1, Y=1)": 0.4}
    >>> [round(end, 2) for end in bounds_of(pn, lambda p: torch.tensor(known[str(p)]))]
    [0.75, 1.0]
    """
    if not isinstance(asked, Probability) or asked.do:
        return None
    strata = tuple(Event(Variable(name)) for name in covariates)

    def seen(*values: tuple[str, Value | None]) -> Tensor:
        events = tuple(Event(Variable(name), "=", value) for name, value in values)
        return numbers(Probability((*events, *strata))) if events + strata else torch.ones(())

    def effect(y: str, b: Value, x: str, a: Value) -> Tensor:
        return numbers(Probability((Event(Variable(y), "=", b), *strata), do=(Intervention(x, a),)))

    if len(asked.events) == 1 and len(asked.given) == 2:
        found = _one_world(asked.events[0])
        evidence = {e.name: e.value for e in asked.given if isinstance(e.variable, Variable) and e.relation == "="}
        if found is None or set(evidence) != {found[0], found[2]} or evidence[found[2]] == found[3]:
            return None
        y, b, x, a = found
        of_evidence = seen((x, evidence[x]), (y, evidence[y]))
        high = effect(*found) - seen((x, a), (y, b))
        low = high - (seen() - seen((x, a)) - of_evidence)
        return _summed(low, torch.minimum(high, of_evidence), float(of_evidence.sum()))
    if len(asked.events) == 2 and not asked.given:
        first, second = (_one_world(event) for event in asked.events)
        if first is None or second is None:
            return None
        p, q = effect(*first), effect(*second)
        return _summed(p + q - seen(), torch.minimum(p, q), 1.0)
    return None


def _summed(low: Tensor, high: Tensor, evidence: float) -> tuple[float, float] | None:
    """Sum the bounds of the strata, as a share of the evidence; None where there is none."""
    if evidence <= 0:
        return None
    return min(1.0, float(low.clamp(min=0).sum()) / evidence), min(1.0, float(high.clamp(min=0).sum()) / evidence)


def _one_world(event: Event) -> tuple[str, Value, str, Value] | None:
    """Return (Y, b, X, a) of an event `Y[X=a]=b`, or None where it is no such event."""
    variable = event.variable
    if not isinstance(variable, Counterfactual) or event.relation != "=" or event.value is None:
        return None
    if len(variable.world) != 1 or isinstance(variable.world[0][1], Counterfactual):
        return None
    x, a = variable.world[0]
    return variable.name, event.value, x, a  # type: ignore[return-value] # a is no counterfactual
