"""Labels on their way: to the image model that trains on them, and to the measure of how well they are learned."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from causaldsl.graph.domain import Discrete
from causaldsl.measure.tvd import empirical, factorised, floor, sample_tvd, tvd
from causaldsl.scm.controller import Controller
from causaldsl.scm.exact import CELL_LIMIT, tabulable_nodes
from causaldsl.scm.model import CausalModel
from causaldsl.scm.randomness import generator_at

POOL = 2**16
"""Rows drawn from the controller once, as seen and after interventions, from which batches are picked."""
POOL_BELOW_PICTURES = 2**12
"""The same where other pictures must be drawn for them."""
DRAWS = 200_000
"""Rows drawn to measure a law that no table holds."""


class ControllerSampler:
    """Labels for an image model, drawn from the fitted controller (a `LabelSampler`).

    Parameters
    ----------
    model : CausalModel
        Its controller is fitted.
    image : str
        The image node.
    seed : int
        Of the pools of rows.
    """

    def __init__(self, model: CausalModel, image: str, seed: int) -> None:
        self.image = model.image(image)
        controller = model.controller.ancestral(name for name, _ in self.image.shape.parents)
        generator = generator_at(seed, 0, "label pool", controller.device)
        n = POOL_BELOW_PICTURES if controller.pictures else POOL
        seen = self._causes(controller, n, generator)
        self.seen = self.image.encoded(seen)
        self.done = self._done(controller, n, seen, generator)

    def observational(self, n: int, generator: Generator) -> Tensor:
        """Draw `n` rows as seen, shape (n, width)."""
        return _picked(self.seen, n, generator)

    def interventional(self, n: int, generator: Generator) -> Tensor:
        """Draw `n` rows, each after do() of one cause of the picture, shape (n, width).

        Which cause is drawn by chance, and so is its level; a real cause is set to a value that it has elsewhere. What
        the intervention changes downstream is changed.
        """
        return _picked(self.done, n, generator)

    def _done(self, controller: Controller, n: int, seen: Mapping[str, Tensor], generator: Generator) -> Tensor:
        """Return a pool of `n` rows after interventions, as many of each cause, shape (rows, width)."""
        causes = self.image.shape.parents
        rows = [self.image.encoded(seen)] if not causes else []
        for name, domain in causes:
            m = -(-n // len(causes))
            if isinstance(domain, Discrete):
                value = torch.randint(len(domain.levels), (m,), generator=generator, device=generator.device)
            else:
                value = _picked(seen[name], m, generator)
            rows.append(self.image.encoded(self._causes(controller, m, generator, {name: value})))
        return torch.cat(rows)

    def _causes(
        self, controller: Controller, n: int, generator: Generator, done: Mapping[str, Tensor] | None = None
    ) -> dict[str, Tensor]:
        """Draw the picture's causes, other pictures above it in pieces that are let go."""
        once, parts = controller.at_once(n), []
        for at in range(0, n, once):
            size = min(once, n - at)
            part = controller.sample(size, generator, {k: v[at : at + size] for k, v in (done or {}).items()})
            parts.append({name: part[name] for name, _ in self.image.shape.parents} or part)
        return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}


def _picked(rows: Tensor, n: int, generator: Generator) -> Tensor:
    """Return `n` rows, drawn with replacement."""
    return rows[torch.randint(len(rows), (n,), generator=generator, device=generator.device)]


@dataclass(frozen=True)
class LabelMeasure:
    """How near the labels' law is to the data's, beside what could be expected.

    Parameters
    ----------
    tvd : float
        Total variation distance between the model's joint and the data's.
    tvd_floor : float
        What as many rows as the data has, drawn from the model itself, would read on average.
    graph_gap : float or None
        TVD between the data and the graph's own factorisation of it; None where no table holds the joint.
    method : str
        `exact` from tables, `tabulated(n draws)` from tables that are counted, or `sampled(n)`.
    columns : tuple of str
        The discrete columns that were compared.
    """

    tvd: float
    tvd_floor: float
    graph_gap: float | None
    method: str
    columns: tuple[str, ...]


class LabelMeter:
    """Compares a model's law of its discrete columns with the data's; what the data alone say is worked out once.

    Columns below a picture are left out.

    Parameters
    ----------
    model : CausalModel
        Measured as it is at each call.
    rows : mapping of str to Tensor, shape (n,)
        The data.

    Attributes
    ----------
    tabled : bool
        Whether there are discrete columns, and a table holds their joint.
    """

    def __init__(self, model: CausalModel, rows: Mapping[str, Tensor]) -> None:
        self.model = model
        self.controller = model.controller.before_pictures()
        names = [name for name in model.graph.columns if name in self.controller.nodes]
        domains = {n: d for n in names if isinstance(d := model.graph[n].domain, Discrete)}
        self.names = tuple(domains)
        self.sizes = tuple(len(d.levels) for d in domains.values())
        self.data = {name: rows[name].cpu().numpy() for name in self.names}
        self.n = len(next(iter(rows.values())))
        self.tabled = bool(self.names) and math.prod(self.sizes) <= CELL_LIMIT
        self.exact = self.tabled and set(self.names) <= set(tabulable_nodes(self.controller))
        self.law = empirical(list(self.data.values()), self.sizes) if self.tabled else None

    def tvd(self) -> float:
        """Return the distance of the model's joint to the data's, where a table holds it (`tabled`)."""
        assert self.law is not None
        return tvd(self._found(), self.law)

    def measure(self) -> LabelMeasure | None:
        """Return the distance beside what could be expected; None where there is no discrete column."""
        if not self.names:
            return None
        origins = dict.fromkeys(self.model.controller[name].origin for name in self.names)
        method = next((o for o in origins if o != "exact"), "exact") if self.exact else f"sampled({DRAWS})"
        if self.law is None:
            drawn, again = self._draw(DRAWS, 0), self._draw(self.n, 1)
            return LabelMeasure(sample_tvd(drawn, self.data), sample_tvd(drawn, again), None, method, self.names)
        found = self._found()
        return LabelMeasure(tvd(found, self.law), floor(found, self.n), self._gap(self.law), method, self.names)

    def _found(self) -> NDArray[np.float64]:
        """Return the model's joint: from tables, or counted over draws."""
        if self.exact:
            table: NDArray[np.float64] = self.model.joint().marginal(*self.names).cpu().numpy()
            return table
        return empirical(list(self._draw(DRAWS, 0).values()), self.sizes)

    def _gap(self, law: NDArray[np.float64]) -> float | None:
        """Return the TVD of the data to the graph's own factorisation; None where a cause has no table."""
        at = {name: i for i, name in enumerate(self.names)}
        causes = [self.model.graph[name].parents for name in self.names]
        if not all(parent in at for parents in causes for parent in parents):
            return None
        return tvd(law, factorised(law, [[at[parent] for parent in parents] for parents in causes]))

    def _draw(self, n: int, seed: int) -> dict[str, NDArray[np.integer]]:
        generator = generator_at(seed, 0, "measure", self.controller.device)
        drawn = self.controller.sample(n, generator, narrow=True)
        return {name: drawn[name].cpu().numpy() for name in self.names}
