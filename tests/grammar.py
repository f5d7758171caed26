"""Texts drawn from grammar/causal.lark itself, as hypothesis reads it."""

from __future__ import annotations

import functools

from hypothesis import strategies as st
from hypothesis.extra.lark import from_lark
from lark import Lark
from lark.lexer import PatternStr

from causaldsl.resources import resource

SPACES = st.sampled_from((" ", "  ", "\t", "\u00a0"))
LOOKING_AROUND = {
    "NAME": ("A", "B", "größe", "5_o", "levels", '"a b"', '"\\"#"', "ή", "_", "x1"),
    "TEXT": ('"a b"', '"x.causal"', '"# \\\\"'),
    "NUMBER": ("1", "0", "12.5", "1e-3", "007"),
    "IS": ("=",), "MINUS": ("-",), "LESS": ("<",), "GREATER": (">",), "_COLON": (":",),
    "PROBABILITY": ("P",), "EXPECTATION": ("E",), "DO": ("do",), "__IGNORE_0": (" ",),
}  # fmt: skip
"""Spellings of the terminals that look at what stands beside them, which a strategy cannot."""


@functools.cache
def drawn_from_the_grammar(start: str) -> st.SearchStrategy[str]:
    """Texts of one rule; a word has space after it, so that two of them stay two."""
    grammar = Lark(resource("grammar", "causal.lark").read_text(encoding="utf-8"), start=[start], parser="lalr")
    spellings = {t.name: (t.pattern.value,) for t in grammar.terminals if isinstance(t.pattern, PatternStr)}
    spellings |= {
        name: words for name, words in LOOKING_AROUND.items() if any(t.name == name for t in grammar.terminals)
    }
    words = {name: st.builds(str.__add__, st.sampled_from(words), SPACES) for name, words in spellings.items()}
    return from_lark(grammar, start=start, explicit=words)
