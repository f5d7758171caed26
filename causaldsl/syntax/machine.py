"""A shift-reduce machine and its lexer: tables made from the grammar, run on a stretch of a text.

The machine keeps a stack of states. In each it knows which terminals may come next, and so its lexer tries only those;
space and comments are skipped inside the match. A terminal is *shifted* onto the stack, or a rule is *reduced*: its
parts leave the stack, and what they build takes their place. Every place is an offset into the whole text.

The tables are plain values; what makes them of grammar/causal.lark is `causaldsl.syntax.parser`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from math import inf
from typing import Any, NamedTuple

END = "$END"
"""The terminal that stands for the end of the text."""

_NOTHING = "(?!)"
_SPACE = r"(?:\s+|\#[^\n]*)*+"
_SPACE_MATCH = re.compile(_SPACE).match

_Match = Callable[[str, int, int], re.Match[str] | None]


class Token(NamedTuple):
    """A word or a sign, with its terminal and its place."""

    type: str
    value: str
    start_pos: int
    end_pos: int


class Terminal(NamedTuple):
    """A terminal of the grammar.

    Parameters
    ----------
    pattern : str
        A regular expression.
    order : tuple
        Where several match, the one with the least order is tried first.
    word : str
        The keyword that it is, empty where it is none: a keyword is matched as a name and then told apart.
    build : callable, optional
        Makes a tree of its token; None leaves it a token.
    """

    pattern: str
    order: tuple[object, ...]
    word: str = ""
    build: Callable[[Token], Any] | None = None


class Reduction(NamedTuple):
    """A rule that is complete: how many parts it has, the rule's name, and what builds its tree."""

    size: int
    origin: str
    build: Callable[[list[Any]], Any]


class _Lexer(NamedTuple):
    """What is tried in a state: a matcher, the keywords by their text, and what any other name is.

    That is `NAME`, or nothing where no name may stand.
    """

    match: _Match
    keywords: Mapping[str, str]
    other: str


class Unexpected(Exception):  # noqa: N818 - not an error of ours; the parser turns it into a finding
    """A token that does not fit, and the terminals that would have fitted."""

    def __init__(self, token: Token, accepted: frozenset[str]) -> None:
        super().__init__(token)
        self.token = token
        self.accepted = accepted


class Machine:
    """Reads stretches of texts.

    Parameters
    ----------
    actions : mapping of int to mapping of str to int or Reduction
        What each state does when a terminal comes: the state after shifting it, or a reduction.
    gotos : mapping of int to mapping of str to int
        For each state that a reduction uncovers, and each rule, the state to go on with.
    starts : mapping of str to (int, int)
        For each rule that may be read on its own the state to start in and the one that ends it.
    terminals : mapping of str to Terminal
        The terminals; one of them is `NAME`.
    """

    def __init__(
        self,
        actions: Mapping[int, Mapping[str, int | Reduction]],
        gotos: Mapping[int, Mapping[str, int]],
        starts: Mapping[str, tuple[int, int]],
        terminals: Mapping[str, Terminal],
    ) -> None:
        self._actions = actions
        self._gotos = gotos
        self._starts = starts
        self._terminals = terminals
        self._builds = {name: terminal.build for name, terminal in terminals.items() if terminal.build is not None}
        self._lexers: dict[int, _Lexer] = {}
        self._anywhere = self._lexer(terminals)

    def read(self, text: str, at: int, end: int, start: str, seen: list[Token] | None = None) -> Any:
        """Return what the rule `start` builds of `text[at:end]`.

        Parameters
        ----------
        text : str
            The whole text.
        at, end : int
            The stretch to read.
        start : str
            The rule.
        seen : list of Token, optional
            Filled with the tokens, one that does not fit included.

        Raises
        ------
        Unexpected
            If the stretch is not in the language; its token is `STRANGE` where no terminal matches, `HUGE` where a
            number is beyond the floats, and `$END` with the place of the last word where it ends too early.
        """
        actions, gotos, lexers, builds, make = self._actions, self._gotos, self._lexers, self._builds, tuple.__new__
        state, last = self._starts[start]
        stack: list[int] = [state]
        values: list[Any] = []
        token = Token(END, "", at, at)
        while True:
            if (lexer := lexers.get(state)) is None:
                lexer = lexers[state] = self._lexer(name for name in actions[state] if name != END)
            match, keywords, other = lexer
            kind = ""
            if at < end and (found := match(text, at, end)) is not None:
                terminal = found.lastgroup or ""
                begin, stop = found.span(terminal)
                value = text[begin:stop]
                kind = keywords.get(value, other) if terminal == "NAME" else terminal
            if kind:
                at = stop
                if kind == "NUMBER" and float(value) == inf:
                    kind = "HUGE"
                token = make(Token, (kind, value, begin, at))
            else:
                token = self._other(text, at, end) or Token(END, "", token.start_pos, token.end_pos)
                kind = token.type
            if seen is not None and kind != END:
                seen.append(token)
            action = actions[state].get(kind)
            while isinstance(action, Reduction):
                size, origin, build = action
                parts = values[-size:]  # no rule of the grammar is empty
                del values[-size:], stack[-size:]
                values.append(build(parts))
                state = gotos[stack[-1]][origin]
                if state == last and kind == END:
                    return values[0]
                stack.append(state)
                action = actions[state].get(kind)
            if action is None:
                raise Unexpected(token, self._accepted(stack, last))
            state = action
            stack.append(state)
            values.append(token if (made := builds.get(kind)) is None else made(token))

    def _lexer(self, names: Iterable[str]) -> _Lexer:
        """Return a lexer of some terminals."""
        terminals = {name: self._terminals[name] for name in names}
        keywords = {terminal.word: name for name, terminal in terminals.items() if terminal.word}
        signs = {name: terminal for name, terminal in terminals.items() if not terminal.word}
        other = "NAME" if "NAME" in signs else ""
        if keywords:
            signs["NAME"] = self._terminals["NAME"]
        ordered = sorted(signs, key=lambda name: signs[name].order)
        choices = "|".join(f"(?P<{name}>{signs[name].pattern})" for name in ordered)
        return _Lexer(re.compile(rf"{_SPACE}(?:{choices or _NOTHING})").match, keywords, other)

    def _other(self, text: str, at: int, end: int) -> Token | None:
        """Return the token that stands here though none of its kind may, or None at the end."""
        space = _SPACE_MATCH(text, at, end)
        at = space.end() if space else at
        if at == end:
            return None
        match, keywords, _ = self._anywhere
        if (found := match(text, at, end)) is None:
            return Token("STRANGE", text[at], at, at + 1)
        kind = found.lastgroup or ""
        return Token(keywords.get(found[kind], kind), found[kind], at, found.end())

    def _accepted(self, stack: list[int], last: int) -> frozenset[str]:
        """Return the terminals that fit: those that are shifted in the end, and the end where it completes the rule."""
        return frozenset(kind for kind in self._actions[stack[-1]] if self._fits(kind, stack, last))

    def _fits(self, kind: str, stack: list[int], last: int) -> bool:
        below = len(stack)  # how much of the stack is still as it was
        above: list[int] = []
        while True:
            action = self._actions[above[-1] if above else stack[below - 1]].get(kind)
            if not isinstance(action, Reduction):
                return action is not None
            below -= max(0, action.size - len(above))
            del above[max(0, len(above) - action.size) :]
            state = self._gotos[above[-1] if above else stack[below - 1]][action.origin]
            if state == last and kind == END:
                return True
            above.append(state)
