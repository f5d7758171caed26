"""From the grammar's rules to the tree: one method a rule of grammar/causal.lark, called as the rule is recognised.

The methods only build; they never judge and never raise. What they get are the rule's parts in order: trees, and for
signs and keywords the parser's tokens, which know their place too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, Protocol, cast

from causaldsl.syntax import tree
from causaldsl.syntax.tree import Name, Number, Tree
from causaldsl.syntax.words import normal, unquote

_Sign = Literal["->", "<-", "<->"]
_ARROWS: dict[str, _Sign] = {"->": "->", "→": "->", "<-": "<-", "←": "<-", "<->": "<->", "↔": "<->"}


_RELATIONS = {"≤": "<=", "≥": ">=", "≠": "!="}


class Token(Protocol):
    """A word or a sign with its place, as the parser delivers it."""

    type: str
    value: str
    start_pos: int
    end_pos: int


class Builder:
    """Builds the tree of one statement or question."""

    # ---- words and numbers

    def NAME(self, token: Token) -> Name:  # noqa: N802 (the terminals' own names)
        """Read a name: a bare word, or a text in quotes."""
        text = token.value
        if text[0] == '"':
            return Name(token.start_pos, token.end_pos, unquote(text), True)
        return Name(token.start_pos, token.end_pos, normal(text))

    TEXT = NAME

    def NUMBER(self, token: Token) -> Number:  # noqa: N802
        """Read a number; the lexer lets none through that is too large."""
        text = token.value
        value = int(text.lstrip("0") or "0") if text.isdigit() else float(text)  # int() counts leading zeros as digits
        return Number(token.start_pos, token.end_pos, value)

    def INF(self, token: Token) -> Number:  # noqa: N802
        """Read an infinite bound."""
        return Number(token.start_pos, token.end_pos, float("inf"))

    def STAR(self, token: Token) -> tree.Star:  # noqa: N802
        """Read `*`."""
        return tree.Star(token.start_pos, token.end_pos)

    def number(self, parts: list[Any]) -> Number:
        """Read a number with its sign."""
        number = cast(Number, parts[-1])
        return number if len(parts) == 1 else Number(parts[0].start_pos, number.end, -number.value)

    bound = integer = number

    def RIGHT(self, token: Token) -> tree.Arrow:  # noqa: N802
        """Read an arrow, in any of its spellings."""
        return tree.Arrow(token.start_pos, token.end_pos, _ARROWS[token.value])

    LEFT = BOTH = RIGHT

    # ---- the file itself

    def statement(self, parts: list[Any]) -> Any:
        """Unwrap."""
        return parts[0]

    def language(self, parts: list[Any]) -> tree.Language:
        """Read `language 1`."""
        return tree.Language(parts[0].start_pos, parts[1].end, parts[1])

    def model(self, parts: list[Any]) -> tree.Model:
        """Read `model celeba "a title"`."""
        return tree.Model(parts[0].start_pos, parts[-1].end, parts[1], parts[2] if len(parts) > 2 else None)

    def use(self, parts: list[Any]) -> tree.Use:
        """Read `use "labels.causal"`."""
        return tree.Use(parts[0].start_pos, parts[1].end, parts[1])

    # ---- declarations

    def names(self, parts: list[Any]) -> tuple[Name, ...]:
        """Collect."""
        return tuple(parts)

    def node(self, parts: list[Any]) -> tree.Declaration:
        """Read `node A, B`."""
        return tree.Declaration(parts[0].start_pos, parts[1][-1].end, parts[1], None)

    def binary(self, parts: list[Any]) -> tree.Declaration:
        """Read `binary A, B`."""
        return tree.Declaration(parts[0].start_pos, parts[1][-1].end, parts[1], _binary(parts[0]))

    def categorical(self, parts: list[Any]) -> tree.Declaration:
        """Read `categorical A, B {x, y}`; an image's declaration has the same form."""
        return tree.Declaration(parts[0].start_pos, parts[2].end, parts[1], parts[2])

    image = categorical

    def real(self, parts: list[Any]) -> tree.Declaration:
        """Read `real A, B in [0, 1]`."""
        keyword, names, *interval = parts
        domain = interval[0] if interval else tree.Interval(keyword.start_pos, keyword.end_pos)
        return tree.Declaration(keyword.start_pos, (interval or names)[-1].end, names, domain)

    def latent(self, parts: list[Any]) -> tree.Declaration:
        """Read `latent U : binary`."""
        keyword, names, *domain = parts
        end = (domain or names)[-1].end
        return tree.Declaration(keyword.start_pos, end, names, domain[0] if domain else None, True)

    def binary_domain(self, parts: list[Any]) -> tree.BinaryDomain:
        """Read `binary`."""
        return _binary(parts[0])

    def categorical_domain(self, parts: list[Any]) -> Any:
        """Read `categorical {x, y}`."""
        return parts[1]

    def real_domain(self, parts: list[Any]) -> tree.Interval:
        """Read `real in [0, 1]`."""
        return parts[1] if len(parts) > 1 else tree.Interval(parts[0].start_pos, parts[0].end_pos)

    def levels(self, parts: list[Any]) -> tree.Levels:
        """Read `{x, y}`."""
        return tree.Levels(parts[0].start_pos, parts[-1].end_pos, tuple(parts[1:-1]))

    def range(self, parts: list[Any]) -> tree.Range:
        """Read `{0..9}`."""
        return tree.Range(parts[0].start_pos, parts[-1].end_pos, parts[1], parts[2])

    def interval(self, parts: list[Any]) -> tree.Interval:
        """Read `in [0, 1]`."""
        return tree.Interval(parts[0].start_pos, parts[-1].end_pos, parts[2], parts[3])

    def shape(self, parts: list[Any]) -> tree.Shape:
        """Read `[3, 64, 64]`."""
        return tree.Shape(parts[0].start_pos, parts[-1].end_pos, (parts[1], parts[2], parts[3]))

    # ---- lists and edges

    def nodes(self, parts: list[Any]) -> tree.Nodes:
        """Read `A, {B, C}, *`."""
        return tree.Nodes(parts[0].start, parts[-1].end, tuple(parts))

    def braced(self, parts: list[Any]) -> tree.Braced:
        """Read `{A, B}`."""
        return tree.Braced(parts[0].start_pos, parts[-1].end_pos, tuple(parts[1:-1]))

    def group(self, parts: list[Any]) -> tree.Group:
        """Read `group G = A, B`."""
        return tree.Group(parts[0].start_pos, parts[3].end, parts[1], parts[3])

    def edges(self, parts: list[Any]) -> tree.Edges:
        """Read `A -> B <- C`."""
        return tree.Edges(parts[0].start, parts[-1].end, tuple(parts[::2]), tuple(parts[1::2]))

    # ---- mechanisms

    def mechanism(self, parts: list[Any]) -> tree.Mechanism:
        """Read `A, B ~ neural`."""
        return tree.Mechanism(parts[0].start, parts[1].end, parts[0], parts[1])

    def default(self, parts: list[Any]) -> tree.Default:
        """Read `default binary ~ neural`."""
        return tree.Default(parts[0].start_pos, parts[2].end, parts[1].value, parts[2])

    def kind(self, parts: list[Any]) -> tree.Kind:
        """Read `neural(hidden=32)`."""
        end = parts[0].end if len(parts) == 1 else parts[-1].end_pos
        return tree.Kind(parts[0].start, end, parts[0], tuple(parts[2:-1]))

    def option(self, parts: list[Any]) -> tree.OptionTree:
        """Read `hidden=32`."""
        return tree.OptionTree(parts[0].start, parts[2].end, parts[0], parts[2])

    def value(self, parts: list[Any]) -> Any:
        """Unwrap."""
        return parts[0]

    def sequence(self, parts: list[Any]) -> tree.ListValue:
        """Read `[1, 2]`."""
        return tree.ListValue(parts[0].start_pos, parts[-1].end_pos, tuple(parts[1:-1]))

    def equation(self, parts: list[Any]) -> tree.Equation:
        """Read `Y := X + 1`, or `Y | X := [[..], ..]`."""
        given = parts[2] if len(parts) > 2 else None
        return tree.Equation(parts[0].start, parts[-1].end, parts[0], given, parts[-1])

    def table(self, parts: list[Any]) -> tree.Table:
        """Read `[[0.9, 0.1], [0.5, 0.5]]`."""
        return tree.Table(parts[0].start_pos, parts[-1].end_pos, tuple(parts[1:-1]))

    def row(self, parts: list[Any]) -> tuple[Number, ...]:
        """Read `[0.9, 0.1]`."""
        return tuple(parts[1:-1])

    # ---- expressions

    def sum(self, parts: list[Any]) -> Any:
        """Read `a - b + c`, or an operand on its own."""
        if len(parts) == 1:
            return parts[0]
        rest = tuple((_operator(parts[i]), parts[i + 1]) for i in range(1, len(parts), 2))
        return tree.Chain(parts[0].start, parts[-1].end, parts[0], rest)

    product = conjunction = disjunction = sum  # noqa: A003 - the name of the grammar's rule

    def prefix(self, parts: list[Any]) -> tree.Prefix:
        """Read `-a`, `not a`."""
        return tree.Prefix(parts[0].start_pos, parts[1].end, parts[0].value, parts[1])

    def power(self, parts: list[Any]) -> tree.Power:
        """Read `a^b`."""
        return tree.Power(parts[0].start, parts[2].end, parts[0], parts[2])

    def comparison(self, parts: list[Any]) -> tree.Compare:
        """Read `a < b`."""
        return tree.Compare(parts[0].start, parts[2].end, parts[0], _relation(parts[1]), parts[2])

    def parenthesised(self, parts: list[Any]) -> Any:
        """Unwrap; what parentheses do is in the tree already. A name and a number keep the place of their words."""
        inner = parts[1]
        if isinstance(inner, Name | Number):
            return inner
        return replace(inner, start=parts[0].start_pos, end=parts[2].end_pos)

    def call(self, parts: list[Any]) -> tree.Call:
        """Read `exp(a)`."""
        return tree.Call(parts[0].start, parts[-1].end_pos, parts[0], tuple(parts[2:-1]))

    def counterfactual(self, parts: list[Any]) -> tree.Counterfactual:
        """Read `Y[X=1]`."""
        name, (settings, end) = parts
        return tree.Counterfactual(name.start, end, name, settings)

    def subscript(self, parts: list[Any]) -> tuple[tuple[tree.Setting, ...], int]:
        """Read `[X=1]`, with the place of its end."""
        return tuple(parts[1:-1]), parts[-1].end_pos

    def setting(self, parts: list[Any]) -> tree.Setting:
        """Read `X=1`."""
        return tree.Setting(parts[0].start, parts[2].end, parts[0], parts[2])

    # ---- questions

    def query(self, parts: list[Any]) -> tree.Query:
        """Read `query Q`."""
        return tree.Query(parts[0].start_pos, parts[1].end, parts[1])

    def assertion(self, parts: list[Any]) -> tree.Assertion:
        """Read `assert Q`."""
        return tree.Assertion(parts[0].start_pos, parts[1].end, parts[1])

    def denied(self, parts: list[Any]) -> tree.Denied:
        """Read `not Q`."""
        return tree.Denied(parts[0].start_pos, parts[1].end, parts[1])

    def separation(self, parts: list[Any]) -> tree.Separation:
        """Read `A _||_ B | C`."""
        return tree.Separation(parts[0].start, parts[-1].end, parts[0], parts[1], parts[3] if len(parts) > 2 else None)

    def identifiable(self, parts: list[Any]) -> tree.Identifiable:
        """Read `identifiable P(Y | do(X))`."""
        return tree.Identifiable(parts[0].start_pos, parts[1].end, parts[1])

    def effect_question(self, parts: list[Any]) -> tree.EffectQuestion:
        """Read `adjustment X -> Y | Z`, `instruments X -> Y`, `ancestor X -> Y`."""
        keyword, causes, _, effects = parts[:4]
        given = parts[5] if len(parts) > 4 else None
        return tree.EffectQuestion(keyword.start_pos, parts[-1].end, keyword.value, causes, effects, given)

    def independencies(self, parts: list[Any]) -> tree.Independencies:
        """Read `independencies`."""
        return tree.Independencies(parts[0].start_pos, parts[0].end_pos)

    def numeric(self, parts: list[Any]) -> tree.Numeric:
        """Read `P(A)`, or `P(A) == P(B) within 0.02`."""
        if len(parts) == 1:
            return tree.Numeric(parts[0].start, parts[0].end, parts[0])
        within = parts[-1] if len(parts) == 5 else None  # left, relation, right, and perhaps `within` and a number
        return tree.Numeric(parts[0].start, parts[-1].end, parts[0], _relation(parts[1]), parts[2], within)

    def probability(self, parts: list[Any]) -> tree.Probability:
        """Read `P(Y=1 | do(X=1), Z)`."""
        bar = _bar(parts)
        return tree.Probability(parts[0].start_pos, parts[-1].end_pos, tuple(parts[2:bar]), tuple(parts[bar + 1 : -1]))

    def expectation(self, parts: list[Any]) -> tree.Expectation:
        """Read `E[Y | do(X=1), Z]`."""
        return tree.Expectation(parts[0].start_pos, parts[-1].end_pos, parts[2], tuple(parts[_bar(parts) + 1 : -1]))

    def event(self, parts: list[Any]) -> tree.Event:
        """Read `Y`, `Y=1`, `Age > 30`."""
        if len(parts) == 1:
            return tree.Event(parts[0].start, parts[0].end, parts[0])
        return tree.Event(parts[0].start, parts[2].end, parts[0], _relation(parts[1]), parts[2])

    def do(self, parts: list[Any]) -> tree.Do:
        """Read `do(X=1)`."""
        return tree.Do(parts[0].start_pos, parts[-1].end_pos, tuple(parts[2:-1]))

    def set(self, parts: list[Any]) -> tree.Intervention:
        """Read `X=1`, or `X` alone."""
        return tree.Intervention(parts[0].start, parts[-1].end, parts[0], parts[2] if len(parts) > 1 else None)

    def soft(self, parts: list[Any]) -> tree.Intervention:
        """Read `X := bernoulli(0.4)`."""
        return tree.Intervention(parts[0].start, parts[1].end, parts[0], None, parts[1])

    def assignment(self, parts: list[Any]) -> tree.Intervention:
        """Unwrap."""
        return cast(tree.Intervention, parts[0])


def _operator(part: Any) -> str:
    """Return an operator of a chain; `*` comes as the star that it may be elsewhere."""
    return "*" if isinstance(part, tree.Star) else part.value


def _relation(token: Token) -> tree.Relation:
    return cast(tree.Relation, _RELATIONS.get(token.value, token.value))


def _bar(parts: list[Any]) -> int:
    """Return where `|` stands among the parts, or the place of the closing bracket."""
    for i, part in enumerate(parts):
        if not isinstance(part, Tree) and part.type == "GIVEN":
            return i
    return len(parts) - 1


def _binary(token: Token) -> tree.BinaryDomain:
    return tree.BinaryDomain(token.start_pos, token.end_pos)
