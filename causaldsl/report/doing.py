"""Doing above seeing: the two rows of the paper for each label, with what is read in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image
from torch import Tensor

from causaldsl.graph.domain import Binary
from causaldsl.report.strips import strip
from causaldsl.scm.pictures import sheet
from causaldsl.train.run import Run

ACROSS = 10
"""Pictures a row, as in the paper."""


@dataclass(frozen=True)
class Strip:
    """One row: its pictures, and its figures.

    Parameters
    ----------
    kind : {"do", "given"}
        Set, or seen.
    title : str
        As a question spells it.
    pictures : Tensor, shape (n, channels, height, width)
        Drawn for the page as those were that are read; not the same ones.
    figures : mapping
        See `causaldsl.evaluate.rows.Row`.
    """

    kind: str
    title: str
    pictures: Tensor
    figures: Mapping[str, Any]

    @property
    def picture(self) -> Image.Image:
        """The row for a page."""
        return strip(self.pictures)

    @property
    def row(self) -> tuple[str, Image.Image]:
        """The row for a sheet."""
        return self.title, sheet(self.pictures, columns=ACROSS)

    def off(self, label: str) -> bool:
        """Whether the exact share of a label lies outside the interval about what is read."""
        low, high = self.figures["intervals"][label]
        return not low <= self.figures["exact"][label] <= high


@dataclass(frozen=True)
class Pair:
    """The rows of one label that has some level.

    Parameters
    ----------
    label : str
        Which.
    title : str
        What they are called: the label if it is binary, else with its level.
    strips : sequence of Strip
        Done above seen; a level that never is cannot be seen.
    """

    label: str
    title: str
    strips: tuple[Strip, ...]

    @property
    def others(self) -> list[str]:
        """The shares of other labels, by name."""
        own = f"{self.label}="
        return [name for name in self.strips[0].figures["exact"] if not f"{name}=".startswith(own)]

    @property
    def difference(self) -> float:
        """How much doing and seeing differ in the share of some label."""
        first, last = (strip.figures["exact"] for strip in (self.strips[0], self.strips[-1]))
        return max((abs(first[name] - last[name]) for name in first), default=0.0)


def pairs(run: Run, evaluation: Mapping[str, Any]) -> list[Pair]:
    """Return the rows of every label, those first in which doing and seeing differ most."""
    found: dict[tuple[str, str], list[Strip]] = {}
    for row in evaluation["rows"]:
        name, kind, seed = row["label"], row["kind"], run.config.seed + 1
        one = {name: row["level"]}
        drawn = run.sample(ACROSS, one, seed=seed) if kind == "do" else run.sample(ACROSS, given=one, seed=seed)
        event = f"{name}={row['level']}"
        title = f"do({event})" if kind == "do" else f"given {event}"
        called = name if isinstance(run.graph[name].domain, Binary) else event
        found.setdefault((name, called), []).append(Strip(kind, title, drawn[evaluation["image"]], row))
    return sorted(
        (Pair(*about, tuple(strips)) for about, strips in found.items()), key=lambda p: p.difference, reverse=True
    )
