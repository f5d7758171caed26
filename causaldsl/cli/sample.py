"""`sample`: draw units from a run, or from a graph file whose mechanisms are all known."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import click

from causaldsl.cli.completion import FILE, complete_node
from causaldsl.cli.output import force_option, json_option, print_json, refuse_existing, write_bytes
from causaldsl.cli.talk import say
from causaldsl.errors import UsageError
from causaldsl.graph.domain import Value
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.parse_question import parse_assignment
from causaldsl.graph.read import read_file
from causaldsl.plugins.defaults import learned

if TYPE_CHECKING:
    from causaldsl.scm.model import CausalModel
    from causaldsl.scm.sampling import Sample

SUFFIXES = (".csv", ".parquet", ".npz", ".png")


@click.command()
@click.argument("source", metavar="FILE|RUN", type=FILE)
@click.option("-n", type=click.IntRange(min=1), required=True, help="How many units; exactly so many are drawn.")
@click.option(
    "--do",
    "done",
    multiple=True,
    metavar="A=1",
    shell_complete=complete_node,
    help="Set a node, or `A := law`; repeatable.",
)
@click.option(
    "--given",
    "seen",
    multiple=True,
    metavar="B=0",
    shell_complete=complete_node,
    help="Condition on a node; repeatable.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed draws the same units.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="X.csv, X.parquet, X.npz or X.png.")
@force_option
@json_option
def sample(
    source: str, n: int, done: tuple[str, ...], seen: tuple[str, ...], seed: int, out: Path, force: bool, as_json: bool
) -> None:
    """Draw units under an intervention, among those for which the evidence holds.

    Example: causaldsl sample examples/lawn.causal -n 20 --do Rain=1 --given Wet=0 --out dry.csv
    """
    if out.suffix not in SUFFIXES:
        raise UsageError(f"cannot write `{out.suffix or out.name}` files", f"the output ends in {', '.join(SUFFIXES)}")
    refuse_existing(out, force)
    model, has_pictures = _opened(source)
    if out.suffix == ".png" and not has_pictures:
        raise UsageError(f"{source} has no trained pictures", "write .csv or .npz")
    wants_pictures = out.suffix in (".png", ".npz") and has_pictures
    do, given = assignments(done, "--do", model.graph), assignments(seen, "--given", model.graph)
    drawn = model.sample(n, do, given, seed, wants_pictures)
    columns = write_sample(drawn, out)
    for note in drawn.notes:
        say(note)
    if as_json:
        print_json({"n": n, "columns": columns})
    else:
        click.echo(f"{out}: {n:,} units, {', '.join(columns)}")


def _opened(source: str) -> tuple[CausalModel, bool]:
    """Return the model of a run, or of a graph file that is a simulator, and whether it draws pictures."""
    if not Path(source).is_file():
        from causaldsl.train.run import open_run

        run = open_run(Path(source))
        return run.model, bool(run.graph.images) and not run.labels_only
    graph = read_file(source)
    if unknown := learned(graph):
        raise UsageError(
            f"{source} says not how `{unknown[0]}` comes about, so nothing can be drawn from it",
            f"train it and sample the run, or write its equation, `{unknown[0]} := ..`",
        )
    from causaldsl.scm.build import compile_graph

    return compile_graph(graph), False


def assignments(texts: tuple[str, ...], option: str, graph: CausalGraph) -> dict[str, Value]:
    """Read texts of one assignment each into a mapping; a soft intervention is its text, from `:=` on.

    Raises
    ------
    UsageError
        If one is no assignment to a node of the graph, or a node is named twice.
    """
    found: dict[str, Value] = {}
    for text in texts:
        set_to = parse_assignment(text, graph)
        if set_to.name in found:
            raise UsageError(f"{option}: `{set_to.name}` is given twice")
        if set_to.law is not None and option == "--given":
            raise UsageError(f"{option} {text}: a node is seen with a value", f"`{option} {set_to.name}=..`")
        if set_to.law is None and set_to.value is None:
            raise UsageError(f"{option} {text}: expected NAME=VALUE")
        found[set_to.name] = f":= {set_to.law}" if set_to.value is None else set_to.value
    return found


def write_sample(drawn: Sample, out: Path) -> list[str]:
    """Write a sample in the format of the file's suffix, at once; return the names of what was written."""
    import numpy as np

    buffer = io.BytesIO()
    if out.suffix == ".npz":
        arrays = {name: column.cpu().numpy() for name, column in drawn.items()}
        np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type] # numpy's stub takes the names for its own
        columns = list(arrays)
    elif out.suffix == ".png":
        from causaldsl.report.sheets import titled_rows
        from causaldsl.scm.pictures import sheet

        columns = list(drawn.graph.images)
        sheets = [sheet(drawn[name]) for name in columns]
        page = sheets[0] if len(sheets) == 1 else titled_rows([[row] for row in zip(columns, sheets, strict=True)])
        page.save(buffer, "PNG")
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
