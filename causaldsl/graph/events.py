"""What probabilities and expectations are about: events, interventions and worlds, with their nodes and values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from causaldsl.graph.domain import Binary, Categorical, Image, Real, Value, as_written
from causaldsl.graph.expression import Counterfactual, Variable
from causaldsl.graph.expression_types import Typist
from causaldsl.graph.lists import Place, Scope
from causaldsl.graph.question import Event, Intervention
from causaldsl.graph.sorts import Declaration, fits
from causaldsl.syntax import tree
from causaldsl.syntax.tree import Name, Number, Star


@dataclass(frozen=True)
class Events:
    """Gives events, interventions and worlds their meaning; findings go to the scope.

    Parameters
    ----------
    scope : Scope
        The names.
    nodes : mapping of str to Declaration
        The nodes by name.
    named : frozenset of str
        The nodes that the question names, which `*` leaves out.
    symbolic : bool
        Whether the question is about every value at once, as `identifiable` is.
    """

    scope: Scope
    nodes: Mapping[str, Declaration]
    named: frozenset[str] = frozenset()
    symbolic: bool = False

    def events(self, written: tree.Event | Star) -> Iterator[Event]:
        """Yield the events that are written: one, or one a member of a group, or one a label for `*`."""
        if isinstance(written, Star):
            span = self.scope.span(written)
            yield from (Event(Variable(n, span=span), span=span) for n in self.scope.others(written, self.named))
            return
        span = self.scope.span(written)
        if isinstance(written.variable, tree.Counterfactual):
            names: tuple[str, ...] = self._one(written.variable.name)
            found = self.counterfactual(written.variable)
            variables: list[Variable | Counterfactual] = [] if found is None else [found]
        else:
            names = self.scope.resolve(written.variable) if written.value is None else self._one(written.variable)
            variables = [Variable(n, span=self.scope.span(written.variable)) for n in names]
        for name, variable in zip(names, variables, strict=False):
            self.can_be_asked_about(name, written.variable)
            if written.value is None:
                yield Event(variable, span=span)
            elif (value := self._value(name, written.value)) is not None:
                if self._has_order(name) or written.relation in ("=", "!="):
                    yield Event(variable, written.relation, value, span=span)
                else:
                    hint = "ask by `=` or `!=`"
                    self.scope.error("C306", f"the levels of `{name}` have no order", written, hint)

    def interventions(self, written: tree.Intervention) -> list[Intervention]:
        """Return the interventions that are written: one, or one a member of a group."""
        span = self.scope.span(written)
        plain = written.value is None and written.law is None
        names = self.scope.resolve(written.name) if plain else self._one(written.name)
        found: list[Intervention] = []
        for name in names:
            self.can_be_asked_about(name, written.name)
            if written.law is not None:
                found += self._soft(name, written.law, written)
            elif written.value is None:
                self.needs_value(Variable(name), "do", written)
                found.append(Intervention(name, span=span))
            elif (value := self._value(name, written.value)) is not None:
                found.append(Intervention(name, value, span=span))
        return found

    def _soft(self, name: str, law: tree.Expr, written: tree.Intervention) -> list[Intervention]:
        """Return a soft intervention: a new equation, in which the node's own name is its natural value."""
        if self.symbolic:
            hint = "ask about `do(X)`"
            self.scope.error("C310", "`identifiable` is about setting nodes to values", written, hint)
            return []
        domain = self.nodes[name].domain
        if isinstance(domain, Image):
            self.scope.error("C448", f"the image `{name}` has no equation", written)
            return []
        typist = Typist(self.scope, self.nodes)
        typed = typist.expression(law, domain)
        if typed is None or not fits(typed, domain, name, self.scope):
            return []
        return [Intervention(name, law=typed.expression, span=self.scope.span(written))]

    def counterfactual(self, written: tree.Counterfactual) -> Counterfactual | None:
        """Return a variable of another world."""
        names = self._one(written.name)
        world: dict[str, Value | Counterfactual] = {}
        for setting in written.settings:
            for name in self._one(setting.name):
                self.can_be_asked_about(name, setting.name)
                if name in world:
                    self.scope.error("C303", f"`{name}` is set twice", setting)
                elif not isinstance(setting.value, tree.Counterfactual):
                    if (value := self._value(name, setting.value)) is not None:
                        world[name] = value
                elif (inner := self.counterfactual(setting.value)) is not None:
                    if self.nodes[inner.name].domain != self.nodes[name].domain:
                        message = f"`{inner.name}` has other values than `{name}`"
                        self.scope.error("C301", message, setting.value)
                    world[name] = inner
        if not names or len(world) < len(written.settings):
            return None
        return Counterfactual(names[0], tuple(world.items()), span=self.scope.span(written))

    # ---- nodes and values

    def _one(self, name: Name) -> tuple[str, ...]:
        """Return the one node that a name stands for, in a tuple; a group has no single value."""
        if name.text in self.scope.groups and name.text not in self.nodes:
            message = f"`{name.text}` is a group, and one node is needed"
            self.scope.error("C307", message, name)
            return ()
        return self.scope.resolve(name)

    def can_be_asked_about(self, name: str, place: Place) -> None:
        """Refuse latents that have no values that anyone knows."""
        node = self.nodes[name]
        if node.latent and (self.symbolic or node.domain is None):
            if self.symbolic:
                message, hint = f"`{name}` is latent: nothing about it can be identified", None
            else:
                message, hint = f"`{name}` is latent and has no domain", f"declare one: `latent {name} : binary`"
            self.scope.error("C305", message, place, hint)

    def needs_value(self, variable: Variable | Counterfactual, where: str, place: Place) -> None:
        """Refuse a number or an image without a value where a table would need a row for each."""
        domain = self.nodes[variable.name].domain
        if self.symbolic or not isinstance(domain, Real | Image):
            return
        if isinstance(domain, Image):
            hint = "ask about its labels"
        elif where == "left":
            hint = f"`P({variable} > ..)` is a probability, `E[{variable}]` an expectation"
        else:
            hint = f"give it one: `{variable}=..`"
        self.scope.error("C302", f"the {domain.kind} node `{variable}` has no value", place, hint)

    def _has_order(self, name: str) -> bool:
        domain = self.nodes[name].domain
        return not isinstance(domain, Categorical) or domain.is_range

    def _value(self, name: str, written: Number | Name) -> Value | None:
        """Return a value of a node's domain: a level by its name, a number where levels are numbers."""
        domain = self.nodes[name].domain
        given: Value = written.value if isinstance(written, Number) else written.text
        text = str(int(given)) if isinstance(given, float) and given.is_integer() else str(given)
        if isinstance(domain, Categorical) and isinstance(written, Number):
            spelled = as_written(self.scope.span(written).text)
            text = spelled if spelled in domain.levels else text
        match domain:
            case None:
                return given
            case Binary(levels=levels) | Categorical(levels=levels) if text in levels:
                return text if isinstance(domain, Categorical) and not domain.is_range else int(text)
            case Binary(levels=levels) | Categorical(levels=levels):
                shown = ", ".join(levels[:8]) + (", ..." if len(levels) > 8 else "")
                hint = self.scope.suggestion(text, levels) or f"the levels are {shown}"
                self.scope.error("C301", f"`{name}` has no level `{text}`", written, hint)
            case Real(low=low, high=high):
                if not isinstance(given, str) and low <= given <= high:
                    return given
                message = f"`{text}` is no value of `{name}`"
                self.scope.error("C301", message, written, f"`{name}` is {domain}")
            case Image():
                message = f"the image `{name}` has no value that a text can give"
                self.scope.error("C301", message, written)
        return None
