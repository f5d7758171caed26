"""`quickstart`: the main job, end to end, on the embedded faces."""

from __future__ import annotations

from pathlib import Path

import click

from causaldsl.cli.output import json_option, print_json
from causaldsl.cli.talk import loudness, say

PRESETS = {"standard": (), "smoke": ("images.steps=20", "labels.steps=100")}


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("runs/quickstart"), show_default=True)
@click.option("--preset", type=click.Choice(sorted(PRESETS)), default="standard", show_default=True)
@json_option
def quickstart(out: Path, preset: str, as_json: bool) -> None:
    """Train the paper's graph on drawn faces and write the report: from a text to do above given.

    Example: causaldsl quickstart --out runs/quickstart
    """
    from causaldsl.cli.train import print_summary, summary
    from causaldsl.graph.read import read_text
    from causaldsl.report.page import write_report
    from causaldsl.resources import resource
    from causaldsl.scm.build import compile_graph
    from causaldsl.train.config import read_config
    from causaldsl.train.fit import fit, resume
    from causaldsl.train.progress import reporter
    from causaldsl.train.run import RECORD, open_run

    file = resource("examples", "faces.causal")
    model = compile_graph(read_text(file.read_text(encoding="utf-8"), "faces.causal"))
    if (out / RECORD).exists():
        run = open_run(out)
        run = run if run.complete else resume(out, reporter=reporter(quiet=loudness() == "quiet"))
    else:
        run = fit(
            model,
            "faces",
            out,
            config=read_config(settings=PRESETS[preset]),
            reporter=reporter(quiet=loudness() == "quiet"),
        )
    page = out / "report.html"
    write_report(run, page, say)
    if as_json:
        print_json({**summary(run), "report": str(page)})
    else:
        print_summary(run)
        click.echo(f"the report lies at {page.resolve()}, its picture beside it: {page.with_suffix('.png').name}")
