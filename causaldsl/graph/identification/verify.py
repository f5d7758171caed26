"""An estimand tried out: models of the graph are drawn, and what it says of their law is compared with the truth.

The truth needs no identification. For `P(Y | do(X), Z)` it is read from the joint law under the intervention (the
truncated factorisation), for questions across worlds from all states of the noises. What is compared is every cell of
the answer, for every value of what may be chosen freely.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from causaldsl.errors import UsageError
from causaldsl.graph.domain import Binary, Categorical
from causaldsl.graph.identification.estimand import Among, Fixed
from causaldsl.graph.identification.evaluation import Cells, answers
from causaldsl.graph.identification.events import Range, fixed, ranges
from causaldsl.graph.identification.random_models import RandomModel, draw_model

if TYPE_CHECKING:
    from causaldsl.graph.identification.identification import Identification
    from causaldsl.graph.ir import CausalGraph
    from causaldsl.graph.question import Probability

_MOST_LEVELS = 4


def verify(found: Identification, trials: int = 10, seed: int = 0) -> float:
    """Compare an estimand with the truth in random models.

    Parameters
    ----------
    found : Identification
        Of something that is identifiable.
    trials : int
        How many models are drawn.
    seed : int
        Of the randomness.

    Returns
    -------
    float
        The largest absolute difference of two cells. A right estimand differs by rounding only, 1e-12 or so.

    Raises
    ------
    UsageError
        If there is no estimand, or the models would be too large.
    """
    if found.estimand is None:
        raise UsageError(f"there is no estimand to verify: {found.reason}")
    random = np.random.default_rng(seed)
    return max((_difference(found, random) for _ in range(trials)), default=0.0)


def _difference(found: Identification, random: np.random.Generator) -> float:
    query = found.query
    about = {part.name for part in query.parts}
    model = draw_model(found.graph, random, about, _levels(found.graph, query, random))
    truth = true_table(model, found.graph, query)
    cells = answers(found, model.law())
    return float(np.abs(cells - truth.reshape(truth.shape + (1,) * (cells.ndim - truth.ndim))).max())


def _levels(graph: CausalGraph, query: Probability, random: np.random.Generator) -> dict[str, int]:
    """Choose how many levels each node has: those of its domain where they are few, else two or three."""
    least = {
        fixed(graph, part.name, part.value).level or 0
        for part in query.parts
        if part.value is not None and graph[part.name].domain is None
    }
    chosen = {}
    for node in graph.nodes:
        if isinstance(node.domain, Binary | Categorical):
            chosen[node.name] = len(node.domain.levels)
        else:
            chosen[node.name] = max(2 + int(random.integers(4) == 0), 1 + max(least, default=0))
    return chosen


def true_table(model: RandomModel, graph: CausalGraph, query: Probability) -> Cells:
    """Return the answer to a question about one world, in a model; one axis a name that the question leaves open."""
    law = model.law([intervention.name for intervention in query.do])
    left, right = ranges(graph, query.events), ranges(graph, query.given)
    done = {i.name: fixed(graph, i.name, i.value) for i in query.do if i.value is not None}
    open_left = [name for name, found in left.items() if not isinstance(found, Fixed | Among)]
    open_right = [i.name for i in query.do if i.value is None]
    open_right += [name for name, found in right.items() if not isinstance(found, Fixed | Among)]
    cells = _masked(law.values, law.names, done | right)
    below = type(law)(law.names, cells).marginal(open_right)
    above = type(law)(law.names, _masked(cells, law.names, left)).marginal([*open_left, *open_right])
    return above / below


def _masked(cells: Cells, names: Iterable[str], found: Mapping[str, Range]) -> Cells:
    """Put 0 where a node is not at the value, or at one of the values, that it shall have."""
    for axis, name in enumerate(names):
        match found.get(name):
            case Fixed(level=int(level)):
                keep = (level,)
            case Among(levels=tuple(keep)):
                pass
            case Fixed() | Among() as unknown:
                raise UsageError(f"`{unknown}` has no level in a discrete model")
            case _:
                continue
        mask = np.zeros(cells.shape[axis])
        mask[list(keep)] = 1
        cells = cells * mask.reshape([-1 if i == axis else 1 for i in range(cells.ndim)])
    return cells
