"""What the data alone say of a counterfactual that they do not identify, whatever ties the worlds together.

These are the bounds of Tian and Pearl (2000), counted unit by unit. Among units with X=a, Y[X=a] is Y, and all is
seen. Of the others the data tell how many have Y[X=a]=b, P(Y=b | do(X=a)) - P(X=a, Y=b), and how many have what else
was seen, G; so many have both as Frechet's bounds of two shares allow. For two worlds that differ in X, P(Y[X=a]=b,
Y[X=c]=d), the units with X=a, with X=c and the rest are counted apart: in the first the one value is seen, in the
second the other, and what is not told is how the other worlds' values are spread over the parts. What no form fits
gets Frechet's bounds of its worlds. Where the data do not tell an effect either, it may be whatever agrees with what
is seen.

What X does not cause is the same in both worlds, so that all of it holds within each stratum of such covariates too,
with Z=z in every term; bounds that are summed over strata are narrower.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from causaldsl.graph.domain import Discrete
from causaldsl.graph.expression import Counterfactual, Variable
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.question import Event, Intervention, Probability, Quantity
from causaldsl.plugins.defaults import domain_of

Numbers = Callable[[Probability], Tensor | None]
"""Works a probability of rung 1 or 2 out, for every value of the names that it leaves open; None if no data tell it."""
Ends = tuple[Tensor, Tensor]
"""A lower and an upper bound, one a stratum."""

STRATA = 2**10
"""The most strata that bounds are summed over."""


@dataclass(frozen=True)
class _World:
    """Events of one other world: what is set in it, and what happens; `known` is False where worlds are nested."""

    settings: tuple[Event, ...]
    events: tuple[Event, ...]
    known: bool = True

    def excludes(self, other: _World) -> bool:
        """Whether no unit has what is set in both by itself."""
        values = {e.name: e.value for e in self.settings}
        return any(values.get(e.name, e.value) != e.value for e in other.settings)


def strata_of(graph: CausalGraph, asked: Quantity) -> tuple[str, ...]:
    """Return covariates to take bounds within: discrete causes of what is asked about that its worlds leave alone."""
    worlds = _worlds((*asked.events, *asked.given)) if isinstance(asked, Probability) else []
    named = [e.name for world in worlds for e in (*world.settings, *world.events)]
    changed = graph.descendants(e.name for world in worlds for e in world.settings) | set(named)
    causes = graph.ancestors(named) - changed - set(graph.latents)
    chosen: list[str] = []
    cells = 1
    for node in graph.nodes:
        domain = domain_of(node)
        if node.name in causes and isinstance(domain, Discrete) and cells * len(domain.levels) <= STRATA:
            cells *= len(domain.levels)
            chosen.append(node.name)
    return tuple(chosen)


def bounds_of(asked: Quantity, numbers: Numbers, covariates: Sequence[str] = ()) -> tuple[float, float] | None:
    """Return bounds of a counterfactual probability; None where what is given cannot be, or is of nodes nobody sees.

    Parameters
    ----------
    asked : Quantity
        The question, each of its events with a value.
    numbers : callable
        Works probabilities of rung 1 and 2 out.
    covariates : sequence of str
        Observed names that nothing set causes; they are left open in what `numbers` is asked.

    Examples
    --------
    >>> y, y0, x = Variable("Y"), Counterfactual("Y", (("X", 0),)), Variable("X")
    >>> pn = Probability((Event(y0, "=", 0),), given=(Event(x, "=", 1), Event(y, "=", 1)))
    >>> known = {"P(Y=0 | do(X=0))": 0.7, "P(X=0, Y=0)": 0.3, "P(X=0)": 0.5, "P(X=1, Y=1)": 0.4}
    >>> [round(end, 2) for end in bounds_of(pn, lambda p: torch.tensor(known.get(str(p), 0.0)))]
    [0.75, 1.0]
    """
    if not isinstance(asked, Probability) or asked.do or any(e.relation is None for e in (*asked.events, *asked.given)):
        return None
    ask = _Asker(numbers, tuple(Event(Variable(name)) for name in covariates))
    try:
        low, high = (float(end.sum()) for end in _together(ask, (*asked.events, *asked.given)))
        least, most = (float(end.sum()) for end in _together(ask, asked.given))
    except _UntoldError:
        return None
    if most <= 0:
        return None
    return min(1.0, low / most), (min(1.0, high / least) if least > 0 else 1.0)


class _UntoldError(Exception):
    """What is seen in the factual world, or is said to be, no data tell."""


class _Asker:
    """Asks for probabilities within strata."""

    def __init__(self, numbers: Numbers, strata: tuple[Event, ...]) -> None:
        self.numbers = numbers
        self.strata = strata

    def seen(self, *events: Event) -> Tensor:
        """Return the probability of events in the factual world; of nothing it is the strata's."""
        if not events and not self.strata:
            return torch.ones((), dtype=torch.float64)
        found = self.numbers(Probability((*events, *self.strata)))
        if found is None:
            raise _UntoldError
        return found

    def effect(self, world: _World) -> Tensor | None:
        """Return the probability of a world's events; None where the data do not tell it."""
        if not world.known:
            return None
        do = tuple(Intervention(e.name, e.value) for e in world.settings)
        return self.numbers(Probability((*world.events, *self.strata), do=do))


