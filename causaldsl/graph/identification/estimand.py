"""Estimands: what has to be computed from the law of what is seen, as an expression.

An estimand is built of factors `P(Y | X, Z)`, sums over variables, products and ratios. It is a function of its free
variables, as `sum_{Z} P(Y | X, Z) P(Z)` is of X and Y. Variables that a sum binds have names of their own, primed where
the plain name is taken: in the front-door formula

    sum_{M} P(M | X) sum_{X'} P(Y | X', M) P(X')

X is what is done, and X' runs over what X might have been. Where a node is real a sum stands for the integral.

Estimands are expressions like any other: frozen, equal if they are made alike, walked without recursion. Parts may be
shared: what the identification of a deep graph needs twice is there once, so that an estimand is never much larger
than the graph, though its text may be. What walks over all of one therefore uses `fold_once`.

Examples
--------
>>> x, y, z = map(Symbol, "XYZ")
>>> adjusted = Sum((z,), Product((Factor((y,), (x, z)), Factor((z,)))))
>>> str(adjusted)
'sum_{Z} P(Y | X, Z) P(Z)'
>>> sorted(map(str, adjusted.free))
['X', 'Y']
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from causaldsl.graph.domain import Value, quoted
from causaldsl.graph.expression import Expression, Relation, spelled_value

if TYPE_CHECKING:
    from causaldsl.graph.identification.evaluation import Tabulated


class Symbol(NamedTuple):
    """A variable that ranges over a node's values.

    Parameters
    ----------
    node : str
        The node.
    primes : int
        0 for the node's own name; variables that sums bind may have more.
    """

    node: str
    primes: int = 0

    def __str__(self) -> str:
        return quoted(self.node) + "'" * self.primes


@dataclass(frozen=True)
class Fixed:
    """A node at one value: `X=1`.

    Parameters
    ----------
    node : str
        The node.
    value : int, float or str
        As the question has it.
    level : int or None
        The value's index among the node's levels; None where the node has none.
    """

    node: str
    value: Value
    level: int | None = None

    def __str__(self) -> str:
        return f"{quoted(self.node)}={spelled_value(self.value)}"


@dataclass(frozen=True)
class Among:
    """A variable that ranges over some of a node's values: `Age > 30`.

    Parameters
    ----------
    symbol : Symbol
        The variable.
    conditions : tuple of (str, value)
        What its values satisfy: relations, each with what the value is compared with.
    levels : tuple of int or None
        The indices of those values among the node's levels; None where the node has none.
    """

    symbol: Symbol
    conditions: tuple[tuple[Relation, Value], ...]
    levels: tuple[int, ...] | None = None

    def __str__(self) -> str:
        return ", ".join(f"{self.symbol} {relation} {spelled_value(value)}" for relation, value in self.conditions)


Term = Symbol | Fixed
"""What stands in a factor."""


@dataclass(frozen=True, eq=False, repr=False)
class Estimand(Expression):
    """Any estimand; `str()` is its text, `latex()` its formula."""

    def __str__(self) -> str:
        from causaldsl.graph.identification.spelling import text

        return text(self)

    def latex(self) -> str:
        r"""Return the formula in LaTeX, for mathematics mode.

        Examples
        --------
        >>> Factor((Symbol("Y"),), (Symbol("X"),)).latex()
        'P(Y \\mid X)'
        """
        from causaldsl.graph.identification.spelling import latex

        return latex(self)

    def evaluate(self, law: Tabulated) -> Tabulated:
        """Compute the estimand; see `causaldsl.graph.identification.evaluation`.

        Parameters
        ----------
        law : Tabulated
            The joint law of the nodes that are seen.

        Returns
        -------
        Tabulated
            One axis a free variable.
        """
        from causaldsl.graph.identification.evaluation import evaluate

        return evaluate(self, law)

    @property
    def parts(self) -> tuple[Estimand, ...]:
        """The estimands that it is made of."""
        return ()

    @property
    def children(self) -> tuple[Expression, ...]:
        """The estimands that it is made of."""
        return self.parts

    @cached_property
    def key(self) -> tuple[object, ...]:
        """What makes it equal to another: its different parts, each with the numbers of its own parts."""
        numbers: dict[tuple[object, ...], int] = {}

        def number(node: Estimand, parts: Sequence[int]) -> int:
            return numbers.setdefault((type(node), *node.own, *parts), len(numbers))

        fold_once(self, number)
        return tuple(numbers)

    @cached_property
    def free(self) -> frozenset[Symbol]:
        """The variables that it is a function of."""
        todo: list[Estimand] = [self]
        while todo:  # parts whose free variables are known are not walked again
            node = todo[-1]
            unknown = [part for part in node.parts if "free" not in part.__dict__]
            if not unknown:
                todo.pop()
                node.__dict__["free"] = node.frees()
            todo += unknown
        found: frozenset[Symbol] = self.__dict__["free"]
        return found

    def frees(self) -> frozenset[Symbol]:
        """Return its free variables, those of its parts being known."""
        return frozenset[Symbol]().union(*(part.free for part in self.parts))


@dataclass(frozen=True, eq=False, repr=False)
class Factor(Estimand):
    """`P(Y, Z | do(W), X)`; without `do`, a conditional law of what is seen.

    Parameters
    ----------
    of, given : tuple of Symbol or Fixed
        What is left of the bar and right of it, a node at most once.
    do : tuple of Symbol or Fixed
        What is set. Only experiments know a factor in which something is.
    """

    of: tuple[Term, ...]
    given: tuple[Term, ...] = ()
    do: tuple[Term, ...] = ()

    @property
    def own(self) -> tuple[object, ...]:
        """What it is besides its parts."""
        return self.of, self.given, self.do

    @property
    def terms(self) -> tuple[Term, ...]:
        """All that stands in it."""
        return self.of + self.given + self.do

    def frees(self) -> frozenset[Symbol]:
        """Return its variables."""
        return frozenset(term for term in self.terms if type(term) is Symbol)


@dataclass(frozen=True, eq=False, repr=False)
class Sum(Estimand):
    """`sum_{Z} ..`.

    Parameters
    ----------
    over : tuple of Symbol or Among
        The variables that it binds in its body. An inner sum over the same variable hides it there.
    body : Estimand
        What is summed.
    """

    over: tuple[Symbol | Among, ...]
    body: Estimand

    @property
    def own(self) -> tuple[object, ...]:
        """What it is besides its parts."""
        return (self.over,)

    @property
    def parts(self) -> tuple[Estimand, ...]:
        """The body."""
        return (self.body,)

    @property
    def bound(self) -> tuple[Symbol, ...]:
        """The variables that it binds."""
        return tuple(v.symbol if isinstance(v, Among) else v for v in self.over)

    def frees(self) -> frozenset[Symbol]:
        """Return the body's free variables without those that it binds."""
        return self.body.free.difference(self.bound)


