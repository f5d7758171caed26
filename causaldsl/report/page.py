"""The report: one self-contained page a run."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from PIL import Image

from causaldsl.datasets.encode import encode
from causaldsl.errors import RunError
from causaldsl.evaluate.evaluation import evaluate
from causaldsl.graph.domain import Discrete
from causaldsl.measure.interval import wilson
from causaldsl.report.asked import answered, judged
from causaldsl.report.figures import curves
from causaldsl.report.sheets import titled_rows
from causaldsl.report.weak import WEAK, weak_spots
from causaldsl.scm.pictures import png, sheet
from causaldsl.train.data import data_of
from causaldsl.train.files import write_bytes
from causaldsl.train.progress import clock
from causaldsl.train.run import TEXT, Run

ACROSS = 10
"""Pictures a row, as in the paper."""
TELLING = 3
"""Pairs of rows in the picture beside the page: those in which doing and seeing differ most."""
DRAWS = 200_000
"""Rows of the model beside those of the data."""
STRICT = 3.5
"""Standard errors by which two shares may differ by chance; a page compares many."""


def write_report(run: Run, out: Path, say: Callable[[str], None] = lambda _: None) -> None:
    """Write a run's page: the graph, the curves, the marginals, and do above given for each label.

    Beside the page lies a picture of its most telling pairs of rows, of the same name with `.png`.

    Raises
    ------
    RunError
        If the run is unfinished or the file cannot be written.
    """
    if not run.complete:
        raise RunError(f"the run {run.folder} is unfinished", f"causaldsl train --resume --out {run.folder}")
    evaluation = None if run.labels_only else evaluate(run, say)
    say("drawing the page")
    environment = Environment(
        loader=PackageLoader("causaldsl.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"percent": lambda p: f"{100 * p:.1f}", "figure": lambda x: f"{x:.4f}"}
    environment.filters |= {"clock": clock, "png": png}
    pairs = [] if evaluation is None else _pairs(run, evaluation)
    marginals, assertions = _marginals(run), judged(run)
    page = environment.get_template("page.html").render(
        title=run.graph.title or run.graph.name or run.folder.name,
        run=run,
        text=(run.folder / TEXT).read_text(encoding="utf-8"),
        graph=Markup(run.graph.draw().svg()),
        labels=run.record["labels"],
        stages=_stages(run),
        marginals=marginals,
        rows=pairs,
        evaluation=evaluation,
        intervals={} if evaluation is None else _intervals(evaluation),
        queries=answered(run),
        assertions=assertions,
        weak_spots=list(weak_spots(run, evaluation, marginals, assertions)),
        config=json.dumps(run.record["config"], indent=2),
        weak=WEAK,
    )
    write_bytes(out, page.encode())
    if pairs:
        buffer = io.BytesIO()
        titled_rows([_titled(pair) for pair in pairs[:TELLING]]).save(buffer, "PNG", optimize=True)
        write_bytes(out.with_suffix(".png"), buffer.getvalue())


def _stages(run: Run) -> list[dict[str, Any]]:
    """For each stage of training its curves."""
    entries: dict[str, list[dict[str, Any]]] = {}
    for entry in run.log():
        entries.setdefault(entry["stage"], []).append(entry)
    found = []
    for stage, lines in entries.items():
        losses = [k for k in lines[0] if k not in ("stage", "step", "seconds", "tvd")]
        charts = [Markup(curves(lines, losses, "loss"))]
        if any("tvd" in line for line in lines):
            floor = (run.record["labels"] or {}).get("tvd_floor")
            charts.append(Markup(curves(lines, ["tvd"], "TVD of the labels", floor)))
        found.append({"name": stage, "steps": run.record["stages"][stage]["steps"], "charts": charts})
    return found


def _intervals(evaluation: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """Return the interval of each label's effectiveness."""
    figures = evaluation["effectiveness"]
    return {label: wilson(share, figures["n"]) for label, share in figures["labels"].items()}


def _marginals(run: Run) -> list[dict[str, Any]]:
    """Put data and model side by side: the share of each level of a discrete label, the mean of a real one."""
    if run.record["data"] == "in memory":
        return []
    data = data_of(run, labels_only=True)
    seen = encode(data.labels, run.graph)
    drawn = run.model.controller.sample(DRAWS, torch.Generator().manual_seed(0))
    found = []
    for name in (name for name in run.graph.columns if name in seen):
        domain = run.graph[name].domain
        if isinstance(domain, Discrete):
            for level, text in list(enumerate(domain.levels))[1 if len(domain.levels) == 2 else 0 :]:
                counts = [int((column == level).sum()) for column in (seen[name], drawn[name])]
                found.append(_share(f"P({name}={text})", counts, [len(seen[name]), DRAWS]))
        else:
            pair = [float(np.mean(column.numpy())) for column in (seen[name], drawn[name])]
            found.append({"what": f"E[{name}]", "data": pair[0], "model": pair[1], "rows": None, "within": None})
    return found


def _share(what: str, counts: list[int], of: list[int]) -> dict[str, Any]:
    """Return a share in data and model, and whether the two agree as far as their numbers of rows can tell."""
    data, model = (count / n for count, n in zip(counts, of, strict=True))
    low, high = wilson(data, of[0], STRICT)
    least, most = wilson(model, of[1], STRICT)
    rare = min(counts[0], of[0] - counts[0])
    return {
        "what": what,
        "data": data,
        "interval": wilson(data, of[0]),
        "model": model,
        "rows": rare,
        "within": least <= high and low <= most,
    }


def _pairs(run: Run, evaluation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """For each label the two rows of pictures with their shares."""
    image = evaluation["image"]
    found: dict[str, dict[str, Any]] = {}
    for row in evaluation["rows"]:
        name, kind = row["label"], row["kind"]
        seed = run.config.seed + 1
        drawn = (
            run.sample(ACROSS, {name: 1}, seed=seed) if kind == "do" else run.sample(ACROSS, given={name: 1}, seed=seed)
        )
        others = [other for other in row["exact"] if other != name]
        found.setdefault(name, {"label": name, "others": others, "kinds": []})["kinds"].append(
            {"kind": kind, "pictures": sheet(drawn[image], columns=ACROSS), **row}
        )
    return sorted(found.values(), key=_difference, reverse=True)


def _titled(pair: dict[str, Any]) -> list[tuple[str, Image.Image]]:
    """Return the rows of a pair with what a question would call them."""
    name = pair["label"]
    titles = {"do": f"do({name}=1)", "given": f"given {name}=1"}
    return [(titles[kind["kind"]], kind["pictures"]) for kind in pair["kinds"]]


def _difference(pair: dict[str, Any]) -> float:
    """Return how much doing and seeing differ in the share of some label: the most telling pair comes first."""
    exact = [kind["exact"] for kind in pair["kinds"]]
    return max((abs(exact[0][name] - exact[-1][name]) for name in exact[0]), default=0.0)
