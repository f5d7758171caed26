"""`pack`: a data set, decoded once, as a folder of shards that training maps."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Any

import click

from causaldsl.cli.completion import FILE
from causaldsl.cli.data_options import data_option, root_option
from causaldsl.cli.output import force_option, json_option, print_json
from causaldsl.cli.talk import loudness, say
from causaldsl.datasets.packed import Index, damage, read_index, wrong
from causaldsl.errors import UsageError
from causaldsl.graph.domain import Image
from causaldsl.graph.read import read_file
from causaldsl.plugins.datasets import dataset


@click.command()
@click.argument("file", required=False, type=FILE)
@data_option
@root_option
@click.option("--out", type=click.Path(path_type=Path), help="The folder to make; begun before, it is gone on with.")
@click.option("--labels-only", is_flag=True, help="Pack no pictures.")
@click.option("--workers", type=click.IntRange(min=0), default=0, help="Processes; by default one a core.")
@click.option("--shard-rows", type=click.IntRange(min=0), default=0, help="Rows a shard; by default files of 16 MiB.")
@click.option("--verify", type=click.Path(path_type=Path), metavar="DIR", help="Read a packed data set to its end.")
@force_option
@json_option
def pack(
    file: str | None,
    data: str | None,
    root: Path | None,
    out: Path | None,
    labels_only: bool,
    workers: int,
    shard_rows: int,
    verify: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Decode a data set once, at the sizes of FILE's images, into a folder that `--data FOLDER` reads.

    All its label columns are packed, not only those of FILE. A packing that was stopped goes on where it was.

    Example: causaldsl pack examples/celeba.causal --data celeba --root DIR --out packed/celeba-64
    """
    if verify is not None:
        if file or data or root or out or labels_only or force:
            raise UsageError("--verify takes a folder and nothing else")
        index, took = _verify(verify), 0.0
        summary = _summary(verify, index, 0, took)
        summary["verified"] = True
    else:
        if file is None or data is None or out is None:
            raise UsageError("a graph FILE, --data and --out are needed", "or --verify with a folder")
        summary = _packed(file, data, root, out, labels_only, workers, shard_rows, force)
    if as_json:
        print_json(summary)
        return
    said = "is what was packed" if verify else f"packed in {summary['seconds']:.0f} s"
    click.echo(f"{summary['out']}: {summary['rows']:,} rows, {summary['bytes'] / 2**20:,.0f} MiB, {said}")
    for note in summary["notes"]:
        say(note)


def _packed(
    file: str,
    data: str,
    root: Path | None,
    out: Path,
    labels_only: bool,
    workers: int,
    shard_rows: int,
    force: bool,
) -> dict[str, Any]:
    from causaldsl.datasets.pack import pack as write
    from causaldsl.train.progress import reporter

    graph, chosen = read_file(file), dataset(data, root)
    domains = {name: graph[name].domain for name in graph.images}
    images = {} if labels_only else {name: d for name, d in domains.items() if isinstance(d, Image)}
    listener = reporter(quiet=loudness() == "quiet")
    begun = time.monotonic()

    def progress(made: int, resumed: int, shards: int, rows: int) -> None:
        if made == resumed:
            if resumed:
                listener.say(f"going on: {resumed} of {shards} shards are there")
            listener.stage("packing", shards, resumed, rows)
        else:
            listener.step(made - 1, {})

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        found = write(
            chosen, chosen.columns, images, out, workers=workers, shard_rows=shard_rows, force=force, progress=progress
        )
    finally:
        signal.signal(signal.SIGTERM, before)
        listener.close()
    return _summary(out, found.index, found.resumed, time.monotonic() - begun)


def _summary(out: Path, index: Index, resumed: int, seconds: float) -> dict[str, Any]:
    return {
        "out": str(out),
        "data": index.data,
        "rows": index.rows,
        "bytes": sum(file.bytes for file in index.files),
        "images": {name: list(shape) for name, shape in index.images.items()},
        "columns": list(index.columns),
        "shards": len(index.shards),
        "resumed": resumed,
        "damaged": [{"file": file, "why": why} for file, why in index.damaged],
        "notes": list(index.notes),
        "seconds": round(seconds, 2),
    }


def _verify(folder: Path) -> Index:
    """Hash every file; all that are wrong are named at once."""
    if not folder.exists():
        raise UsageError(f"there is no folder {folder}")
    index = read_index(folder)
    found = [problem for file in index.files if (problem := wrong(folder, file)) is not None]
    if found:
        shown = "; ".join(found[:5]) + (f"; and {len(found) - 5} more" if len(found) > 5 else "")
        raise damage(f"{folder} is not what was packed: {shown}")
    return index
