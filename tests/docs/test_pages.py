"""Each page of the docs is what happens."""

from pathlib import Path

import pytest

from tests.docs.pages import DOCS, blocks, missing, run

ELSEWHERE = {"property-testing.md", "plugins.md", "formats.md", "errors.md", "benchmarks.md"}
"""Pages with tests of their own."""
PAGES = sorted(page.name for page in DOCS.glob("*.md") if page.name not in ELSEWHERE)


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_shows_happens(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run(page)
    assert ran or not any(block.kind in ("console", "pycon") for block in blocks(page))


@pytest.mark.parametrize("page", PAGES)
def test_each_block_is_known(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    unnamed = {block.kind for block in blocks(page) if not block.name}
    assert unnamed <= {"console", "pycon", "sh", "text", "bibtex"}, page
    assert sum(line.startswith("```") for line in text.splitlines()) % 2 == 0


def test_lines_that_are_not_printed_are_missed() -> None:
    printed = ["one", "two", "three", "four"]
    assert missing(["one", "...", "three"], printed) is None
    assert missing(["one", "three"], printed) == "three"
    assert missing(["...", "two", "one"], printed) == "one"
    assert missing(["five"], printed) == "five"
    assert missing(["t...o"], printed[1:]) is None
    assert missing(["o...t"], printed[1:]) == "o...t", "the parts come in their order"
