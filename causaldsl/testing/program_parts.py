"""What programs are made of: expressions and questions about given nodes, as texts that are always right.

Texts are put together so that types hold however the operators bind: numbers are combined with numbers, and a
comparison becomes one only in parentheses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from causaldsl.graph.domain import Binary, Categorical, Domain, Image, Real, quoted

_CONSTANTS = ("1", "0", "0.5", "2", "1e-3")
_FORMS = ("sum", "product", "minus", "parentheses", "power", "function", "max", "truth", "where")
_LAWS = ("normal({}, 1)", "uniform(0, 1)", "exponential(exp({}))", "bernoulli(sigmoid({}))")
_ORDER = ("<", ">", "<=", ">=")


@dataclass(frozen=True)
class Variable:
    """A declared node."""

    name: str
    domain: Domain | None
    latent: bool = False

    @property
    def spelled(self) -> str:
        """Its name as the language spells it."""
        return quoted(self.name)

    @property
    def is_picture(self) -> bool:
        """Whether it is an image."""
        return isinstance(self.domain, Image)

    @property
    def is_bare_latent(self) -> bool:
        """Whether it is a latent without a domain, which nothing causes and which has no values to ask about."""
        return self.latent and self.domain is None

    @property
    def has_words(self) -> bool:
        """Whether its values are named levels."""
        return isinstance(self.domain, Categorical) and not self.domain.is_range

    @property
    def is_label(self) -> bool:
        """Whether `*` may stand for it."""
        return not self.latent and not self.is_picture


@dataclass(frozen=True)
class Author:
    """Writes about some nodes.

    Parameters
    ----------
    draw : callable
        Hypothesis's.
    nodes : sequence of Variable
        What may be named.
    """

    draw: st.DrawFn
    nodes: Sequence[Variable]

    def one_of(self, *texts: str) -> str:
        """Choose."""
        return self.draw(st.sampled_from(texts))

    def rarely(self, out_of: int = 4) -> bool:
        """Say yes once in a while, and less when a text is made smaller."""
        return self.draw(st.integers(1, out_of)) == out_of

    def shuffled(self, nodes: Sequence[Variable]) -> list[Variable]:
        """Put nodes in some order."""
        return self.draw(st.permutations(nodes))

    def value(self, node: Variable) -> str:
        """Write a value of a node."""
        match node.domain:
            case Binary():
                return self.one_of("1", "0")
            case Categorical(levels=levels):
                return self.one_of(*(map(quoted, levels) if node.has_words else levels))
            case Real():
                return self.one_of("1", "0.5")
            case _:
                return self.one_of("1", "-2", "word", '"two words"')

    # ---- expressions

    def number(self, depth: int = 2, draws: bool = True, more: Sequence[str] = ()) -> str:
        """Write an expression that is a number.

        Parameters
        ----------
        depth : int
            How deep it may nest.
        draws : bool
            Whether laws may stand in it.
        more : sequence of str
            Operands besides the nodes, such as counterfactuals.
        """
        named = [n.spelled for n in self.nodes if not n.has_words and not n.is_picture]
        leaf = self.one_of(*named, *more, *_CONSTANTS)
        if depth == 0 or not self.rarely(2):
            return leaf

        def inner() -> str:
            return self.number(depth - 1, draws, more)

        match self.one_of(*_FORMS, "law") if draws else self.one_of(*_FORMS):
            case "sum" | "product" as kind:
                signs = (" + ", " - ") if kind == "sum" else ("*", "/")
                return inner() + "".join(self.one_of(*signs) + inner() for _ in range(self.draw(st.integers(1, 3))))
            case "minus":
                return f"-{inner()}"
            case "parentheses":
                return f"({inner()})"
            case "power":
                return f"{leaf if self.rarely(2) else f'({inner()})'}^{inner()}"
            case "function":
                return f"{self.one_of('exp', 'sqrt', 'sigmoid', 'abs')}({inner()})"
            case "max":
                return f"max({inner()}, {inner()})"
            case "truth":
                return f"({self.condition(inner)})"
            case "where":
                return f"where({self.condition(inner)}, {inner()}, {inner()})"
            case _:
                return self.one_of(*_LAWS).replace("{}", inner())

    def condition(self, inner: Callable[[], str]) -> str:
        """Write an expression that is true or false."""
        text = self._comparison(inner)
        match self.one_of("", "not", "and", "or"):
            case "":
                return text
            case "not":
                return f"not {text}"
            case word:
                return f"{text} {word} {self._comparison(inner)}"

    def _comparison(self, inner: Callable[[], str]) -> str:
        discrete = [node for node in self.nodes if isinstance(node.domain, Binary) or node.has_words]
        if discrete and self.rarely(2):
            node = self.draw(st.sampled_from(discrete))
            return f"{node.spelled} {self.one_of('==', '!=')} {self.value(node)}" if node.has_words else node.spelled
        return f"{inner()} {self.one_of(*_ORDER)} {inner()}" if self.rarely(2) else f"{inner()} == {inner()} + 0.5"

    def right_side(self, node: Variable) -> str:
        """Write an equation's right side for a node."""
        short = self.rarely(2)
        match node.domain:
            case Categorical(levels=levels) if node.has_words:
                if short:
                    return self.one_of(self.value(node), f"categorical({', '.join('0.5' for _ in levels)})")
                return f"where({self.condition(self.number)}, {self.value(node)}, {self.value(node)})"
            case Categorical():
                return self.value(node) if short else f"max(1, {self.number()})"
            case Binary():
                return "bernoulli(0.5)" if short else self.condition(self.number)
            case _:
                return f"sigmoid({self.number()})" if short else f"normal(0, 1) + {self.number()}"

    # ---- questions

    def question(self, claimed: bool) -> str:
        """Write a question, or a claim."""
        observed = [node for node in self.nodes if not node.latent]
        known = [node for node in self.nodes if not node.is_picture and not node.is_bare_latent]
        forms = {"independencies": True, "separation": len(self.nodes) > 1, "figures": bool(known)}
        forms |= dict.fromkeys(("effect", "identifiable"), len(observed) > 1)
        form = self.one_of(*(form for form, possible in forms.items() if possible))
        match form:
            case "separation":
                text = self._separation()
            case "figures":
                text = Author(self.draw, known).figures(claimed)
            case "effect":
                text = self._effect(self.shuffled(observed), claimed)
            case "identifiable":
                cause, effect, *_ = [node.spelled for node in self.shuffled(observed)]
                text = f"identifiable P({effect} | do({cause}))"
            case _:
                text = form
        return self.one_of("", "not ") + text if claimed else text

    def _separation(self) -> str:
        order = self.shuffled(self.nodes)
        left = self.draw(st.integers(1, len(order) - 1))
        right = self.draw(st.integers(left + 1, len(order)))
        a, b, c = (", ".join(n.spelled for n in part) for part in (order[:left], order[left:right], order[right:]))
        if any(node.is_label for node in order[left:]) and self.rarely():
            return f"{a} _||_ *"
        return f"{a} _||_ {b} | {c or '{}'}" if c or self.rarely() else f"{a} _||_ {b}"

    def _effect(self, nodes: Sequence[Variable], claimed: bool) -> str:
        cause, effect, *others = [node.spelled for node in nodes]
        kind = self.one_of("ancestor", "instruments", "adjustment")
        given = f" | {', '.join(others) or '{}'}" if claimed and kind == "adjustment" and self.rarely(2) else ""
        return f"{kind} {cause} -> {effect}{given}"

    def figures(self, claimed: bool) -> str:
        """Write a probability, an expectation, or what is computed from them; a claim compares it."""
        if claimed:
            relation = self.one_of("<", ">=", "==")
            within = " within 0.02" if relation == "==" else ""
            right = self._figure() if self.rarely(2) else self.one_of("0.25", "-1/2")
            return f"{self._figure()} {relation} {right}{within}"
        if self.rarely():
            return f"{self._figure()}{self.one_of(' - ', '/', ' + 2*')}{self._figure()}"
        return self._figure(rows=True)

    def _figure(self, rows: bool = False) -> str:
        return self._expectation() if self.rarely(3) else self._probability(rows)

    def _probability(self, rows: bool) -> str:
        """Write `P(..)`; without `rows` every name in it has a value, so that it is one number."""
        first, *others = self.shuffled(self.nodes)
        imagined = bool(others) and self.rarely()
        left = self._event(first, rows, f"[{self._setting(others[0])}]" if imagined else "")
        left += f", {self._event(others[1], rows)}" if len(others) > 1 and self.rarely(3) else ""
        right = [self._event(node, rows) for node in others[2:3]]
        if others and not imagined and self.rarely(2):
            right.insert(self.draw(st.integers(0, len(right))), self._intervention(others[0]))
        return f"P({left}{' | ' if right else ''}{', '.join(right)})"

    def _event(self, node: Variable, rows: bool, world: str = "") -> str:
        if rows and not isinstance(node.domain, Real) and not self.rarely(3):
            return node.spelled + world
        relation = self.one_of("=", " != ") if node.has_words else self.one_of("=", " != ", " < ", " >= ")
        return f"{node.spelled}{world}{relation}{self.value(node)}"

    def _setting(self, node: Variable) -> str:
        return f"{node.spelled}={self.value(node)}"

    def _intervention(self, node: Variable) -> str:
        if self.rarely(3):
            return f"do({node.spelled} := {Author(self.draw, [node]).right_side(node)})"
        return f"do({self._setting(node)})"

    def _expectation(self) -> str:
        first, *others = self.shuffled(self.nodes)
        if others and not first.has_words and self.rarely():
            return f"E[{self.number(draws=False, more=[f'{first.spelled}[{self._setting(others[0])}]'])}]"
        if not others:
            return f"E[{self.number(draws=False)}]"
        condition = self._intervention(others[0]) if self.rarely(2) else self._setting(others[0])
        return f"E[{self.number(draws=False)} | {condition}]"
