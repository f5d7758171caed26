"""Expressions as they are meant: the right side of an equation, or what a question asks about.

The trees are small, frozen and comparable, and every name in them is resolved: a `Variable` is a node, a `Level` is a
level of the categorical node that it is compared with or assigned to. `fold` walks a tree from its leaves to its root
with a stack of its own, so that what evaluates, prints or compiles an expression is one function of a node and of the
results for its children.

Examples
--------
>>> expression = Chain(Variable("X"), (("+", Constant(1)),))
>>> fold(expression, lambda node, results: 1 + sum(results))  # the number of nodes
3
>>> str(expression)
'X + 1'
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeVar

from causaldsl.graph.domain import Value, quoted
from causaldsl.source import Span

Relation = Literal["=", "==", "!=", "<", "<=", ">", ">="]

FUNCTIONS = {
    "exp": 1, "log": 1, "sqrt": 1, "abs": 1, "sigmoid": 1, "tanh": 1, "sin": 1, "cos": 1,
    "min": None, "max": None, "where": 3,
}  # fmt: skip
"""The functions, and how many arguments each takes; None stands for two or more."""

LAWS = {"normal": 2, "uniform": 2, "exponential": 1, "laplace": 2, "bernoulli": 1, "categorical": None}
"""The laws, and how many parameters each takes; None stands for two or more."""


@dataclass(frozen=True, eq=False, repr=False)
class Expression:
    """Any expression; `str()` spells it as the language does.

    Expressions are equal if they are made alike, wherever they stand; comparing them needs no recursion either.
    """

    span: Span | None = field(default=None, kw_only=True)

    def __str__(self) -> str:
        return fold(self, _spelled)[0]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    @cached_property
    def key(self) -> tuple[object, ...]:
        """What makes it equal to another: its nodes in order, each with what it is besides its children."""
        return tuple((type(node), len(node.children), *node.own) for node in walk(self))

    @property
    def own(self) -> tuple[object, ...]:
        """What it is besides its children."""
        return ()

    @property
    def children(self) -> tuple[Expression, ...]:
        """The expressions that it is made of, in the order of the text."""
        return ()

    def spelled(self) -> str:
        """Spell an expression that has no children; the others are spelled from the texts of theirs."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False, repr=False)
class Constant(Expression):
    """A number."""

    value: int | float

    @property
    def own(self) -> tuple[object, ...]:
        """What it is besides its children."""
        return (self.value,)


@dataclass(frozen=True, eq=False, repr=False)
class Level(Expression):
    """A level of a categorical node."""

    text: str

    @property
    def own(self) -> tuple[object, ...]:
        """What it is besides its children."""
        return (self.text,)


@dataclass(frozen=True, eq=False, repr=False)
class Variable(Expression):
    """The value of a node."""

    name: str

    @property
    def own(self) -> tuple[object, ...]:
        """What it is besides its children."""
        return (self.name,)


@dataclass(frozen=True, eq=False, repr=False)
class Counterfactual(Expression):
    """The value that a node would have had in another world: `Y[X=1, M=M[X=0]]`; in questions only.

    Parameters
    ----------
    name : str
        The node.
    world : tuple of (str, value or Counterfactual)
        What the other world is set to, in the order of the text. Levels are text, or numbers where they are numbers.
    """

    name: str
    world: tuple[tuple[str, Value | Counterfactual], ...]

    @property
    def own(self) -> tuple[object, ...]:
        """What it is besides its children."""
        return (spelled_counterfactual(self),)


@dataclass(frozen=True, eq=False, repr=False)
class Chain(Expression):
    """Operators that bind alike, applied from left to right: `+ -`, or `* /`, or `and`, or `or`.

    Parameters
    ----------
    first : Expression
        The leftmost operand.
    rest : tuple of (str, Expression)
        Each further operand with the operator before it.
    """

    first: Expression
    rest: tuple[tuple[str, Expression], ...]

    @property
    def children(self) -> tuple[Expression, ...]:
        """The operands."""
        return self.first, *(operand for _, operand in self.rest)

    @property
    def own(self) -> tuple[object, ...]:
        """What it is besides its children."""
        return tuple(operator for operator, _ in self.rest)


@dataclass(frozen=True, eq=False, repr=False)
class Negative(Expression):
    """`-a`."""

    operand: Expression

    @property
    def children(self) -> tuple[Expression, ...]:
        """The operand."""
        return (self.operand,)


@dataclass(frozen=True, eq=False, repr=False)
class Not(Expression):
    """`not a`."""

    operand: Expression

    @property
    def children(self) -> tuple[Expression, ...]:
        """The operand."""
        return (self.operand,)


@dataclass(frozen=True, eq=False, repr=False)
class Power(Expression):
    """`a^b`."""

    base: Expression
    exponent: Expression

    @property
    def children(self) -> tuple[Expression, ...]:
        """Base and exponent."""
        return self.base, self.exponent


@dataclass(frozen=True, eq=False, repr=False)
class Compare(Expression):
    """`a < b`: 1 where it holds, 0 where it does not."""

    left: Expression
    relation: Relation
    right: Expression

    @property
    def children(self) -> tuple[Expression, ...]:
        """Left and right side."""
        return self.left, self.right

    @property
    def own(self) -> tuple[object, ...]:
        """What it is besides its children."""
        return (self.relation,)


@dataclass(frozen=True, eq=False, repr=False)
class Call(Expression):
    """A function of `FUNCTIONS` of its arguments."""

    function: str
    arguments: tuple[Expression, ...]

    @property
    def children(self) -> tuple[Expression, ...]:
        """The arguments."""
        return self.arguments

    @property
    def own(self) -> tuple[object, ...]:
        """What it is besides its children."""
        return (self.function,)


