"""`compile`: the module stack of a graph."""

from __future__ import annotations

from dataclasses import asdict

import click

from causaldsl.cli.completion import FILE
from causaldsl.cli.output import json_option, print_json, print_table
from causaldsl.graph.read import read_file


@click.command("compile")
@click.argument("file", type=FILE)
@json_option
def compile(file: str, as_json: bool) -> None:  # noqa: A001 - the command's name
    """Show what a graph compiles to: one generator a node, causes first.

    Example: causaldsl compile examples/faces.causal
    """
    from causaldsl.scm.build import compile_graph

    rows = compile_graph(read_file(file)).summary()
    total = sum(row.parameters for row in rows)
    if as_json:
        print_json({"nodes": [{**asdict(row), "parents": list(row.parents)} for row in rows], "parameters": total})
        return
    print_table(
        ["node", "mechanism", "parents", "parameters", "depth"],
        [[row.name, row.mechanism, ", ".join(row.parents) or "-", row.parameters, row.depth] for row in rows],
    )
    click.echo(f"{len(rows)} generators, {total:,} parameters")
