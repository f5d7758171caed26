"""Pictures as evidence: what a picture that was seen would have been had its causes been otherwise.

The noise z of a picture of causes c is inferred by the model's encoder. In another world, where the causes are c', the
picture is G(c', z) where that differs from G(c, z), and else as it was seen: see `causaldsl.scm.picture_node`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from causaldsl.errors import UsageError
from causaldsl.graph.domain import Discrete, Image
from causaldsl.graph.ir import CausalGraph
from causaldsl.scm.controller import Values
from causaldsl.scm.evidence import Seen
from causaldsl.scm.image import BATCH, in_parts
from causaldsl.scm.infeasible import spelled
from causaldsl.scm.picture_node import PictureNode
from causaldsl.scm.pictures import from_bytes

if TYPE_CHECKING:
    from causaldsl.scm.model import CausalModel

STRANGE = 0.25
"""Of [-1, 1]: a picture in which the generator errs more on average is unlike those that it has learned."""
SHOWN = 5
"""So many units' readings are shown."""


@dataclass(frozen=True)
class Evidence:
    """What was seen, taken apart.

    Parameters
    ----------
    labels : mapping or data frame
        Of the labels alone, one unit or a row a unit.
    pictures : mapping of str to Tensor, shape (units, channels, height, width)
        In [-1, 1].
    """

    labels: Any
    pictures: Mapping[str, Tensor]


def taken_apart(graph: CausalGraph, evidence: Any) -> Evidence:
    """Return labels and pictures apart.

    Raises
    ------
    UsageError
        If a picture is not of its node's shape, or its values are not in [-1, 1].
    """
    names = [name for name in graph.images if hasattr(evidence, "keys") and name in evidence]
    if not names:
        return Evidence(evidence, {})
    labels = {name: evidence[name] for name in evidence if name not in names}
    return Evidence(labels, {name: _pictures(graph, name, evidence[name]) for name in names})


def _pictures(graph: CausalGraph, name: str, seen: Any) -> Tensor:
    domain = graph[name].domain
    assert isinstance(domain, Image)
    expected = f"shape {domain.shape}, or (n, {', '.join(map(str, domain.shape))})"
    try:
        values = torch.as_tensor(np.asarray(seen) if not isinstance(seen, Tensor) else seen)
    except (TypeError, ValueError):
        given = f"{type(seen).__name__}, no picture"
        raise UsageError(f"evidence: `{name}` is {given}", f"an array or a tensor has the {expected}") from None
    values = values.unsqueeze(0) if values.dim() == 3 else values
    if tuple(values.shape[1:]) != domain.shape or not len(values):
        raise UsageError(f"evidence: `{name}` has the shape {tuple(values.shape)}", f"a picture has the {expected}")
    if values.dtype == torch.uint8:
        return from_bytes(values)
    values = values.to(torch.get_default_dtype())
    if not bool(((values >= -1) & (values <= 1)).all()):
        raise UsageError(f"evidence: the values of `{name}` are not in [-1, 1]", "divide bytes by 127.5 and subtract 1")
    return values


@torch.no_grad()
def completed(model: CausalModel, units: list[Seen], pictures: Mapping[str, Tensor]) -> tuple[list[Seen], list[str]]:
    """Return the units with those causes of their pictures that were not seen, as the model reads them.

    Raises
    ------
    UsageError
        If a model of pictures has no encoder, or there are not as many pictures as units.
    """
    notes: list[str] = []
    for name, shown in pictures.items():
        image = model.image(name)
        if not image.abducts:
            raise UsageError(
                f"evidence: the model of `{name}` cannot infer the noise of a picture",
                f"train one that has an encoder, such as `{name} ~ r3gan(encoder=true)`",
            )
        if len(units) == 1 and len(shown) > 1:  # what is said once is true of all
            units = [dict(units[0]) for _ in shown]
        if len(shown) != len(units):
            raise UsageError(f"the evidence has {len(shown)} pictures of `{name}` and {len(units)} rows of labels")
        parents = image.shape.parents
        if all(parent in seen for parent, _ in parents for seen in units):
            continue
        device = image.encoder.location.device
        read = image.encoder.decode(in_parts(image, image.read, shown.to(device)))
        filled = []
        for seen, row in zip(units, read.tolist(), strict=True):
            found = {
                parent: int(value) if isinstance(domain, Discrete) else value
                for (parent, domain), value in zip(parents, row, strict=True)
                if parent not in seen
            }
            filled.append({**seen, **found})
            if found and len(notes) < SHOWN:
                notes.append(f"read from `{name}`, as they were not seen: {', '.join(spelled(model.graph, found))}")
        units = filled
    return units, notes


@torch.no_grad()
def redrawn(
    model: CausalModel, name: str, pictures: Tensor, units: list[Seen], columns: Values, n: int
) -> tuple[Tensor, list[str]]:
    """Return the pictures of units in the world of `columns`, and a note if some are like none that was learned.

    Parameters
    ----------
    model : CausalModel
        The model; that of the image abducts.
    name : str
        The image node.
    pictures : Tensor, shape (units, channels, height, width)
        As seen.
    units : list of dict
        What else was seen; every cause of the image is among it.
    columns : mapping of str to Tensor, shape (units * n,)
        Every unit's labels in the other world, `n` rows a unit.
    n : int
        Rows a unit.

    Returns
    -------
    pictures : Tensor, shape (units * n, channels, height, width)
        Unit after unit.
    notes : list of str
        At most one.
    """
    node = PictureNode(model.image(name))
    device = node.image.encoder.location.device
    seen = {p: torch.tensor([float(unit[p]) for unit in units], device=device) for p, _ in node.shape.parents}
    causes = node.image.causes_in(seen or columns)[: len(units)]  # where there is no cause, there is no column
    noise = node.inferred(causes, pictures.to(device))
    others = node.image.causes_in(columns)
    parts = zip(others.split(n * BATCH), noise.split(BATCH), strict=True)
    found = torch.cat([node(labels, z.repeat_interleave(n, 0)) for labels, z in parts])
    return found.reshape(-1, *pictures.shape[1:]), _strangers(name, noise[:, node.image.latent :])


def _strangers(name: str, known: Tensor) -> list[str]:
    """Say which pictures the generator draws badly: of those it can tell little. `known` is as `PictureNode` has it."""
    seen, drawn = known.chunk(2, dim=-1)
    errors = (drawn - seen).abs().mean(-1)
    strange = int((errors > STRANGE).sum())
    if not strange:
        return []
    which = "the picture is" if len(errors) == 1 else f"{strange:,} of {len(errors):,} pictures are"
    worst = f"{float(errors.max()):.2f} off on the scale from -1 to 1; a smaller change is not painted"
    return [f"`{name}`: {which} unlike those that were learned, the generator draws it {worst}"]
