"""Sheets of pictures of a run: one label changed and all else kept, and how diverse those are that have a label."""

from __future__ import annotations

import torch
from PIL import Image

from causaldsl.errors import RunError
from causaldsl.evaluate.real import Real
from causaldsl.graph.domain import Discrete
from causaldsl.report.sheets import Rows, titled_rows
from causaldsl.scm.model import CausalModel
from causaldsl.scm.pictures import sheet


@torch.no_grad()
def sweeps(model: CausalModel, image: str, n: int, seed: int) -> list[Rows]:
    """Draw for each label with levels a row of pictures a level: the same units, the same noise, that label changed.

    Everything else is kept, what the label causes too: the rows show what the image model makes of it.

    Parameters
    ----------
    n, seed : int
        Units, and of which draw.
    """
    values = model.controller.sample(n, torch.Generator(model.controller.device).manual_seed(seed))
    groups: list[Rows] = []
    for name, domain in levelled(model, image):
        rows = []
        for index, level in enumerate(domain.levels):
            changed = {**values, name: torch.full_like(values[name], index)}
            pictures = model.draw(image, changed, torch.Generator(model.controller.device).manual_seed(seed))
            rows.append((f"{name}={level}", sheet(pictures, columns=n)))
        groups.append(rows)
    return groups


def diversity_sheet(model: CausalModel, image: str, real: Real, n: int, seed: int) -> Image.Image:
    """Draw for each label's levels those that have it, above as many real ones; of a binary label level 1."""
    groups = []
    for name, domain in levelled(model, image):
        for index, level in list(enumerate(domain.levels))[1 if len(domain.levels) == 2 else 0 :]:
            rows = []
            try:
                drawn = model.sample(n, given={name: index}, seed=seed)[image]
                rows.append((f"given {name}={level}", sheet(drawn, columns=n)))
            except RunError:  # the model never draws it
                pass
            found = real.draw(n, seed, real.levels[name] == index)
            if len(found):
                rows.append((f"real, {name}={level}", sheet(found, columns=n)))
            groups.append(rows)
    return titled_rows([rows for rows in groups if rows])


def levelled(model: CausalModel, image: str) -> list[tuple[str, Discrete]]:
    """Return the causes of an image that have levels."""
    return [(name, domain) for name, domain in model.image(image).shape.parents if isinstance(domain, Discrete)]
