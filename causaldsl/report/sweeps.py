"""Sheets of pictures of a run: one label changed and all else kept, and how diverse those are that have a label."""

from __future__ import annotations

from collections.abc import Callable

import torch
from PIL import Image
from torch import Tensor

from causaldsl.errors import RunError
from causaldsl.evaluate.real import Real
from causaldsl.graph.domain import Discrete, Domain
from causaldsl.report.sheets import Rows, titled_rows
from causaldsl.scm.model import CausalModel
from causaldsl.scm.open_names import levels_shown
from causaldsl.scm.pictures import sheet

QUANTILES = (0.05, 0.5, 0.95)
"""Of a real label, where it is swept."""
UNITS = 2_000
"""That say where these lie."""


@torch.no_grad()
def sweeps(
    model: CausalModel,
    image: str,
    n: int,
    seed: int,
    lay: Callable[[Tensor], Image.Image] | None = None,
    most: int | None = None,
) -> list[Rows]:
    """Draw for each label a row of pictures a level: the same units, the same noise, that label changed.

    Of a real label the levels are where 1, 10 and 19 in 20 units lie below.

    Everything else is kept, what the label causes too: the rows show what the image model makes of it.

    Parameters
    ----------
    n, seed : int
        Units, and of which draw.
    lay : callable, optional
        Lays pictures out in a row; by default as large as a sheet has them.
    most : int, optional
        Rows at most; labels that would have more than are left are passed over.
    """
    lay = lay or (lambda pictures: sheet(pictures, columns=n))
    causes = model.controller.ancestral(name for name, _ in model.image(image).shape.parents)
    values = causes.sample(n, torch.Generator(causes.device).manual_seed(seed))
    many = causes.sample(UNITS, torch.Generator(causes.device).manual_seed(seed))
    groups: list[Rows] = []
    for name, domain in model.image(image).shape.parents:
        rows, levels = [], _levels(domain, many[name])
        if most is not None and sum(map(len, groups)) + len(levels) > most:
            continue
        for level, value in levels.items():
            changed = {**values, name: torch.full_like(values[name], value)}
            pictures = model.draw(image, changed, torch.Generator(model.controller.device).manual_seed(seed))
            rows.append((f"{name}={level}", lay(pictures)))
        groups.append(rows)
    return groups


def _levels(domain: Domain, column: Tensor) -> dict[str, float]:
    """Return the levels of a label as they are spelled, with their values."""
    if isinstance(domain, Discrete):
        return {level: index for index, level in enumerate(domain.levels)}
    values = column.double().quantile(torch.tensor(QUANTILES, dtype=torch.float64, device=column.device))
    return {f"{value:.3g}": value for value in values.tolist()}


def diversity_sheet(model: CausalModel, image: str, real: Real, n: int, seed: int) -> Image.Image | None:
    """Draw for each label's levels those that have it, above as many real ones; of a binary label level 1.

    None where no cause of the pictures has levels, or nothing is to be had of any.
    """
    groups = []
    for name, domain in levelled(model, image):
        for index, level in list(enumerate(levels_shown(domain)))[1 if len(domain.levels) == 2 else 0 :]:
            rows = []
            try:
                drawn = model.sample(n, given={name: level}, seed=seed)[image]
                rows.append((f"given {name}={level}", sheet(drawn, columns=n)))
            except RunError:  # the model never draws it
                pass
            found = real.draw(n, seed, real.levels[name] == index)
            if len(found):
                rows.append((f"real, {name}={level}", sheet(found, columns=n)))
            groups.append(rows)
    groups = [rows for rows in groups if rows]
    return titled_rows(groups) if groups else None


def levelled(model: CausalModel, image: str) -> list[tuple[str, Discrete]]:
    """Return the causes of an image that have levels."""
    return [(name, domain) for name, domain in model.image(image).shape.parents if isinstance(domain, Discrete)]
