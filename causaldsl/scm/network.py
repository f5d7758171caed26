"""Network: a model in several worlds at once, as factors.

The factual world and those in which something is done share one exogenous noise (Balke and Pearl 1994: twin networks).
A node has a copy a world, but for one that has the same causes there: copies with the same causes and noise are the
same variable. A node with one copy has its noise summed out already: its factor is its table, P(node | causes). A node
with several has its noise as a variable of its own, cut into regions in which it answers every combination of causes
alike, and each copy is a function of its causes and the region.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from causaldsl.graph.domain import Discrete
from causaldsl.graph.reach import reach
from causaldsl.scm.controller import Controller
from causaldsl.scm.elimination import Factor, Table
from causaldsl.scm.formula import Formula
from causaldsl.scm.world import World

Key = tuple[str, int]
"""A node's copy: its name and a number."""


class NotTabledError(Exception):
    """No table holds a node's law, or its noise; whoever asks draws samples instead.

    Parameters
    ----------
    node : str
        The node.
    """

    def __init__(self, node: str) -> None:
        super().__init__(node)
        self.node = node


@dataclass(frozen=True)
class _Copy:
    """How one copy of a node comes about: from its mechanism, from another law, or by being set to a value."""

    causes: tuple[Key, ...] = ()
    law: Formula | None = None
    value: int | float | None = None


@dataclass
class Network:
    """The worlds of a model.

    Parameters
    ----------
    controller : Controller
        The model.
    """

    controller: Controller
    _copies: dict[Key, _Copy] = field(default_factory=dict)
    _known: dict[tuple[str, _Copy], Key] = field(default_factory=dict)

    def add(self, world: World, borrowed: Mapping[str, Key] | None = None) -> dict[str, Key]:
        """Add a world, and return for each node the copy that is its value there.

        Parameters
        ----------
        world : World
            What is done; levels are indices.
        borrowed : mapping of str to Key, optional
            Nodes that are set to the value that some node has in a world added before.
        """
        here: dict[str, Key] = dict(borrowed or {})
        for name in world.after.order:
            if name in here or name not in self.controller.nodes:
                continue
            if name in world.values:
                here[name] = self._copy(name, _Copy(value=world.values[name]))
                continue
            law = world.laws.get(name)
            if law is None or name in law.causes:
                causes = tuple(here[parent] for parent, _ in self.controller[name].shape.parents)
                here[name] = self._copy(name, _Copy(causes))
            if law is not None:
                here[name] = self._copy(name, _Copy(tuple(here[cause] for cause in law.causes), law))
        return here

    def factors(self, asked: Iterable[Key]) -> list[Factor]:
        """Return the factors of some copies and of all that causes them; their product is the joint law.

        Raises
        ------
        NotTabledError
            If a node is not discrete, or its mechanism has no table, or its noise no regions where they are needed.
        """
        relevant = reach(lambda key: self._copies[key].causes, dict.fromkeys(asked))
        plain: dict[str, list[Key]] = {}
        found = []
        for key, copy in self._copies.items():
            if key not in relevant:
                continue
            domain = self.controller[key[0]].shape.domain
            if not isinstance(domain, Discrete):
                raise NotTabledError(key[0])
            if copy.value is not None:
                table = np.zeros(len(domain.levels))
                table[int(copy.value)] = 1
                found.append(Factor((key,), table))
            elif copy.law is not None:
                found.append(Factor((*copy.causes, key), self._law(copy.law)))
            else:
                plain.setdefault(key[0], []).append(key)
        for name, keys in plain.items():
            found += self._mechanism(name, keys)
        return found

    def origin(self, asked: Iterable[Key]) -> str:
        """Say where the numbers in the tables of some copies, and of all that causes them, come from."""
        relevant = reach(lambda key: self._copies[key].causes, dict.fromkeys(asked))
        learned = [k[0] for k, c in self._copies.items() if k in relevant and c.value is None and c.law is None]
        counted = [o for o in dict.fromkeys(self.controller[name].origin for name in learned) if o != "exact"]
        return ", ".join(counted) or "exact"

    def repeated(self, asked: Iterable[Key]) -> tuple[str, ...]:
        """Return the nodes whose mechanism makes more than one of some copies and of all that causes them."""
        relevant = reach(lambda key: self._copies[key].causes, dict.fromkeys(asked))
        made = [k[0] for k, c in self._copies.items() if k in relevant and c.value is None and c.law is None]
        return tuple(name for name in dict.fromkeys(made) if made.count(name) > 1)

    def _copy(self, name: str, copy: _Copy) -> Key:
        key = self._known.setdefault((name, copy), (name, len(self._known)))
        self._copies[key] = copy
        return key

    def _law(self, law: Formula) -> Table:
        """Tabulate a new law: shape (causes' levels, ..., levels)."""
        sizes = [len(d.levels) if isinstance(d, Discrete) else 0 for d in law.causes.values()]
        if law.outcomes is None or 0 in sizes:
            raise NotTabledError(law.name)
        grid = grid_of(sizes, self.controller.device)
        columns = {cause: grid[:, i] for i, cause in enumerate(law.causes)}
        return law.probabilities(columns, len(grid), grid.device).reshape(*sizes, -1).cpu().numpy()

    def _mechanism(self, name: str, keys: Sequence[Key]) -> list[Factor]:
        """Return the factors of all copies of a node that come from its mechanism."""
        if not self.controller.tabulable(name):
            raise NotTabledError(name)
        sizes = [len(d.levels) for _, d in self.controller[name].shape.parents if isinstance(d, Discrete)]
        if len(keys) == 1:
            law = self.controller.law(name).reshape(*sizes, -1).cpu().numpy()
            return [Factor((*self._copies[keys[0]].causes, keys[0]), law)]
        mechanism = self.controller[name]
        with torch.no_grad():
            regions = mechanism.regions(grid_of(sizes, self.controller.device).to(mechanism.precision))
        if regions is None:
            raise NotTabledError(name)
        weights, answers = regions
        levels = self.controller.law(name).shape[-1]
        noise: Key = (f"noise of {name}", -1)
        answered = np.eye(levels)[answers.cpu().numpy()].reshape(*sizes, len(weights), levels)
        shared = Factor((noise,), weights.cpu().numpy())
        return [shared, *(Factor((*self._copies[k].causes, noise, k), answered) for k in keys)]


def grid_of(sizes: Sequence[int], device: torch.device) -> Tensor:
    """Return all combinations of levels, the last fastest, shape (combinations, variables), int64."""
    if not sizes:
        return torch.zeros(1, 0, dtype=torch.long, device=device)
    return torch.cartesian_prod(*(torch.arange(size, device=device) for size in sizes)).reshape(-1, len(sizes))
