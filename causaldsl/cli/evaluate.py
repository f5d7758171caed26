"""`evaluate`: what a run's pictures are worth, or those of two runs."""

from __future__ import annotations

from collections.abc import Iterator
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
@click.option("--sheets", type=click.Path(path_type=Path), help="A folder for sheets of pictures.")
@force_option
@json_option
def evaluate(
    run: Path,
    against: Path | None,
    n: int | None,
    features: tuple[str, ...],
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
    found = compare(opened, open_run(against), say, n, features) if against else measure(opened, say, n, features)
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
    titled_rows(sweeps(run.model, image, ACROSS, seed)).save(folder / SHEETS[0], optimize=True)
    drawn = diversity_sheet(run.model, image, real_of(run, image), ACROSS, seed)
    drawn.save(folder / SHEETS[1], optimize=True)
    say(f"the sheets lie at {folder / SHEETS[0]} and {folder / SHEETS[1]}")


def _print(found: dict[str, Any]) -> None:
    """Print the tables of an evaluation, a blank line between two."""
    from causaldsl.evaluate.comparison import called

    figures, judges = found["effectiveness"], found["judges"]
    header = ["label", "read as asked", "95 of 100", *(f"{kind} judge" for kind in judges)]
    print_table(
        [*header, *(f"{kind}, of real ones" for kind in judges)],
        [
            [label, f"{lower:.3f}", _span(figures["intervals"][label])]
            + [f"{figures['by_judge'][kind][label]:.3f}" for kind in judges]
            + [f"{judge['balanced_accuracy'][label]:.3f}" for judge in judges.values()]
            for label, lower in figures["labels"].items()
        ],
    )
    click.echo(
        f"mean {figures['mean']:.3f} ({_span(figures['interval'])}) of {figures['n']:,} pictures read as asked; "
        "of the judges the lower counts"
    )
    _section(["row", "read as asked", "furthest share", "exact", "read", "95 of 100"], _rows(found["rows"]))
    pairs = [
        [called(pair["labels"]), f"{pair['rows']:,}", f"{pair['value']:.3f}", _span(pair["interval"]), pair["n"]]
        for pair in found["rare"]
    ]
    _section(["rare combination", "rows of data", "both read", "95 of 100", "n"], pairs)
    _section(["beside real pictures", "figure", "95 of 100", "of real ones", "n"], list(_likeness(found["features"])))
    apart = [
        [f"given {one['label']}={one['level']}", f"{one['value']:.2f}", _span(one["interval"], 2), one["n"]]
        for one in found["diversity"]
    ]
    _section(["diversity", "by that of real ones", "95 of 100", "n"], apart)
    for note in found["notes"]:
        say(f"note: {note}")


def _rows(rows: list[dict[str, Any]]) -> list[list[object]]:
    """For each row of do and given the mean of what is read as asked, and the share that is read furthest off."""
    table: list[list[object]] = []
    for row in rows:
        effective = list(row["effective"].values())
        far = max(row["read"], key=lambda name: abs(row["read"][name] - row["exact"][name]))
        title = f"{row['label']}={row['level']}"
        title = f"do({title})" if row["kind"] == "do" else f"given {title}"
        shares = [f"{row[kind][far]:.3f}" for kind in ("exact", "read")]
        mean = f"{sum(effective) / len(effective):.3f}"
        table.append([title, mean, far, *shares, _span(row["intervals"][far])])
    return table


def _likeness(features: dict[str, Any]) -> Iterator[list[object]]:
    from causaldsl.evaluate.comparison import likenesses

    for title, one in likenesses(features):
        interval = " to ".join(f"{end:.4g}" for end in one["interval"])
        yield [title, f"{one['value']:.4g}", interval, f"{one['floor']:.4g}", one["n"]]


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


def _section(header: list[str], rows: list[list[object]]) -> None:
    if rows:
        click.echo()
        print_table(header, rows)


def _span(interval: list[float], digits: int = 3) -> str:
    return " to ".join(f"{end:.{digits}f}" for end in interval)
