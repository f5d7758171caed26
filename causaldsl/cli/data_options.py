"""The options by which commands are told what data they are about, and how a run is to differ from the defaults."""

from __future__ import annotations

from pathlib import Path

import click

from causaldsl.cli.completion import complete_data, complete_setting

data_option = click.option(
    "--data",
    metavar="NAME",
    shell_complete=complete_data,
    help="A data set (see `plugins`) with its options: 'celeba(crop=face)'; or a table, or a packed folder.",
)
root_option = click.option("--root", type=click.Path(path_type=Path), help="Where the data set's files lie.")
set_option = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    shell_complete=complete_setting,
    help="Change one config key: labels.steps=400.",
)
drop_missing_option = click.option("--drop-missing", is_flag=True, help="Leave out rows in which a label is missing.")
