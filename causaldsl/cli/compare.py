"""`compare`: candidate graphs on the same data."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path

import click

from causaldsl.cli.completion import FILE
from causaldsl.cli.data_options import data_option, drop_missing_option, root_option, set_option
from causaldsl.cli.output import json_option, print_json, print_table
from causaldsl.cli.talk import say
from causaldsl.errors import UsageError
from causaldsl.graph.read import read_file

SHOWN = 5
"""How many violated independencies of a graph are shown."""


@click.command()
@click.argument("files", metavar="A.causal B.causal...", nargs=-1, required=True, type=FILE)
@data_option
@root_option
@set_option
@click.option("--seed", type=int, default=0, show_default=True, help="Of the split, the weights and the training.")
@drop_missing_option
@json_option
def compare(
    files: tuple[str, ...],
    data: str | None,
    root: Path | None,
    settings: tuple[str, ...],
    seed: int,
    drop_missing: bool,
    as_json: bool,
) -> None:
    """Rank candidate graphs by how well they predict rows that they were not fitted to.

    Example: causaldsl compare mine.causal theirs.causal --data patients.csv
    """
    if data is None:
        raise UsageError("--data is needed", "the graphs are compared on the rows of a data set or a table")
    if len(set(files)) < len(files):
        raise UsageError("a file stands twice", "name each graph once")
    from causaldsl.train.compare import compare as rank
    from causaldsl.train.config import read_config

    graphs = {file: read_file(file) for file in files}
    config = read_config(None, settings)
    ranked = rank(graphs, data, root, seed, config, drop_missing, say)
    if as_json:
        print_json({"graphs": [asdict(candidate) for candidate in ranked]})
        return
    rows = []
    for c in ranked:
        lost = math.isinf(c.behind)
        behind = "best" if c is ranked[0] else "-inf" if lost else f"{-c.behind:.4f} ± {c.behind_stderr:.4f}"
        tvd = ["-"] * 3
        if c.labels is not None:
            gap = "-" if c.labels.graph_gap is None else f"{c.labels.graph_gap:.4f}"
            tvd = [f"{c.labels.tvd:.4f}", f"{c.labels.tvd_floor:.4f}", gap]
        rows.append([c.name, f"{c.log_likelihood:.4f}", behind, *tvd, f"{len(c.violations)} of {c.tested}"])
    print_table(["graph", "log likelihood a row", "to the best", "TVD", "floor", "graph's gap", "violated"], rows)
    for c in ranked:
        if c.impossible:
            click.echo(f"{c.name}: {c.impossible:,} of the rows held out have probability zero under it")
        for violation in c.violations[:SHOWN]:
            click.echo(f"{c.name}: the data contradict {violation.text} (strength {violation.strength:.2f})")
        if len(c.violations) > SHOWN:
            click.echo(f"{c.name}: and {len(c.violations) - SHOWN} more; --json lists them")
