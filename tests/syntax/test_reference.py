"""grammar/README.md is the language's reference: every rule has its section, every example is in the language."""

import re
from pathlib import Path

import pytest

from causaldsl.graph import declare, edges, expression_types, lists, tables
from causaldsl.graph.parse_question import parse_assignment
from causaldsl.graph.read import read_file, read_text
from causaldsl.syntax import parser, scan
from causaldsl.syntax.words import RESERVED, STATEMENTS

GRAMMAR = Path(__file__).parents[2] / "grammar"
REFERENCE = (GRAMMAR / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+) ?(\S*)\n(.*?)^```", REFERENCE, re.MULTILINE | re.DOTALL)
UNNAMED = {"statement"}
"""Rules that only say which other rules there are."""


def examples() -> list[tuple[str, str]]:
    return [(name, text) for kind, name, text in BLOCKS if kind == "causal"]


@pytest.mark.parametrize("text", [text for name, text in examples() if not name])
def test_examples_are_in_the_language_and_without_warnings(text: str) -> None:
    assert read_text(text).warnings == ()


def test_examples_in_files(tmp_path: Path) -> None:
    for _, name, text in BLOCKS:
        if name:
            (tmp_path / name).write_text(text, encoding="utf-8")
    named = [name for name, _ in examples() if name]
    assert named == ["labels.causal", "main.causal", "lawn.causal"]
    for name in named:
        assert read_file(tmp_path / name).warnings == ()


def test_assignments() -> None:
    graph = read_text("binary X, Y")
    (lines,) = [text for kind, _, text in BLOCKS if kind == "assignment"]
    for line in lines.splitlines():
        assert str(parse_assignment(line, graph)) == line


def test_every_rule_has_a_section() -> None:
    rules = set(re.findall(r"^\??([a-z]\w*):", (GRAMMAR / "causal.lark").read_text(encoding="utf-8"), re.MULTILINE))
    headings = re.findall(r"^### (.*)$", REFERENCE, re.MULTILINE)
    assert rules - UNNAMED == set(re.findall(r"`(\w+)`", " ".join(headings)))


def test_the_limits_are_those_of_the_code() -> None:
    (table,) = re.findall(r"^### Limits\n(.*?)^## ", REFERENCE, re.MULTILINE | re.DOTALL)
    limits = [parser.MAX_CHARACTERS, scan.MAX_NESTING, expression_types.MAX_DEPTH, declare.MAX_LEVELS]
    limits += [edges.MAX_EDGES, lists.MAX_MEMBERS, tables.MAX_CELLS]
    assert re.findall(r"\d[\d,]*", table) == [f"{limit:,}" for limit in limits]
    assert declare.MAX_SIDE == declare.MAX_LEVELS


def test_every_section_has_an_example() -> None:
    """Those of expressions share one, and so do the rules of one heading."""
    sections = re.split(r"^##+ (.*)$", REFERENCE, flags=re.MULTILINE)[1:]
    for heading, text in zip(sections[::2], sections[1::2], strict=True):
        if "`" in heading:
            assert "```" in text, heading


def test_the_reserved_words_are_listed() -> None:
    (listed,) = re.findall(r"only in quotes: `(.*?)`", REFERENCE, re.DOTALL)
    assert set(listed.split()) == RESERVED
    assert set(STATEMENTS) < RESERVED


def test_every_statement_is_in_an_example() -> None:
    text = "\n".join(text for _, text in examples())
    for word in STATEMENTS:
        assert re.search(rf"^\s*{word}\b", text, re.MULTILINE), word
