"""`fmt`: lay graph files out in one way."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from causaldsl.cli.output import stdin_text, write_text
from causaldsl.errors import CausalSyntaxError
from causaldsl.graph.layout import lay_out
from causaldsl.graph.use import Folder, read_utf8
from causaldsl.source import Source


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file is not laid out so.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change.")
def fmt(files: tuple[str, ...], check: bool, diff: bool) -> None:
    """Lay graph files out in one way; `-` is standard input, laid out on standard output."""
    failed = False
    for file in files:
        try:
            before, after = _formatted(file)
        except CausalSyntaxError as error:
            click.echo(str(error), err=True)
            failed = True
            continue
        if diff:
            changed = difflib.unified_diff(before.splitlines(True), after.splitlines(True), file, f"{file} (formatted)")
            click.echo("".join(changed), nl=False)
        if check and before != after:
            click.echo(f"{file}: would be laid out anew", err=True)
            failed = True
        if file == "-" and not (check or diff):
            click.echo(after, nl=False)
        elif before != after and not (check or diff):
            write_text(Path(file), after)
            click.echo(f"{file}: laid out anew", err=True)
    if failed:
        raise SystemExit(1)


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
