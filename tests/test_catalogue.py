"""docs/errors.md: each example of something wrong gets that code, each example of how it is right gets no word."""

import re

import pytest

from causaldsl.catalogue import entries
from causaldsl.check.examine import examine
from causaldsl.errors import Diagnostic
from causaldsl.source import Source

FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
EXAMPLES = [
    pytest.param(entry.code, kind, text, id=f"{entry.code}-{kind}")
    for entry in entries().values()
    for kind, text in FENCE.findall(entry.text)
]


def findings(text: str) -> list[Diagnostic]:
    return list(examine(Source.normalised("t.causal", text)).findings)


@pytest.mark.parametrize(("code", "kind", "text"), EXAMPLES)
def test_examples(code: str, kind: str, text: str) -> None:
    assert kind in ("causal wrong", "causal right")
    assert {finding.code for finding in findings(text)} == ({code} if kind == "causal wrong" else set())


def test_most_codes_about_a_text_have_an_example_of_each_kind() -> None:
    wrong = {p.values[0] for p in EXAMPLES if p.values[1] == "causal wrong"}
    right = {p.values[0] for p in EXAMPLES if p.values[1] == "causal right"}
    assert wrong == right
    assert len(wrong) > 50
    assert {"C101", "C201", "C203", "C411", "C444"} < wrong


def test_every_entry_says_something() -> None:
    assert all(entry.title and entry.text for entry in entries().values())
    assert list(entries()) == sorted(entries())
