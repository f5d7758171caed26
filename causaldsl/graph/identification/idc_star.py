r"""IDC*: the probability of counterfactual claims among the units for which others hold.

`P(claims | conditions)` is `P(claims and conditions) / P(conditions)`. As in IDC (see `conditional`), a condition is
first turned into an intervention where that is the same: a condition `D=d` of some world is dropped, and D is set to d
wherever that very variable is, if in the counterfactual graph, without arrows out of it, it is m-separated from the
claims given the other conditions [1]_. (As printed there the test does not mention the other conditions, only the
claims are changed, and the graph is that of claims and conditions together. The second rule of the do-calculus, from
which the step comes, needs the other conditions too, and all changed; and it needs a graph that holds whatever the
claims turn out to be: copies that are the same variable only if the claims are true, are two in it.)

References
----------
.. [1] Shpitser and Pearl, "Complete identification methods for the causal hierarchy", Journal of Machine Learning
   Research 9, 2008 (shpitser2008).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from causaldsl.graph.identification.algebra import ratio
from causaldsl.graph.identification.drawn import drawn
from causaldsl.graph.identification.estimand import UNDEFINED, ZERO, Estimand, Symbol
from causaldsl.graph.identification.hedge import Forests
from causaldsl.graph.identification.id_star import Computed, Failure, id_star
from causaldsl.graph.identification.mixed import Mixed
from causaldsl.graph.identification.names import renamed
from causaldsl.graph.identification.parallel import Claim, Depends, Impossible, Parallel, settle, with_setting
from causaldsl.graph.m_separation import m_separated
from causaldsl.graph.surgery import without_effects


def idc_star(graph: Mixed, claims: Sequence[Claim], bound: Iterable[Symbol] = ()) -> Computed | Failure:
    """Identify the probability of claims under conditions.

    Parameters
    ----------
    graph : Mixed
        The graph.
    claims : sequence of Claim
        What is claimed and what is given, jointly.
    bound : iterable of Symbol
        Variables in the claims that are summed over.

    Returns
    -------
    Computed, Crossed or Depends
        As `id_star` does; `UNDEFINED` where the conditions contradict each other.
    """
    summed = frozenset(bound)
    alone = settle(graph, [claim for claim in claims if claim.given])
    if isinstance(alone, Depends):
        return alone
    if isinstance(alone, Impossible):
        return Computed(UNDEFINED, UNDEFINED)
    left = list(claims)
    turned: int | None = -1
    while turned is not None:
        settled = settle(graph, left, summed)
        if isinstance(settled, Depends):
            return settled
        if isinstance(settled, Impossible):
            return Computed(ZERO, ZERO)
        left = settled[1]
        whatever = settle(graph, *_undecided(graph, left))
        assert isinstance(whatever, tuple)
        found = whatever[0]
        turned = _turned(graph, found, left)
        if turned is not None:
            left = with_setting(found, left, turned)
    joint = id_star(graph, left, summed)
    given = [claim for claim in left if claim.given]
    if not isinstance(joint, Computed) or not given:
        return joint
    below = id_star(graph, given)
    if not isinstance(below, Computed):
        return below
    experiments = _ratio(graph, joint.experiments, below.experiments)
    for part in (joint.seen, below.seen):
        if isinstance(part, Forests):
            return Computed(experiments, part)
    assert isinstance(joint.seen, Estimand)
    assert isinstance(below.seen, Estimand)
    return Computed(experiments, _ratio(graph, joint.seen, below.seen))


def _ratio(graph: Mixed, above: Estimand, below: Estimand) -> Estimand:
    """Return a ratio, bound variables named alike above and below so that what is common cancels."""
    return ratio(renamed(above, graph.rank), renamed(below, graph.rank))


def _undecided(graph: Mixed, claims: Iterable[Claim]) -> tuple[list[Claim], list[Symbol]]:
    """Return claims of which only the conditions have their values; the others have variables, which are returned."""
    symbols: list[Symbol] = []
    found = []
    for claim in claims:
        if not claim.given:
            symbols.append(Symbol(graph.names[claim.node], -1 - len(symbols)))  # no other has primes below zero
            claim = replace(claim, value=symbols[-1])
        found.append(claim)
    return found, symbols


def _turned(graph: Mixed, found: Parallel, claims: Iterable[Claim]) -> int | None:
    """Return the variable of a condition that may as well be set."""
    sides: dict[bool, set[int]] = {True: set(), False: set()}
    for claim in claims:
        sides[claim.given].add(found.where[claim.node, claim.world])
    given, claimed = sides[True], sides[False] - sides[True]
    if not given:
        return None
    names = [str(i) for i in range(len(found.variants))]
    separation = drawn(graph, found, names)
    for variable in sorted(given):
        others = [names[i] for i in given if i != variable]
        if m_separated(
            without_effects(separation, [names[variable]]), [names[i] for i in claimed], [names[variable]], others
        ):
            return variable
    return None
