"""What expressions may be made of: names are resolved, and every operator gets operands that it can take.

There are four sorts of value. A *number*; a *truth*, which is a number that is 0 or 1 and comes from comparisons, from
binary nodes and from `bernoulli`; a *level* of a categorical node, which can be compared and assigned and not computed
with; and a *choice*, a draw of `categorical`, which is a level of the node that it is assigned to. Nodes whose domain
is not stated fit everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from causaldsl.errors import did_you_mean
from causaldsl.graph.domain import Binary, Categorical, Domain, Image, Real
from causaldsl.graph.expression import (
    FUNCTIONS,
    LAWS,
    Call,
    Chain,
    Compare,
    Constant,
    Counterfactual,
    Draw,
    Expression,
    Level,
    Negative,
    Not,
    Power,
    Variable,
)
from causaldsl.graph.lists import Scope
from causaldsl.source import Span
from causaldsl.syntax import tree
from causaldsl.syntax.tree import Expr, Name

MAX_DEPTH = 400
"""How deep an expression may nest; brackets alone may nest 200 deep."""


class Declaration(Protocol):
    """What is known of a node: its domain, and whether it is observed."""

    @property
    def domain(self) -> Domain | None:
        """The domain, None where it is not stated."""

    @property
    def latent(self) -> bool:
        """Whether it is unobserved."""


@dataclass(frozen=True)
class Sort:
    """What kind of value an expression has.

    Parameters
    ----------
    kind : {"number", "truth", "level", "choice", "any"}
        The sort; `any` where it depends on a node whose domain is not stated.
    levels : tuple of str
        Of a level: the levels that it is one of.
    weights : int
        Of a choice: how many levels it chooses from.
    """

    kind: Literal["number", "truth", "level", "choice", "any"]
    levels: tuple[str, ...] = ()
    weights: int = 0


NUMBER, TRUTH, ANY = Sort("number"), Sort("truth"), Sort("any")


def sort_of(domain: Domain | None, latent: bool = False) -> Sort:
    """Return the sort of a node's values; a latent without a domain is a number."""
    match domain:
        case Binary():
            return TRUTH
        case Categorical(is_range=False, levels=levels):
            return Sort("level", levels)
        case None if not latent:
            return ANY
        case _:
            return NUMBER


