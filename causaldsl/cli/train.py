"""`train`: from a graph file and data to a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from causaldsl.cli.completion import FILE
from causaldsl.cli.data_options import data_option, drop_missing_option, root_option, set_option
from causaldsl.cli.output import json_option, print_json
from causaldsl.cli.talk import loudness
from causaldsl.errors import UsageError
from causaldsl.graph.read import read_file

if TYPE_CHECKING:
    from causaldsl.train.run import Run


@click.command()
@click.argument("file", required=False, type=FILE)
@data_option
@root_option
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The run folder to make.")
@click.option("--labels-only", is_flag=True, help="Train the label nodes alone.")
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="A TOML file.")
@set_option
@click.option("--seed", type=int, help="Of weights, data order and noise (0 by default).")
@click.option("--allow-unidentified", is_flag=True, help="Train although latents leave a query without an answer.")
@drop_missing_option
@click.option("--resume", is_flag=True, help="Go on with the unfinished run at --out.")
@json_option
def train(
    file: str | None,
    data: str | None,
    root: Path | None,
    out: Path,
    labels_only: bool,
    config_file: Path | None,
    settings: tuple[str, ...],
    seed: int | None,
    allow_unidentified: bool,
    drop_missing: bool,
    resume: bool,
    as_json: bool,
) -> None:
    """Train the model that FILE describes; Ctrl-C leaves a run that --resume continues.

    Example: causaldsl train examples/celeba.causal --data celeba --root DIR --out runs/celeba
    """
    from causaldsl.scm.build import compile_graph
    from causaldsl.train.config import read_config
    from causaldsl.train.fit import fit
    from causaldsl.train.fit import resume as go_on
    from causaldsl.train.progress import reporter

    if resume:
        if file or data or config_file or settings or seed is not None:
            raise UsageError("--resume takes everything from the run", "give it --out alone")
        run = go_on(out, reporter=reporter(quiet=loudness() == "quiet"))
    else:
        if file is None or data is None:
            raise UsageError("a graph FILE and --data are needed", "or --resume with --out")
        config = read_config(config_file, settings)
        seed = config.seed if seed is None else seed
        model = compile_graph(read_file(file), seed=seed)
        run = fit(
            model,
            data,
            out,
            root=root,
            seed=seed,
            config=config,
            labels_only=labels_only,
            allow_unidentified=allow_unidentified,
            drop_missing=drop_missing,
            reporter=reporter(quiet=loudness() == "quiet"),
        )
    if as_json:
        print_json(summary(run))
    else:
        print_summary(run)


def summary(run: Run) -> dict[str, Any]:
    """Return what `train --json` prints."""
    stages = run.record["stages"]
    return {
        "run": str(run.folder),
        "steps": sum(stage["steps"] for stage in stages.values()),
        "seconds": round(run.record["seconds"], 2),
        "labels": run.record["labels"] or {"tvd": None, "tvd_floor": None, "graph_gap": None},
        "images": {name: stage for name, stage in stages.items() if name.startswith("images")},
    }


def print_summary(run: Run) -> None:
    """Say what the training came to."""
    click.echo(f"{run.folder}: trained in {run.record['seconds']:.0f} s")
    labels = run.record["labels"]
    if labels:
        gap = "" if labels["graph_gap"] is None else f", the graph's own gap {labels['graph_gap']:.4f}"
        click.echo(
            f"labels: TVD to the data {labels['tvd']:.4f} ({labels['method']}); floor of sampling "
            f"{labels['tvd_floor']:.4f}{gap}"
        )
