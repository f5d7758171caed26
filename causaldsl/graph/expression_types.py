"""What expressions may be made of: names are resolved, and every operator gets operands that it can take.

`sorts` says which kinds of value there are, `comparisons` and `calls` type what has rules of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from causaldsl.graph.calls import call
from causaldsl.graph.comparisons import Comparer
from causaldsl.graph.domain import Categorical, Domain, Image
from causaldsl.graph.expression import (
    LAWS,
    Chain,
    Constant,
    Counterfactual,
    Expression,
    Level,
    Negative,
    Not,
    Power,
    Variable,
)
from causaldsl.graph.lists import Scope
from causaldsl.graph.sorts import NUMBER, TRUTH, Declaration, Sort, Typed, can_compute, can_decide, no_level, sort_of
from causaldsl.syntax import tree
from causaldsl.syntax.tree import Expr, Name

MAX_DEPTH = 400
"""How deep an expression may nest; brackets alone may nest 200 deep."""

World = Callable[[tree.Counterfactual], Counterfactual | None]
QuantityOf = Callable[[tree.Probability | tree.Expectation], Expression | None]


@dataclass
class Typist:
    """Types expressions; findings go to the scope.

    Parameters
    ----------
    scope : Scope
        The names.
    nodes : mapping of str to Declaration
        The nodes by name.
    world : callable, optional
        Resolves a counterfactual; None where none may stand.
    quantity : callable, optional
        Resolves a probability or an expectation; the grammar has them in questions only.
    draws : bool
        Whether laws may stand.
    """

    scope: Scope
    nodes: Mapping[str, Declaration]
    world: World | None = None
    quantity: QuantityOf | None = None
    draws: bool = True

    def expression(self, root: Expr, target: Domain | None = None) -> Typed | None:
        """Return a typed expression, or None and findings.

        Parameters
        ----------
        root : Expr
            As written.
        target : Domain, optional
            The domain of the node that it is assigned to; a word that becomes its value is first of all a level of it.
        """
        order = self._order(root)
        if order is None:
            return None
        self._numbers = {id(t): n for n, t in enumerate(t for t in _preorder(root) if _is_law(t))}
        levels = target.levels if isinstance(target, Categorical) and not target.is_range else ()
        results = _assigned(root) if levels else set()
        done: dict[int, Typed | Name | None] = {}
        for node in order:
            if isinstance(node, Name):
                done[id(node)] = self._assigned_level(node, levels) if id(node) in results else node
            else:
                done[id(node)] = self._typed(node, [done[id(child)] for child in _children(node)])
        return self._settled(done[id(root)])

    def _order(self, root: Expr) -> list[Expr] | None:
        """Return the nodes of a tree, children before parents, or None where it nests too deep."""
        order: list[Expr] = []
        todo = [(root, 1)]
        while todo:
            node, depth = todo.pop()
            if depth > MAX_DEPTH:
                message = f"the expression nests deeper than {MAX_DEPTH}"
                self.scope.error("C106", message, node)
                return None
            order.append(node)
            todo += [(child, depth + 1) for child in _children(node)]
        order.reverse()
        return order

    # ---- names

    def _assigned_level(self, name: Name, levels: tuple[str, ...]) -> Typed | Name | None:
        """Return a word whose value goes to a categorical node: a level of it, or else a node."""
        if name.text in levels:
            return Typed(Level(name.text, span=self.scope.span(name)), Sort("level", levels))
        if name.text in self.nodes or name.text in self.scope.groups:
            return name
        no_level(name.text, levels, name, self.scope)
        return None

    def _settled(self, found: Typed | Name | None) -> Typed | None:
        """Return an operand; a name that nothing made a level of is a node."""
        return self.variable(found) if isinstance(found, Name) else found

    def variable(self, name: Name) -> Typed | None:
        """Return the value of one node."""
        if name.text in self.scope.groups and name.text not in self.nodes:
            hint = f"name one node of it: {', '.join(self.scope.groups[name.text][:5])}"
            self.scope.error("C444", f"`{name.text}` is a group, and one node is needed", name, hint)
            return None
        found = self.scope.resolve(name)
        if not found:
            return None
        node = self.nodes[found[0]]
        if isinstance(node.domain, Image):
            self.scope.error("C448", f"the image `{name.text}` cannot stand in an expression", name)
            return None
        return Typed(Variable(found[0], span=self.scope.span(name)), sort_of(node.domain, node.latent))

    # ---- operators

    def _typed(self, node: Expr, operands: list[Typed | Name | None]) -> Typed | None:
        span = self.scope.span(node)
        if isinstance(node, tree.Number):
            return Typed(Constant(node.value, span=span), NUMBER)
        if isinstance(node, tree.Compare):
            left, right = operands
            return Comparer(self.scope, self.nodes, self.variable).compare(node, left, right)
        if isinstance(node, tree.Counterfactual):
            return self._counterfactual(node)
        if isinstance(node, tree.Probability | tree.Expectation):
            found = None if self.quantity is None else self.quantity(node)
            return None if found is None else Typed(found, NUMBER)
        settled = [self._settled(operand) for operand in operands]
        parts = [part for part in settled if part is not None]
        if len(parts) < len(settled):
            return None
        match node:
            case tree.Call():
                return call(node, parts, self._numbers.get(id(node)) if self.draws else None, self.scope)
            case tree.Chain(rest=rest):
                operators = [operator for operator, _ in rest]
                logical = operators[0] in ("and", "or")
                fine = [can_decide(part, self.scope) if logical else can_compute(part, self.scope) for part in parts]
                if not all(fine):
                    return None
                operands_ = tuple(zip(operators, (part.expression for part in parts[1:]), strict=True))
                return Typed(Chain(parts[0].expression, operands_, span=span), TRUTH if logical else NUMBER)
            case tree.Prefix(operator="not"):
                return Typed(Not(parts[0].expression, span=span), TRUTH) if can_decide(parts[0], self.scope) else None
            case tree.Prefix():
                (part,) = parts
                return Typed(Negative(part.expression, span=span), NUMBER) if can_compute(part, self.scope) else None
            case tree.Power():
                base, exponent = parts
                fine = [can_compute(part, self.scope) for part in parts]
                return Typed(Power(base.expression, exponent.expression, span=span), NUMBER) if all(fine) else None
        raise AssertionError(node)

    def _counterfactual(self, node: tree.Counterfactual) -> Typed | None:
        if self.world is None:
            hint = "in an equation every name is the factual node"
            self.scope.error("C451", "a counterfactual stands in questions only", node, hint)
            return None
        base = self.variable(node.name)
        found = self.world(node)
        return None if base is None or found is None else Typed(found, base.sort)


def _children(node: Expr) -> tuple[Expr, ...]:
    """Return the operands of an expression as written; what is in a counterfactual's brackets is none."""
    match node:
        case tree.Chain(first=first, rest=rest):
            return first, *(operand for _, operand in rest)
        case tree.Prefix(operand=operand):
            return (operand,)
        case tree.Power(base=base, exponent=exponent):
            return base, exponent
        case tree.Compare(left=left, right=right):
            return left, right
        case tree.Call(arguments=arguments):
            return arguments
        case _:
            return ()


def _preorder(root: Expr) -> Iterator[Expr]:
    todo = [root]
    while todo:
        node = todo.pop()
        yield node
        todo += reversed(_children(node))


def _is_law(node: Expr) -> bool:
    return isinstance(node, tree.Call) and node.function.text in LAWS


def _assigned(root: Expr) -> set[int]:
    """Return which nodes of a tree may become its value: the root, and the branches of `where`."""
    found: set[int] = set()
    todo = [root]
    while todo:
        node = todo.pop()
        found.add(id(node))
        if isinstance(node, tree.Call) and node.function.text == "where":
            todo += node.arguments[1:]
    return found
