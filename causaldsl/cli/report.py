"""`report`: a run on one page."""

from __future__ import annotations

from pathlib import Path

import click

from causaldsl.cli.output import force_option, json_option, print_json, refuse_existing
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
