"""The real pictures beside which a run's are held, and what its judges learn from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from causaldsl.datasets.encode import encode
from causaldsl.errors import DataError, UsageError
from causaldsl.graph.domain import Image
from causaldsl.plugins.protocols import Data, Pictures
from causaldsl.scm.pictures import from_bytes
from causaldsl.train.data import data_of
from causaldsl.train.run import Run

JUDGED = 20_000
"""Uniformly labelled pictures that a judge learns from, where the data can draw such."""
MOST_LESSONS = 60_000
"""Real pictures that a judge learns from at most: it holds them in memory."""
MOST_TESTS = 10_000
"""Held-out pictures that it is measured on at most."""

Labelled = tuple[np.ndarray[Any, np.dtype[np.uint8]], dict[str, np.ndarray[Any, Any]]]


@dataclass(frozen=True)
class Real:
    """What a run has learned from, one image node of it.

    Parameters
    ----------
    pictures : Pictures, shape (rows, channels, height, width)
        The pictures.
    columns : mapping of str to Tensor, shape (rows,)
        Every label: levels by index, reals.
    causes : tuple of str
        The labels that cause the pictures.
    held_out : Real, optional
        What the data set holds out, where it does.
    note : str
        Why there are none, where there are none.
    """

    pictures: Pictures
    columns: Mapping[str, Tensor]
    causes: tuple[str, ...]
    held_out: Real | None = None
    note: str = ""

    @property
    def levels(self) -> dict[str, Tensor]:
        """The level of each cause that has levels, by index, shape (rows,)."""
        return {name: self.columns[name] for name in self.causes if not self.columns[name].is_floating_point()}

    def __len__(self) -> int:
        return len(self.pictures)

    def draw(self, n: int, seed: int, among: Tensor | None = None) -> Tensor:
        """Return `n` pictures in [-1, 1], or as many as there are, drawn without replacement.

        Parameters
        ----------
        n, seed : int
            How many, and of which draw.
        among : Tensor of bool, shape (rows,), optional
            From which rows.
        """
        rows = np.arange(len(self)) if among is None else np.flatnonzero(among.numpy())
        chosen = np.random.default_rng(seed).permutation(rows)[:n]
        return from_bytes(self.pictures[chosen])


def real_of(run: Run, image: str) -> Real:
    """Load what a run has learned from; where that is not to be had there is nothing, and a note says why."""
    shape = run.model.image(image).shape
    causes = tuple(name for name, _ in shape.parents)

    def read(data: Data) -> Real:
        return Real(data.pictures[image], encode(data.labels, run.graph), causes)

    try:
        data = data_of(run, labels_only=False)
        real = read(data)
    except (DataError, UsageError) as error:
        assert isinstance(shape.domain, Image)
        nothing = {name: torch.empty(0, dtype=torch.int64) for name in run.graph.columns}
        why = f"the data of the run are not to be had: {error.diagnostics[0].message}"
        return Real(np.empty((0, *shape.domain.shape), np.uint8), nothing, causes, note=why)
    if data.parts is None:
        return real
    try:
        return replace(real, held_out=read(data_of(run, labels_only=False, part="held_out")))
    except DataError:  # no row is held out, or some level is in none of them
        return real


def lessons(run: Run, data: Data, image: str, levels: Mapping[str, int]) -> tuple[Labelled, Labelled | None]:
    """Return what judges learn from, and the held-out pictures that they are measured on.

    They learn from uniformly labelled pictures where the data set draws such, else from its real pictures; None where
    the data set holds no rows out, or some level is in none of them: a judge then holds out a part of its lessons.
    `levels` says what they are to read; see `Judge`.
    """
    seed = run.config.seed
    if data.uniform is not None:
        pictures, labels = data.uniform(JUDGED, seed + 1)
        if pictures.shape[1:] == data.pictures[image].shape[1:]:  # they are those of the first image node
            return (pictures, _encoded(labels, run, levels)), None
    learned = _some(data, image, run, levels, MOST_LESSONS)
    if data.parts is None:
        return learned, None
    try:
        held_out = _some(data_of(run, labels_only=False, part="held_out"), image, run, levels, MOST_TESTS)
    except DataError:
        return learned, None
    varies = all(len(np.unique(held_out[1][name])) >= (k or 2) for name, k in levels.items())
    return learned, held_out if varies else None


def _some(data: Data, image: str, run: Run, names: Iterable[str], most: int) -> Labelled:
    found = data.pictures[image]
    rows = np.sort(np.random.default_rng(run.config.seed).permutation(len(found))[:most])
    return np.asarray(found[rows]), {name: column[rows] for name, column in _encoded(data.labels, run, names).items()}


def _encoded(
    labels: Mapping[str, np.ndarray[Any, Any]], run: Run, names: Iterable[str]
) -> dict[str, np.ndarray[Any, Any]]:
    columns = encode(labels, run.graph)
    return {name: columns[name].numpy() for name in names}
