"""From a question as it was written to a question as it is meant: names, values, worlds and rungs are checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields

from causaldsl.graph.events import Events
from causaldsl.graph.expression import Counterfactual, Variable, walk
from causaldsl.graph.expression_types import Typist
from causaldsl.graph.lists import Member, Scope
from causaldsl.graph.question import (
    Claim,
    Denied,
    EffectQuestion,
    Event,
    Expectation,
    Identifiable,
    Independencies,
    Intervention,
    Numeric,
    Probability,
    Quantity,
    Query,
    Separation,
)
from causaldsl.graph.sorts import Declaration
from causaldsl.syntax import tree
from causaldsl.syntax.tree import Name, Nodes, Star, Tree


@dataclass
class Asker:
    """Gives questions their meaning; findings go to the scope.

    Parameters
    ----------
    scope : Scope
        The names.
    nodes : mapping of str to Declaration
        The nodes by name.
    """

    scope: Scope
    nodes: Mapping[str, Declaration]

    def __post_init__(self) -> None:
        self._about = Events(self.scope, self.nodes)

    def question(self, written: tree.QuestionTree, claimed: bool = False) -> Query | None:
        """Return a question, or None and findings.

        Parameters
        ----------
        written : QuestionTree
            As written.
        claimed : bool
            Whether it is asserted, so that it has to be true or false.
        """
        before = len(self.scope.findings)
        inner = written.claim if isinstance(written, tree.Denied) else written
        words = [part for part in _parts(written) if isinstance(part, Name | Star)]
        groups = self.scope.groups
        texts = {word.text for word in words if isinstance(word, Name)}
        named = frozenset(node for text in texts for node in groups.get(text, (text,)))
        symbolic = isinstance(inner, tree.Identifiable)
        self._about = Events(self.scope, self.nodes, named, symbolic)
        stars = [word for word in words if isinstance(word, Star)]
        if len(stars) > 1:
            self.scope.error("C210", "a second `*` in one question", stars[1], "`*` stands for all the others")
            return None
        claim = self._claim(inner, claimed or isinstance(written, tree.Denied))
        if claim is None or len(self.scope.findings) > before:
            return None
        return Denied(claim) if isinstance(written, tree.Denied) else claim

    def assignment(self, written: tree.Intervention) -> Intervention | None:
        """Return one assignment that has a value or a law, or None and findings."""
        before = len(self.scope.findings)
        if written.value is None and written.law is None:
            hint = f"give it one: `{self.scope.source.text[written.start : written.end]}=..`"
            self.scope.error("C302", f"`{written.name.text}` has no value", written, hint)
        found = self._about.interventions(written)
        return found[0] if found and len(self.scope.findings) == before else None

    def _claim(self, written: tree.Claim, claimed: bool) -> Claim | None:
        match written:
            case tree.Separation():
                return self._separation(written)
            case tree.Identifiable(probability=probability):
                return Identifiable(self._probability(probability))
            case tree.EffectQuestion():
                return self._effects(written)
            case tree.Independencies():
                return Independencies()
            case tree.Numeric():
                return self._numeric(written, claimed)

    # ---- about the graph

    def _separation(self, written: tree.Separation) -> Separation:
        left, right, given = self.scope.expand(written.left, written.right, written.given)
        self._some(left, written.left)
        self._some(right, written.right)
        self._disjoint(left, right, given)
        return Separation(_names(left), _names(right), _names(given))

    def _effects(self, written: tree.EffectQuestion) -> EffectQuestion:
        causes, effects, given = self.scope.expand(written.causes, written.effects, written.given)
        for members, place in ((causes, written.causes), (effects, written.effects)):
            self._some(members, place)
            if len(members) > 1 and written.kind != "adjustment":
                message = f"`{written.kind}` is about one cause and one effect"
                self.scope.error("C307", message, place)
        if written.kind != "ancestor":
            for member in (*causes, *effects, *given):
                if self.nodes[member.node].latent:
                    message = f"`{member.node}` is latent, so nobody can adjust for it or measure it"
                    self.scope.error("C305", message, member.item)
        self._disjoint(causes, effects, given)
        names = None if written.given is None else _names(given)
        return EffectQuestion(written.kind, _names(causes), _names(effects), names)

    def _some(self, members: list[Member], place: Nodes) -> None:
        if not members and not any(isinstance(i, Name) for i in place.items):
            self.scope.error("C307", "there is no node in this list", place)

    def _disjoint(self, *lists: list[Member]) -> None:
        """Refuse a node that stands on two sides."""
        seen: dict[str, int] = {}
        for i, members in enumerate(lists):
            for member in members:
                if seen.setdefault(member.node, i) != i:
                    message = f"`{member.node}` stands on two sides of the question"
                    self.scope.error("C309", message, member.item)

    # ---- about numbers

    def _numeric(self, written: tree.Numeric, claimed: bool) -> Numeric | None:
        typist = Typist(self.scope, self.nodes, quantity=self._quantity)
        left = typist.expression(written.left)
        right = None if written.right is None else typist.expression(written.right)
        if claimed and written.relation is None:
            hint = "for example `P(..) == 0.2 within 0.01`, or `P(..) > P(..)`"
            self.scope.error("C308", "a number is no claim; compare it", written, hint)
        if written.within is not None and written.relation not in ("==", "!="):
            place = written.within
            self.scope.error("C308", "`within` goes with `==` and `!=`", place)
        if left is None or (written.right is not None and right is None):
            return None
        within = None if written.within is None else float(written.within.value)
        compared = None if right is None else right.expression
        found = Numeric(left.expression, written.relation, compared, within)
        tables = {frozenset(q.open): q for q in found.quantities if q.open}
        if len(tables) > 1:
            a, b = list(tables.values())[:2]
            message = f"`{a}` and `{b}` are tables over different names"
            hint = "give values, so that both are numbers, or leave the same names open"
            self.scope.error("C308", message, written, hint)
        return found

    def _quantity(self, written: tree.Probability | tree.Expectation) -> Quantity | None:
        if isinstance(written, tree.Probability):
            return self._probability(written)
        return self._expectation(written)

    def _probability(self, written: tree.Probability) -> Probability:
        events = tuple(event for e in written.events for event in self._about.events(e))
        for event in events:
            if event.relation is None:
                self._about.needs_value(event.variable, "left", event.span or written)
        do, given = self._conditions(written)
        self._each_once((*events, *given))
        found = Probability(events, do=do, given=given, span=self.scope.span(written))
        self._one_way_of_doing(found, written)
        return found

    def _expectation(self, written: tree.Expectation) -> Expectation | None:
        typist = Typist(self.scope, self.nodes, world=self._about.counterfactual, draws=False)
        body = typist.expression(written.body)
        do, given = self._conditions(written)
        self._each_once(given)
        if body is None:
            return None
        for node in walk(body.expression):
            if isinstance(node, Variable | Counterfactual) and node.span is not None:
                self._about.can_be_asked_about(node.name, node.span)
        if not body.is_number:
            place = written.body
            message = f"`{body.expression}` is a level, and only numbers have an expectation"
            hint = f"its probability, perhaps: `P({body.expression}=..)`, or `E[{body.expression} == ..]`"
            self.scope.error("C312", message, place, hint)
        found = Expectation(body.expression, do=do, given=given, span=self.scope.span(written))
        self._one_way_of_doing(found, written)
        return found

    def _conditions(
        self, written: tree.Probability | tree.Expectation
    ) -> tuple[tuple[Intervention, ...], tuple[Event, ...]]:
        """Return what stands right of the bar: what is done, and what is seen."""
        do: dict[str, Intervention] = {}
        given: list[Event] = []
        for condition in written.conditions:
            if isinstance(condition, tree.Do):
                for intervention in (i for w in condition.interventions for i in self._about.interventions(w)):
                    if intervention.name in do and intervention.span is not None:
                        message = f"`{intervention.name}` is set twice"
                        self.scope.error("C303", message, intervention.span)
                    do[intervention.name] = intervention
                continue
            for event in self._about.events(condition):
                if event.relation is None:
                    self._about.needs_value(event.variable, "right", event.span or condition)
                given.append(event)
        for event in given:
            if event.name in do and isinstance(event.variable, Variable):
                message = f"the condition is about `{event.name}`, which the intervention sets"
                self.scope.warning("C350", message, event.span, "leave one of them out")
        return tuple(do.values()), tuple(given)

    def _each_once(self, events: Iterable[Event]) -> None:
        """Refuse a name that ranges over its domain in two places of one table."""
        seen: set[str] = set()
        for event in events:
            if event.relation is None and str(event) in seen and event.span is not None:
                self.scope.error("C303", f"`{event}` is asked for twice", event.span)
            seen.add(str(event))

    def _one_way_of_doing(self, quantity: Quantity, written: Tree) -> None:
        if quantity.do and quantity.rung == 3:
            hint = "put what is done into the brackets of each variable: `Y[X=1]`"
            message = "`do` and counterfactuals cannot be mixed in one question"
            self.scope.error("C304", message, written, hint)


def _parts(written: Tree) -> Iterator[Tree]:
    """Yield a tree and all that it is made of, in the order of the text."""
    todo: list[object] = [written]
    while todo:
        part = todo.pop()
        if isinstance(part, tuple):
            todo += reversed(part)
        elif isinstance(part, Tree):
            yield part
            todo += (getattr(part, f.name) for f in reversed(fields(part)))


def _names(members: Iterable[Member]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(member.node for member in members))
