"""Run a page of the docs as its reader would: its files are written, its commands and its Python run, in their order.

```causal lawn.causal     a block with a name is a file
```console                commands after `$ ` and what they print: a line stands for one that holds it, `...` for any
                          lines or, in a line, for any text
```pycon                  a doctest; the names of one block are known in the next
```sh, ```text            not run
"""

import contextlib
import doctest
import io
import re
import runpy
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from causaldsl.cli import main

DOCS = Path(__file__).parents[2] / "docs"
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Block:
    """A fenced block: the word behind its fence, its name if it is a file, its text."""

    kind: str
    name: str
    text: str


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page of `docs/`, in their order."""
    return [Block(*parts) for parts in _BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))]


def run(page: str, run_pytest: Callable[[list[str]], list[str]] | None = None) -> int:
    """Run the page in the working folder; return how many commands and examples ran."""
    ran, names = 0, {}
    for block in blocks(page):
        if block.name:
            Path(block.name).parent.mkdir(parents=True, exist_ok=True)
            Path(block.name).write_text(block.text, encoding="utf-8")
        elif block.kind == "console":
            for command, shown in commands(block.text):
                printed = _printed(command, run_pytest)
                said = "\n".join(printed)
                assert missing(shown, printed) is None, f"{page}: {command} prints\n{said}"
                ran += 1
        elif block.kind == "pycon":
            test = doctest.DocTestParser().get_doctest(block.text, names, page, page, 0)
            complaints = io.StringIO()
            result = doctest.DocTestRunner(optionflags=_FLAGS).run(test, out=complaints.write, clear_globs=False)
            names.update(test.globs)
            assert not result.failed, complaints.getvalue()
            ran += result.attempted
    return ran


def commands(text: str) -> list[tuple[str, list[str]]]:
    """Each command of a console block, and the lines that it is said to print."""
    parts = re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]
    return [(part.split("\n")[0], part.rstrip("\n").split("\n")[1:]) for part in parts]


def missing(shown: list[str], printed: list[str]) -> str | None:
    """The first shown line that is not part of the next printed one; `...` stands for any lines."""
    at, free = 0, False
    for line in shown:
        if line == "...":
            free = True
            continue
        parts = re.compile(".*".join(map(re.escape, line.split("..."))))
        found = next((i for i in range(at, len(printed)) if parts.search(printed[i])), None)
        if found is None or (found > at and not free):
            return line
        at, free = found + 1, False
    return None


def _printed(command: str, run_pytest: Callable[[list[str]], list[str]] | None) -> list[str]:
    """What the command prints, on stdout and stderr; it ends well, or as what it prints says."""
    program, *arguments = shlex.split(command)
    if program == "python":
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            runpy.run_path(arguments[0], run_name="__main__")
        return out.getvalue().splitlines()
    if program == "pytest":
        assert run_pytest is not None
        return run_pytest(arguments)
    assert program == "causaldsl", command
    result = CliRunner().invoke(main, arguments)
    said = result.output
    assert (result.exit_code == 1) if "FAILS" in said or "error[" in said else result.exit_code == 0, said
    return said.splitlines()
