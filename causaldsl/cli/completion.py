"""What the shell offers where a file or a name is wanted; and `completion`, which prints the shell's own part."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator

import click
from click.shell_completion import CompletionItem, get_completion_class

from causaldsl.catalogue import entries
from causaldsl.cli.output import json_option, print_json
from causaldsl.errors import CausalError, UsageError
from causaldsl.plugins import registry

SHELLS = ("bash", "fish", "zsh")

COMPLETE = "_CAUSALDSL_COMPLETE"
"""The variable by which a shell's script asks, as click has it."""

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

FILE = click.Path()
"""A file, or the folder of a run: the shell completes it."""


def _names(offered: Callable[[click.Context], Iterable[tuple[str, str]]], or_files: bool = False) -> Completer:
    """Return what completes names, each with its help; where none fits, files if they are wanted too."""

    def complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
        try:
            found = [
                CompletionItem(name, help=about) for name, about in offered(context) if name.startswith(incomplete)
            ]
        except CausalError:  # a file that cannot be read has no names
            found = []
        return [CompletionItem(incomplete, type="file"), *found] if or_files else found

    return complete


def _plugins(*groups: registry.Group) -> Iterator[tuple[str, str]]:
    return ((name, group[:-1]) for group in groups for name in registry.names(group))


def _nodes(context: click.Context) -> Iterator[tuple[str, str]]:
    """Yield the nodes of the graph that the command line names before."""
    from causaldsl.cli.numbers import graph_of

    named = context.params.get("source") or context.params.get("file")
    words = [named] if isinstance(named, str) else context.args[:1]  # not parsed where an option lacks its value still
    return ((node.name, str(node.domain or "node")) for source in words for node in graph_of(source).nodes)


def _settings(context: click.Context) -> Iterator[tuple[str, str]]:  # noqa: ARG001 - as all of them
    """Yield the keys of a run's config."""
    from causaldsl.train.config import Config

    def keys(section: object, where: str) -> Iterator[tuple[str, str]]:
        for field in dataclasses.fields(section):  # type: ignore[arg-type] # a config is a dataclass
            value = getattr(section, field.name)
            if dataclasses.is_dataclass(value):
                yield from keys(value, f"{where}{field.name}.")
            else:
                yield f"{where}{field.name}=", str(value)

    return keys(Config(), "")


complete_format = _names(lambda _: _plugins("formats"))
complete_plugin = _names(lambda _: _plugins(*registry.GROUPS))
complete_features = _names(lambda _: _plugins("features"))
complete_data = _names(lambda _: _plugins("datasets"), or_files=True)
complete_code = _names(lambda _: ((entry.code, entry.title) for entry in entries().values()))
complete_node = _names(_nodes)
complete_setting = _names(_settings)


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@json_option
def completion(shell: str, as_json: bool) -> None:
    """Print what makes a shell complete commands, options, files and names.

    In bash, put `eval "$(causaldsl completion bash)"` into ~/.bashrc; in zsh the same with zsh into ~/.zshrc; in fish,
    write the output to ~/.config/fish/completions/causaldsl.fish.

    Example: causaldsl completion bash
    """
    found = get_completion_class(shell)
    root = click.get_current_context().find_root()
    if found is None:
        raise UsageError(f"this click completes nothing in {shell}", "upgrade click")
    script = found(root.command, {}, "causaldsl", COMPLETE).source()
    if as_json:
        print_json({"shell": shell, "script": script})
    else:
        click.echo(script)
