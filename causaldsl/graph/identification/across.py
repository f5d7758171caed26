"""Questions across worlds: from what was asked to claims about counterfactual variables, and to an answer.

- A world may be set to what would have been in another: `Y[X=1, M=M[X=0]]=y` is the sum, over the values m of M, of
  `Y[X=1, M=m]=y` and `M[X=0]=m` [1]_.
- If all that is asked is about one world, it is a question about an effect: `P(Y[X=1])` is `P(Y | do(X=1))`.
- A variable without a value is open. Where the answer is another one for some of its values (`P(Y[X=0] | X)` is the
  consequence of what was seen if X was 0, and a counterfactual if it was not), it is found for each level by itself.

References
----------
.. [1] Correa, Lee and Bareinboim, "Nested counterfactual identification from arbitrary surrogate experiments", NeurIPS
   2021 (correa2021).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from causaldsl.errors import Diagnostic, UsageError
from causaldsl.graph.domain import Binary, Categorical, quoted
from causaldsl.graph.expression import Counterfactual, Variable
from causaldsl.graph.identification.algebra import ratio, restricted
from causaldsl.graph.identification.estimand import Among, Cases, Estimand, Fixed, Symbol, Term
from causaldsl.graph.identification.events import fixed, ranges_of
from causaldsl.graph.identification.hedge import Forests
from causaldsl.graph.identification.id_star import Computed, Crossed
from causaldsl.graph.identification.idc_star import idc_star
from causaldsl.graph.identification.mixed import Mixed
from causaldsl.graph.identification.parallel import Claim, Depends, World, above

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph
    from causaldsl.graph.question import Probability

MOST_CASES = 1000
"""The most combinations of levels that are looked at one by one."""


@dataclass
class Claims:
    """What a question claims.

    Parameters
    ----------
    graph : CausalGraph
        The graph.
    asked : Probability
        The question.

    Attributes
    ----------
    events, conditions : list of Claim
        What is left of the bar, and right of it.
    soft : list of Claim
        Conditions that are about several values or about worlds within worlds.
    bound : list of Symbol
        Variables for the values of worlds within worlds.
    symbols : dict of str to Symbol
        The variables that stand for names without one value, as these are spelled.
    some : dict of str to Among
        Those that range over some values only.
    spelled : dict of str to Claim
        For each variable, as it is spelled, what is claimed of it.
    nested : dict of Symbol to str
        For the variables of worlds within worlds, what they stand for, as it is spelled.
    """

    graph: CausalGraph
    asked: Probability
    events: list[Claim] = field(default_factory=list)
    conditions: list[Claim] = field(default_factory=list)
    soft: list[Claim] = field(default_factory=list)
    bound: list[Symbol] = field(default_factory=list)
    symbols: dict[str, Symbol] = field(default_factory=dict)
    some: dict[str, Among] = field(default_factory=dict)
    spelled: dict[str, Claim] = field(default_factory=dict)
    nested: dict[Symbol, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        number = self.graph.links.number
        for given, events in ((False, self.asked.events), (True, self.asked.given)):
            for variable, found in ranges_of(self.graph, events).items():
                value: Term = found if isinstance(found, Fixed) else self._symbol(str(variable), variable.name)
                if isinstance(found, Among):
                    self.some[str(variable)] = Among(self.symbols[str(variable)], found.conditions, found.levels)
                nested: list[Claim] = []
                claim = Claim(number[variable.name], self._world(variable, nested), value, given)
                self.spelled[str(variable)] = claim
                if not given:
                    self.events += [claim, *nested]
                elif nested or isinstance(found, Among):
                    self.soft += [Claim(c.node, c.world, c.value) for c in (claim, *nested)]
                else:
                    self.conditions.append(claim)

    @property
    def all(self) -> list[Claim]:
        """All claims."""
        return [*self.events, *self.soft, *self.conditions]

    def _symbol(self, spelled: str, node: str) -> Symbol:
        if spelled not in self.symbols:
            self.symbols[spelled] = self._fresh(node)
        return self.symbols[spelled]

    def _fresh(self, node: str) -> Symbol:
        taken = [*self.symbols.values(), *self.bound]
        return Symbol(node, sum(symbol.node == node for symbol in taken))

    def _world(self, variable: Variable | Counterfactual, nested: list[Claim]) -> World:
        """Return what the world of a variable sets; worlds within it become claims."""
        if isinstance(variable, Variable):
            return ()
        number = self.graph.links.number
        world: dict[int, Term] = {}
        for name, value in variable.world:
            if not isinstance(value, Counterfactual):
                world[number[name]] = fixed(self.graph, name, value)
                continue
            if value.name != name:
                message = f"`{quoted(name)}={value}` sets one node to what another would have been"
                hint = f"only worlds such as `{quoted(name)}={quoted(name)}[..]` can be identified"
                raise UsageError([Diagnostic("C320", "error", message, value.span or self.asked.span, hint)])
            symbol = self._fresh(name)
            self.bound.append(symbol)
            self.nested[symbol] = str(value)
            world[number[name]] = symbol
            nested.append(Claim(number[name], self._world(value, nested), symbol))
        return tuple(sorted(world.items(), key=lambda setting: setting[0]))


@dataclass(frozen=True)
class Verdict:
    """What was found out about a question across worlds.

    Parameters
    ----------
    experiments : Estimand or None
        How laws under interventions answer it; None if they do not.
    seen : Estimand or None
        How the law of what is seen answers it; None if it does not.
    against : Crossed or Forests or None
        Why not.
    """

    experiments: Estimand | None
    seen: Estimand | None
    against: Crossed | Forests | None = None


def across(observed: Mixed, claims: Claims) -> Verdict:
    """Identify what a question across worlds is about.

    Raises
    ------
    UsageError
        If the answer depends on the value of a node without levels, or on those of too many nodes.
    """
    over = tuple(claims.some.values())
    whole = _whole(observed, claims, claims.all, over)
    if not claims.soft or whole.experiments is None:
        return whole
    right = tuple(
        claims.some[str(event.variable)] for event in claims.asked.given if str(event.variable) in claims.some
    )
    below = _whole(observed, claims, [*claims.soft, *claims.conditions], tuple(dict.fromkeys(right)))
    if below.experiments is None:
        return below
    experiments = ratio(whole.experiments, below.experiments)
    if whole.seen is None or below.seen is None:
        return Verdict(experiments, None, whole.against or below.against)
    return Verdict(experiments, ratio(whole.seen, below.seen))


def _whole(observed: Mixed, claims: Claims, of: Sequence[Claim], over: tuple[Among, ...]) -> Verdict:
    """Identify the probability that variables are among some of their values."""
    found = _by_cases(claims, of, lambda some: idc_star(observed, some, claims.bound))

    def summed(estimand: Estimand | None) -> Estimand | None:
        return None if estimand is None else restricted(over, estimand)

    return Verdict(summed(found.experiments), summed(found.seen), found.against)


def _by_cases(
    claims: Claims,
    of: Sequence[Claim],
    identified: Callable[[Sequence[Claim]], Computed | Crossed | Depends],
    combinations: int = 1,
) -> Verdict:
    """Identify claims; where the answer depends on an open variable, for each of its levels."""
    found = identified(of)
    if isinstance(found, Crossed):
        return Verdict(None, None, found)
    if isinstance(found, Computed):
        if isinstance(found.seen, Forests):
            return Verdict(found.experiments, None, found.seen)
        return Verdict(found.experiments, found.seen)
    symbol = found.symbol
    levels = _levels(claims, symbol)
    combinations *= len(levels)
    if combinations > MOST_CASES:
        raise UsageError(f"`{claims.asked}` has a different answer for each of {combinations} combinations of values")
    cases = [
        _by_cases(claims, [claim.put(symbol, level) for claim in of], identified, combinations) for level in levels
    ]
    for case in cases:
        if case.experiments is None:
            return case
    experiments = Cases(symbol, levels, tuple(case.experiments for case in cases if case.experiments is not None))
    for case in cases:
        if case.seen is None:
            return Verdict(experiments, None, case.against)
    return Verdict(experiments, Cases(symbol, levels, tuple(case.seen for case in cases if case.seen is not None)))


def _levels(claims: Claims, symbol: Symbol) -> tuple[Fixed, ...]:
    domain = claims.graph[symbol.node].domain
    if isinstance(domain, Binary):
        return tuple(Fixed(symbol.node, level, level) for level in (0, 1))
    if isinstance(domain, Categorical):
        return tuple(
            Fixed(symbol.node, int(level) if domain.is_range else level, i) for i, level in enumerate(domain.levels)
        )
    raise UsageError([depends_on(claims, symbol)])


def depends_on(claims: Claims, symbol: Symbol) -> Diagnostic:
    """Say that the answer is another one for some values of a variable."""
    open_name = next(spelled for spelled, found in claims.symbols.items() if found == symbol)
    message = f"what `{claims.asked}` is depends on the value of `{open_name}`"
    hint = f"give it a value, or declare its levels, as in `binary {quoted(symbol.node)}`"
    return Diagnostic("C321", "error", message, claims.asked.span, hint)


def one_world(observed: Mixed, claims: Iterable[Claim]) -> World | None:
    """Return a world that all claims are about, nodes without effect on a claim set or not; None if there is none."""
    some = list(claims)
    widest = max((claim.world for claim in some), key=len, default=())
    nodes = [claim.node for claim in some]
    if len(set(nodes)) < len(nodes):
        return None
    for claim in some:
        if (
            claim.node in dict(widest)
            or claim.node in dict(claim.world)
            or _mattering(observed, claim.node, claim.world) != _mattering(observed, claim.node, widest)
        ):
            return None
    return widest


def _mattering(observed: Mixed, node: int, world: World) -> set[tuple[int, Term]]:
    """Return what a world sets that a node depends on there."""
    settings = dict(world)
    return {(p, settings[p]) for n in above(observed, node, settings) for p in observed.parents[n] if p in settings}
