"""docs/property-testing.md: every block is what happens."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

import causaldsl as cd
from causaldsl import testing
from causaldsl.cli import main

pytest_plugins = ["pytester"]

GUIDE = (Path(__file__).parents[2] / "docs/property-testing.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[tuple[list[str], list[str]]]:
    """Each command of a console block, and the lines that it is said to print."""
    parts = re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]
    return [(part.split("\n")[0].split(), part.rstrip("\n").split("\n")[1:]) for part in parts]


def missing(shown: list[str], printed: list[str]) -> str | None:
    """The first shown line that is not part of the next printed one; `...` stands for any lines."""
    at, free = 0, False
    for line in shown:
        if line == "...":
            free = True
            continue
        found = next((i for i in range(at, len(printed)) if line in printed[i]), None)
        if found is None or (found > at and not free):
            return line
        at, free = found + 1, False
    return None


@pytest.fixture(scope="module", autouse=True)
def warm():
    """Pytester forgets what is imported under it, and torch cannot be imported twice."""
    for name in testing.__all__:
        getattr(testing, name)
    for module in ("causaldsl.testing.items", "causaldsl.train.fit"):
        import_module(module)
    cd.compile(cd.parse("binary A; A := bernoulli(0.5)")).ask("P(A=1)")


def test_every_block_is_what_happens(pytester: pytest.Pytester) -> None:
    ran = 0
    for _, name, text in BLOCKS:
        if name:
            (pytester.path / name).write_text(text, encoding="utf-8")
            continue
        for (command, *arguments), shown in commands(text):
            if command == "pytest":
                printed = pytester.runpytest("-p", "no:cacheprovider", *arguments).outlines
            else:
                assert command == "causaldsl"
                result = CliRunner().invoke(main, arguments)
                printed = result.output.splitlines()
                assert result.exit_code == ("FAILS" in result.stdout), result.output
            said = "\n".join(printed)
            assert missing(shown, printed) is None, f"{command} {' '.join(arguments)} prints\n{said}"
            ran += 1
    assert ran == GUIDE.count("\n$ ") == 7


def test_each_block_is_a_file_or_run() -> None:
    assert len(BLOCKS) == GUIDE.count("\n```") / 2
    assert [kind for kind, name, _ in BLOCKS if not name] == ["console"] * GUIDE.count("```console")


def test_the_tables_name_what_there_is() -> None:
    named = set(re.findall(r"^\| `(\w+)\(", GUIDE, re.MULTILINE))
    assert named <= set(testing.__all__)
    assert {name for name in testing.__all__ if name.startswith("check_")} - named == {"check_mechanism"}


def test_lines_that_are_not_printed_are_missed() -> None:
    printed = ["one", "two", "three", "four"]
    assert missing(["one", "...", "three"], printed) is None
    assert missing(["one", "three"], printed) == "three"
    assert missing(["...", "two", "one"], printed) == "one"
    assert missing(["five"], printed) == "five"
