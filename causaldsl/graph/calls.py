"""Calls in expressions: functions of numbers, `where`, and laws, each with the arguments that it takes."""

from __future__ import annotations

from causaldsl.errors import did_you_mean
from causaldsl.graph.expression import FUNCTIONS, LAWS, Call, Draw
from causaldsl.graph.lists import Scope
from causaldsl.graph.sorts import NUMBER, TRUTH, Sort, Typed, blame, can_compute, can_decide, constant
from causaldsl.syntax import tree


def call(node: tree.Call, parts: list[Typed], number: int | None, scope: Scope) -> Typed | None:
    """Type a call, or return None and a finding.

    Parameters
    ----------
    node : Call
        As written.
    parts : list of Typed
        Its arguments.
    number : int or None
        Of a law: the how-manieth draw of its equation it is; None where no law may stand.
    scope : Scope
        The names.
    """
    name = node.function.text
    takes = {**FUNCTIONS, **LAWS}
    if node.function.quoted or name not in takes:
        if name in ("P", "do"):
            hint = "it stands in questions, and there in no expression: `query P(Y | do(X=1))`"
        else:
            hint = did_you_mean(name, takes) or f"there are: {', '.join(takes)}"
        scope.error("C442", f"there is no function `{name}`", node.function, hint)
        return None
    wanted = takes[name]
    if len(parts) != wanted and (wanted is not None or len(parts) < 2):
        needs = "two or more" if wanted is None else str(wanted)
        message = f"`{name}` takes {needs} argument{'' if wanted == 1 else 's'}, not {len(parts)}"
        scope.error("C443", message, node)
        return None
    if name == "where":
        return _where(node, parts, scope)
    fine = [can_compute(part, scope) for part in parts]
    if not all(fine):
        return None
    arguments = tuple(part.expression for part in parts)
    span = scope.span(node)
    if name in FUNCTIONS:
        return Typed(Call(name, arguments, span=span), NUMBER)
    if number is None:
        message = "a law has no place in a question"
        scope.error("C451", message, node, "only `do(Y := ..)` may draw")
        return None
    if not _parameters(name, parts, scope):
        return None
    sort = {"bernoulli": TRUTH, "categorical": Sort("choice", weights=len(parts))}.get(name, NUMBER)
    return Typed(Draw(name, arguments, number, span=span), sort)


def _where(node: tree.Call, parts: list[Typed], scope: Scope) -> Typed | None:
    """Type `where(c, a, b)`: both values are numbers, or both levels of one node."""
    condition, a, b = parts
    if not can_decide(condition, scope):
        return None
    if a.is_number and b.is_number:
        sort = TRUTH if a.is_truth and b.is_truth else NUMBER
    elif {a.sort.kind, b.sort.kind} <= {"level", "choice"} and _size(a.sort) == _size(b.sort):
        sort = a.sort if a.sort.kind == "level" else b.sort
    else:
        message = f"`where` gives either `{a.expression}` or `{b.expression}`, which are no values of one node"
        scope.error("C444", message, node)
        return None
    arguments = (condition.expression, a.expression, b.expression)
    return Typed(Call("where", arguments, span=scope.span(node)), sort)


def _parameters(law: str, parts: list[Typed], scope: Scope) -> bool:
    """Check parameters that are constants."""
    fine = True
    for i, part in enumerate(parts):
        value = constant(part.expression)
        if value is None:
            continue
        if law == "bernoulli" and not 0 <= value <= 1:
            blame(part, scope, "C446", f"a probability is between 0 and 1, not {part.expression}")
        elif law == "categorical" and value < 0:
            blame(part, scope, "C446", f"a weight is not negative: {part.expression}")
        elif law in ("normal", "laplace") and i == 1 and value < 0:
            blame(part, scope, "C446", f"a scale is not negative: {part.expression}")
        elif law == "exponential" and value <= 0:
            blame(part, scope, "C446", f"a rate is positive, not {part.expression}")
        else:
            continue
        fine = False
    if law == "uniform":
        low, high = (constant(part.expression) for part in parts)
        if low is not None and high is not None and low > high:
            blame(parts[0], scope, "C446", f"the lower bound {parts[0].expression} is above the upper one")
            fine = False
    return fine


def _size(sort: Sort) -> int:
    return len(sort.levels) or sort.weights
