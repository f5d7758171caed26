"""The Pygments lexer: `pygmentize -l causal`, Sphinx, Jupyter. Pygments finds it by its entry point."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from pygments.lexer import RegexLexer, bygroups
from pygments.token import Whitespace, string_to_tokentype

from causaldsl.highlight.rules import RULES, Rule


def _entry(rule: Rule) -> tuple[str, Any]:
    """Return a rule in the form that Pygments wants."""
    tokens = [string_to_tokentype(style.token) for style in rule.styles]
    return rule.pattern, tokens[0] if len(tokens) == 1 else bygroups(*tokens)


class CausalLexer(RegexLexer):  # type: ignore[misc]  # Pygments has no types
    """Splits a causal text into coloured words; what no text may hold comes out as an Error token."""

    name = "Causal"
    aliases: ClassVar[list[str]] = ["causal"]
    filenames: ClassVar[list[str]] = ["*.causal"]
    mimetypes: ClassVar[list[str]] = ["text/x-causal"]
    flags = re.MULTILINE
    tokens: ClassVar[dict[str, list[Any]]] = {"root": [*map(_entry, RULES), (r"\s+", Whitespace)]}