def _together(ask: _Asker, events: Sequence[Event]) -> Ends:
    """Bound the probability that events of several worlds happen to one unit."""
    worlds, factual = _worlds(events), [e for e in events if isinstance(e.variable, Variable)]
    if not worlds:
        seen = ask.seen(*factual)
        return seen, seen
    if len(worlds) == 1 and worlds[0].known:
        return _across(ask, worlds[0], factual)
    if len(worlds) == 2 and not factual and worlds[0].known and worlds[1].known and worlds[0].excludes(worlds[1]):
        return _jointly(ask, worlds[0], worlds[1])
    whole = ask.seen()
    parts = [found for world in worlds if (found := ask.effect(world)) is not None]
    unknown = len(worlds) - len(parts)
    parts += [ask.seen(*factual)] if factual else []
    low, high = (torch.zeros_like(whole) if unknown else whole), whole
    for part in parts:
        low, high = low + part - whole, torch.minimum(high, part)
    return low.clamp(min=0), high


def _across(ask: _Asker, world: _World, factual: Sequence[Event]) -> Ends:
    """Bound the probability of events of one other world, and of this one."""
    inside = ask.seen(*world.settings, *world.events, *factual)
    outside = ask.seen(*factual) - ask.seen(*world.settings, *factual)
    effect = ask.effect(world)
    if effect is None:
        return inside, inside + outside.clamp(min=0)
    imagined = effect - ask.seen(*world.settings, *world.events)
    units = ask.seen() - ask.seen(*world.settings)
    return inside + (imagined + outside - units).clamp(min=0), inside + torch.minimum(imagined, outside).clamp(min=0)


def _jointly(ask: _Asker, one: _World, other: _World) -> Ends:
    """Bound the probability of events of two other worlds of which each unit is in one at most by itself."""
    a, c = ask.seen(*one.settings), ask.seen(*other.settings)
    ab, cd = ask.seen(*one.settings, *one.events), ask.seen(*other.settings, *other.events)
    rest = (ask.seen() - a - c).clamp(min=0)
    p, q = ask.effect(one), ask.effect(other)
    if p is None or q is None:
        return torch.zeros_like(rest), ab + cd + rest
    p, q = (p - ab).clamp(min=0), (q - cd).clamp(min=0)  # units that are not seen to have the one event, or the other
    # of p there are s among the units of `other`, of q there are t among those of `one`; what is left is in the rest
    s_low, t_low = (p - rest).clamp(min=0), (q - rest).clamp(min=0)
    s_high, t_high = torch.minimum(c, p), torch.minimum(a, q)
    # fewest: s and t grow while they fit beside what is seen there, and what is left has to overlap in the rest
    room = (torch.minimum(s_high, c - cd) - s_low).clamp(min=0) + (torch.minimum(t_high, a - ab) - t_low).clamp(min=0)
    overlap = (p - s_low + q - t_low - rest - room).clamp(min=0)
    low = (ab + t_low - a).clamp(min=0) + (cd + s_low - c).clamp(min=0) + overlap
    # most: s and t grow while they overlap what is seen there
    s, t = torch.minimum(s_high, torch.maximum(s_low, cd)), torch.minimum(t_high, torch.maximum(t_low, ab))
    high = torch.minimum(ab, t) + torch.minimum(cd, s) + torch.minimum(p - s, q - t)
    return low, high


def _worlds(events: Sequence[Event]) -> list[_World]:
    """Return the other worlds of events, each with all of its events."""
    found: dict[object, _World] = {}
    for event in events:
        variable = event.variable
        if not isinstance(variable, Counterfactual):
            continue
        nested = any(isinstance(value, Counterfactual) for _, value in variable.world)
        if nested:
            settings = tuple(Event(Variable(name)) for name, _ in variable.world)
        else:
            settings = tuple(Event(Variable(name), "=", value) for name, value in sorted(variable.world))  # type: ignore[arg-type]
        key: object = str(variable) if nested else settings
        before = found.get(key, _World(settings, (), not nested))
        here = Event(Variable(event.name), event.relation, event.value)
        found[key] = _World(settings, (*before.events, here), not nested)
    return list(found.values())
