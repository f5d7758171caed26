"""Figures of a training: each stage's curves."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from causaldsl.train.run import Run

COLOURS = ("#2f6fb0", "#c2542d", "#3d8a5a", "#8a5aa8", "#9a7a1f")
DASHES = ("-", "--", ":", "-.")
"""Once all colours are taken."""
_PLACE = ("stage", "step", "seconds")
"""What a line of the log has that is no figure."""


@dataclass(frozen=True)
class Stage:
    """A stage of a training.

    Parameters
    ----------
    name : str
        Which.
    steps : int
        So many it took.
    charts : sequence of str
        Curves as SVG; none where it was logged only once.
    last : mapping of str to float
        What the log says last.
    """

    name: str
    steps: int
    charts: tuple[str, ...]
    last: Mapping[str, float]


def stages(run: Run) -> list[Stage]:
    """Return the stages of a run's training, as its log has them."""
    entries: dict[str, list[dict[str, Any]]] = {}
    for entry in run.log():
        entries.setdefault(entry["stage"], []).append(entry)
    found = []
    for stage, lines in entries.items():
        named = [name for name in dict.fromkeys(k for line in lines for k in line) if name not in _PLACE]
        charts = []
        if len(lines) > 1:
            charts.append(curves(lines, [name for name in named if name != "tvd"], "loss"))
        if sum("tvd" in line for line in lines) > 1:
            floor = (run.record["labels"] or {}).get("tvd_floor")
            charts.append(curves(lines, ["tvd"], "TVD of the labels", floor))
        last = {name: value for line in lines for name, value in line.items() if name in named}
        found.append(Stage(stage, run.record["stages"][stage]["steps"], tuple(charts), last))
    return found


def curves(entries: Sequence[Mapping[str, Any]], names: Sequence[str], ylabel: str, floor: float | None = None) -> str:
    """Return a line chart of log entries over steps as SVG.

    Parameters
    ----------
    entries : sequence of mapping
        Lines of the log of one stage.
    names : sequence of str
        Which of their figures to draw.
    ylabel : str
        What they measure.
    floor : float, optional
        A level to draw dashed.
    """
    figure = Figure(figsize=(6.4, 2.8), layout="constrained")
    axes = figure.subplots()
    for i, name in enumerate(names):
        points = [(e["step"], e[name]) for e in entries if name in e]
        dashes, colour = (
            kinds[k % len(kinds)] for kinds, k in ((DASHES, i // len(COLOURS)), (COLOURS, i % len(COLOURS)))
        )
        axes.plot(*zip(*points, strict=True), label=name, color=colour, linestyle=dashes, linewidth=1.3)
    if floor is not None:
        axes.axhline(floor, color="grey", linestyle="--", linewidth=1, label="floor")
    axes.set_xlabel("step")
    axes.set_ylabel(ylabel)
    axes.spines[["top", "right"]].set_visible(False)
    if len(names) > 1 or floor is not None:
        axes.legend(frameon=False, fontsize=8)
    return svg(figure)


def svg(figure: Figure) -> str:
    """Return a figure as SVG, the same bytes for the same figure."""
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "causaldsl", "svg.fonttype": "none"}):
        figure.savefig(
            buffer, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")), transparent=True
        )
    return buffer.getvalue()[buffer.getvalue().index("<svg") :]
