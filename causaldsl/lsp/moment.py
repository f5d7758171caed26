"""What stands before the cursor: the beginning of a statement, mostly one that cannot be read yet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from causaldsl.source import Source
from causaldsl.syntax.scan import scan
from causaldsl.syntax.tokens import Token, tokens
from causaldsl.syntax.words import STATEMENTS

_CLOSERS = {")": "(", "]": "[", "}": "{"}
_OPERATOR_WORDS = ("and", "or", "not")
_MOST_OPEN = 8
"""How many brackets that are not closed yet may stand at the ends of lines."""


@dataclass(frozen=True)
class Moment:
    """The statement that is being written.

    Parameters
    ----------
    before : tuple of Token
        Its words and signs before the cursor, without comments and without the word at the cursor.
    word : Token or None
        The word at the cursor: a name, or a text in quotes whose closing one may be missing.
    start, end : int
        What a completion replaces: the word, or nothing.
    comment : str or None
        Where the cursor is in a comment: that up to the cursor.
    """

    before: tuple[Token, ...]
    word: Token | None
    start: int
    end: int
    comment: str | None = None

    @property
    def keyword(self) -> str:
        """The keyword that the statement begins with; empty where there is none."""
        first = self.before[0] if self.before else None
        return first.text if first is not None and first.text in STATEMENTS else ""

    @property
    def last(self) -> str:
        """The last word or sign before the one at the cursor."""
        return self.before[-1].text if self.before else ""

    @property
    def in_quotes(self) -> bool:
        """Whether the word at the cursor has an opening quote."""
        return self.word is not None and self.word.text.startswith('"')

    @cached_property
    def opened(self) -> tuple[int, ...]:
        """The numbers, in `before`, of the brackets that are open at the cursor, the outermost first."""
        stack: list[int] = []
        for i, token in enumerate(self.before):
            if token.kind == "other" and token.text in "([{":
                stack.append(i)
            elif token.kind == "other" and token.text in _CLOSERS:
                opener = next((j for j in reversed(stack) if self.before[j].text == _CLOSERS[token.text]), None)
                if opener is not None:
                    del stack[stack.index(opener) :]
        return tuple(stack)

    @property
    def inside(self) -> tuple[Token, ...]:
        """The words and signs since the innermost open bracket."""
        return self.before[self.opened[-1] + 1 :] if self.opened else self.before

    @property
    def bracket(self) -> tuple[str, Token | None]:
        """The innermost open bracket, empty where there is none, and what stands before it."""
        if not self.opened:
            return "", None
        at = self.opened[-1]
        return self.before[at].text, self.before[at - 1] if at else None

    @property
    def wants_operand(self) -> bool:
        """Whether a name, a number or the like must come next, and no sign."""
        if not self.before:
            return True
        last = self.before[-1]
        if last.kind in ("sign", "other"):
            return last.text not in _CLOSERS and last.text != "*"
        return last.text in _OPERATOR_WORDS or (len(self.before) == 1 and self.keyword != "")

    def sign(self, text: str) -> int | None:
        """Return the number, in `before`, of the first such sign outside of all brackets."""
        depth = 0
        for i, token in enumerate(self.before):
            if token.kind == "other":
                depth += (token.text in "([{") - (token.text in _CLOSERS)
            if token.text == text and token.kind in ("sign", "other") and depth <= 0:
                return i
        return None


def moment(source: Source, offset: int) -> Moment:
    """Return what stands before an offset.

    Examples
    --------
    >>> found = moment(Source("<text>", "node A; A -> Bcd"), 15)
    >>> [token.text for token in found.before], found.word.text
    (['A', '->'], 'Bcd')
    """
    text = source.text
    start = _start(text, offset)
    before: list[Token] = []
    line_end = text.find("\n", offset)
    for token in tokens(text, start, line_end if line_end >= 0 else len(text)):
        if token.start >= offset:
            break
        if token.kind == "comment":
            if offset <= token.end:
                return Moment(tuple(before), None, offset, offset, text[token.start : offset])
        elif offset < token.end or (offset == token.end and token.kind in ("name", "open_word", "number")):
            if token.kind == "open_word":
                return Moment(tuple(before), token, token.start, offset)
            if token.kind in ("name", "word", "number"):
                return Moment(tuple(before), token, token.start, token.end)
        else:
            before.append(token)
    return Moment(tuple(before), None, offset, offset)


def _start(text: str, offset: int) -> int:
    """Return where the statement starts in which a word at an offset would stand.

    A bracket that is never closed is nothing to `scan`; here it is about to be closed, so that what follows one at a
    line's end is still in it.
    """
    start = offset
    for _ in range(_MOST_OPEN):
        start = _begin(text, start)
        before = text[:start].rstrip()
        if not before.endswith(("(", "[", "{")):
            break
        start = len(before) - 1
    return start


def _begin(text: str, offset: int) -> int:
    """Return where the statement starts that a word at an offset would belong to."""
    for statement in reversed(scan(Source("", f"{text[:offset]}x{text[offset:]}")).statements):
        if statement.start <= offset:
            if offset < statement.end:
                return statement.start
            break
    return text.rfind("\n", 0, offset) + 1
