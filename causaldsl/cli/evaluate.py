"""`evaluate`: what a run's pictures are worth, or those of two runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from causaldsl.cli.completion import complete_features
from causaldsl.cli.output import force_option, json_option, print_json, print_table, refuse_existing
from causaldsl.cli.talk import say

if TYPE_CHECKING:
    from causaldsl.train.run import Run

ACROSS = 10
"""Pictures a row of a sheet."""
SHEETS = ("sweep.png", "diversity.png")


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--against", metavar="RUN", type=click.Path(path_type=Path), help="Another run, to compare with.")
@click.option("-n", type=click.IntRange(20), help="Pictures read for each figure; 2,000 by default.")
@click.option(
    "--features", multiple=True, shell_complete=complete_features, help="Compare pictures in these; repeatable."
)
@click.option("--image", metavar="NODE", help="Whose pictures, where there are several; the first's by default.")
@click.option("--sheets", type=click.Path(path_type=Path), help="A folder for sheets of pictures.")
@force_option
@json_option
def evaluate(
    run: Path,
    against: Path | None,
    n: int | None,
    features: tuple[str, ...],
    image: str | None,
    sheets: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Read a run's pictures with independent judges, and hold them beside real ones.

    The judges are trained once, and kept in the run's folder with the figures; `report` shows them.

    Example: causaldsl evaluate runs/quickstart --sheets sheets
    """
    from causaldsl.evaluate.comparison import compare
    from causaldsl.evaluate.evaluation import evaluate as measure
    from causaldsl.train.run import open_run

    for name in SHEETS if sheets else ():
        assert sheets is not None
        sheets.mkdir(parents=True, exist_ok=True)
        refuse_existing(sheets / name, force)
    opened = open_run(run)
    asked = n, features, image
    found = compare(opened, open_run(against), say, *asked) if against else measure(opened, say, *asked)
    if sheets is not None:
        _draw(opened, found["image"], sheets)
    if as_json:
        print_json(found)
    elif against is None:
        _print(found)
    else:
        _print_differences(run, against, found["against"]["differences"])


def _draw(run: Run, image: str, folder: Path) -> None:
    """Write the sheets of a run into a folder."""
    from causaldsl.evaluate.real import real_of
    from causaldsl.report.sheets import titled_rows
    from causaldsl.report.sweeps import diversity_sheet, sweeps

    seed = run.config.seed + 1
    swept = sweeps(run.model, image, ACROSS, seed)
    drawn = titled_rows(swept) if swept else None, diversity_sheet(run.model, image, real_of(run, image), ACROSS, seed)
    for sheet, name, lacking in zip(drawn, SHEETS, ("cause", "cause with levels"), strict=True):
        if sheet is None:
            say(f"there is no {name}: the picture has no {lacking}")
        else:
            sheet.save(folder / name)
            say(f"a sheet lies at {folder / name}")


def _print(found: dict[str, Any]) -> None:
    """Print the tables of an evaluation, a blank line between two."""
    from causaldsl.evaluate.tables import span, tables

    figures, shown = found["effectiveness"], tables(found)
    for i, (name, table) in enumerate(shown.items()):
        if i:
            click.echo()
        print_table(table.header, table.rows)
        if name == "labels":
            click.echo(
                f"mean {figures['mean']:.3f} ({span(figures['interval'])}) of {figures['n']:,} pictures read as asked; "
                "of the judges the lower counts"
            )
        if name == "errors":
            click.echo("mean absolute error in the cause's own units; of the judges the greater counts")
    for note in found["notes"]:
        say(f"note: {note}")


def _print_differences(run: Path, other: Path, differences: list[dict[str, Any]]) -> None:
    click.echo(f"a: {run}")
    click.echo(f"b: {other}, read by the judges of a")
    rows = []
    for one in differences:
        gap = one["difference"]
        low, high = gap["interval"]
        interval = f"{low:+.4g} to {high:+.4g}"
        rows.append([one["figure"], f"{one['run']:.4g}", f"{one['other']:.4g}", f"{gap['value']:+.4g}", interval])
    print_table(["figure", "a", "b", "a - b", "95 of 100"], rows)
