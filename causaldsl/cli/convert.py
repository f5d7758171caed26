"""`convert`: a graph from one format into another, and what is lost on the way."""

from __future__ import annotations

from pathlib import Path

import click

from causaldsl.cli.completion import FILE, complete_format
from causaldsl.cli.output import force_option, json_option, print_json, refuse_existing, stdin_text, write_text
from causaldsl.cli.talk import say
from causaldsl.errors import UsageError
from causaldsl.formats.causal import CausalFormat
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.read import read_file
from causaldsl.graph.use import read_utf8
from causaldsl.plugins.formats import endings, reader, writer
from causaldsl.source import Source
from causaldsl.syntax.foreign import header


@click.command()
@click.argument("source", metavar="IN", type=FILE)
@click.argument("target", metavar="OUT", type=FILE)
@click.option(
    "--from", "from_format", metavar="FMT", shell_complete=complete_format, help="Format of IN; else its ending says."
)
@click.option(
    "--to", "to_format", metavar="FMT", shell_complete=complete_format, help="Format of OUT; else its ending says."
)
@force_option
@json_option
def convert(
    source: str, target: str, from_format: str | None, to_format: str | None, force: bool, as_json: bool
) -> None:
    """Write a graph in another format, and say what that format cannot hold; `-` is standard input or output.

    Example: causaldsl convert examples/lawn.causal - --to dagitty
    """
    if target == "-" and to_format is None:
        raise UsageError("standard output needs a format", "as in `--to causal`")
    if target == "-" and as_json:
        raise UsageError("`--json` and the text cannot both go to standard output", "write the text to a file")
    out = writer(Path(target), to_format)
    if target != "-":
        refuse_existing(Path(target), force)
    graph, lost = _read(source, from_format)
    for warning in graph.warnings:
        say(str(warning))
    text, more = out.write(graph)
    lost = (*lost, *more)
    if target == "-":
        click.echo(text, nl=False)
    else:
        write_text(Path(target), text)
    if as_json:
        print_json({"lost": list(lost), "diagnostics": [warning.as_json() for warning in graph.warnings]})
    for phrase in () if as_json else lost:
        say(f"lost: {phrase}")


def _read(file: str, named: str | None) -> tuple[CausalGraph, tuple[str, ...]]:
    """Read a graph in the format that is named, or that the file's ending or its first words say."""
    if file == "-":
        if named is None:
            raise UsageError("standard input needs a format", "as in `--from dagitty`")
        return reader(Path(file), named).read(stdin_text(), "<stdin>")
    path = Path(file)
    text = read_utf8(path, file)
    if named is None and path.suffix.lower() not in endings("read"):
        named = header(Source.normalised(file, text))
    plugin = reader(path, named)
    if isinstance(plugin, CausalFormat):
        return read_file(path), ()
    return plugin.read(text, file)
