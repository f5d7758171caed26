"""What every command does alike: an example in its help, `--quiet` and `--verbose`, kind words where it fails."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import click

from causaldsl.cli.output import print_json
from causaldsl.cli.talk import loudness_options, one_line_warnings, say_error, timed, understood
from causaldsl.errors import Diagnostic, UsageError

_EXAMPLE = re.compile(r"\n\s*\n\s*Example: (?=causaldsl )")


class Polite(click.Command):
    """A command with manners; the modules of the commands are written in plain click, and `polite` makes them so."""

    example: str = ""
    """A command line that may be tried, from the docstring's `Example: causaldsl ..`."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the example last, on a line of its own that can be copied."""
        super().format_epilog(ctx, formatter)
        if self.example:
            with formatter.section("Example"):
                formatter.write(f"{'':>{formatter.current_indent}}{self.example}\n")

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Parse; with `--json` a wrong command line is a document too."""
        as_json = "--json" in args
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            if as_json:
                _print_findings([Diagnostic(UsageError.code, "error", error.format_message())])
            raise

    def invoke(self, ctx: click.Context) -> Any:
        """Run; what goes wrong becomes a message on stderr, with `--json` a document, and the exit code of its kind."""
        try:
            with timed(ctx.info_name or ""), one_line_warnings():
                return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            known = understood(error)
            say_error(known, error)
            if ctx.params.get("as_json"):
                _print_findings(known.diagnostics)
            ctx.exit(known.exit_code)


def polite(command: click.Command) -> Polite:
    """Return a command with the manners of all."""
    about, _, example = (_EXAMPLE.sub("\0", command.help or "")).partition("\0")
    taken = {flag for parameter in command.params for flag in parameter.opts}
    made = Polite(
        command.name,
        callback=command.callback,
        params=[*command.params, *(o for o in loudness_options() if taken.isdisjoint(o.opts))],
        help=about,
        epilog=command.epilog,
        context_settings=command.context_settings,
        hidden=command.hidden,
        deprecated=command.deprecated,
    )
    made.example = " ".join(example.split())
    return made


def _print_findings(findings: Sequence[Diagnostic]) -> None:
    print_json({"diagnostics": [finding.as_json() for finding in findings]})
