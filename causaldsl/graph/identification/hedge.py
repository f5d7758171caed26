r"""Hedges: what makes an effect impossible to identify.

A *C-forest* with roots R is a set of nodes that is one district and in which, once arrows are left out, every node has
at most one child and R are those that have none. A *hedge* for `P(Y | do(X))` is a pair of C-forests F and F' with the
same roots R [1]_: F' is part of F, F holds a node of X and F' none, and the roots cause Y without the help of X (they
are ancestors of Y in the graph without arrows into X). Then two models of the graph agree on everything that is seen
and disagree on the effect: where all nodes are binary, let each be the parity of its causes in F and of the unobserved
causes that it shares there, in the second model without what lies in F but not in F'. The smallest hedge is the bow,
`X -> Y` with `X <-> Y`: F is {X, Y}, F' is {Y}.

ID finds a hedge wherever it fails, and it fails only where the effect is not identifiable. (The converse that [1]_
draws, over subsets of X and Y, does not hold as it stands there [2]_; it is not used here.)

References
----------
.. [1] Shpitser and Pearl, "Identification of joint interventional distributions in recursive semi-Markovian causal
   models", AAAI 2006 (shpitser2006id).
.. [2] Shpitser, "When does the ID algorithm fail?", arXiv:2307.03750, 2023 (shpitser2023).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from causaldsl.graph.domain import quoted
from causaldsl.source import Span

if TYPE_CHECKING:
    from causaldsl.graph.identification.mixed import Mixed
    from causaldsl.graph.ir import CausalGraph


class Forests(NamedTuple):
    """The two forests of a hedge, by number.

    Parameters
    ----------
    outer, inner : frozenset of int
        F and F'.
    """

    outer: frozenset[int]
    inner: frozenset[int]


@dataclass(frozen=True)
class Hedge:
    """A hedge, by name.

    Parameters
    ----------
    outer : frozenset of str
        F: a C-forest that holds a node that is set.
    inner : frozenset of str
        F': the C-forest within it that holds none.
    roots : frozenset of str
        Their common roots.
    places : tuple of Span
        Where the nodes of F are declared, in order of declaration; empty for a graph that was not read from a text.
    """

    outer: frozenset[str]
    inner: frozenset[str]
    roots: frozenset[str]
    places: tuple[Span, ...] = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return f"F = {_set(self.outer)}, F' = {_set(self.inner)}, roots {_set(self.roots)}"

    def as_json(self) -> dict[str, list[str]]:
        """Return it as lists of names, sorted."""
        return {"outer": sorted(self.outer), "inner": sorted(self.inner), "roots": sorted(self.roots)}


def hedge_of(forests: Forests, mixed: Mixed, graph: CausalGraph) -> Hedge:
    """Name the nodes of a hedge, find its roots and where it is declared."""
    names = mixed.names
    roots = [node for node in forests.inner if forests.inner.isdisjoint(mixed.children[node])]
    spans = (graph[names[node]].span for node in sorted(forests.outer))
    return Hedge(
        frozenset(names[node] for node in forests.outer),
        frozenset(names[node] for node in forests.inner),
        frozenset(names[node] for node in roots),
        tuple(span for span in spans if span is not None),
    )


def _set(names: Iterable[str]) -> str:
    return f"{{{', '.join(map(quoted, sorted(names)))}}}"
