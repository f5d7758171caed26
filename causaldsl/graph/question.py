"""Questions as they are meant, each on its rung of Pearl's ladder; `str()` spells them as the language does.

A question is asked of a graph (`Separation`, `Identifiable`, `EffectQuestion`, `Independencies`) or of numbers
(`Numeric`). Numbers are made of probabilities and expectations, which are expressions like any other, so that `fold`
walks over `P(Y=1 | do(X=1)) - P(Y=1 | do(X=0))` too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from causaldsl.graph.domain import Value, quoted
from causaldsl.graph.expression import (
    Counterfactual,
    Expression,
    Relation,
    Variable,
    number,
    spelled_value,
    walk,
)
from causaldsl.source import Span

Rung = Literal[0, 1, 2, 3]
"""0: the graph alone; 1: seeing; 2: doing; 3: imagining."""


@dataclass(frozen=True)
class Event:
    """`Y=1`, `Age > 30`, `Y[X=0]=1`; without relation and value, `Y` ranges over its domain.

    Parameters
    ----------
    variable : Variable or Counterfactual
        What takes the value.
    relation : str or None
        `=`, `!=`, `<`, `<=`, `>` or `>=`.
    value : int, float, str or None
        A level by its name, or as a number where levels are numbers; a real number.
    """

    variable: Variable | Counterfactual
    relation: Relation | None = None
    value: Value | None = None
    span: Span | None = field(default=None, compare=False, repr=False, kw_only=True)

    @property
    def name(self) -> str:
        """The node."""
        return self.variable.name

    def __str__(self) -> str:
        variable = str(self.variable)
        if self.relation is None or self.value is None:
            return variable
        space = "" if self.relation == "=" else " "
        return f"{variable}{space}{self.relation}{space}{spelled_value(self.value)}"


@dataclass(frozen=True)
class Intervention:
    """`X=1`; `X` for every value that it may be set to; or `X := bernoulli(0.4)`, a soft intervention.

    Parameters
    ----------
    name : str
        The node.
    value : int, float, str or None
        What it is set to.
    law : Expression or None
        Its new equation; the node's own name in it is its natural value.
    """

    name: str
    value: Value | None = None
    law: Expression | None = None
    span: Span | None = field(default=None, compare=False, repr=False, kw_only=True)

    def __str__(self) -> str:
        if self.law is not None:
            return f"{quoted(self.name)} := {self.law}"
        return quoted(self.name) if self.value is None else f"{quoted(self.name)}={spelled_value(self.value)}"


@dataclass(frozen=True, eq=False, repr=False)
class Quantity(Expression):
    """A probability or an expectation, under interventions, among the units for which the conditions hold.

    Parameters
    ----------
    do : tuple of Intervention
        What is set.
    given : tuple of Event
        What is seen; with `do`, in the world in which it is set.
    """

    do: tuple[Intervention, ...] = field(default=(), kw_only=True)
    given: tuple[Event, ...] = field(default=(), kw_only=True)

    @property
    def rung(self) -> Rung:
        """1 for seeing, 2 for doing, 3 for imagining."""
        if any(isinstance(v, Counterfactual) for v in self.mentioned()):
            return 3
        return 2 if self.do else 1

    @property
    def own(self) -> tuple[object, ...]:
        """What it is besides its children."""
        return self.do, self.given

    def mentioned(self) -> Iterator[Variable | Counterfactual]:
        """Yield the variables that it is about, those of the conditions last."""
        yield from (event.variable for event in self.given)

    @property
    def open(self) -> tuple[str, ...]:
        """What ranges over its domain, as it is spelled: the question's answer has a row for each combination."""
        return tuple(dict.fromkeys(self._open()))

    def _open(self) -> Iterator[str]:
        yield from (quoted(i.name) for i in self.do if i.value is None and i.law is None)
        yield from (str(event) for event in self.given if event.relation is None)

    def _conditions(self) -> str:
        """Spell what stands right of the bar, the bar included."""
        do = [f"do({', '.join(map(str, self.do))})"] if self.do else []
        conditions = ", ".join([*do, *map(str, self.given)])
        return f" | {conditions}" if conditions else ""

    def spelled(self) -> str:
        """Spell it as the language does."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False, repr=False)
class Probability(Quantity):
    """`P(Y=1 | do(X=1), Z=0)`.

    Parameters
    ----------
    events : tuple of Event
        What the probability is of, jointly.
    """

    events: tuple[Event, ...]

    @property
    def own(self) -> tuple[object, ...]:
        """What it is besides its children."""
        return self.events, *super().own

    def mentioned(self) -> Iterator[Variable | Counterfactual]:
        """Yield the variables that it is about, those of the conditions last."""
        yield from (event.variable for event in self.events)
        yield from super().mentioned()

    @property
    def parts(self) -> tuple[Event | Intervention, ...]:
        """All that it is made of: its events, what is set and what is given."""
        return *self.events, *self.do, *self.given

    def _open(self) -> Iterator[str]:
        yield from (str(event) for event in self.events if event.relation is None)
        yield from super()._open()

    def spelled(self) -> str:
        """Spell it as the language does."""
        return f"P({', '.join(map(str, self.events))}{self._conditions()})"


@dataclass(frozen=True, eq=False, repr=False)
class Expectation(Quantity):
    """`E[Y | do(X=1), Z=0]`.

    Parameters
    ----------
    body : Expression
        What the expectation is of.
    """

    body: Expression

    @property
    def own(self) -> tuple[object, ...]:
        """What it is besides its children."""
        return self.body, *super().own

    def mentioned(self) -> Iterator[Variable | Counterfactual]:
        """Yield the variables that it is about, those of the conditions last."""
        yield from (node for node in walk(self.body) if isinstance(node, Variable | Counterfactual))
        yield from super().mentioned()

    def spelled(self) -> str:
        """Spell it as the language does."""
        return f"E[{self.body}{self._conditions()}]"


@dataclass(frozen=True)
class Separation:
    """`A, B _||_ C | D`: whether D blocks every path between A, B and C."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    given: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{_list(self.left)} _||_ {_list(self.right)}" + (f" | {_list(self.given)}" if self.given else "")

    @property
    def rung(self) -> Rung:
        """0: it is about the graph."""
        return 0


