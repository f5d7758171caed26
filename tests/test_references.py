"""References: every key that a docstring names is in docs/references.bib, once and in order."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
KEYS = re.findall(r"^@\w+\{(\w+),$", (ROOT / "docs/references.bib").read_text(encoding="utf-8"), re.MULTILINE)


def test_keys_are_there() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in (ROOT / "causaldsl").rglob("*.py")}
    named = {key for text in texts.values() for key in re.findall(r"\(([a-z]+\d{4}[a-z]*)\)", text)}
    assert len(named) > 15
    assert named - set(KEYS) == set()


def test_keys_are_in_order() -> None:
    assert sorted(set(KEYS)) == KEYS
