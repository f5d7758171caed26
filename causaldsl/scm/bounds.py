"""What the data alone say of a counterfactual that they do not identify, whatever ties the worlds together.

These are the bounds of Tian and Pearl (2000). For P(Y[X=a]=b | X=c, Y=d) with c other than a, units with Y[X=a]=b are
counted in three parts: those with X=a (there Y[X=a] is Y), those with X=c and Y=d, and the rest, so that

    P(Y=b | do(X=a)) - P(X=a, Y=b) - (1 - P(X=a) - P(X=c, Y=d)) <= P(Y[X=a]=b, X=c, Y=d)
                                                                <= P(Y=b | do(X=a)) - P(X=a, Y=b)

and for P(Y[X=a]=b, Y[X=c]=d) the bounds of Frechet, max(0, p + q - 1) and min(p, q), of the two effects.
"""

from __future__ import annotations

from collections.abc import Callable

from causaldsl.graph.domain import Value
from causaldsl.graph.expression import Counterfactual, Variable
from causaldsl.graph.question import Event, Intervention, Probability, Quantity

Number = Callable[[Probability], float]
"""Works a probability of rung 1 or 2 out."""


def bounds_of(asked: Quantity, number: Number) -> tuple[float, float] | None:
    """Return bounds of a counterfactual probability, or None where it is of no form that they are known for.

    Parameters
    ----------
    asked : Quantity
        The question.
    number : callable
        Works probabilities of rung 1 and 2 out.

    Examples
    --------
    >>> y, y0, x = Variable("Y"), Counterfactual("Y", (("X", 0),)), Variable("X")
    >>> pn = Probability((Event(y0, "=", 0),), given=(Event(x, "=", 1), Event(y, "=", 1)))
    >>> known = {"P(Y=0 | do(X=0))": 0.7, "P(X=0, Y=0)": 0.3, "P(X=0)": 0.5, "P(X=1, Y=1)": 0.4}
    >>> [round(end, 2) for end in bounds_of(pn, lambda p: known[str(p)])]
    [0.75, 1.0]
    """
    if not isinstance(asked, Probability) or asked.do:
        return None
    if len(asked.events) == 1 and len(asked.given) == 2:
        return _across(asked, number)
    if len(asked.events) == 2 and not asked.given:
        return _jointly(asked, number)
    return None


def _across(asked: Probability, number: Number) -> tuple[float, float] | None:
    """Bound P(Y[X=a]=b | X=c, Y=d)."""
    found = _one_world(asked.events[0])
    seen = {e.name: e.value for e in asked.given if isinstance(e.variable, Variable) and e.relation == "="}
    if found is None or set(seen) != {found[0], found[2]} or seen[found[2]] == found[3]:
        return None
    y, b, x, a = found
    effect = number(_effect(y, b, x, a))
    agreeing = number(_seen((x, a), (y, b)))
    evidence = number(_seen((x, seen[x]), (y, seen[y])))
    if evidence <= 0:
        return None
    rest = 1 - number(_seen((x, a))) - evidence
    low, high = effect - agreeing - rest, effect - agreeing
    return _clipped(low / evidence, high / evidence)


def _jointly(asked: Probability, number: Number) -> tuple[float, float] | None:
    """Bound P(Y[X=a]=b, Y[X=c]=d)."""
    found = [_one_world(event) for event in asked.events]
    if found[0] is None or found[1] is None:
        return None
    p, q = (number(_effect(*one)) for one in found if one is not None)
    return _clipped(p + q - 1, min(p, q))


def _one_world(event: Event) -> tuple[str, Value, str, Value] | None:
    """Return (Y, b, X, a) of an event `Y[X=a]=b`, or None where it is no such event."""
    variable = event.variable
    if not isinstance(variable, Counterfactual) or event.relation != "=" or event.value is None:
        return None
    if len(variable.world) != 1 or isinstance(variable.world[0][1], Counterfactual):
        return None
    x, a = variable.world[0]
    return variable.name, event.value, x, a  # type: ignore[return-value] # a is no counterfactual


def _effect(y: str, b: Value, x: str, a: Value) -> Probability:
    return Probability((Event(Variable(y), "=", b),), do=(Intervention(x, a),))


def _seen(*values: tuple[str, Value | None]) -> Probability:
    return Probability(tuple(Event(Variable(name), "=", value) for name, value in values))


def _clipped(low: float, high: float) -> tuple[float, float]:
    return max(0.0, low), min(1.0, high)