@dataclass(frozen=True)
class Identifiable:
    """`identifiable P(Y | do(X))`: whether the graph says how to compute it from what is seen."""

    probability: Probability

    def __str__(self) -> str:
        return f"identifiable {self.probability}"

    @property
    def rung(self) -> Rung:
        """0: it is about the graph."""
        return 0


@dataclass(frozen=True)
class EffectQuestion:
    """`adjustment X -> Y`, `instruments X -> Y`, `ancestor X -> Y`.

    Parameters
    ----------
    kind : {"adjustment", "instruments", "ancestor"}
        What is asked.
    causes, effects : tuple of str
        One node each, but for `adjustment`.
    given : tuple of str or None
        With `adjustment`: the set that is claimed to be valid; None where the sets are asked for.
    """

    kind: Literal["adjustment", "instruments", "ancestor"]
    causes: tuple[str, ...]
    effects: tuple[str, ...]
    given: tuple[str, ...] | None = None

    def __str__(self) -> str:
        given = "" if self.given is None else f" | {_list(self.given)}"
        return f"{self.kind} {_list(self.causes)} -> {_list(self.effects)}{given}"

    @property
    def rung(self) -> Rung:
        """0: it is about the graph."""
        return 0


@dataclass(frozen=True)
class Independencies:
    """`independencies`: those that the graph implies."""

    def __str__(self) -> str:
        return "independencies"

    @property
    def rung(self) -> Rung:
        """0: it is about the graph."""
        return 0


@dataclass(frozen=True)
class Numeric:
    """A number or a table of numbers; with a relation, a claim about two of them.

    Parameters
    ----------
    left : Expression
        Constants, probabilities and expectations, combined by `+ - * /`.
    relation : {"==", "!=", "<", "<=", ">", ">="} or None
        None where the number itself is asked for.
    right : Expression or None
        What it is compared with.
    within : float or None
        How far apart equal numbers may be; None where they have to be exact.
    """

    left: Expression
    relation: Relation | None = None
    right: Expression | None = None
    within: float | None = None

    def __str__(self) -> str:
        if self.relation is None:
            return str(self.left)
        within = "" if self.within is None else f" within {number(self.within)}"
        return f"{self.left} {self.relation} {self.right}{within}"

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """Its probabilities and expectations, in the order of the text."""
        sides = [self.left] if self.right is None else [self.left, self.right]
        return tuple(node for side in sides for node in walk(side) if isinstance(node, Quantity))

    @property
    def rung(self) -> Rung:
        """The highest rung of its probabilities and expectations."""
        return max((q.rung for q in self.quantities), default=1)


@dataclass(frozen=True)
class Denied:
    """`not Q`."""

    claim: Claim

    def __str__(self) -> str:
        return f"not {self.claim}"

    @property
    def rung(self) -> Rung:
        """The claim's."""
        return self.claim.rung


Claim = Separation | Identifiable | EffectQuestion | Independencies | Numeric
Query = Denied | Claim
"""Any question."""


def numeric(question: Query | None) -> Numeric | None:
    """Return the claim of a question about numbers, whether it is denied or not; None of a question about the graph."""
    claim = question.claim if isinstance(question, Denied) else question
    return claim if isinstance(claim, Numeric) else None


def _list(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names)) or "{}"
