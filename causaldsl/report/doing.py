"""Doing above seeing: the two rows of the paper for each label, with what is read in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image
from torch import Tensor

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
        See `causaldsl.evaluate.readings.Row`.
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
    """The rows of one label.

    Parameters
    ----------
    label : str
        Which.
    strips : sequence of Strip
        Done above seen; a label that never is 1 cannot be seen so.
    """

    label: str
    strips: tuple[Strip, ...]

    @property
    def others(self) -> list[str]:
        """The labels beside it."""
        return [name for name in self.strips[0].figures["exact"] if name != self.label]

    @property
    def difference(self) -> float:
        """How much doing and seeing differ in the share of some label."""
        first, last = (strip.figures["exact"] for strip in (self.strips[0], self.strips[-1]))
        return max((abs(first[name] - last[name]) for name in first), default=0.0)


def pairs(run: Run, evaluation: Mapping[str, Any]) -> list[Pair]:
    """Return the rows of every label, those first in which doing and seeing differ most."""
    found: dict[str, list[Strip]] = {}
    for row in evaluation["rows"]:
        name, kind, seed = row["label"], row["kind"], run.config.seed + 1
        one = {name: row["level"]}
        drawn = run.sample(ACROSS, one, seed=seed) if kind == "do" else run.sample(ACROSS, given=one, seed=seed)
        title = f"do({name}=1)" if kind == "do" else f"given {name}=1"
        found.setdefault(name, []).append(Strip(kind, title, drawn[evaluation["image"]], row))
    return sorted(
        (Pair(name, tuple(strips)) for name, strips in found.items()), key=lambda p: p.difference, reverse=True
    )
