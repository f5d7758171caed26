"""The command line: one module a command group, imported when called; errors become messages and exit codes."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

from causaldsl import __version__
from causaldsl.cli.completion import COMPLETE
from causaldsl.cli.manners import polite
from causaldsl.cli.streams import patient
from causaldsl.cli.talk import colour, loudness_options, say_error, understood
from causaldsl.errors import CausalError, UsageError, did_you_mean

COMMANDS = {
    "ask": "ask",
    "check": "graph",
    "compare": "compare",
    "compile": "model",
    "completion": "completion",
    "convert": "convert",
    "demo": "demo",
    "doctor": "doctor",
    "evaluate": "evaluate",
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

EPILOG = "`causaldsl COMMAND --help` shows an example of each; `causaldsl doctor` says what is installed."


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, and leave here with the manners of all."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """List the commands without importing them."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"causaldsl.cli.{COMMANDS[cmd_name]}"), cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return polite(command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was named; a word that is none gets a hint."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            hint = did_you_mean(args[0], COMMANDS) or "`causaldsl --help` lists them"
            raise UsageError(f"there is no command `{args[0]}`", hint)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; Ctrl-C, and SIGTERM alike, end it with a word."""
        ctx.color = colour(os.environ)
        try:
            with terminable():
                return super().invoke(ctx)
        except CausalError as error:
            say_error(error)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            ctx.exit(130)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the whole command line; whatever happens, no traceback is the last word."""
        complete_var = complete_var or COMPLETE
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, False, **extra)
        with patient():
            try:
                return super().main(args, prog_name, complete_var, **extra)
            except Exception as error:
                known = understood(error)
                say_error(known, error)
                sys.exit(known.exit_code)


@contextmanager
def terminable() -> Iterator[None]:
    """Have SIGTERM do what Ctrl-C does, where nobody else has said what it does."""
    here = threading.current_thread() is threading.main_thread()
    if not here or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}, epilog=EPILOG
)
@click.version_option(__version__, prog_name="causaldsl")
def main() -> None:
    """Write a causal graph as text; train it as a generative model; ask what is seen, done and imagined."""


main.params.extend(loudness_options())
