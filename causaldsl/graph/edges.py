"""Edges gathered from statements: every pair of two lists, once, and no cycle."""

from __future__ import annotations

from collections.abc import Mapping

from causaldsl.errors import Diagnostic
from causaldsl.graph.cycles import cycle_message, find_cycles
from causaldsl.graph.lists import Member, Scope
from causaldsl.graph.sorts import Declaration
from causaldsl.source import Span
from causaldsl.syntax import tree

MAX_EDGES = 1_000_000
"""How many edges a text may stand for."""


class EdgeBook:
    """The edges of a text.

    Parameters
    ----------
    nodes : mapping of str to Declaration
        The declared nodes, in order of declaration.
    """

    def __init__(self, nodes: Mapping[str, Declaration]) -> None:
        self.nodes = nodes
        self.rank = {name: i for i, name in enumerate(nodes)}
        self.parents: dict[str, dict[str, Span]] = {name: {} for name in nodes}
        self.confounded: dict[tuple[str, str], Span] = {}
        self.count = 0

    def add(self, statement: tree.Edges, scope: Scope) -> None:
        """Gather the edges of one statement, every pair of neighbouring lists."""
        lists = scope.expand(*statement.lists)
        for i, arrow in enumerate(statement.arrows):
            left, right = lists[i], lists[i + 1]
            fitted = self.count <= MAX_EDGES
            self.count += len(left) * len(right)
            if self.count > MAX_EDGES:
                if fitted:
                    scope.error("C213", f"the text stands for more than {MAX_EDGES:,} edges", statement)
                return
            span = scope.span(statement.lists[i], statement.lists[i + 1])
            if arrow.sign == "<->":
                self._confound(left, right, span, scope)
            elif arrow.sign == "->":
                self._cause(left, right, span, scope)
            else:
                self._cause(right, left, span, scope)

    def _cause(self, tails: list[Member], heads: list[Member], span: Span, scope: Scope) -> None:
        """Add `tail -> head` for every pair."""
        twice: list[tuple[str, str]] = []
        for head in heads:
            if not self._may_have_causes(head, scope):
                continue
            parents = self.parents[head.node]
            for tail in tails:
                if tail.node == head.node:
                    scope.error("C204", f"`{head.node}` cannot cause itself", head.item)
                elif tail.node in parents:
                    twice.append((tail.node, head.node))
                else:
                    parents[tail.node] = span
        _given_twice(twice, "->", span, scope)

    def _confound(self, left: list[Member], right: list[Member], span: Span, scope: Scope) -> None:
        """Add `a <-> b` for every pair."""
        twice: list[tuple[str, str]] = []
        right = [b for b in right if self._may_have_causes(b, scope)]
        for a in left:
            if not self._may_have_causes(a, scope):
                continue
            for b in right:
                pair = (a.node, b.node) if self.rank[a.node] < self.rank[b.node] else (b.node, a.node)
                if a.node == b.node:
                    scope.error("C204", f"`{a.node}` has no common cause with itself", b.item)
                elif pair in self.confounded:
                    twice.append((a.node, b.node))
                else:
                    self.confounded[pair] = span
        _given_twice(twice, "<->", span, scope)

    def _may_have_causes(self, member: Member, scope: Scope) -> bool:
        """Whether a node may have parents; a latent without a domain is a root."""
        node = self.nodes[member.node]
        if not node.latent or node.domain is not None:
            return True
        hint = f"with a domain, as in `latent {member.node} : binary`, it may have causes"
        scope.error("C209", f"the latent `{member.node}` has no domain, so nothing causes it", member.item, hint)
        return False

    def cycles(self) -> list[Diagnostic]:
        """Return a finding for each knot of cycles, at the latest edge of one of them."""
        children: dict[str, list[str]] = {name: [] for name in self.nodes}
        for head, parents in self.parents.items():
            for tail in parents:
                children[tail].append(head)
        found: list[Diagnostic] = []
        for cycle in find_cycles(children):
            edges = zip(cycle, [*cycle[1:], cycle[0]], strict=True)
            span = max((self.parents[head][tail] for tail, head in edges), key=lambda s: s.start)
            found.append(Diagnostic("C203", "error", cycle_message(cycle), span))
        return found


def _given_twice(edges: list[tuple[str, str]], sign: str, span: Span, scope: Scope) -> None:
    """Warn of edges that the text has given before."""
    if not edges:
        return
    first = f" {sign} ".join(edges[0])
    if len(edges) == 1:
        scope.warning("C250", f"the edge {first} is given twice", span)
    else:
        scope.warning("C250", f"{len(edges)} edges are given twice, {first} the first of them", span)
