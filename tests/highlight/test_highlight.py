"""Both highlighters colour every word as what the parser takes it for."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import Token, is_token_subtype, string_to_tokentype

from causaldsl.formats.causal import write_causal
from causaldsl.graph.ir import CausalGraph
from causaldsl.highlight.lexer import CausalLexer
from causaldsl.highlight.textmate import grammar
from causaldsl.source import Source
from causaldsl.syntax.parser import lexemes
from causaldsl.testing.strategies import models

GRAMMAR = Path(__file__).parents[2] / "grammar"
LARK = (GRAMMAR / "causal.lark").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```causal.*?\n(.*?)^```", (GRAMMAR / "README.md").read_text(encoding="utf-8"), re.M | re.S)
FURTHER = """language 1
model "a name" "a title"
A → B ← C ↔ D
A <- B
A ⫫ B
Y := a >= 1 and b <= 2 or not c ≤ d or e ≥ f
Y := a != b or c ≠ d or e > f or g < h
Y := where(Hair == "dark blond", 1, 0) / 2 - 3
real A, B in [-inf, inf]
A ~ mine(x=true, y=[1, false])
query A _||_ B | C
query A ⫫ B
"""
"""What the reference has no example of."""

CLASSES = {
    "NAME": ("Name String Keyword.Constant", "variable entity string support constant.language"),
    "TEXT": ("String", "string"),
    "NUMBER": ("Number", "constant.numeric"),
    "INF": ("Number", "constant.numeric"),
    **dict.fromkeys(("PROBABILITY", "EXPECTATION", "DO"), ("Name.Builtin", "support.function")),
    **dict.fromkeys(("_COMMA", "_COLON"), ("Punctuation", "punctuation")),
    **dict.fromkeys(
        (f"{side}{what}" for side in "LR" for what in ("PAREN", "BRACE", "BRACKET")), ("Punctuation", "punctuation")
    ),
    **dict.fromkeys(("AND", "OR", "NOT", "IN", "WITHIN"), ("Operator.Word", "keyword.operator.word")),
}
"""By terminal: the tokens of Pygments and the scopes of TextMate that it may have. Names may also be functions."""


def terminals() -> dict[str, list[str]]:
    """The terminals of causal.lark that have fixed spellings, with these."""
    found = {}
    for name, body in re.findall(r"^([_A-Z]+)(?:\.\d+)?: (.+)$", LARK, re.M):
        if name not in ("NAME", "TEXT", "NUMBER"):
            found[name] = re.findall(r'"(.*?)"', body) or [re.sub(r"^/|\(\?.*\)|/$", "", body)]
    return found


def allowed(terminal: str) -> tuple[str, str]:
    if terminal in CLASSES:
        return CLASSES[terminal]
    (spelling, *_) = terminals()[terminal]
    return ("Keyword", "keyword.control storage.type") if spelling.isalpha() else ("Operator", "keyword.operator")


def by_pygments(text: str) -> dict[int, Any]:
    """For each character the token that it is in."""
    found = {}
    for at, token, value in CausalLexer(stripnl=False, ensurenl=False).get_tokens_unprocessed(text):
        found.update(dict.fromkeys(range(at, at + len(value)), token))
    return found


def by_textmate(text: str) -> dict[int, str]:
    """For each character its scope, as an editor finds it: line by line, the first match, of equals the first rule."""
    patterns = [(re.compile(p["match"]), p) for p in json.loads(json.dumps(grammar()))["patterns"]]
    found: dict[int, str] = {}
    start = 0
    for line in text.splitlines(keepends=True):
        at = 0
        while matches := [(m.start(), i, m) for i, (p, _) in enumerate(patterns) if (m := p.search(line, at))]:
            _, number, match = min(matches)
            pattern = patterns[number][1]
            for group, name in [(0, pattern.get("name"))] + [
                (int(k), v["name"]) for k, v in pattern.get("captures", {}).items()
            ]:
                if name:
                    found.update(dict.fromkeys(range(start + match.start(group), start + match.end(group)), name))
            at = max(match.end(), match.start() + 1)
        start += len(line)
    return found


def wrong(text: str) -> Iterator[str]:
    """Say where a highlighter and the parser differ."""
    text = Source.normalised("", text).text
    tokens, scopes = by_pygments(text), by_textmate(text)
    for terminal, place in lexemes(Source("", text)):
        types, names = allowed(terminal)
        word = text[place.start : place.end]
        for at in range(place.start, place.end):
            token, scope = tokens[at], scopes.get(at, "")
            if not any(is_token_subtype(token, string_to_tokentype(t)) for t in types.split()):
                yield f"{word!r}, a {terminal}, is {token}"
            if not any(re.match(rf"{name}\b", scope) for name in names.split()):
                yield f"{word!r}, a {terminal}, has the scope {scope!r}"


@pytest.mark.parametrize("text", [*EXAMPLES, FURTHER])
def test_the_examples_are_coloured_as_the_parser_reads_them(text: str) -> None:
    assert list(wrong(text)) == []
    assert Token.Error not in by_pygments(text).values()
    assert "invalid" not in " ".join(by_textmate(text).values())


def test_every_terminal_is_coloured() -> None:
    """Each spelling of each terminal stands somewhere in the examples as that terminal, and they are coloured right."""
    seen = {(t, text[p.start : p.end]) for text in [*EXAMPLES, FURTHER] for t, p in lexemes(Source("", text))}
    assert {(name, spelling) for name, spellings in terminals().items() for spelling in spellings} - seen == set()
    assert {"NAME", "NUMBER"} <= {terminal for terminal, _ in seen}


@settings(deadline=None)
@given(models())
def test_all_that_the_language_can_say_is_coloured(graph: CausalGraph) -> None:
    text = write_causal(graph)
    assert list(wrong(text)) == []
    assert Token.Error not in by_pygments(text).values()


@pytest.mark.parametrize(
    ("text", "word", "token", "scope"),
    [
        ("# a -> b", "-> b", "Comment.Single", "comment.line"),
        ("A -> B # allow: C250", "allow: C250", "Comment.Special", "comment.line"),
        ('"a # b" -> C', "# b", "String", "string.quoted"),
        ("categorical X {real, binary}", "binary", "Name", "variable"),
        ("A; binary B", "binary", "Keyword.Declaration", "storage.type"),
        ("A ~ neural(hidden=3)", "neural", "Name.Class", "entity.name.type"),
        ('A ~ "my own"', '"my own"', "Name.Class", "entity.name.type"),
        ("Y := normal(0, 1)", "normal", "Name.Function", "support.function"),
        ("normal -> in", "normal", "Name", "variable"),
        ("node in, within, P, E, do", "within", "Name", "variable"),
        ("größe -> 5_o_Clock", "5_o_Clock", "Name", "variable"),
        ("A ~ k(x=true, y=false)", "false", "Keyword.Constant", "constant.language"),
        ("A_||_B", "_||_", "Operator", "keyword.operator"),
        ('A -> "B', '"B', "Error", "invalid.illegal"),
    ],
)
def test_words_in_their_places(text: str, word: str, token: str, scope: str) -> None:
    for at in range(text.rindex(word), text.rindex(word) + len(word)):
        assert str(by_pygments(text)[at]).startswith(f"Token.{token}" if token != "String" else "Token.Literal.String")
        assert by_textmate(text)[at].startswith(scope)


def test_what_no_text_may_hold_is_an_error() -> None:
    assert by_pygments("A ? B")[2] is Token.Error


def test_pygments_finds_the_lexer() -> None:
    assert isinstance(get_lexer_by_name("causal"), CausalLexer)
    assert isinstance(get_lexer_for_filename("x.causal"), CausalLexer)
    html = highlight("binary A\nA -> B  # <c>\n", get_lexer_by_name("causal"), HtmlFormatter(nowrap=True))
    assert '<span class="kd">binary</span>' in html
    assert '<span class="c1"># &lt;c&gt;</span>' in html


def test_the_grammar_file_is_what_the_rules_say() -> None:
    assert json.loads((GRAMMAR / "causal.tmLanguage.json").read_text(encoding="utf-8")) == grammar()


def test_the_rules_know_no_pygments() -> None:
    code = "import causaldsl.highlight.textmate, sys; sys.exit('pygments' in sys.modules or 'torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
