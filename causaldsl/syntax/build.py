"""From the grammar's rules to the tree: one method a rule of grammar/causal.lark, called as the rule is recognised.

The methods only build; they never judge and never raise. What they get are the rule's parts in order: trees, and for
signs and keywords the parser's tokens, which know their place too.
"""

from __future__ import annotations

from typing import Any, Literal, Protocol, cast

from causaldsl.syntax import tree
from causaldsl.syntax.tree import Name, Number
from causaldsl.syntax.words import normal, unquote

_Sign = Literal["->", "<-", "<->"]
_ARROWS: dict[str, _Sign] = {"->": "->", "→": "->", "<-": "<-", "←": "<-", "<->": "<->", "↔": "<->"}


class Token(Protocol):
    """A word or a sign with its place, as the parser delivers it."""

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
        return Number(token.start_pos, token.end_pos, int(text) if text.isdigit() else float(text))

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
        return tree.Group(parts[0].start_pos, parts[2].end, parts[1], parts[2])

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
        return tree.OptionTree(parts[0].start, parts[1].end, parts[0], parts[1])

    def value(self, parts: list[Any]) -> Any:
        """Unwrap."""
        return parts[0]

    def sequence(self, parts: list[Any]) -> tree.ListValue:
        """Read `[1, 2]`."""
        return tree.ListValue(parts[0].start_pos, parts[-1].end_pos, tuple(parts[1:-1]))

    def equation(self, parts: list[Any]) -> tree.Equation:
        """Read `Y := X + 1`."""
        given = parts[1] if len(parts) > 2 else None
        return tree.Equation(parts[0].start, (given or parts[0]).end, parts[0], given)

    # ---- questions

    def query(self, parts: list[Any]) -> tree.Query:
        """Read `query Q`."""
        return tree.Query(parts[0].start_pos, parts[0].end_pos, parts[0])

    def assertion(self, parts: list[Any]) -> tree.Assertion:
        """Read `assert Q`."""
        return tree.Assertion(parts[0].start_pos, parts[0].end_pos, parts[0])


def _binary(token: Token) -> tree.BinaryDomain:
    return tree.BinaryDomain(token.start_pos, token.end_pos)
