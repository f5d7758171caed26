"""The reference of the command line, made of its commands: `python -m causaldsl.cli.manual > docs/cli.md`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from causaldsl.cli import COMMANDS, main
from causaldsl.cli.manners import Polite

HEAD = """
# The command line

Made by `python -m causaldsl.cli.manual` of what `--help` says. Data go to stdout, talk to stderr. `--json` prints one
JSON document, with `"schema": 1`. Existing outputs are refused without `--force`. `causaldsl completion SHELL` makes
bash, fish or zsh complete all of this.

| exit code | |
|---|---|
| 0 | fine |
| 1 | a finding: errors in a file, an assertion that fails |
| 2 | usage: a wrong option, a missing file |
| 3 | bad data or a damaged run, a full disk |
| 130 | interrupted; a training can be resumed |

Every command also has `-h`, `--help`; `-q`, `--quiet`, to say nothing but results and errors; and `-v`, `--verbose`, to
say how long it took.

Colours are shown where a terminal is, unless `NO_COLOR` is set; `FORCE_COLOR` shows them everywhere. Progress is drawn
in place on a terminal, and is a line now and then elsewhere.
"""
SHARED = {"--help", "--quiet", "--verbose"}
_FLAG = re.compile(r"(?<![`\w-])(--[a-z][a-z-]*)")


def manual() -> str:
    """Return the page, in Markdown."""
    context = click.Context(main, info_name="causaldsl", **main.context_settings)
    return "\n".join([HEAD.strip(), *(line for name in COMMANDS for line in _section(name, context))]) + "\n"


def _section(name: str, parent: click.Context) -> Iterator[str]:
    """Yield the lines about a command."""
    command = main.get_command(parent, name)
    assert isinstance(command, Polite)
    context = click.Context(command, info_name=name, parent=parent)
    usage = " ".join(command.collect_usage_pieces(context))
    about = _flagged(inspect.cleandoc(command.help or ""))
    yield from ("", f"## {name}", "", "```text", f"causaldsl {name} {usage}", "```", "", about)
    options = [p for p in command.params if isinstance(p, click.Option) and SHARED.isdisjoint(p.opts)]
    if rows := [_row(*record) for record in (option.get_help_record(context) for option in options) if record]:
        yield from ("", "| option | |", "|---|---|", *rows)
    yield from ("", "```sh", command.example, "```")


def _row(flags: str, about: str) -> str:
    """Return the line of an option in its table."""
    spelled, said = (" ".join(text.split()).replace("|", "\\|") for text in (flags, about))
    return f"| `{spelled}` | {_flagged(said)} |"


def _flagged(text: str) -> str:
    """Return a text with its flags in code."""
    return _FLAG.sub(r"`\1`", text)


if __name__ == "__main__":
    print(manual(), end="")
