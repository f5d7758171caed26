"""Structural equations: `Y := 0.5*X + normal(0, 1)`, and what they say about the graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from causaldsl.errors import Diagnostic
from causaldsl.graph.domain import Image
from causaldsl.graph.edges import EdgeBook
from causaldsl.graph.expression import Equation, reads
from causaldsl.graph.expression_types import Typist
from causaldsl.graph.lists import Member, Scope
from causaldsl.graph.sorts import Declaration, fits
from causaldsl.graph.tables import table_of
from causaldsl.graph.use import Folder
from causaldsl.source import Span
from causaldsl.syntax import tree
from causaldsl.syntax.tree import Name


class EquationBook:
    """The equations of a text.

    Parameters
    ----------
    nodes : mapping of str to Declaration
        The declared nodes.
    edges : EdgeBook
        The edges; the names in an equation are added to its node's parents.
    folder : Folder or None
        Where tables lie that are files.
    """

    def __init__(self, nodes: Mapping[str, Declaration], edges: EdgeBook, folder: Folder | None) -> None:
        self.nodes = nodes
        self.edges = edges
        self.folder = folder
        self.equations: dict[str, Equation] = {}
        self.places: dict[str, Span] = {}

    def add(self, statement: tree.Equation, scope: Scope) -> None:
        """Take one equation."""
        target = self._target(statement, scope)
        if target is None:
            return
        name = target.node
        self.places[name] = scope.span(statement.target)
        equation = self._equation(statement, target, scope)
        if equation is None:
            return
        self.equations[name] = equation
        for parent in reads(equation):
            if parent == name:
                hint = "only in `do(Y := ..)` is the node's own name its natural value"
                scope.error("C204", f"`{name}` cannot cause itself", statement, hint)
            else:
                self.edges.parents[name].setdefault(parent, scope.span(statement))

    def _target(self, statement: tree.Equation, scope: Scope) -> Member | None:
        """Return the one node on the left of an equation, if it may have one."""
        items = statement.target.items
        if len(items) != 1 or not isinstance(items[0], Name):
            hint = "give each node an equation of its own"
            scope.error("C440", "an equation has one node on its left", statement.target, hint)
            return None
        item = items[0]
        names = scope.resolve(item)
        if not names:
            return None
        name = names[0]
        if item.text in scope.groups:
            hint = "give each of its nodes an equation of its own"
            scope.error("C440", f"`{item.text}` is a group, and an equation has one node on its left", item, hint)
            return None
        node = self.nodes[name]
        if name in self.places:
            line = self.places[name].begin.line
            scope.error("C217", f"a second equation of `{name}`", item, f"the first is in line {line}")
        elif isinstance(node.domain, Image):
            scope.error("C448", f"the image `{name}` has no equation", item, "pictures come from an image model: `~`")
        elif node.latent and node.domain is None:
            hint = f"with a domain, as in `latent {name} : real`, it may have one"
            scope.error("C209", f"the latent `{name}` has no domain, so it has no equation", item, hint)
        else:
            return Member(name, item)
        return None

    def _equation(self, statement: tree.Equation, target: Member, scope: Scope) -> Equation | None:
        """Return the right side, or None and findings."""
        body = statement.body
        from_file = isinstance(body, tree.Call) and body.function.text == "table" and not body.function.quoted
        if isinstance(body, tree.Table) or from_file:
            return table_of(statement, target, scope, self.nodes, self.folder)
        if statement.given is not None:
            hint = "an equation's causes are the names in it"
            scope.error("C449", "only a table stands after a bar", statement.given, hint)
            return None
        typist = Typist(scope, self.nodes)
        domain = self.nodes[target.node].domain
        typed = typist.expression(body, domain)
        if typed is None or not fits(typed, domain, target.node, scope):
            return None
        return typed.expression

    def conflicts(self, mechanisms: Mapping[str, Span | None]) -> Iterator[Diagnostic]:
        """Yield errors about nodes whose equation says one thing and another statement another."""
        for name in self.places:
            if name in mechanisms:
                message = f"`{name}` has an equation and a mechanism"
                yield Diagnostic("C217", "error", message, mechanisms[name], "an equation is the whole mechanism")
        for (a, b), place in self.edges.confounded.items():
            if known := [name for name in (a, b) if name in self.places]:
                message = f"`{known[0]}` has an equation, which an unobserved cause has no part in"
                hint = f"declare the cause and use it in the equation: `latent U; {a} := .. + U`"
                yield Diagnostic("C447", "error", message, place, hint)

    def unused(self) -> Iterator[Diagnostic]:
        """Yield warnings about parents that an edge declares and the equation leaves out."""
        for name, equation in self.equations.items():
            used = reads(equation)
            for parent, place in self.edges.parents[name].items():
                if parent not in used:
                    message = f"the equation of `{name}` leaves its cause `{parent}` out"
                    yield Diagnostic("C255", "warning", message, place, "use it, or drop the edge")
