"""Random models of a graph: a function and a noise for every node, so that everything about them can be computed.

Each node takes its value by a random function of its causes and of a noise of its own; each `A <-> B` is a latent node
with arrows into both. All variables are discrete, and every level of a node is possible whatever its causes are, so
that every law of what is seen is positive. As the functions are known, so are the laws under interventions (each node
contributes `P(V | its causes)`, nodes that are set contribute nothing: the truncated factorisation [1]_) and the joint
laws across worlds (all worlds share their noises [1]_, section 7.1).

References
----------
.. [1] Pearl, Causality, 2nd ed., Cambridge University Press 2009 (pearl2009).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from causaldsl.errors import UsageError
from causaldsl.graph.identification.evaluation import Cells, Tabulated

if TYPE_CHECKING:
    from causaldsl.graph.ir import CausalGraph

Levels = NDArray[np.int64]

MOST_VARIABLES = 32
"""The most variables of a model, latents included: arrays have no more axes."""

MOST_CELLS = 2**22
"""The largest table."""


@dataclass(frozen=True, eq=False)
class RandomModel:
    """A discrete structural causal model.

    Parameters
    ----------
    levels : mapping of str to int
        All variables, causes before effects, with how many levels each has; common causes are called `A <-> B`.
    observed : tuple of str
        Those that are seen.
    parents : mapping of str to tuple of str
        The causes of each.
    noises : mapping of str to array, shape (states,)
        The law of each one's own noise.
    functions : mapping of str to array of int64, shape (levels of the first cause, .., states)
        The level that each takes.
    """

    levels: Mapping[str, int]
    observed: tuple[str, ...]
    parents: Mapping[str, tuple[str, ...]]
    noises: Mapping[str, Cells]
    functions: Mapping[str, Levels]

    @cached_property
    def _axis(self) -> Mapping[str, int]:
        return {name: i for i, name in enumerate(self.levels)}

    def conditional(self, name: str) -> Cells:
        """Return `P(V | its causes)`; one axis a cause, in their order, and the last for V."""
        chosen = self.functions[name][..., None] == np.arange(self.levels[name])
        table: Cells = np.einsum("...sl,s->...l", chosen, self.noises[name])
        return table

    def law(self, do: Collection[str] = ()) -> Tabulated:
        """Return the joint law of what is seen.

        Parameters
        ----------
        do : collection of str
            Nodes that are set: the table has a law of the others for each of their settings.

        Returns
        -------
        Tabulated
            One axis an observed node.
        """
        tables = [self._spread(name) for name in self.levels if name not in do]
        for name in self.levels:
            if name in self.observed:
                continue
            axis = self._axis[name]
            users = [table for table in tables if table.shape[axis] > 1]
            tables = [table for table in tables if table.shape[axis] == 1]
            tables.append(_product(users).sum(axis=axis, keepdims=True))
        hidden = tuple(axis for name, axis in self._axis.items() if name not in self.observed)
        kept = [name for name in self.levels if name in self.observed]
        whole = np.broadcast_to(
            _product(tables), [n if name in self.observed else 1 for name, n in self.levels.items()]
        )
        return Tabulated(tuple(kept), whole.squeeze(hidden))

    def _spread(self, name: str) -> Cells:
        """Return `P(V | its causes)` with one axis a variable of the model, of length 1 where it is not about it."""
        around = (*self.parents[name], name)
        order = sorted(range(len(around)), key=lambda i: self._axis[around[i]])
        shape = [n if other in around else 1 for other, n in self.levels.items()]
        return self.conditional(name).transpose(order).reshape(shape)

    @cached_property
    def weights(self) -> Cells:
        """The law of all noises, one axis a variable.

        Raises
        ------
        UsageError
            If that is too large a table.
        """
        shape = [len(noise) for noise in self.noises.values()]
        if np.prod([float(n) for n in shape]) > MOST_CELLS:
            raise UsageError(f"the noises of {len(shape)} variables are too many to enumerate", "ask about fewer nodes")
        return _product([noise.reshape(_along(i, len(shape))) for i, noise in enumerate(self.noises.values())])

    def world(self, do: Mapping[str, int | Levels]) -> dict[str, Levels]:
        """Return the level of every variable where some are set, for every state of the noises.

        Parameters
        ----------
        do : mapping of str to int or array
            A level for each; or levels for every state of the noises, such as those of another world.

        Returns
        -------
        dict of str to array of int64
            Each with one axis a noise, of length 1 where it does not depend on it.
        """
        found: dict[str, Levels] = {}
        ndim = len(self.levels)
        for i, name in enumerate(self.levels):
            if name in do:
                found[name] = np.asarray(do[name], dtype=np.int64).reshape(np.shape(do[name]) or (1,) * ndim)
            else:
                noise = np.arange(len(self.noises[name])).reshape(_along(i, ndim))
                found[name] = self.functions[name][(*(found[parent] for parent in self.parents[name]), noise)]
        return found


def draw_model(
    graph: CausalGraph,
    random: np.random.Generator,
    about: Iterable[str],
    levels: Mapping[str, int] | None = None,
    states: int = 5,
) -> RandomModel:
    """Draw a model of the part of a graph that some nodes depend on.

    Parameters
    ----------
    graph : CausalGraph
        The graph, with `<->` and declared latents.
    random : numpy.random.Generator
        The randomness.
    about : iterable of str
        Nodes; they and their ancestors are in the model.
    levels : mapping of str to int, optional
        How many levels nodes have; 2 where it is silent.
    states : int
        How many states each noise has, at the least.

    Raises
    ------
    UsageError
        If the part has too many nodes.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> graph = read_text("binary A, B, C; A -> B; A <-> B; B -> C")
    >>> model = draw_model(graph, np.random.default_rng(0), ["B"])
    >>> model.law().names, round(float(model.law().values.sum()), 12)
    (('A', 'B'), 1.0)
    """
    levels = levels or {}
    within = graph.ancestors(about)
    parents = {n.name: list(n.parents) for n in graph.nodes if n.name in within}
    latents: dict[str, None] = {}
    for a, b in graph.confounded:
        if a in within and b in within:
            name = f"{a} <-> {b}"
            while name in graph or name in latents:
                name += "'"
            latents[name] = None
            parents[a].append(name)
            parents[b].append(name)
    order = [*latents, *(name for name in graph.order if name in within)]
    if len(order) > MOST_VARIABLES:
        raise UsageError(f"{len(order)} variables are too many to try a model of", f"at most {MOST_VARIABLES}")
    count = {name: levels.get(name, 2) for name in order}
    if np.prod([float(count[name]) for name in order if name not in latents]) > MOST_CELLS:
        raise UsageError(f"the joint law of {len(within)} nodes is too large a table", "ask about fewer nodes")
    noises, functions = {}, {}
    for name in order:
        own = count[name]
        total = max(states, own) if parents.get(name) else own  # what has no causes takes its noise as it is
        noises[name] = random.dirichlet(np.full(total, 2.0))
        above = tuple(count[parent] for parent in parents.get(name, ()))
        some = random.integers(own, size=(*above, total - own))
        every = np.broadcast_to(np.arange(own), (*above, own))  # each level is possible
        functions[name] = random.permuted(np.concatenate([every, some], axis=-1), axis=-1)
    return RandomModel(
        count,
        tuple(name for name in order if name not in latents and not graph[name].latent),
        {name: tuple(parents.get(name, ())) for name in order},
        noises,
        functions,
    )


def _along(axis: int, ndim: int) -> tuple[int, ...]:
    """Return the shape that lays a vector along an axis."""
    return tuple(-1 if i == axis else 1 for i in range(ndim))


def _product(tables: Iterable[Cells]) -> Cells:
    product: Cells = np.ones(())
    for table in tables:
        product = product * table
    return product