@dataclass(frozen=True, eq=False, repr=False)
class Draw(Expression):
    """A draw from a law of `LAWS`: exogenous noise of its own, made before the parameters are applied.

    Parameters
    ----------
    law : str
        The law's name.
    parameters : tuple of Expression
        Its parameters.
    number : int
        The how-manieth draw of its equation it is, from 0 in the order of the text: what its noise is kept under.
    """

    law: str
    parameters: tuple[Expression, ...]
    number: int

    @property
    def children(self) -> tuple[Expression, ...]:
        """The parameters."""
        return self.parameters

    @property
    def own(self) -> tuple[object, ...]:
        """What it is besides its children."""
        return (self.law, self.number)


@dataclass(frozen=True)
class Table:
    """A law given as numbers: for each combination of the causes' levels, the probability of each level of the node.

    Parameters
    ----------
    given : tuple of str
        The causes, in the order written.
    rows : tuple of tuple of float
        One a combination of the causes' levels, the last cause fastest; each has the node's levels in order and sums
        to 1.
    """

    given: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...] = field(repr=False)

    def __str__(self) -> str:
        return "[" + ", ".join("[" + ", ".join(map(number, row)) + "]" for row in self.rows) + "]"


Equation = Expression | Table
"""How a node comes about where that is known."""

T = TypeVar("T")


def fold(root: Expression, visit: Callable[[Expression, Sequence[T]], T]) -> T:
    """Return `visit(root, results)`, where `results` are those of its children, made in the same way.

    Parameters
    ----------
    root : Expression
        The expression.
    visit : callable
        Called once for every node, with the node and the results of its children, leaves first and from left to right.
    """
    results: list[T] = []
    todo: list[tuple[Expression, bool]] = [(root, False)]
    while todo:
        node, ready = todo.pop()
        children = node.children
        if ready or not children:
            at = len(results) - len(children)
            results[at:] = [visit(node, results[at:])]
        else:
            todo.append((node, True))
            todo += [(child, False) for child in reversed(children)]
    return results[0]


def walk(root: Expression) -> Iterator[Expression]:
    """Yield every node of a tree, each before its children, from left to right."""
    todo = [root]
    while todo:
        node = todo.pop()
        yield node
        todo += reversed(node.children)


def variables(root: Expression) -> tuple[str, ...]:
    """Return the nodes that an expression reads in the factual world, in the order of the text.

    Examples
    --------
    >>> variables(Chain(Variable("B"), (("-", Variable("A")), ("+", Variable("B")))))
    ('B', 'A')
    """
    return tuple(dict.fromkeys(node.name for node in walk(root) if isinstance(node, Variable)))


def number(value: int | float) -> str:
    """Spell a number as the language does, short and without losing any of it.

    Examples
    --------
    >>> [number(v) for v in (1, 1.0, 0.1, 1e-09, -2.5)]
    ['1', '1.0', '0.1', '1e-09', '-2.5']
    """
    return repr(value)


def reads(equation: Equation) -> tuple[str, ...]:
    """Return the causes that an equation names, each once, in the order of the text."""
    return equation.given if isinstance(equation, Table) else variables(equation)


_LOOSEST, _OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _NEGATIVE, _POWER, _TIGHTEST = range(10)
_CHAINS = {"or": _OR, "and": _AND, "+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT}


def _spelled(node: Expression, parts: Sequence[tuple[str, int]]) -> tuple[str, int]:
    """Return the text of a node and how tightly it binds."""

    def bound(i: int, least: int) -> str:
        text, binds = parts[i]
        return text if binds >= least else f"({text})"

    match node:
        case Constant(value=value):
            return number(value), _TIGHTEST if value >= 0 else _NEGATIVE
        case Level(text=text):
            return quoted(text), _TIGHTEST
        case Variable(name=name):
            return quoted(name), _TIGHTEST
        case Counterfactual():
            return spelled_counterfactual(node), _TIGHTEST
        case Chain(rest=rest):
            level = _CHAINS[rest[0][0]]
            text = bound(0, level + 1)  # one that binds alike stood in parentheses
            for i, (operator, _) in enumerate(rest, start=1):
                space = "" if level == _PRODUCT else " "
                text += f"{space}{operator}{space}{bound(i, level + 1)}"
            return text, level
        case Negative():
            return f"-{bound(0, _NEGATIVE)}", _NEGATIVE
        case Not():
            return f"not {bound(0, _NOT)}", _NOT
        case Power():
            return f"{bound(0, _TIGHTEST)}^{bound(1, _NEGATIVE)}", _POWER
        case Compare(relation=relation):
            return f"{bound(0, _SUM)} {relation} {bound(1, _SUM)}", _COMPARE
        case Call(function=name) | Draw(law=name):
            return f"{name}({', '.join(text for text, _ in parts)})", _TIGHTEST
        case _:
            return node.spelled(), _TIGHTEST


def spelled_counterfactual(node: Counterfactual) -> str:
    """Spell a counterfactual; worlds within worlds nest no deeper than brackets do."""
    settings = []
    for name, value in node.world:
        inner = spelled_counterfactual(value) if isinstance(value, Counterfactual) else spelled_value(value)
        settings.append(f"{quoted(name)}={inner}")
    return f"{quoted(node.name)}[{', '.join(settings)}]"


def spelled_value(value: Value) -> str:
    """Spell a value: a level by its name, a number as it is."""
    return quoted(value) if isinstance(value, str) else number(value)
