"""`report` and `evaluate`: what a run is worth."""

from __future__ import annotations

from pathlib import Path

import click

from causaldsl.cli.output import force_option, json_option, print_json, print_table, refuse_existing
from causaldsl.cli.talk import say


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="The page; RUN/report.html by default.")
@force_option
@json_option
def report(run: Path, out: Path | None, force: bool, as_json: bool) -> None:
    """Write a run's report: one self-contained page, do above given for each label.

    Example: causaldsl report runs/quickstart --force
    """
    from causaldsl.report.page import write_report
    from causaldsl.train.run import open_run

    if out is not None:
        refuse_existing(out, force)
    page = out or run / "report.html"
    write_report(open_run(run), page, say)
    if as_json:
        print_json({"report": str(page)})
    else:
        click.echo(f"the report lies at {page}")


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@json_option
def evaluate(run: Path, as_json: bool) -> None:
    """Read a run's pictures with independent judges.

    Example: causaldsl evaluate runs/quickstart
    """
    from causaldsl.evaluate.evaluation import evaluate as measure
    from causaldsl.train.run import open_run

    found = measure(open_run(run), say)
    if as_json:
        print_json(found)
        return
    figures = found["effectiveness"]
    judges = list(figures["by_judge"])
    print_table(
        ["label", *judges, "lower"],
        [
            [name, *(f"{figures['by_judge'][j][name]:.3f}" for j in judges), f"{lower:.3f}"]
            for name, lower in figures["labels"].items()
        ],
    )
    click.echo(f"mean {figures['mean']:.3f} of {figures['n']:,} pictures read as asked")
