"""`plugins`: what is installed behind each door."""

from __future__ import annotations

import inspect

import click

from causaldsl.cli.output import json_option, print_json, print_table
from causaldsl.errors import UsageError
from causaldsl.plugins import registry


@click.command()
@json_option
def plugins(as_json: bool) -> None:
    """List mechanisms, image models, data sets, formats and features; a broken one is named.

    Example: causaldsl plugins
    """
    rows = []
    for group in registry.GROUPS:
        for name in registry.names(group):
            try:
                about = (inspect.getdoc(inspect.getmodule(type(registry.load(group, name)))) or "").split("\n")[0]
            except UsageError as error:
                about = f"broken: {error.diagnostics[0].message}"
            rows.append((group, name, about))
    if as_json:
        print_json({"plugins": [{"group": g, "name": n, "about": a} for g, n, a in rows]})
    else:
        print_table(["door", "name", "about"], rows)
