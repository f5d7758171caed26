"""The TextMate grammar: `python -m causaldsl.highlight.textmate > grammar/causal.tmLanguage.json` writes it."""

from __future__ import annotations

import json
from typing import Any

from causaldsl.highlight.rules import RULES, Rule, Style

SCOPE = "source.causal"


def grammar() -> dict[str, Any]:
    """Return the grammar as editors read it: one flat list of patterns, each good for a line."""
    return {
        "information_for_contributors": ["Written by `python -m causaldsl.highlight.textmate`; the rules are there."],
        "name": "Causal",
        "scopeName": SCOPE,
        "fileTypes": ["causal"],
        "patterns": [_pattern(rule) for rule in RULES],
    }


def _pattern(rule: Rule) -> dict[str, Any]:
    if len(rule.styles) == 1:
        return {"name": _scope(rule.styles[0]), "match": rule.pattern}
    captures = {str(i): {"name": _scope(style)} for i, style in enumerate(rule.styles, 1) if style.scope}
    return {"match": rule.pattern, "captures": captures}


def _scope(style: Style) -> str:
    return f"{style.scope}.causal"


if __name__ == "__main__":
    print(json.dumps(grammar(), ensure_ascii=False, indent=2))
