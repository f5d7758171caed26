"""The command line: one module a command group, imported when called; errors become messages and exit codes."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from causaldsl import __version__
from causaldsl.errors import CausalError

COMMANDS = {
    "ask": "ask",
    "check": "graph",
    "compare": "compare",
    "compile": "model",
    "convert": "convert",
    "evaluate": "report",
    "explain": "explain",
    "fmt": "fmt",
    "lsp": "lsp",
    "pack": "pack",
    "plugins": "plugins",
    "quickstart": "quickstart",
    "report": "report",
    "sample": "sample",
    "serve": "serve",
    "show": "show",
    "test": "test",
    "train": "train",
}
"""Command to the module that holds it."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """List the commands without importing them."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"causaldsl.cli.{COMMANDS[cmd_name]}"), cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what goes wrong becomes a message on stderr and the exit code of its kind."""
        try:
            return super().invoke(ctx)
        except CausalError as error:
            click.echo(str(error), err=True)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            ctx.exit(130)
        except BrokenPipeError:  # the reader of our output has gone
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(1)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="causaldsl")
def main() -> None:
    """Write a causal graph as text; train it as a generative model; ask what is seen, done and imagined."""
