"""The axioms of counterfactuals, unit by unit: composition, effectiveness, reversibility.

References
----------
.. [1] Pearl, "Causality", second edition, 2009, section 7.3.1 (pearl2009).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import torch
from torch import Generator, Tensor

from causaldsl.graph.domain import Domain, Value, quoted
from causaldsl.testing.laws.broken import Finding, require
from causaldsl.testing.laws.subject import (
    Subject,
    code_of,
    model_of,
    rows_of,
    same,
    shown,
    spelled,
    value_of,
    values_of,
)

T = TypeVar("T")
Do = dict[str, Value]


def check_composition(subject: Subject, *, units: int = 5, draws: int = 20, seed: int = 0) -> None:
    """Check that counterfactuals are those of one structural model.

    Units are drawn and seen in full; a unit keeps its noise in every world. Then

    - doing nothing, or what was so, gives the unit back (composition with the facts);
    - had X been x, then X would have been x (effectiveness), and what X does not cause would have been as it was;
    - if W would have been w had X been x, then setting W to w besides changes nothing (composition);
    - if Y would be y had X been x and W been w, and W would be w had X been x and Y been y, then Y would be y had X
      been x (reversibility).

    Parameters
    ----------
    subject : Run or CausalModel
        What to check.
    units : int
        How many units are looked at.
    draws : int
        How many draws of each unit's noise, which what was seen leaves open.
    seed : int
        Of the units and their noise.

    Raises
    ------
    BrokenLawError
        With the unit, what was done, and what was found instead.
    UsageError
        If the model has no counterfactuals: the noise of a node cannot be inferred from what was seen.

    Examples
    --------
    >>> import causaldsl as cd
    >>> check_composition(cd.compile(cd.parse("real A, B; A := normal(0, 1); B := 2*A + normal(0, 1)")))
    """
    model = model_of(subject)
    graph = model.graph
    seen = dict(model.sample(1000, seed=seed, pictures=False))
    tried = {name: values_of(graph, seen, name) for name in graph.columns}
    scale = {n: max(float(c.double().std()), 1e-9) if c.is_floating_point() else 1.0 for n, c in seen.items()}
    generator = Generator().manual_seed(seed)

    def one_of(names: Sequence[T]) -> T:
        return names[int(torch.randint(len(names), (), generator=generator))]

    findings: list[Finding] = []
    for row in range(units if graph.columns else 0):
        unit = _Unit(subject, rows_of(graph, seen, row), draws, seed, scale)
        findings += unit.changed({}, unit.facts)
        for x in graph.columns:
            findings += unit.changed({x: unit.facts[x]}, unit.facts)
            others = [name for name in graph.columns if name != x]
            values = [value for value in tried[x] if value != unit.facts[x]]
            if not values:
                continue
            do = {x: one_of(values)}
            below = graph.descendants([x])
            findings += unit.changed(do, {n: v for n, v in unit.facts.items() if n not in below} | do)
            if others:
                findings += unit.not_composed(do, one_of(others))
            if len(others) > 1:
                w = one_of(others)
                y = one_of([name for name in others if name != w])
                findings += unit.not_reversible(do, w, one_of(tried[w]), y)
    require("The law of composition", findings, f"{units} units, {draws} draws each, of seed {seed}")


@dataclass(frozen=True)
class _Unit:
    """A unit that was seen, and what would have been of it.

    Parameters
    ----------
    subject : Run or CausalModel
        Says what would have been.
    facts : mapping of str to value
        What was seen.
    draws, seed : int
        Of the noise that the facts leave open.
    scale : mapping of str to float
        How far the values of a node are apart.
    """

    subject: Subject
    facts: Do
    draws: int
    seed: int
    scale: Mapping[str, float]
    _known: dict[tuple[tuple[str, Value], ...], dict[str, Tensor]] = field(default_factory=dict)

    def under(self, do: Do) -> dict[str, Tensor]:
        """Return its draws had something been done; the same noise whatever is done."""
        key = tuple(do.items())
        if key not in self._known:
            self._known[key] = dict(self.subject.counterfactual(self.facts, do, self.draws, self.seed))
        return self._known[key]

    def changed(self, do: Do, wanted: Mapping[str, Value]) -> Iterator[Finding]:
        """Yield what is not as it has to be."""
        found = self.under(do)
        for name, value in wanted.items():
            column = torch.full_like(found[name], code_of(self._domain(name), value))
            yield from self._apart(f"had {_done(do)}", name, column, found[name])

    def not_composed(self, do: Do, w: str) -> Iterator[Finding]:
        """Set a node besides to what it would have been, and yield what that changes."""
        first = self.under(do)
        value = value_of(self._domain(w), first[w][0].item())
        second = self.under({**do, w: value})
        rows = same(first[w], first[w][0], self.scale[w])
        text = f"had {_done(do)}, {quoted(w)} would have been {value}; had it been set to that as well"
        for name in first:
            yield from self._apart(text, name, first[name][rows], second[name][rows])

    def not_reversible(self, do: Do, w: str, value: Value, y: str) -> Iterator[Finding]:
        """Set each of two nodes to what it is under the other; yield if one alone is not so."""
        plain = self.under(do)[y]
        first = self.under({**do, w: value})[y]
        result = value_of(self._domain(y), first[0].item())
        back = self.under({**do, y: result})[w]
        agree = same(back, torch.full_like(back, code_of(self._domain(w), value)), self.scale[w])
        rows = agree & same(first, first[0], self.scale[y])
        loop = f"{spelled(w, value)} would make {spelled(y, result)}, and {spelled(y, result)} {spelled(w, value)}"
        yield from self._apart(f"had {_done(do)}, {loop}; yet", y, first[rows], plain[rows])

    def _domain(self, name: str) -> Domain | None:
        return self.subject.graph[name].domain

    def _apart(self, text: str, name: str, wanted: Tensor, found: Tensor) -> Iterator[Finding]:
        wrong = ~same(wanted, found, self.scale[name])
        if not bool(wrong.any()):
            return
        is_now, was = (value_of(self._domain(name), column[wrong][0].item()) for column in (found, wanted))
        share = float(wrong.double().mean())
        said = f"{text}, {quoted(name)} would have been {is_now} instead of {was} in {share:.0%} of the draws"
        yield Finding((name,), f"{said} (unit: {shown(self.facts)})", share)


def _done(do: Mapping[str, Value]) -> str:
    return " and ".join(spelled(name, value) for name, value in do.items()) or "nothing been done"
