r"""Districts and their factors: the pieces of which every identifiable effect is made.

Write `Q[C]` for the law of C when everything else is set, `P(C | do(V \ C))`. Where `C1, C2, ..` are the districts of
the graph, the law of what is seen is the product of `Q[C1], Q[C2], ..`, and each of them can be computed from it [1]_:

    Q[C] = product over V in C of P(V | what comes before V)

in any causal order. Before V only its *Markov blanket* matters: the district of V among V and the nodes before it, and
the causes of that district. So `Q[C]` is written with blankets, and a node that has no unobserved cause in common with
another contributes `P(V | its causes)`.

From `Q[C]` smaller factors follow in two ways [1]_, [2]_. If no node of `C \ A` causes one of A within C, then `Q[A]`
is the sum of `Q[C]` over `C \ A`. And if T is a district of the graph of A, with A's nodes `V1, V2, ..` in causal
order, then

    Q[T] = product over Vi in T of Q[V1 .. Vi] / Q[V1 .. Vi-1]

where each `Q[V1 .. Vi]` is again a sum of `Q[A]`. Nodes of T that follow each other in the order need one ratio only.

References
----------
.. [1] Tian and Pearl, "A general identification condition for causal effects", AAAI 2002 (tian2002).
.. [2] Tian and Pearl, "On the identification of causal effects", UCLA technical report R-290-L, 2003 (tian2003).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import groupby

from causaldsl.graph.identification.algebra import product, ratio
from causaldsl.graph.identification.estimand import Estimand, Factor, Symbol
from causaldsl.graph.identification.hedge import Forests
from causaldsl.graph.identification.mixed import Mixed
from causaldsl.graph.identification.sums import total


class CFactors:
    """The factors of an ancestral set of nodes.

    Parameters
    ----------
    graph : Mixed
        The graph.
    nodes : collection of int
        What the law that is seen is taken over: nodes and all their ancestors.
    """

    def __init__(self, graph: Mixed, nodes: Collection[int]) -> None:
        self.graph = graph
        self.nodes = nodes
        self._symbols: dict[int, Symbol] = {}

    @cached_property
    def rank(self) -> Mapping[int, int]:
        """The place of each node in a causal order."""
        return {node: i for i, node in enumerate(self.graph.order(self.nodes))}

    def symbol(self, node: int) -> Symbol:
        """Return the variable of a node."""
        if node not in self._symbols:
            self._symbols[node] = Symbol(self.graph.names[node])
        return self._symbols[node]

    def symbols(self, nodes: Iterable[int]) -> tuple[Symbol, ...]:
        """Return the variables of some nodes, in order of declaration."""
        return tuple(map(self.symbol, sorted(nodes)))

    def of_district(self, district: Collection[int]) -> Estimand:
        """Return `Q[C]` for a district C of the graph of these nodes, from the law of what is seen."""
        if len(district) == 1:
            (node,) = district
            return Factor((self.symbol(node),), self.symbols(self.graph.parents[node]))
        return product(
            Factor(self.symbols(block), self.symbols(blanket)) for block, blanket in reversed(self._blocks(district))
        )

    def _blocks(self, district: Collection[int]) -> list[tuple[list[int], set[int]]]:
        """Return the nodes of a district in causal order with their blankets.

        Nodes are put into one block, `P(X, Y | Z)`, where the blanket of each is that of the first and the nodes
        between.
        """
        blocks: list[tuple[list[int], set[int]]] = []
        component: dict[int, int] = {}  # confounder -> where the district so far that it belongs to stands
        reached: list[set[int]] = []  # each district so far, with its causes
        newest: list[int] = []  # the block that each district so far would go on with; it is all of that district
        where: list[int] = []  # union-find
        for node in sorted(district, key=self.rank.__getitem__):
            shares = self.graph.shares[node]
            roots = {_root(where, component[c]) for c in shares if c in component}
            causes = self.graph.parents[node]
            if len(roots) == 1 and reached[root := next(iter(roots))].issuperset(causes) and newest[root] >= 0:
                blocks[newest[root]][0].append(node)
            else:
                largest = max(roots, key=lambda r: len(reached[r]), default=-1)
                root = largest if largest >= 0 else len(where)
                if root == len(where):
                    where.append(root)
                    reached.append(set())
                    newest.append(-1)
                for other in roots - {root}:
                    where[other] = root
                    reached[root] |= reached[other]
                reached[root].update(causes)
                newest[root] = len(blocks)
                blocks.append(([node], set(reached[root])))
            reached[root].add(node)
            component.update((c, root) for c in shares)
        return blocks

    def within(self, part: Collection[int], district: Collection[int]) -> Estimand | Forests:
        """Return `Q[S]`, or why it cannot be computed.

        Parameters
        ----------
        part : collection of int
            S: a set of nodes that is one district of its own graph.
        district : collection of int
            C: the district of the graph of all these nodes in which S lies.

        Returns
        -------
        Estimand or Forests
            The factor; or C and S where all of C causes S within C.
        """
        law = self.of_district(district)
        wanted, known = set(part), set(district)
        while known != wanted:
            above = self.graph.ancestors(wanted, known)
            if above == known:
                return Forests(frozenset(known), frozenset(wanted))
            law = total(self.symbols(known - above), law)
            known = self.graph.district(next(iter(wanted)), above)
            if known != above:
                law = self._of_smaller(known, above, law)
        return law

    def _of_smaller(self, part: set[int], nodes: set[int], law: Estimand) -> Estimand:
        """Return `Q[T]` for a district T of the graph of some nodes, from `Q` of those nodes."""
        order = list(self._runs(part, nodes))
        factors = []
        done = 0
        for inside, run in groupby(order, key=part.__contains__):
            start, done = done, done + len(list(run))
            if inside:
                until = law if done == len(order) else total(self.symbols(order[done:]), law)
                factors.append(ratio(until, total(self.symbols(order[start:]), law)))
        return product(reversed(factors))

    def _runs(self, part: set[int], nodes: set[int]) -> Iterator[int]:
        """Yield nodes in causal order, staying within the part or outside it as long as possible."""
        order = self.graph.order(nodes)
        waits = {node: sum(p in nodes for p in self.graph.parents[node]) for node in order}
        ready: dict[bool, list[int]] = {True: [], False: []}
        for node in reversed(order):
            if waits[node] == 0:
                ready[node in part].append(node)
        inside = False
        while ready[True] or ready[False]:
            inside = inside if ready[inside] else not inside
            node = ready[inside].pop()
            yield node
            for child in reversed(self.graph.children[node]):
                if child in waits:
                    waits[child] -= 1
                    if waits[child] == 0:
                        ready[child in part].append(child)


def _root(where: list[int], at: int) -> int:
    while where[at] != at:
        where[at] = where[where[at]]
        at = where[at]
    return at
