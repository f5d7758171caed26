"""`fmt`: lay graph files out in one way."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import click

from causaldsl.cli.completion import FILE
from causaldsl.cli.output import json_option, print_json, stdin_text, write_text
from causaldsl.cli.talk import say, say_error
from causaldsl.errors import CausalSyntaxError, UsageError
from causaldsl.graph.layout import lay_out
from causaldsl.graph.use import Folder, read_utf8
from causaldsl.source import Source


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILE)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file is not laid out so.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change.")
@json_option
def fmt(files: tuple[str, ...], check: bool, diff: bool, as_json: bool) -> None:
    """Lay graph files out in one way; `-` is standard input, laid out on standard output.

    Example: causaldsl fmt --check examples/lawn.causal
    """
    if as_json and (diff or ("-" in files and not check)):
        raise UsageError(
            "`--json` and the text cannot both go to standard output", "`--check --json` says what differs"
        )
    reports = [_laid_out(file, check, diff) for file in files]
    if as_json:
        print_json({"files": reports})
    if any(report["diagnostics"] or (check and report["changed"]) for report in reports):
        raise SystemExit(1)


def _laid_out(file: str, check: bool, diff: bool) -> dict[str, Any]:
    """Lay one file out and say so; return what `--json` prints of it."""
    try:
        before, after = _formatted(file)
    except CausalSyntaxError as error:
        say_error(error)
        return {"file": file, "changed": False, "diagnostics": [finding.as_json() for finding in error.diagnostics]}
    if diff:
        changes = difflib.unified_diff(before.splitlines(True), after.splitlines(True), file, f"{file} (formatted)")
        click.echo("".join(changes), nl=False)
    if check and before != after:
        click.echo(f"{file}: would be laid out anew", err=True)
    if file == "-" and not (check or diff):
        click.echo(after, nl=False)
    elif before != after and not (check or diff):
        write_text(Path(file), after)
        say(f"{file}: laid out anew")
    return {"file": file, "changed": before != after, "diagnostics": []}


def _formatted(file: str) -> tuple[str, str]:
    """Return a file's text and how it is laid out, once it is sure that both mean the same.

    Raises
    ------
    CausalSyntaxError
        If a statement cannot be read.
    UsageError
        If the file cannot be read.
    """
    if file == "-":
        name, folder = "<stdin>", None
        before = stdin_text()
    else:
        name, folder = file, Folder(Path(file).resolve().parent)
        before = read_utf8(Path(file), file)
    return before, lay_out(Source.normalised(name, before), folder)
