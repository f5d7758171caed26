"""Units of a run and what each would have been: rung 3 on a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from torch import Tensor

from causaldsl.errors import CausalError
from causaldsl.evaluate.counterfactuals import Imaginer, Seen
from causaldsl.evaluate.otherwise import otherwise
from causaldsl.graph.domain import Discrete
from causaldsl.graph.ir import CausalGraph
from causaldsl.plugins.defaults import domain_of
from causaldsl.report.sheets import Rows
from causaldsl.report.strips import strip
from causaldsl.scm.sampling import Sample
from causaldsl.train.run import Run

UNITS = 8
"""Units that are imagined otherwise."""
DRAWS = 400
"""Of each unit, for the table."""
MOST = 12
"""Labels whose pictures are shown."""


@dataclass(frozen=True)
class Imagined:
    """What some units would have been, had one label had its next level.

    Parameters
    ----------
    label : str
        Which label.
    effects : sequence of str
        The labels that it may change.
    units : sequence of str
        What stays as it is in each unit, and the label before it changes.
    cells : sequence of sequence of str
        For each unit and effect what it is and would have been.
    notes : sequence of str
        What the draws assume.
    """

    label: str
    effects: tuple[str, ...]
    units: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def imagined(run: Run) -> Imagined | str | None:
    """Imagine units otherwise in that label which may change most others.

    Returns
    -------
    Imagined, str or None
        A sentence, where what was seen does not tell of the units' noise; None, where no label changes another.
    """
    graph = run.graph
    effects = {name: _effects(graph, name) for name in _levelled(graph)}
    label = max(effects, key=lambda name: len(effects[name]), default=None)
    if label is None or not effects[label]:
        return None
    units = run.model.sample(UNITS, seed=run.config.seed + 1, pictures=False)
    try:
        columns, notes = otherwise(run, units, label, DRAWS)
    except CausalError as error:
        return f"Nothing is imagined: {error.diagnostics[0].message}."
    shown = [name for name in graph.columns if name not in (*graph.latents, *effects[label])]
    cells = tuple(zip(*(_cells(graph, name, units[name], columns[name]) for name in effects[label]), strict=True))
    return Imagined(
        label,
        effects[label],
        tuple(", ".join(f"{name}={_spelled(graph, name, units[name][i])}" for name in shown) for i in range(UNITS)),
        cells,
        notes,
    )


def imagined_pictures(run: Run, image: str) -> tuple[Rows, str | None]:
    """Draw units, and below each the same unit had one of the picture's causes been otherwise, a row a cause.

    Returns
    -------
    Rows
        Empty where the image model has no encoder.
    str or None
        A sentence, where what was seen does not tell of the units' noise; the rows are those drawn before.
    """
    model = run.model.image(image)
    if not model.abducts:
        return [], None
    units = run.sample(UNITS, seed=run.config.seed + 1)
    causes = [name for name, _ in model.shape.parents]
    rows = [("as they are", strip(units[image]))]
    imaginer = None
    if image not in run.model.controller.pictures:  # nothing depends on it: its noise is inferred once for all worlds
        labels = Sample(run.graph, {name: units[name] for name in units if name not in run.graph.images})
        imaginer, units = Imaginer(run, image, Seen(labels, units[image])), labels
    for name in causes[:MOST]:
        try:
            columns, _ = otherwise(run, units, name, 1)
        except CausalError as error:
            return rows, f"No picture is imagined with {name} otherwise: {error.diagnostics[0].message}."
        pictures = columns[image] if imaginer is None else imaginer.drawn(columns, imaginer.noise)
        rows.append((f"{name} otherwise", strip(pictures)))
    return rows, None


def _levelled(graph: CausalGraph) -> Iterator[str]:
    observed = (name for name in graph.columns if name not in graph.latents)
    return (name for name in observed if isinstance(domain_of(graph[name]), Discrete))


def _effects(graph: CausalGraph, name: str) -> tuple[str, ...]:
    below = graph.descendants([name]) - {name}
    return tuple(other for other in graph.columns if other in below and other not in graph.latents)


def _cells(graph: CausalGraph, name: str, seen: Tensor, drawn: Tensor) -> Sequence[str]:
    """Spell for each unit how a node would have been: how often the same, or a real one's mean and spread."""
    values = drawn.view(len(seen), -1)
    if isinstance(domain_of(graph[name]), Discrete):
        stays = (values == seen[:, None]).double().mean(1).tolist()
        return [f"{_spelled(graph, name, x)}, still in {100 * p:.0f} %" for x, p in zip(seen, stays, strict=True)]
    moments = zip(seen, values.double().mean(1).tolist(), values.double().std(1, correction=0).tolist(), strict=True)
    return [f"{_spelled(graph, name, x)}, then {mean:.4g} ± {sd:.2g}" for x, mean, sd in moments]


def _spelled(graph: CausalGraph, name: str, value: Tensor) -> str:
    domain = domain_of(graph[name])
    return domain.levels[int(value)] if isinstance(domain, Discrete) else f"{float(value):.4g}"
