"""Figures: curves of a training, and the two rows of the paper."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

COLOURS = ("#2f6fb0", "#c2542d", "#3d8a5a", "#8a5aa8", "#9a7a1f")


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
    for name, colour in zip(names, COLOURS, strict=False):
        points = [(e["step"], e[name]) for e in entries if name in e]
        axes.plot(*zip(*points, strict=True), label=name, color=colour, linewidth=1.3)
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
