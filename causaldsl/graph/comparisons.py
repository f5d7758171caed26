"""Comparisons in expressions: numbers with numbers, and levels with the categorical node that has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from causaldsl.graph.domain import Binary, Categorical, as_written
from causaldsl.graph.expression import Compare, Level, Variable
from causaldsl.graph.lists import Scope
from causaldsl.graph.sorts import TRUTH, Declaration, Sort, Typed, constant, no_level, sort_of
from causaldsl.syntax import tree
from causaldsl.syntax.tree import Name


@dataclass(frozen=True)
class Comparer:
    """Types comparisons; findings go to the scope.

    Parameters
    ----------
    scope : Scope
        The names.
    nodes : mapping of str to Declaration
        The nodes by name.
    variable : callable
        Returns the value of one node.
    """

    scope: Scope
    nodes: Mapping[str, Declaration]
    variable: Callable[[Name], Typed | None]

    def compare(self, node: tree.Compare, left: Typed | Name | None, right: Typed | Name | None) -> Typed | None:
        """Type a comparison; a word compared with a categorical node is one of its levels."""
        a, b = self._categorical(left), self._categorical(right)
        if levels := _levels(a):
            b = self._level_beside(levels, right, b)
        elif levels := _levels(b):
            a = self._level_beside(levels, left, a)
        a, b = self._settled(a), self._settled(b)
        if a is None or b is None or not self._comparable(node, a, b):
            return None
        return Typed(Compare(a.expression, node.relation, b.expression, span=self.scope.span(node)), TRUTH)

    def _settled(self, side: Typed | Name | None) -> Typed | None:
        """Return a side; a name that is no level is a node."""
        return self.variable(side) if isinstance(side, Name) else side

    def _categorical(self, side: Typed | Name | None) -> Typed | Name | None:
        """Settle a name that is a node with levels; leave others, which may be levels."""
        if isinstance(side, Name) and (node := self.nodes.get(side.text)) and sort_of(node.domain).kind == "level":
            return self.variable(side)
        return side

    def _level_beside(
        self, levels: tuple[str, ...], side: Typed | Name | None, settled: Typed | Name | None
    ) -> Typed | Name | None:
        """Return what is compared with a categorical node: a level by its name or number, or another such node."""
        if side is None:
            return None
        number = None if isinstance(side, Name) else constant(side.expression)
        if isinstance(side, Typed) and number is None:
            return side
        span = self.scope.span(side) if isinstance(side, Name) else side.expression.span
        text = side.text if isinstance(side, Name) else str(number) if span is None else as_written(span.text)
        if text in levels:
            return Typed(Level(text, span=span), Sort("level", levels))
        if _levels(settled):
            return settled
        no_level(text, levels, span, self.scope)
        return None

    def _comparable(self, node: tree.Compare, a: Typed, b: Typed) -> bool:
        """Whether two sides have values in common, and the relation makes sense of them; a finding where not."""
        kinds = {a.sort.kind, b.sort.kind}
        if kinds <= {"number", "truth"}:
            return self._is_level(node, a, b) and self._is_level(node, b, a)
        if "any" in kinds:
            return True
        if a.sort != b.sort or "choice" in kinds:
            message = f"`{a.expression}` and `{b.expression}` cannot be compared"
            self.scope.error("C444", message, node, "they have no values in common")
            return False
        if node.relation not in ("==", "!="):
            self.scope.error("C444", "levels have no order", node, "compare them by `==` or `!=`")
            return False
        return True

    def _is_level(self, node: tree.Compare, a: Typed, b: Typed) -> bool:
        """Whether a number is a level of the discrete node that it is said to equal; a finding where not."""
        number = constant(b.expression)
        if number is None or not isinstance(a.expression, Variable) or node.relation not in ("==", "!="):
            return True
        domain = self.nodes[a.expression.name].domain
        text = str(int(number)) if float(number).is_integer() else str(number)
        if not isinstance(domain, Binary | Categorical) or text in domain.levels:
            return True
        no_level(text, domain.levels, b.expression.span, self.scope)
        return False


def _levels(side: Typed | Name | None) -> tuple[str, ...]:
    """Return the levels of a side that is a categorical node's value."""
    return side.sort.levels if isinstance(side, Typed) else ()
