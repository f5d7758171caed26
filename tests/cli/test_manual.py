"""docs/cli.md is what the commands say of themselves."""

from pathlib import Path

import click

from causaldsl.cli import COMMANDS, main
from causaldsl.cli.manual import manual

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"


def test_the_page_is_fresh():
    assert PAGE.read_text(encoding="utf-8") == manual(), "python -m causaldsl.cli.manual > docs/cli.md"


def test_every_command_and_every_option_is_there():
    page = manual()
    parts = dict(part.split("\n", 1) for part in page.split("\n## ")[1:])
    assert list(parts) == list(COMMANDS)
    for name, part in parts.items():
        command = main.get_command(click.Context(main), name)
        for option in command.params:
            if isinstance(option, click.Option) and option.name not in ("quiet", "verbose"):
                assert all(f"`{flag}" in part or f" {flag}" in part for flag in option.opts), (name, option.opts)
        assert command.example in part
