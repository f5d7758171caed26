"""`sample`: draw units from a run."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import click

from causaldsl.cli.output import force_option, json_option, print_json, refuse_existing
from causaldsl.errors import UsageError

if TYPE_CHECKING:
    from causaldsl.scm.sampling import Sample

SUFFIXES = (".csv", ".parquet", ".npz", ".png")


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("-n", type=click.IntRange(min=1), required=True, help="How many units; exactly so many are drawn.")
@click.option("--do", "done", multiple=True, metavar="A=1", help="Set a node; repeatable.")
@click.option("--given", "seen", multiple=True, metavar="B=0", help="Condition on a node; repeatable.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed draws the same units.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="X.csv, X.parquet, X.npz or X.png.")
@force_option
@json_option
def sample(
    run: Path, n: int, done: tuple[str, ...], seen: tuple[str, ...], seed: int, out: Path, force: bool, as_json: bool
) -> None:
    """Draw units under an intervention, among those for which the evidence holds.

    Example: causaldsl sample runs/faces -n 20 --do Bald=1 --given Male=0 --out bald.png
    """
    if out.suffix not in SUFFIXES:
        raise UsageError(f"cannot write `{out.suffix or out.name}` files", f"the output ends in {', '.join(SUFFIXES)}")
    refuse_existing(out, force)
    from causaldsl.train.run import open_run

    opened = open_run(run)
    if out.suffix == ".png" and (opened.labels_only or not opened.graph.images):
        raise UsageError(f"{run} has no trained pictures", "write .csv or .npz")
    wants_pictures = out.suffix in (".png", ".npz") and not opened.labels_only
    drawn = opened.model.sample(n, assignments(done, "--do"), assignments(seen, "--given"), seed, wants_pictures)
    columns = write_sample(drawn, out)
    if as_json:
        print_json({"n": n, "columns": columns})
    else:
        click.echo(f"{out}: {n:,} units, {', '.join(columns)}")


def assignments(texts: tuple[str, ...], option: str) -> dict[str, str]:
    """Read `A=1` texts into a mapping.

    Raises
    ------
    UsageError
        If one is no assignment, or a node is named twice.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name, value = _unquoted(name), _unquoted(value)
        if not equals or not name or not value:
            raise UsageError(f"{option} {text}: expected NAME=VALUE")
        if name in found:
            raise UsageError(f"{option}: `{name}` is given twice")
        found[name] = value
    return found


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) >= 2 and text[0] == text[-1] == '"' else text


def write_sample(drawn: Sample, out: Path) -> list[str]:
    """Write a sample in the format of the file's suffix, at once; return the names of what was written."""
    import numpy as np

    from causaldsl.train.files import write_bytes

    buffer = io.BytesIO()
    if out.suffix == ".npz":
        arrays = {name: column.cpu().numpy() for name, column in drawn.items()}
        np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type] # numpy's stub takes the names for its own
        columns = list(arrays)
    elif out.suffix == ".png":
        from causaldsl.report.sheets import sheet

        columns = list(drawn.graph.images[:1])
        sheet(drawn[columns[0]]).save(buffer, "PNG")
    else:
        frame = drawn.to_pandas()
        columns = list(frame.columns)
        if out.suffix == ".csv":
            frame.to_csv(buffer, index=False)
        else:
            try:
                frame.to_parquet(buffer, index=False)
            except ImportError:
                raise UsageError("Parquet needs pyarrow", "pip install pyarrow, or write .csv") from None
    write_bytes(out, buffer.getvalue())
    return columns