@dataclass(frozen=True)
class Typed:
    """An expression and its sort."""

    expression: Expression
    sort: Sort

    @property
    def is_truth(self) -> bool:
        """Whether it is 0 or 1 whatever happens."""
        if isinstance(self.expression, Constant):
            return self.expression.value in (0, 1)
        return self.sort.kind in ("truth", "any")

    @property
    def is_number(self) -> bool:
        """Whether one can compute with it."""
        return self.sort.kind in ("number", "truth", "any")


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
        self._no_level(name.text, levels, self.scope.span(name))
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
            return self._compare(node, left, right)
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
                return self._call(node, parts)
            case tree.Chain(rest=rest):
                operators = [operator for operator, _ in rest]
                logical = operators[0] in ("and", "or")
                fine = [self._truth(part) if logical else self._number(part) for part in parts]
                if not all(fine):
                    return None
                operands_ = tuple(zip(operators, (part.expression for part in parts[1:]), strict=True))
                return Typed(Chain(parts[0].expression, operands_, span=span), TRUTH if logical else NUMBER)
            case tree.Prefix(operator="not"):
                return Typed(Not(parts[0].expression, span=span), TRUTH) if self._truth(parts[0]) else None
            case tree.Prefix():
                return Typed(Negative(parts[0].expression, span=span), NUMBER) if self._number(parts[0]) else None
            case tree.Power():
                base, exponent = parts
                fine = [self._number(base), self._number(exponent)]
                return Typed(Power(base.expression, exponent.expression, span=span), NUMBER) if all(fine) else None
        raise AssertionError(node)

    def _number(self, part: Typed) -> bool:
        """Whether one can compute with a part; a finding where not."""
        if part.is_number:
            return True
        if part.sort.kind == "choice":
            message, hint = "a draw of `categorical` is a level of the node that it is assigned to, no number", None
        else:
            message, hint = f"`{part.expression}` is a level, no number", f"compare it: `{part.expression} == ..`"
        self._at(part, "C444", message, hint)
        return False

    def _truth(self, part: Typed) -> bool:
        """Whether a part is a condition; a finding where not."""
        if part.is_truth:
            return True
        self._at(part, "C444", f"`{part.expression}` is no condition", f"compare it: `{part.expression} > 0`")
        return False

    def _at(self, part: Typed, code: str, message: str, hint: str | None = None) -> None:
        assert part.expression.span is not None
        self.scope.error(code, message, part.expression.span, hint)

    def _compare(self, node: tree.Compare, left: Typed | Name | None, right: Typed | Name | None) -> Typed | None:
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
        number = None if isinstance(side, Name) else _constant(side.expression)
        if isinstance(side, Typed) and number is None:
            return side
        span = self.scope.span(side) if isinstance(side, Name) else side.expression.span
        text = side.text if isinstance(side, Name) else str(number)
        if text in levels:
            return Typed(Level(text, span=span), Sort("level", levels))
        if _levels(settled):
            return settled
        self._no_level(text, levels, span)
        return None

    def _no_level(self, text: str, levels: tuple[str, ...], span: Span | None) -> None:
        assert span is not None
        shown = f"the levels are {', '.join(levels[:8])}{', ...' if len(levels) > 8 else ''}"
        self.scope.error("C445", f"there is no level `{text}`", span, did_you_mean(text, levels) or shown)

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
        number = _constant(b.expression)
        if number is None or not isinstance(a.expression, Variable) or node.relation not in ("==", "!="):
            return True
        domain = self.nodes[a.expression.name].domain
        text = str(int(number)) if float(number).is_integer() else str(number)
        if not isinstance(domain, Binary | Categorical) or text in domain.levels:
            return True
        self._no_level(text, domain.levels, b.expression.span)
        return False

    def _counterfactual(self, node: tree.Counterfactual) -> Typed | None:
        if self.world is None:
            hint = "in an equation every name is the factual node"
            self.scope.error("C451", "a counterfactual stands in questions only", node, hint)
            return None
        base = self.variable(node.name)
        found = self.world(node)
        return None if base is None or found is None else Typed(found, base.sort)

    # ---- functions and laws

    def _call(self, node: tree.Call, parts: list[Typed]) -> Typed | None:
        name = node.function.text
        takes = {**FUNCTIONS, **LAWS}
        if node.function.quoted or name not in takes:
            hint = did_you_mean(name, takes) or f"there are: {', '.join(takes)}"
            hint = "a question begins with `query`" if name in ("P", "E", "do") else hint
            self.scope.error("C442", f"there is no function `{name}`", node.function, hint)
            return None
        wanted = takes[name]
        if len(parts) != wanted and (wanted is not None or len(parts) < 2):
            needs = "two or more" if wanted is None else str(wanted)
            message = f"`{name}` takes {needs} argument{'' if wanted == 1 else 's'}, not {len(parts)}"
            self.scope.error("C443", message, node)
            return None
        if name == "where":
            return self._where(node, *parts)
        fine = [self._number(part) for part in parts]
        if not all(fine):
            return None
        arguments = tuple(part.expression for part in parts)
        span = self.scope.span(node)
        if name in FUNCTIONS:
            return Typed(Call(name, arguments, span=span), NUMBER)
        if not self.draws:
            message = "a law has no place in a question"
            self.scope.error("C451", message, node, "only `do(Y := ..)` may draw")
            return None
        if not self._parameters(name, parts):
            return None
        sort = {"bernoulli": TRUTH, "categorical": Sort("choice", weights=len(parts))}.get(name, NUMBER)
        return Typed(Draw(name, arguments, self._numbers[id(node)], span=span), sort)

    def _where(self, node: tree.Call, condition: Typed, a: Typed, b: Typed) -> Typed | None:
        """Type `where(c, a, b)`: both values are numbers, or both levels of one node."""
        if not self._truth(condition):
            return None
        if a.is_number and b.is_number:
            sort = TRUTH if a.is_truth and b.is_truth else NUMBER
        elif {a.sort.kind, b.sort.kind} <= {"level", "choice"} and _size(a.sort) == _size(b.sort):
            sort = a.sort if a.sort.kind == "level" else b.sort
        else:
            message = f"`where` gives either `{a.expression}` or `{b.expression}`, which are no values of one node"
            self.scope.error("C444", message, node)
            return None
        arguments = (condition.expression, a.expression, b.expression)
        return Typed(Call("where", arguments, span=self.scope.span(node)), sort)

    def _parameters(self, law: str, parts: list[Typed]) -> bool:
        """Check parameters that are constants."""
        fine = True
        for i, part in enumerate(parts):
            value = _constant(part.expression)
            if value is None:
                continue
            if law == "bernoulli" and not 0 <= value <= 1:
                self._at(part, "C446", f"a probability is between 0 and 1, not {part.expression}")
            elif law == "categorical" and value < 0:
                self._at(part, "C446", f"a weight is not negative: {part.expression}")
            elif law in ("normal", "laplace") and i == 1 and value < 0:
                self._at(part, "C446", f"a scale is not negative: {part.expression}")
            elif law == "exponential" and value <= 0:
                self._at(part, "C446", f"a rate is positive, not {part.expression}")
            else:
                continue
            fine = False
        if law == "uniform":
            low, high = (_constant(part.expression) for part in parts)
            if low is not None and high is not None and low > high:
                self._at(parts[0], "C446", f"the lower bound {parts[0].expression} is above the upper one")
                fine = False
        return fine

    # ---- where the value goes

    def fits(self, typed: Typed, domain: Domain | None, name: str) -> bool:
        """Whether a value may be one of a domain; a finding where it cannot be."""
        kind = typed.sort.kind
        constant = _constant(typed.expression)
        match domain:
            case Categorical(levels=levels) if kind in ("level", "choice"):
                fits = typed.sort.levels == levels or typed.sort.weights == len(levels)
                hint = f"`{name}` has {len(levels)} levels"
            case Binary() if kind == "choice":
                fits, hint = typed.sort.weights == 2, f"`{name}` has two levels"
            case Categorical(is_range=False):
                fits = kind == "any"
                hint = f"`{name}` takes levels: give `categorical(..)`, or `where(.., {domain.levels[0]}, ..)`"
            case Categorical(levels=levels):
                fits = typed.is_number and (constant is None or str(constant) in levels)
                hint = f"`{name}` is a whole number from {levels[0]} to {levels[-1]}"
            case Binary():
                fits, hint = typed.is_number and constant in (None, 0, 1), f"`{name}` is 0 or 1"
            case Real(low=low, high=high):
                fits = typed.is_number and (constant is None or low <= constant <= high)
                hint = f"`{name}` is {domain}"
            case _:
                fits, hint = typed.is_number, f"state the domain of `{name}`"
        if not fits:
            code = "C446" if constant is not None else "C444"
            self._at(typed, code, f"`{typed.expression}` is no value of `{name}`", hint)
        return fits


def _levels(side: Typed | Name | None) -> tuple[str, ...]:
    """Return the levels of a side that is a categorical node's value."""
    return side.sort.levels if isinstance(side, Typed) else ()


def _size(sort: Sort) -> int:
    return len(sort.levels) or sort.weights


def _constant(expression: Expression) -> int | float | None:
    """Return a number that is written as one, its sign included."""
    if isinstance(expression, Negative) and isinstance(expression.operand, Constant):
        return -expression.operand.value
    return expression.value if isinstance(expression, Constant) else None


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
