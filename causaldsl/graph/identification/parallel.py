"""Parallel worlds, and what they have in common: the counterfactual graph, by number.

A question across worlds is about variables such as `Y[X=0]`, the value that Y would have had, had X been 0. Each world
has a copy of every node, and all copies of a node have the same noise of its own and the same unobserved causes. Copies
can be the same variable: if X does not cause Z, then `Z[X=0]` is Z; and among the units in which X was in fact 0,
`Y[X=0]` is Y. The counterfactual graph [1]_ holds each variable once.

It is built causes first. A copy is told by its node and by where it takes each of its causes from: a value, if the
cause is set in its world or is seen in it, or else another variable. Copies that are told alike are one variable. If
one variable should have two values, the claims contradict each other and have probability 0.

References
----------
.. [1] Shpitser and Pearl, "Complete identification methods for the causal hierarchy", Journal of Machine Learning
   Research 9, 2008 (shpitser2008).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from causaldsl.graph.identification.estimand import Symbol, Term
from causaldsl.graph.identification.mixed import Mixed
from causaldsl.graph.reach import reach

World = tuple[tuple[int, Term], ...]
"""What is set in a world: nodes and values, by number of the node; the factual world sets nothing."""


@dataclass(frozen=True)
class Claim:
    """That a node has a value in a world.

    Parameters
    ----------
    node : int
        The node.
    world : tuple of (int, Symbol or Fixed)
        What is set.
    value : Symbol or Fixed
        The value.
    given : bool
        Whether it is a condition.
    """

    node: int
    world: World
    value: Term
    given: bool = False

    def put(self, symbol: Symbol, term: Term) -> Claim:
        """Return the claim with a term for a variable."""
        world = tuple((node, term if found == symbol else found) for node, found in self.world)
        return replace(self, world=world, value=term if self.value == symbol else self.value)


@dataclass
class Variant:
    """A variable of the counterfactual graph.

    Parameters
    ----------
    node : int
        Its node.
    sources : tuple of (int, Symbol or Fixed or int)
        For each cause its value, or the variant that it is.
    world : tuple of (int, Symbol or Fixed)
        A world that it belongs to, without what does not matter to it.
    value : Symbol or Fixed or None
        What it is claimed to be.
    """

    node: int
    sources: tuple[tuple[int, Term | int], ...]
    world: World
    value: Term | None = None


@dataclass(frozen=True)
class Parallel:
    """The counterfactual graph of some claims.

    Parameters
    ----------
    variants : list of Variant
        The variables, causes first.
    where : mapping of (int, World) to int
        Which variable a node is in a world.
    parents : list of tuple of int
        For each variable those that cause it, also where a cause is told by its value.
    """

    variants: list[Variant] = field(default_factory=list)
    where: dict[tuple[int, World], int] = field(default_factory=dict)
    parents: list[tuple[int, ...]] = field(default_factory=list)


@dataclass(frozen=True)
class Clash:
    """Two values for one variable."""

    first: Term
    second: Term


@dataclass(frozen=True)
class Impossible:
    """The claims contradict each other."""


@dataclass(frozen=True)
class Depends:
    """The answer is another one for some values of a variable that the question leaves open."""

    symbol: Symbol


def settle(
    graph: Mixed, claims: Sequence[Claim], bound: Iterable[Symbol] = ()
) -> tuple[Parallel, list[Claim]] | Impossible | Depends:
    """Build the counterfactual graph of some claims.

    Parameters
    ----------
    graph : Mixed
        The graph.
    claims : sequence of Claim
        The claims.
    bound : iterable of Symbol
        The variables in them that are summed over; the others are open.

    Returns
    -------
    (Parallel, list of Claim), Impossible or Depends
        The graph, and the claims that are left: without those that hold by themselves, and with values for the summed
        variables that can only have one.
    """
    summed = set(bound)
    left = list(claims)
    while True:
        found: Parallel | Clash = _set_claims(left) or _built(graph, [c for c in left if c.node not in dict(c.world)])
        if isinstance(found, Parallel):
            return found, [c for c in left if c.node not in dict(c.world)]
        first, second = found.first, found.second
        if isinstance(second, Symbol) and second in summed:
            first, second = second, first
        if isinstance(first, Symbol) and first in summed:
            left = [claim.put(first, second) for claim in left]
        elif isinstance(first, Symbol):
            return Depends(first)
        elif isinstance(second, Symbol):
            return Depends(second)
        else:
            return Impossible()


def _set_claims(claims: Iterable[Claim]) -> Clash | None:
    """Return a claim about what its own world sets, if it sets it to something else."""
    for claim in claims:
        setting = dict(claim.world).get(claim.node, claim.value)
        if setting != claim.value:
            return Clash(setting, claim.value)
    return None


def _built(graph: Mixed, claims: Sequence[Claim]) -> Parallel | Clash:
    found = Parallel()
    needed: dict[World, set[int]] = {}
    for claim in claims:
        cut = dict(claim.world)
        needed.setdefault(claim.world, set()).update(above(graph, claim.node, cut))
    needed = dict(sorted(needed.items(), key=lambda pair: len(pair[0])))
    claimed: dict[int, list[Claim]] = {}
    for claim in claims:
        claimed.setdefault(claim.node, []).append(claim)
    for node in graph.order(set[int]().union(*needed.values())):
        told: dict[tuple[tuple[int, Term | int], ...], int] = {}
        for world, nodes in needed.items():
            if node in nodes:
                _place(graph, found, told, node, world)
        for claim in claimed.get(node, ()):
            variant = found.variants[found.where[node, claim.world]]
            if variant.value is not None and variant.value != claim.value:
                return Clash(variant.value, claim.value)
            variant.value = claim.value
    return found


def above(graph: Mixed, node: int, cut: Mapping[int, Term]) -> set[int]:
    """Return a node and what causes it in a world."""
    return reach(lambda n: [p for p in graph.parents[n] if p not in cut], [node])


def _place(
    graph: Mixed,
    found: Parallel,
    told: dict[tuple[tuple[int, Term | int], ...], int],
    node: int,
    world: World,
) -> None:
    """Find out which variable a node is in a world."""
    settings = dict(world)
    causes = [cause for cause in graph.parents[node] if cause not in settings]
    variants = {cause: found.where[cause, world] for cause in causes}
    sources: list[tuple[int, Term | int]] = []
    for cause in graph.parents[node]:
        if cause in settings:
            sources.append((cause, settings[cause]))
        else:
            value = found.variants[variants[cause]].value
            sources.append((cause, variants[cause] if value is None else value))
    key = tuple(sources)
    if key not in told:
        told[key] = len(found.variants)
        mattering = {cause for cause in graph.parents[node] if cause in settings}
        mattering.update(n for cause in causes for n, _ in _mattering(found, cause, world))
        found.variants.append(Variant(node, key, tuple(s for s in world if s[0] in mattering)))
        found.parents.append(tuple(variants.values()))
    found.where[node, world] = told[key]


def _mattering(found: Parallel, node: int, world: World) -> World:
    return found.variants[found.where[node, world]].world


def tied(graph: Mixed, found: Parallel) -> list[list[int]]:
    """Return the variables in groups that share noises or unobserved causes, directly or through others."""
    groups: list[list[int]] = []
    of_node: dict[int, list[int]] = {}
    for i, variant in enumerate(found.variants):
        of_node.setdefault(variant.node, []).append(i)
    for district in graph.districts(of_node.keys()):
        groups.append(sorted(i for node in district for i in of_node[node]))
    return groups


def with_setting(found: Parallel, claims: Iterable[Claim], gone: int) -> list[Claim]:
    """Return claims with a variable set to the value that it has, wherever it is that variable."""
    variant = found.variants[gone]
    assert variant.value is not None
    left = []
    for claim in claims:
        if found.where.get((claim.node, claim.world)) == gone:
            continue
        world = claim.world
        if found.where.get((variant.node, world)) == gone:
            world = tuple(sorted((*world, (variant.node, variant.value)), key=lambda setting: setting[0]))
        left.append(replace(claim, world=world))
    return left
