"""The words of the language: which are keywords, what a name may hold, and how a quoted one is read."""

from __future__ import annotations

import re
import unicodedata

STATEMENTS = (
    "language", "model", "use", "node", "binary", "categorical", "real", "image", "latent", "group", "default",
    "query", "assert",
)  # fmt: skip
"""The words that begin a statement."""

RESERVED = frozenset(STATEMENTS) | {
    "not", "and", "or", "identifiable", "adjustment", "instruments", "ancestor", "independencies",
}  # fmt: skip
"""The words that need quotes where they are a node's or a group's name."""

NAME_CHARACTERS = r"[^\s!-/:-@\[-^`{-~\x00-\x1f\x7f→←↔⫫≤≥≠]"
"""A regular expression of one character that ends no name: no space, no ASCII sign but `_`, no arrow or relation."""

BIDIRECTIONAL = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""The characters that reorder what is shown: a text must not look like another one."""

ALLOW = re.compile(r"#\s*allow:([^#\n]*)")
"""A comment that silences warnings; its group holds their codes."""

_NUMBER = re.compile(r"\d+([eE]\d+)?")


def is_bare(name: str) -> bool:
    """Whether a name needs no quotes.

    It consists of characters of identifiers (a digit may come first), does not read wholly as a number, and does not
    hold the separation sign `_||_`. Whether it is a reserved word is another question.

    Examples
    --------
    >>> [is_bare(name) for name in ("5_o_Clock_Shadow", "größe", "12", "1e5", "political inequality", "")]
    [True, True, False, False, False, False]
    """
    return name != "" and ("a" + name).isidentifier() and _NUMBER.fullmatch(name) is None


def unquote(text: str) -> str:
    r"""Return what stands between the quotes, its escapes resolved, in NFC.

    Examples
    --------
    >>> unquote(r'"say \"no\""')
    'say "no"'
    """
    return normal(re.sub(r"\\(.)", r"\1", text[1:-1]))


def normal(name: str) -> str:
    """Return the form in which names are compared: NFC."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)