@dataclass(frozen=True, eq=False, repr=False)
class Product(Estimand):
    """A product; without factors it is 1."""

    factors: tuple[Estimand, ...]

    @property
    def parts(self) -> tuple[Estimand, ...]:
        """The factors."""
        return self.factors


@dataclass(frozen=True, eq=False, repr=False)
class Ratio(Estimand):
    """A ratio."""

    numerator: Estimand
    denominator: Estimand

    @property
    def parts(self) -> tuple[Estimand, ...]:
        """Numerator and denominator."""
        return self.numerator, self.denominator


@dataclass(frozen=True, eq=False, repr=False)
class Cases(Estimand):
    """One estimand for each value of a variable.

    Parameters
    ----------
    symbol : Symbol
        The variable.
    values : tuple of Fixed
        All levels of its node, in order.
    cases : tuple of Estimand
        What the estimand is at each.
    """

    symbol: Symbol
    values: tuple[Fixed, ...]
    cases: tuple[Estimand, ...]

    @property
    def own(self) -> tuple[object, ...]:
        """What it is besides its parts."""
        return self.symbol, self.values

    @property
    def parts(self) -> tuple[Estimand, ...]:
        """The estimands."""
        return self.cases

    def frees(self) -> frozenset[Symbol]:
        """Return the variable and those of its parts."""
        return super().frees() | {self.symbol}


@dataclass(frozen=True, eq=False, repr=False)
class Zero(Estimand):
    """0: the probability of what contradicts itself."""


ONE = Product(())
ZERO = Zero()
UNDEFINED = Ratio(ZERO, ZERO)
"""The probability of anything given what is impossible."""

T = TypeVar("T")


def each_once(root: Estimand) -> Iterator[Estimand]:
    """Yield every part of an estimand once, however often it is shared, and each after its own parts.

    Examples
    --------
    >>> shared = Factor((Symbol("X"),))
    >>> len(list(each_once(Ratio(shared, Sum((Symbol("X"),), shared)))))
    3
    """
    seen: set[int] = set()
    todo: list[tuple[Estimand, bool]] = [(root, False)]
    while todo:
        node, ready = todo.pop()
        if ready:
            yield node
        elif id(node) not in seen:
            seen.add(id(node))
            todo.append((node, True))
            todo += [(part, False) for part in reversed(node.parts) if id(part) not in seen]


def fold_once(root: Estimand, visit: Callable[[Estimand, Sequence[T]], T]) -> T:
    """Return `visit(root, results)`, where `results` are those of its parts, made in the same way, shared parts once.

    Parameters
    ----------
    root : Estimand
        The estimand.
    visit : callable
        Called once for every part, with the part and the results of its own parts.
    """
    results: dict[int, T] = {}
    for node in each_once(root):
        results[id(node)] = visit(node, [results[id(part)] for part in node.parts])
    return results[id(root)]
