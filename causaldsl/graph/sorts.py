"""The sorts of values that expressions have, and what each can be used for.

There are four. A *number*; a *truth*, which is a number that is 0 or 1 and comes from comparisons, from binary nodes
and from `bernoulli`; a *level* of a categorical node, which can be compared and assigned and not computed with; and a
*choice*, a draw of `categorical`, which is a level of the node that it is assigned to. Nodes whose domain is not
stated fit everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from causaldsl.graph.domain import Binary, Categorical, Domain, Real
from causaldsl.graph.expression import Constant, Draw, Expression, Negative
from causaldsl.graph.lists import Place, Scope


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


CONTINUOUS = frozenset({"normal", "uniform", "exponential", "laplace"})
"""The laws whose draws are spread over an interval."""


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


def constant(expression: Expression) -> int | float | None:
    """Return a number that is written as one, its sign included."""
    if isinstance(expression, Negative) and isinstance(expression.operand, Constant):
        return -expression.operand.value
    return expression.value if isinstance(expression, Constant) else None


def can_compute(part: Typed, scope: Scope) -> bool:
    """Whether one can compute with a part; a finding where not."""
    if part.is_number:
        return True
    if part.sort.kind == "choice":
        message, hint = "a draw of `categorical` is a level of the node that it is assigned to, no number", None
    else:
        message, hint = f"`{part.expression}` is a level, no number", f"compare it: `{part.expression} == ..`"
    blame(part, scope, "C444", message, hint)
    return False


def can_decide(part: Typed, scope: Scope) -> bool:
    """Whether a part is a condition; a finding where not."""
    if part.is_truth:
        return True
    blame(part, scope, "C444", f"`{part.expression}` is no condition", f"compare it: `{part.expression} > 0`")
    return False


def blame(part: Typed, scope: Scope, code: str, message: str, hint: str | None = None) -> None:
    """Record an error about a part of an expression."""
    assert part.expression.span is not None
    scope.error(code, message, part.expression.span, hint)


def no_level(text: str, levels: tuple[str, ...], place: Place | None, scope: Scope) -> None:
    """Record that a categorical node has no level of this name."""
    assert place is not None
    shown = f"the levels are {', '.join(levels[:8])}{', ...' if len(levels) > 8 else ''}"
    scope.error("C445", f"there is no level `{text}`", place, scope.suggestion(text, levels) or shown)


def fits(typed: Typed, domain: Domain | None, name: str, scope: Scope) -> bool:
    """Whether a value may be one of a domain; a finding where it cannot be."""
    kind = typed.sort.kind
    written = constant(typed.expression)
    match domain:
        case Categorical(levels=levels) if kind in ("level", "choice"):
            may = typed.sort.levels == levels or typed.sort.weights == len(levels)
            hint = f"`{name}` has {len(levels)} levels"
        case Binary() if kind == "choice":
            may, hint = typed.sort.weights == 2, f"`{name}` has two levels"
        case Categorical(is_range=False):
            may = kind == "any"
            hint = f"`{name}` takes levels: give `categorical(..)`, or `where(.., {domain.levels[0]}, ..)`"
        case Binary() | Categorical() if isinstance(typed.expression, Draw) and typed.expression.law in CONTINUOUS:
            may, hint = False, f"it is hardly ever a whole number; compare it: `{typed.expression} > 0`"
        case Categorical(levels=levels):
            may = typed.is_number and (written is None or (written == int(written) and str(int(written)) in levels))
            hint = f"`{name}` is a whole number from {levels[0]} to {levels[-1]}"
        case Binary():
            may, hint = typed.is_number and written in (None, 0, 1), f"`{name}` is 0 or 1"
        case Real(low=low, high=high):
            may = typed.is_number and (written is None or low <= written <= high)
            hint = f"`{name}` is {domain}"
        case _:
            may, hint = typed.is_number, f"state the domain of `{name}`"
    if not may:
        code = "C446" if written is not None else "C444"
        blame(typed, scope, code, f"`{typed.expression}` is no value of `{name}`", hint)
    return may
