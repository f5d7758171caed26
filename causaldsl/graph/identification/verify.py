"""An estimand tried out: models of the graph are drawn, and what it says of their law is compared with the truth.

The truth needs no identification. For `P(Y | do(X), Z)` it is read from the joint law under the intervention (the
truncated factorisation), for questions across worlds from all states of the noises. What is compared is every cell of
the answer, for every value of what may be chosen freely.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from causaldsl.errors import UsageError
from causaldsl.graph.domain import Binary, Categorical, Value
from causaldsl.graph.expression import Counterfactual, Variable
from causaldsl.graph.identification.estimand import Among, Factor, Fixed, Symbol, each_once
from causaldsl.graph.identification.evaluation import Cells, answers, quotient
from causaldsl.graph.identification.events import Range, fixed, ranges, ranges_of
from causaldsl.graph.identification.random_models import Levels, RandomModel, draw_model

if TYPE_CHECKING:
    from causaldsl.graph.identification.identification import Identification
    from causaldsl.graph.ir import CausalGraph
    from causaldsl.graph.question import Probability


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
    about = {part.name for part in query.parts} | {name for name, _ in _settings(query)}
    if found.estimand is not None:
        about |= {t.node for part in each_once(found.estimand) if isinstance(part, Factor) for t in part.terms}
    levels = _levels(found.graph, query, random)
    model = draw_model(found.graph, random, about, levels, states=5 if query.rung < 3 else 3)
    truth = (true_table if query.rung < 3 else true_counterfactual)(model, found.graph, query)
    cells = answers(found, model.law())
    truth = truth.reshape(truth.shape + (1,) * (cells.ndim - truth.ndim))
    apart = np.abs(np.where(np.isnan(truth), 0.0, cells - truth))  # what is given can never be: any answer will do
    return float(np.where(np.isnan(apart), np.inf, apart).max())


def _levels(graph: CausalGraph, query: Probability, random: np.random.Generator) -> dict[str, int]:
    """Choose how many levels each node has: as many as its domain, else two or three, and those that are named."""
    least = dict.fromkeys((node.name for node in graph.nodes), 2)
    for name, value in _values(query):
        least[name] = max(least[name], 1 + (fixed(graph, name, value).level or 0))
    return {
        node.name: len(node.domain.levels)
        if isinstance(node.domain, Binary | Categorical)
        else max(least[node.name], 2 + int(random.integers(4) == 0))
        for node in graph.nodes
    }


def _values(query: Probability) -> Iterator[tuple[str, Value]]:
    """Yield the values that a question names, those that its worlds set included."""
    yield from ((part.name, part.value) for part in query.parts if part.value is not None)
    for name, value in _settings(query):
        if not isinstance(value, Counterfactual):
            yield name, value


def _settings(query: Probability) -> Iterator[tuple[str, Value | Counterfactual]]:
    """Yield what the worlds of a question set, worlds within worlds included."""
    todo: list[object] = [event.variable for event in (*query.events, *query.given)]
    while todo:
        variable = todo.pop()
        if isinstance(variable, Counterfactual):
            yield from variable.world
            todo += (value for _, value in variable.world)


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
    return quotient(above, below)


def true_counterfactual(model: RandomModel, graph: CausalGraph, query: Probability) -> Cells:
    """Return the answer to a question across worlds, in a model: from all states of its noises."""
    above, below = model.weights, model.weights
    axes: dict[str, Levels] = {}
    for given, events in ((True, query.given), (False, query.events)):
        for variable, found in ranges_of(graph, events).items():
            levels = _levels_of(model, graph, variable)
            if isinstance(found, Symbol):
                axes[str(variable)] = levels
            else:
                keep = _kept(found)
                above = above * np.isin(levels, keep)
                below = below * np.isin(levels, keep) if given else below
    conditions = {str(event) for event in query.given}
    names = {str(event): event.name for event in (*query.events, *query.given)}
    table = np.zeros([model.levels[names[spelled]] for spelled in query.open])
    for cell in np.ndindex(*table.shape):
        at = dict(zip(query.open, cell, strict=True))
        part, whole = above, below
        for spelled, level in at.items():
            part = part * (axes[spelled] == level)
            whole = whole * (axes[spelled] == level) if spelled in conditions else whole
        table[cell] = quotient(part.sum(), whole.sum())
    return table


def _levels_of(model: RandomModel, graph: CausalGraph, variable: Variable | Counterfactual) -> Levels:
    """Return the level of a variable of some world for every state of the noises."""
    done: dict[str, int | Levels] = {}
    for name, value in variable.world if isinstance(variable, Counterfactual) else ():
        if isinstance(value, Counterfactual):
            done[name] = _levels_of(model, graph, value)
        else:
            (done[name],) = _kept(fixed(graph, name, value))
    return model.world(done)[variable.name]


def _kept(found: Fixed | Among) -> tuple[int, ...]:
    """Return the levels that are meant."""
    match found:
        case Fixed(level=int(level)):
            return (level,)
        case Among(levels=tuple(levels)):
            return levels
    raise UsageError(f"`{found}` has no level in a discrete model")


def _masked(cells: Cells, names: Iterable[str], found: Mapping[str, Range]) -> Cells:
    """Put 0 where a node is not at the value, or at one of the values, that it shall have."""
    for axis, name in enumerate(names):
        some = found.get(name)
        if not isinstance(some, Fixed | Among):
            continue
        mask = np.zeros(cells.shape[axis])
        mask[list(_kept(some))] = 1
        cells = cells * mask.reshape([-1 if i == axis else 1 for i in range(cells.ndim)])
    return cells
