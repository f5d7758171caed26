"""Verma constraints: what a graph with unobserved causes implies beyond independencies.

In `A -> B -> C -> D` with `B <-> D` no set separates A from D, so nothing about them shows as an independency in the
data. But A acts on D through C alone: were C set by hand, A and D would be independent. And what D would be like if C
were set can be computed from the data, so that this can be tested after all [1]_, [2]_:

    sum_{B} P(D | A, B, C) P(B | A) does not depend on A

Such a constraint is an independency in a law that an intervention leaves and the data determine. Which laws these are
is said by *fixing* [3]_: a node may be set if it causes no other node of its own district; then the arrows into it and
its `<->` are gone, and perhaps others may be set. Two nodes are tied for good if setting all that can be set leaves
them in one district, or one of them a cause of the other's district; all other pairs are independent in some such law,
given what else is in it [4]_. `verma_constraints` lists the pairs that no set separates and that are not tied for good,
each with as few nodes set as it takes.

References
----------
.. [1] Verma and Pearl, "Equivalence and synthesis of causal models", UAI 1990 (verma1990).
.. [2] Tian and Pearl, "On the testable implications of causal models with hidden variables", UAI 2002
   (tian2002testable).
.. [3] Richardson, Evans, Robins, Shpitser, "Nested Markov properties for acyclic directed mixed graphs", Annals of
   Statistics 51, 2023 (richardson2023).
.. [4] Shpitser, Evans, Richardson, "Acyclic linear SEMs obey the nested Markov property", UAI 2018 (shpitser2018).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from causaldsl.graph.domain import quoted
from causaldsl.graph.expression import Variable
from causaldsl.graph.identification.mixed import mixed
from causaldsl.graph.ir import Links
from causaldsl.graph.names import in_order, listed, named
from causaldsl.graph.question import Event, Intervention, Probability
from causaldsl.graph.reach import reach
from causaldsl.graph.separators import minimal_separators

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph

_TRIES = 500
"""How many sets of nodes to set are tried for a pair, smaller ones first."""


class VermaConstraint(NamedTuple):
    """Two nodes that are independent once others are set, in a law that the data determine.

    Parameters
    ----------
    a, b : str
        The nodes.
    done : frozenset of str
        What is set.
    given : frozenset of str
        What is given.
    text : str
        The constraint in words.
    """

    a: str
    b: str
    done: frozenset[str]
    given: frozenset[str]
    text: str

    def __str__(self) -> str:
        return self.text


def verma_constraints(graph: CausalGraph) -> Iterator[VermaConstraint]:
    """Yield a constraint for each pair of observed nodes that no set separates, but an intervention would.

    Parameters
    ----------
    graph : CausalGraph
        The graph, with `<->` and declared latents.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> print(*verma_constraints(read_text("node A, B, C, D; A -> B -> C -> D; B <-> D")))
    A _||_ D once C is set: sum_{B} P(D | A, B, C) P(B | A) does not depend on A
    """
    links = _projected(graph)
    observed = [node for node in range(len(graph.nodes)) if not graph.nodes[node].latent]
    for a, b in combinations(observed, 2):
        if b in {*links.parents[a], *links.children[a], *links.siblings[a]}:
            continue
        if next(minimal_separators(links, {a}, {b}, set()), None) is None and not _tied(links, observed, a, b):
            yield _constraint(graph, links, observed, a, b)


def _projected(graph: CausalGraph) -> Links:
    """Return the graph of the observed nodes; latents are left as nodes without edges."""
    found = mixed(graph)
    siblings: list[set[int]] = [set() for _ in graph.nodes]
    for members in found.confounders:
        for member in members:
            siblings[member].update(members)
    shared = tuple(tuple(sorted(near - {node})) for node, near in enumerate(siblings))
    return Links(graph.links.number, tuple(map(tuple, found.parents)), tuple(map(tuple, found.children)), shared)


def _set(links: Links, node: int) -> Links:
    """Return the graph in which a node is set: nothing causes it, and it shares no cause."""
    parents, children, siblings = list(links.parents), list(links.children), list(links.siblings)
    for parent in parents[node]:
        children[parent] = tuple(c for c in children[parent] if c != node)
    for sibling in siblings[node]:
        siblings[sibling] = tuple(s for s in siblings[sibling] if s != node)
    parents[node] = siblings[node] = ()
    return Links(links.number, tuple(parents), tuple(children), tuple(siblings))


def _can_be_set(links: Links, node: int) -> bool:
    """Tell whether a node causes no other node of its district."""
    if not links.siblings[node]:
        return True
    district = reach(links.siblings.__getitem__, [node])
    return reach(links.children.__getitem__, [node]) & district == {node}


def _tied(links: Links, observed: list[int], a: int, b: int) -> bool:
    """Tell whether two nodes stay connected when all that can be set is set."""
    left = [node for node in observed if node not in (a, b)]
    while (able := next((node for node in left if _can_be_set(links, node)), None)) is not None:
        links = _set(links, able)
        left.remove(able)
    for one, other in ((a, b), (b, a)):
        district = reach(links.siblings.__getitem__, [one])
        if other in district or any(other in links.parents[member] for member in district):
            return True
    return False


def _constraint(graph: CausalGraph, links: Links, observed: list[int], a: int, b: int) -> VermaConstraint:
    """Return the constraint of a pair that is not tied, with as few nodes set as are found to do."""
    waiting = deque([(frozenset[int](), links)])
    tried = {frozenset[int]()}
    while True:
        done, cut = waiting.popleft()
        if done and (given := next(minimal_separators(cut, {a}, {b}, set(), done), None)) is not None:
            return _spelled(graph, a, b, done, given - done)
        able = [node for node in observed if node not in (a, b) and node not in done and _can_be_set(cut, node)]
        for node in able if len(tried) < _TRIES else able[:1]:
            if (more := done | {node}) not in tried:
                tried.add(more)
                waiting.append((more, _set(cut, node)))


def _spelled(graph: CausalGraph, a: int, b: int, done: frozenset[int], given: frozenset[int]) -> VermaConstraint:
    """Put a constraint into words: as an independency, and where it can be, as an estimand that is constant."""
    names = graph.nodes
    done_names, given_names = named(graph, done), named(graph, given)
    first, last = names[a].name, names[b].name
    also = f" | {listed(graph, given_names)}" if given else ""
    verb = "are" if len(done) > 1 else "is"
    text = f"{quoted(first)} _||_ {quoted(last)}{also} once {listed(graph, done_names)} {verb} set"
    for free, of in ((first, last), (last, first)):
        asked = Probability(
            (Event(Variable(of)),),
            do=tuple(Intervention(name) for name in in_order(graph, done_names)),
            given=tuple(Event(Variable(name)) for name in in_order(graph, given_names)),
        )
        found = graph.identify(asked)
        if free in found.arbitrary:
            text = f"{text}: {found.estimand} does not depend on {quoted(free)}"
            break
    return VermaConstraint(first, last, done_names, given_names, text)
