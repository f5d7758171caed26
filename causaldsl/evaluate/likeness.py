"""Are the pictures like the real ones, and as diverse? Distances in named features, beside those of real from real."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from causaldsl.errors import RunError, UsageError
from causaldsl.evaluate.judge import Judge
from causaldsl.evaluate.real import Real
from causaldsl.graph.domain import Image
from causaldsl.measure.diversity import diversity
from causaldsl.measure.frechet import frechet
from causaldsl.measure.interval import Measured
from causaldsl.measure.kid import kid
from causaldsl.measure.manifold import manifold
from causaldsl.plugins.registry import load
from causaldsl.scm.model import CausalModel
from causaldsl.scm.open_names import levels_shown

Look = Callable[[Tensor], NDArray[np.float64]]
FEATURES = ("robust", "plain", "random")
"""The features that are looked at unless others are named."""
UNJUDGED = ("random",)
"""The same where there is no judge."""
FEWEST = 10
"""Pictures below which nothing is said."""


@dataclass(frozen=True)
class Beside:
    """A figure of drawn pictures beside real ones.

    Parameters
    ----------
    drawn : Measured
        The figure.
    floor : Measured
        The same of as many real pictures in place of the drawn: no model does better on average.
    """

    drawn: Measured
    floor: Measured

    def as_json(self) -> dict[str, Any]:
        """Render for evaluation.json."""
        return {**self.drawn.as_json(), "floor": self.floor.value}


def looks(names: Sequence[str], image: Image, judges: Sequence[Judge]) -> dict[str, Look]:
    """Return the features of pictures by name.

    Raises
    ------
    UsageError
        If there are no features of a name, or they are not a row of finite numbers a picture.
    """
    kinds = {judge.kind: judge for judge in judges}
    return {name: _checked(name, load("features", name).build(image, kinds)) for name in names}


def _checked(name: str, look: Callable[[Tensor], Tensor]) -> Look:
    def checked(pictures: Tensor) -> NDArray[np.float64]:
        found = look(pictures).detach().cpu().double().numpy()
        if found.ndim != 2 or len(found) != len(pictures) or not np.isfinite(found).all():
            raise UsageError(
                f"the features `{name}` of {len(pictures)} pictures are no {len(pictures)} rows of finite numbers",
                f"they have the shape {found.shape}",
            )
        return found

    return checked


def likeness(drawn: Tensor, real: Tensor, more: Tensor, look: Look) -> dict[str, Any]:
    """Compare drawn pictures with real ones in some features.

    Parameters
    ----------
    drawn, real, more : Tensor, shape (n, channels, height, width), in [-1, 1]
        Drawn pictures, real ones, and as many other real ones for the floor.
    look : callable
        The features.

    Returns
    -------
    dict
        `dimensions`; `fd`, `kid`, `precision`, `recall`, `density` and `coverage`, each a `Beside` as JSON.
    """
    found, truth, other = (look(pictures) for pictures in (drawn, real, more))
    pairs = {"fd": (frechet(found, truth), frechet(other, truth)), "kid": (kid(found, truth), kid(other, truth))}
    inside, floor = (vars(manifold(seen, truth)) for seen in (found, other))
    pairs |= {name: (inside[name], floor[name]) for name in inside}
    return {"dimensions": truth.shape[1], **{name: Beside(*pair).as_json() for name, pair in pairs.items()}}


def diversities(
    model: CausalModel, image: str, real: Real, look: Look, n: int, seed: int
) -> list[tuple[str, int, Measured]]:
    """Measure for each label's levels how far pictures that have it lie apart, by how far real ones do.

    A level that fewer than ten real pictures have is left out; of a binary label it is level 1 that is asked for.
    """
    found = []
    for name, column in real.levels.items():
        levels, shown = int(column.max()) + 1, levels_shown(model.graph[name].domain)
        for level in range(1 if levels <= 2 else 0, levels):
            truth = real.draw(n, seed, column == level)
            if len(truth) < FEWEST:
                continue
            try:
                drawn = model.sample(len(truth), given={name: shown[level]}, seed=seed)[image]
            except RunError:  # the model never draws it
                continue
            found.append((name, level, diversity(look(drawn), look(truth))))
    return found
