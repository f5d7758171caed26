"""Every diagnostic as its reader sees it: golden texts, one file a code, several cases a file.

A case is a title after `===`, a text in the language, and after `---` what is said of it. `<U+202E>` in a text stands
for that character. The text's first line may be `# columns: A, B`, the columns of a data set.

`python tests/diagnostics/test_diagnostics.py` writes what is said now into the files; read the difference before you
commit it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from causaldsl.check.examine import examine
from causaldsl.errors import Diagnostic
from causaldsl.source import Source

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FILES = sorted(HERE.glob("C*.txt"))
NOT_FROM_A_SMALL_TEXT = {
    "C100", "C111", "C114", "C120", "C121", "C122", "C200", "C213", "C219", "C230", "C231", "C232", "C313", "C420",
    "C340", "C123", "C124", "C125", "C126", "C127", "C128", "C129", "C135", "C431", "C432", "C433", "C450",
    "C130", "C131", "C132", "C133", "C134", "C320", "C321",
}  # fmt: skip
"""Codes without a golden text: roots, caps, files, other languages, plugins; each has a test of its own."""


def cases(path: Path) -> Iterator[tuple[str, str, str]]:
    for block in path.read_text(encoding="utf-8").split("=== ")[1:]:
        title, _, rest = block.partition("\n")
        text, _, expected = rest.partition("\n---\n")
        yield title, re.sub(r"<U\+([0-9A-F]{4})>", lambda m: chr(int(m[1], 16)), text), expected.rstrip("\n")


def findings(text: str) -> list[Diagnostic]:
    columns = re.match(r"# columns: (.*)", text)
    source = Source.normalised("t.causal", text)
    return list(examine(source, columns=columns[1].split(", ") if columns else None).findings)


def rendered(text: str) -> str:
    return "\n".join(map(str, findings(text)))


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        pytest.param(path, text, expected, id=f"{path.stem}-{title}")
        for path in FILES
        for title, text, expected in cases(path)
    ],
)
def test_said_as_written(path: Path, text: str, expected: str) -> None:
    assert rendered(text) == expected
    assert path.stem in {finding.code for finding in findings(text)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_places_lie_inside_the_text(path: Path) -> None:
    for _, text, _ in cases(path):
        for finding in findings(text):
            assert finding.span is not None
            assert 0 <= finding.span.start <= finding.span.end <= len(text)
            assert finding.span.start < len(text)


def codes_in_the_source() -> set[str]:
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "causaldsl").rglob("*.py"))
    return {code for text in texts for code in re.findall(r'"(C[1-9]\d\d)"', text)}


def test_every_code_is_documented() -> None:
    documented = set(re.findall(r"^## (C\d{3})\b", (ROOT / "docs/errors.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert codes_in_the_source() - documented == set()
    assert {path.stem for path in FILES} - documented == set()


def test_every_code_about_a_text_has_a_golden_file() -> None:
    about_texts = {code for code in codes_in_the_source() if code < "C600"}
    assert about_texts - {path.stem for path in FILES} == NOT_FROM_A_SMALL_TEXT & about_texts


if __name__ == "__main__":
    for file in FILES:
        inputs = re.findall(r"^=== .*?\n---\n", file.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        blocks = [f"{head}{rendered(text)}\n" for head, (_, text, _) in zip(inputs, cases(file), strict=True)]
        file.write_text("\n".join(blocks), encoding="utf-8", newline="\n")
