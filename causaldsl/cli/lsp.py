"""`lsp`: the language server, for editors."""

from __future__ import annotations

import importlib.util

import click

from causaldsl.errors import UsageError


@click.command()
@click.option("--stdio", is_flag=True, help="Speak on standard input and output; it always does.")
def lsp(stdio: bool) -> None:  # noqa: ARG001 - editors pass it
    """Serve editors: findings, completion, hover, go to definition, references, rename, format.

    Example: causaldsl lsp --stdio
    """
    if importlib.util.find_spec("pygls") is None:
        raise UsageError("the language server needs pygls", "pip install 'causaldsl[lsp]'")
    from causaldsl.lsp.server import serve

    serve()
