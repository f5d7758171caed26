"""The report: one self-contained page a run."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from causaldsl.errors import RunError
from causaldsl.evaluate.evaluation import evaluate
from causaldsl.evaluate.tables import tables
from causaldsl.report.asked import answered, judged
from causaldsl.report.doing import Pair, pairs
from causaldsl.report.figures import stages
from causaldsl.report.imagined import imagined, imagined_pictures
from causaldsl.report.marginals import beside_data
from causaldsl.report.sheets import titled_rows
from causaldsl.report.strips import address, strip
from causaldsl.report.sweeps import sweeps
from causaldsl.report.weak import weak_spots
from causaldsl.train.files import write_bytes
from causaldsl.train.progress import clock
from causaldsl.train.run import TEXT, Run

TELLING = 3
"""Pairs of rows in the picture beside the page: those in which doing and seeing differ most."""
SWEPT = 8
"""Units whose labels are swept."""
MOST_PAIRS, MOST_SWEPT = 12, 24
"""Pairs of rows whose pictures are shown, and rows of swept units: a page with more is too large to be sent."""


def write_report(run: Run, out: Path, say: Callable[[str], None] = lambda _: None) -> None:
    """Write a run's page: the graph, questions and assertions, pictures with what is read in them, the training.

    Beside the page lies a picture of its most telling pairs of rows, of the same name with `.png`.

    Raises
    ------
    RunError
        If the run is unfinished or the file cannot be written.
    """
    if not run.complete:
        raise RunError(f"the run {run.folder} is unfinished", f"causaldsl train --resume --out {run.folder}")
    evaluation = None if run.labels_only or not run.graph.images else evaluate(run, say)
    say("drawing the page")
    environment = Environment(
        loader=PackageLoader("causaldsl.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": lambda p: f"{100 * p:.1f}", "figure": lambda x: f"{x:.4f}"}
    environment.filters |= {"clock": clock, "address": address, "thousands": lambda n: f"{n:,}"}
    shown = [] if evaluation is None else pairs(run, evaluation)
    beside, assertions = beside_data(run), judged(run)
    page = environment.get_template("page.html").render(
        title=run.graph.title or run.graph.name or run.folder.name,
        run=run,
        text=(run.folder / TEXT).read_text(encoding="utf-8"),
        graph=Markup(run.graph.draw().svg()),
        labels=run.record["labels"],
        stages=stages(run),
        beside=beside,
        pairs=shown,
        most_pairs=MOST_PAIRS,
        evaluation=evaluation,
        tables={} if evaluation is None else tables(evaluation),
        queries=answered(run),
        assertions=assertions,
        weak_spots=list(weak_spots(run, evaluation, beside, assertions)),
        config=json.dumps(run.record["config"], indent=2),
        imagined=imagined(run),
        **(
            {"sweeps": [], "unswept": 0, "others": [], "unimagined": None}
            if evaluation is None
            else _pictures(run, evaluation["image"])
        ),
    )
    write_bytes(out, page.encode())
    if shown:
        write_bytes(out.with_suffix(".png"), _telling(shown[:TELLING]))


def _pictures(run: Run, image: str) -> dict[str, Any]:
    """Return the rows of units whose labels are swept, of those imagined otherwise, and why one is not."""
    swept = sweeps(run.model, image, SWEPT, run.config.seed + 1, strip, MOST_SWEPT)
    unswept = len(run.graph[image].parents) - len(swept)
    others, unimagined = imagined_pictures(run, image)
    return {"sweeps": swept, "unswept": unswept, "others": others, "unimagined": unimagined}


def _telling(shown: list[Pair]) -> bytes:
    buffer = io.BytesIO()
    titled_rows([[strip.row for strip in pair.strips] for pair in shown]).save(buffer, "PNG")
    return buffer.getvalue()
