"""Controller: the SCM over all label nodes, evaluated in batches of nodes that have one depth and one shape."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Self, cast

import torch
from torch import Generator, Tensor, nn

from causaldsl.graph.domain import Discrete, Image
from causaldsl.graph.ir import CausalGraph
from causaldsl.scm.mechanism import DiscreteMechanism, Mechanism
from causaldsl.scm.propagation import NARROW, Stream, evaluated, widened
from causaldsl.scm.stacked import tensors_of, together
from causaldsl.scm.world import World

Values = dict[str, Tensor]
"""Node name to its column: int64 level indices or float reals, shape (n,)."""

DRAWS_OF_PICTURES = 10_000
"""Units from which a law is told, at most, where pictures must be drawn for each."""
CELLS_OF_PICTURES = 2**22
"""The most values that units drawn at once have, where some are of pixels."""
TABLE_LIMIT = 2**12
"""A mechanism with at most so many parent combinations is evaluated through its table."""


def key(name: str) -> str:
    """Return the key of a node's weights: `node:Male`, with what torch forbids in module names escaped."""
    return "node:" + name.replace("%", "%25").replace(".", "%2E")


class Controller(nn.Module):
    """The mechanisms of all label nodes, latent ones too, and of the pictures that something depends on.

    Parameters
    ----------
    graph : CausalGraph
        The graph; the other pictures are not the controller's.
    mechanisms : mapping of str to Mechanism
        One a node.
    """

    def __init__(self, graph: CausalGraph, mechanisms: Mapping[str, Mechanism]) -> None:
        super().__init__()
        self.graph = graph
        self.nodes = tuple(name for name in graph.by_name if name in mechanisms)
        self.by_node = nn.ModuleDict({key(name): mechanisms[name] for name in self.nodes})
        self.in_order = self.batches(graph)
        self._batch_of = {name: batch for batch in self.in_order for name in batch}
        self._tables: dict[str, tuple[Tensor, Tensor]] = {}
        self._stamp: tuple[tuple[int, int], ...] = ()
        self._device: torch.device | None = None

    def __getitem__(self, name: str) -> Mechanism:
        mechanism = self.by_node[key(name)]
        assert isinstance(mechanism, Mechanism)
        return mechanism

    @property
    def device(self) -> torch.device:
        """Where the parameters live, or what else a mechanism keeps."""
        if self._device is None:  # a walk over all mechanisms, and asked for at each of them
            self._device = next((t.device for t in chain(self.parameters(), self.buffers())), torch.device("cpu"))
        return self._device

    def _apply(self, fn: Any, recurse: bool = True) -> Self:
        self._device = None
        return cast(Self, super()._apply(fn, recurse))  # type: ignore[no-untyped-call] # torch moves modules by it

    def subset(self, names: Iterable[str]) -> nn.ModuleDict:
        """Return some nodes' mechanisms under the keys of their weights."""
        return nn.ModuleDict({key(name): self[name] for name in names})

    @property
    def pictures(self) -> tuple[str, ...]:
        """The image nodes among its nodes."""
        return tuple(name for name in self.nodes if isinstance(self[name].shape.domain, Image))

    @property
    def width(self) -> int:
        """How many numbers the values of a unit are: one a label, one a pixel."""
        pixels = (math.prod(d.shape) for n in self.pictures if isinstance(d := self[n].shape.domain, Image))
        return len(self.nodes) - len(self.pictures) + sum(pixels)

    def affordable(self, draws: int) -> int:
        """Return so many draws, or as many as there is time for where pictures must be drawn for each."""
        return min(draws, DRAWS_OF_PICTURES) if self.pictures else draws

    def at_once(self, n: int) -> int:
        """Return `n`, or how many units there is room for at once where pictures are drawn for each."""
        return min(n, max(1, CELLS_OF_PICTURES // self.width)) if self.pictures else n

    def before_pictures(self) -> Controller:
        """Return a controller of the nodes that are no pictures and below none; their law needs no other."""
        below = self.graph.descendants(self.pictures)
        return self._of([name for name in self.nodes if name not in below])

    def ancestral(self, names: Iterable[str]) -> Controller:
        """Return a controller of some nodes and their ancestors; the whole where it would draw no fewer pictures."""
        if not self.pictures:
            return self
        causes = self.graph.ancestors(names)
        kept = self._of([name for name in self.nodes if name in causes])
        return kept if len(kept.pictures) < len(self.pictures) else self

    def _of(self, names: Sequence[str]) -> Controller:
        if len(names) == len(self.nodes):
            return self
        return Controller(self.graph, {name: self[name] for name in names}).train(self.training)

    def alike(self, names: Iterable[str]) -> list[tuple[str, ...]]:
        """Partition nodes into batches whose mechanisms differ in their weights alone."""
        batches: dict[Hashable, list[str]] = {}
        for name in names:
            mechanism = self[name]
            shape = mechanism.shape
            sign: Hashable = name
            if mechanism.vectorises:
                state = tuple((k, tuple(t.shape)) for k, t in mechanism.state_dict().items())
                sign = (type(mechanism), shape.domain, tuple(d for _, d in shape.parents), state)
            batches.setdefault(sign, []).append(name)
        return [tuple(batch) for batch in batches.values()]

    def parents(self, name: str, values: Mapping[str, Tensor]) -> Tensor:
        """Return the parents' values of a node, shape (n, number of parents), float; of a picture its pixels."""
        mechanism = self[name]
        columns = [values[parent] for parent, _ in mechanism.shape.parents]
        if not columns:
            n = len(next(iter(values.values()))) if values else 0
            return torch.zeros(n, 0, device=self.device)
        columns = [c.to(mechanism.precision) for c in columns]
        if any(isinstance(domain, Image) for _, domain in mechanism.shape.parents):
            return torch.cat([c if c.dim() == 2 else c.unsqueeze(-1) for c in columns], dim=-1)
        return torch.stack(columns, dim=-1)

    def run(self, names: Sequence[str], method: str, *inputs: Sequence[Tensor]) -> Tensor:
        """Call one method of the mechanisms of an alike batch of nodes, all at once.

        Parameters
        ----------
        names : sequence of str
            An alike batch (see `alike`).
        method : str
            Its name, such as `forward`.
        inputs : sequences of Tensor
            For each argument of the method one tensor a node.

        Returns
        -------
        Tensor, shape (len(names), ...)
        """
        if len(names) == 1:
            result: Tensor = getattr(self[names[0]], method)(*(i[0] for i in inputs))
            return result.unsqueeze(0)
        states = [tensors_of(self[name]) for name in names]
        weights = {k: torch.stack([state[k] for state in states]) for k in states[0]}
        return together(self[names[0]], method, weights, [torch.stack(list(i)) for i in inputs])

    def batches(self, graph: CausalGraph) -> tuple[tuple[str, ...], ...]:
        """Return all nodes in alike batches of one depth, causes first, in a graph that may differ in its edges."""
        depths: dict[int, list[str]] = {}
        for name in graph.order:
            if key(name) in self.by_node:
                depths.setdefault(graph.depth[name], []).append(name)
        return tuple(batch for _, names in sorted(depths.items()) for batch in self.alike(names))

    def noise(self, n: int, generator: Generator) -> Values:
        """Draw every node's exogenous noise, in the order of declaration, overridden or not."""
        return {name: self[name].noise(n, generator) for name in self.nodes}

    def stream(self, n: int, generator: Generator, unread: Collection[str]) -> Mapping[str, Tensor]:
        """Return noise as `noise` draws it, to be read once a node, but for those whose noise nobody will read."""
        return Stream(self, n, generator, unread)

    @torch.no_grad()
    def propagate(
        self,
        noise: Mapping[str, Tensor],
        do: Mapping[str, Tensor] | None = None,
        world: World | None = None,
        soft_noise: Mapping[str, Tensor] | None = None,
    ) -> Values:
        """Evaluate all nodes, causes first: the world of this noise under an intervention.

        Parameters
        ----------
        noise : mapping of str to Tensor, shape (n, width)
            As `noise` draws it.
        do : mapping of str to Tensor, shape () or (n,)
            The values that override mechanisms; those that `world` sets need not be in it.
        world : World, optional
            The intervention.
        soft_noise : mapping of str to Tensor, shape (n, draws)
            The noise of each new law of the world.

        Returns
        -------
        dict of str to Tensor, shape (n,)
            In the order of declaration; int64 for discrete nodes.
        """
        n = len(next(iter(noise.values())))
        self.refresh()
        found = evaluated(self, n, noise, do or {}, world or World(self.graph), soft_noise or {})
        return {name: widened(column) for name, column in found.items()}

    def natural(self, names: Sequence[str], noise: Mapping[str, Tensor], values: Values) -> Values:
        """Return what the mechanisms of an alike batch of nodes make of their causes and noise."""
        return {name: self.typed(name, column) for name, column in self.made(names, noise, values).items()}

    def made(self, names: Sequence[str], noise: Mapping[str, Tensor], values: Values) -> Values:
        """Return what `natural` does, in whatever type it comes; each noise is read once."""
        if isinstance(self[names[0]], DiscreteMechanism) and self.tabulable(names[0]):
            return {name: self._by_table(name, noise[name], values) for name in names}
        drawn = [noise[name] for name in names]
        parents = [
            self.parents(name, values) if self[name].shape.parents else own[:, :0]
            for name, own in zip(names, drawn, strict=True)
        ]
        return dict(zip(names, self.run(names, "forward", parents, drawn), strict=True))

    def typed(self, name: str, column: Tensor) -> Tensor:
        """Return a column as its node has it: levels as int64, reals in the mechanism's precision."""
        return column.to(torch.int64 if isinstance(self[name].shape.domain, Discrete) else self[name].precision)

    def _by_table(self, name: str, noise: Tensor, values: Values) -> Tensor:
        table, cell = self._tabulated(name)[1], self.cell(name, values)
        row = table[:1] if cell is None else table.index_select(0, cell)
        return noise.squeeze(-1) < row if row.dim() == 1 else (row + noise).argmax(-1)

    def refresh(self) -> None:
        """Forget the tables of mechanisms whose weights may have changed since they were made.

        A fused optimiser changes weights and leaves no trace, so while a model trains no table is kept.
        """
        stamp = tuple((t._version, t.data_ptr()) for t in (*self.parameters(), *self.buffers()))
        if stamp != self._stamp or (self.training and next(self.parameters(), None) is not None):
            self._stamp, self._tables = stamp, {}

    def law(self, name: str) -> Tensor:
        """Return the probabilities of a tabulable node, shape (parent combinations, levels), float64.

        The last parent's level runs fastest. Call `refresh` before, once for many nodes.
        """
        return self._tabulated(name)[0]

    def _tabulated(self, name: str) -> tuple[Tensor, Tensor]:
        """Return a node's law, and what its noise is compared with: P(1), or all levels' log probabilities."""
        if name not in self._tables:
            batch = self._batch_of[name]
            for other, log_p in zip(batch, self.tables(batch), strict=True):
                p = log_p.double().exp()
                coupled = log_p[:, 1].exp().float() if log_p.shape[-1] == 2 else log_p
                self._tables[other] = p / p.sum(-1, keepdim=True), coupled
        return self._tables[name]

    def tabulable(self, name: str) -> bool:
        """Whether a node and all its parents are discrete, its mechanism tabulates, and the table is small."""
        mechanism = self[name]
        sizes = [len(d.levels) for _, d in mechanism.shape.parents if isinstance(d, Discrete)]
        if not mechanism.tabulates or len(sizes) < len(mechanism.shape.parents):
            return False
        cells = 1
        for size in sizes:
            cells *= size
        return cells <= TABLE_LIMIT

    def cell(self, name: str, values: Mapping[str, Tensor]) -> Tensor | None:
        """Return the row of a node's table that each unit's parents select, shape (n,); None for a root."""
        index: Tensor | None = None
        cells = 1
        for parent, domain in self[name].shape.parents:
            assert isinstance(domain, Discrete)
            cells *= len(domain.levels)
            column = values[parent] if cells <= NARROW else values[parent].long()
            index = column if index is None else torch.add(column, index, alpha=len(domain.levels))
        return None if index is None else index.long()

    @torch.no_grad()
    def tables(self, names: Sequence[str]) -> Tensor:
        """Tabulate an alike batch of tabulable nodes.

        Returns
        -------
        Tensor, shape (len(names), parent combinations, levels)
            Log probabilities; the last parent's level runs fastest.
        """
        mechanism = self[names[0]]
        levels = [
            torch.arange(len(d.levels), device=self.device)
            for _, d in mechanism.shape.parents
            if isinstance(d, Discrete)
        ]
        grid = torch.cartesian_prod(*levels).reshape(-1, len(levels)) if levels else torch.zeros(1, 0)
        grid = grid.to(device=self.device, dtype=mechanism.precision)
        return self.run(names, "log_probabilities", [grid] * len(names))

    @torch.no_grad()
    def sample(
        self,
        n: int,
        generator: Generator,
        do: Mapping[str, Tensor] | None = None,
        world: World | None = None,
        *,
        narrow: bool = False,
    ) -> Values:
        """Draw `n` units under an intervention by ancestral sampling; `narrow` leaves levels bytes where they fit."""
        self.refresh()
        world = world or World(self.graph)
        noise = self.stream(n, generator, {*(do or {}), *world.values})
        if world.laws and isinstance(noise, Stream):  # the noise of new laws comes after that of all nodes
            noise.finish()
        soft_noise = {name: law.noise(n, generator) for name, law in world.laws.items()}
        found = evaluated(self, n, noise, do or {}, world, soft_noise)
        if isinstance(noise, Stream):
            noise.finish()
        return found if narrow else {name: widened(column) for name, column in found.items()}
