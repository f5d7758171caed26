"""`train`: from a graph file and data to a run."""

from __future__ import annotations

import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from causaldsl.cli.completion import FILE
from causaldsl.cli.data_options import data_option, drop_missing_option, root_option, set_option
from causaldsl.cli.output import json_option, print_json
from causaldsl.cli.talk import loudness
from causaldsl.errors import CausalError, UsageError
from causaldsl.graph.read import read_file

if TYPE_CHECKING:
    from causaldsl.train.job import Job
    from causaldsl.train.probe import Probe
    from causaldsl.train.run import Run


@click.command()
@click.argument("file", required=False, type=FILE)
@data_option
@root_option
@click.option("--out", type=click.Path(path_type=Path), help="The run folder to make.")
@click.option("--labels-only", is_flag=True, help="Train the label nodes alone.")
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="A TOML file.")
@set_option
@click.option("--seed", type=int, help="Of weights, data order and noise (0 by default).")
@click.option("--allow-unidentified", is_flag=True, help="Train although latents leave a query without an answer.")
@drop_missing_option
@click.option("--resume", is_flag=True, help="Go on with the unfinished run at --out.")
@click.option("--devices", type=click.IntRange(1), metavar="N", help="Train in N processes, each on a GPU if any.")
@click.option("--compile", is_flag=True, help="Compile the generators of pictures, where there is a compiler.")
@click.option("--dry-run", is_flag=True, help="Try 20 steps; print memory, images/s and time left; write nothing.")
@json_option
def train(
    file: str | None,
    data: str | None,
    root: Path | None,
    out: Path | None,
    labels_only: bool,
    config_file: Path | None,
    settings: tuple[str, ...],
    seed: int | None,
    allow_unidentified: bool,
    drop_missing: bool,
    resume: bool,
    devices: int | None,
    compile: bool,  # noqa: A002 - the option's name
    dry_run: bool,
    as_json: bool,
) -> None:
    """Train the model that FILE describes; Ctrl-C leaves a run that --resume continues.

    It computes on a GPU if there is one. Under torchrun or Slurm's srun each process is a rank of one training.

    Example: causaldsl train examples/celeba.causal --data celeba --root DIR --out runs/celeba
    """
    from causaldsl.train.config import read_config
    from causaldsl.train.job import Job
    from causaldsl.train.run import open_run

    if resume:
        if file or data or config_file or settings or seed is not None:
            raise UsageError("--resume takes everything from the run", "give it --out alone")
    elif file is None or data is None:
        raise UsageError("a graph FILE and --data are needed", "or --resume with --out")
    if out is None and (resume or not dry_run):
        raise UsageError("--out is needed", "the run folder to make, or to go on with")
    out = Path() if out is None else out
    config = read_config(config_file, settings)
    job = Job(
        out,
        None if file is None else read_file(file),
        data,
        root,
        config if seed is None else replace(config, seed=seed),
        labels_only,
        allow_unidentified,
        drop_missing,
        quiet=loudness() == "quiet",
        dry_run=dry_run,
        compile=compile,
    )
    leads, probe = run_job(job, devices)
    if not leads:
        return  # rank 0 will say it
    if probe is not None:
        print_probe(probe, as_json)
        return
    run = open_run(out)
    if as_json:
        print_json(summary(run))
    else:
        print_summary(run)


def run_job(job: Job, devices: int | None) -> tuple[bool, Probe | None]:
    """Train, in one process or as one of several, or start several.

    Returns
    -------
    bool
        Whether to say what came of it.
    Probe or None
        What came of a dry run.
    """
    from causaldsl.train.distributed import joined, launch, place

    if devices is not None and place(os.environ) is not None:
        raise UsageError("--devices starts ranks, and this is one already", "leave --devices to torchrun or srun")
    if devices is not None and devices > 1:
        return True, launch(devices, job)
    with joined(os.environ) as (ranks, device):
        try:
            found = job(ranks, device)
        except CausalError as error:
            if ranks.leads:
                raise
            raise SystemExit(error.exit_code) from None
        return ranks.leads, found


def print_probe(probe: Probe, as_json: bool) -> None:
    """Say what a training would take."""
    from causaldsl.train.progress import clock

    if as_json:
        print_json(asdict(probe))
        return
    where = probe.device if probe.ranks == 1 else f"{probe.ranks} ranks, {probe.device} and so on"
    click.echo(f"memory: {probe.memory_bytes / 2**30:.2f} GiB of a process ({where})")
    for pace in probe.stages:
        unit = "rows/s" if pace.stage.startswith("labels") else "images/s"
        rate = f"{pace.rows_per_second:,.0f} {unit}"
        click.echo(f"{pace.stage}: step {pace.step}/{pace.steps}, {rate}, {clock(pace.seconds_left)} left")
    click.echo(f"time left: {clock(probe.seconds_left)}; nothing was written")


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
