"""CausalModel: a controller over the labels with image models attached; what `compile` returns."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import torch
from torch import Generator, Tensor, nn

from causaldsl.errors import UsageError
from causaldsl.graph.domain import Image, Value
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.question import Query
from causaldsl.plugins.defaults import mechanism_of
from causaldsl.scm.answers import ClaimAnswer, NumberAnswer
from causaldsl.scm.ask import ask
from causaldsl.scm.controller import Controller, Values, key
from causaldsl.scm.coupling import coupling_of
from causaldsl.scm.exact import Law, LawTooLargeError, tabulable_nodes
from causaldsl.scm.identified import why_untold
from causaldsl.scm.image import ImageModel
from causaldsl.scm.imagine import counterfactual, posterior
from causaldsl.scm.randomness import seeded
from causaldsl.scm.sampling import Sample, assignment
from causaldsl.scm.world import World, world_of


@dataclass(frozen=True)
class Row:
    """One line of a model's summary."""

    name: str
    mechanism: str
    parents: tuple[str, ...]
    parameters: int
    depth: int


class CausalModel(nn.Module):
    """One generator a node: labels by the controller, pictures by image models.

    Parameters
    ----------
    graph : CausalGraph
        What was compiled.
    controller : Controller
        The mechanisms of the label nodes, and of the pictures that something depends on.
    images : mapping of str to ImageModel
        One an image node.
    """

    def __init__(self, graph: CausalGraph, controller: Controller, images: Mapping[str, ImageModel]) -> None:
        super().__init__()
        self.graph = graph
        self.controller = controller
        self.images = nn.ModuleDict({key(name): images[name] for name in graph.images})

    def image(self, name: str) -> ImageModel:
        """Return the model of an image node."""
        model = self.images[key(name)]
        assert isinstance(model, ImageModel)
        return model

    def summary(self) -> list[Row]:
        """Return a line a node, causes first."""
        rows = []
        graph = self.controller.graph
        for name in graph.order:
            module: nn.Module = self.image(name) if name in graph.images else self.controller[name]
            node = graph[name]
            count = sum(p.numel() for p in module.parameters())
            rows.append(Row(name, mechanism_of(node).kind, node.parents, count, graph.depth[name]))
        return rows

    @torch.no_grad()
    def sample(
        self,
        n: int,
        do: Mapping[str, Value] | None = None,
        given: Mapping[str, Value] | None = None,
        seed: int | None = 0,
        pictures: bool = True,
    ) -> Sample:
        """Draw `n` units of the world in which `do` was done, among those for which `given` holds there.

        Parameters
        ----------
        n : int
            How many; exactly so many are returned.
        do, given : mapping of str to int, float or str
            Levels by name or number, reals as numbers; in `do` also the text of a node's new law, which may name its
            natural value: `{"Age": ":= Age + 10"}`.
        seed : int, optional
            None draws fresh entropy.
        pictures : bool
            Whether to draw the image nodes too; where labels depend on pictures, units of one seed differ by it.

        Returns
        -------
        Sample
            Label columns, then image nodes.

        Raises
        ------
        UsageError
            If a name or value does not exist, or a real node was seen whose noise cannot be inferred.
        RunError
            If the evidence has probability zero.
        """
        if n < 1:
            raise UsageError(f"n is {n}; at least one unit must be asked for")
        world = world_of(self.controller.graph, do)
        seen = assignment(self.graph, given or {}, "given")
        generator, _ = seeded(seed, self.controller.device)
        once = n if pictures or seen else self.controller.at_once(n)  # pictures that no one asked for are let go
        sizes = [min(once, n - at) for at in range(0, n, once)]
        drawn = [self._drawn(size, world, seen, generator, pictures) for size in sizes]
        columns, notes = drawn[0]
        if len(drawn) > 1:
            columns = {name: torch.cat([part[name] for part, _ in drawn]) for name in columns}
        if (reason := why_untold(self, {*world.values, *world.laws})) is not None:
            notes = [f"{reason}; other models fit the data as well", *notes]
        return Sample(self.graph, columns, notes)

    def _drawn(
        self, n: int, world: World, seen: Mapping[str, int | float], generator: Generator, pictures: bool
    ) -> tuple[Values, list[str]]:
        values, notes = self._labels(n, world, seen, generator)
        columns = {name: values[name] for name in self.graph.columns}
        if pictures:
            columns |= {name: self.draw(name, values, generator) for name in self.graph.images}
        return columns, notes

    def _labels(
        self, n: int, world: World, seen: Mapping[str, int | float], generator: Generator
    ) -> tuple[Values, list[str]]:
        if not seen:
            return self.controller.sample(n, generator, world=world, narrow=True), []
        if set(seen) <= set(tabulable_nodes(self.controller, world)):
            law = Law(self.controller, world, {})
            with suppress(LawTooLargeError):  # then they are drawn by weight
                drawn = law.given({name: int(v) for name, v in seen.items()}).sample(n, generator)
                return self.controller.sample(n, generator, drawn, world, narrow=True), []
        _, values, note = posterior(self, n, world, seen, generator)
        return values, [] if note is None else [note]

    def counterfactual(
        self, evidence: Mapping[str, Any], do: Mapping[str, Value], n: int = 1000, seed: int | None = 0
    ) -> Sample:
        """Draw what units would have been had something else been done, given what they were seen to be.

        Parameters
        ----------
        evidence : mapping of str to value, or of str to a sequence of values (a data frame, say)
            One unit, or a row a unit; nodes that are not named were not seen. Pictures too, shape (channels, height,
            width) or a row a unit, in [-1, 1] or as bytes, where their model has an encoder; those of their causes that
            are not named are read from them.
        do : mapping of str to value
            As in `sample`.
        n : int
            Draws a unit.
        seed : int, optional
            None draws fresh entropy.

        Returns
        -------
        Sample
            The labels and the pictures that were seen, `n` rows a unit, unit after unit; its notes say what is assumed.

        Raises
        ------
        UsageError
            If a name or value does not exist, or a node's noise cannot be inferred from what was seen.
        RunError
            If what was seen has probability zero.

        Notes
        -----
        Rung 3 is not identified by data alone. The draws are those of this model's couplings, which the notes name.
        """
        if n < 1:
            raise UsageError(f"n is {n}; at least one draw must be asked for")
        generator, _ = seeded(seed, self.controller.device)
        columns, notes = counterfactual(self, evidence, do, n, generator)
        reason = why_untold(self, do.keys())
        doubts = [] if reason is None else [f"{reason}; other models fit the data as well"]
        redrawn = [name for name in self.graph.images if name in columns and set(do) & self.graph.ancestors([name])]
        return Sample(self.graph, columns, [*doubts, *notes, coupling_of(self.controller, do, redrawn)])

    def ask(
        self, question: str | Query, *, draws: int | None = None, seed: int = 0, allow_unidentified: bool = False
    ) -> NumberAnswer | ClaimAnswer:
        """Answer a question about numbers, `P(Y=1 | do(X=1))` or `E[Y[X=0] | X=1]`; see `causaldsl.scm.ask`."""
        return ask(self, question, draws, seed, allow_unidentified)

    def joint(self, do: Mapping[str, int] | None = None) -> Law:
        """Return the exact law of the discrete nodes whose causes are all discrete (levels as indices)."""
        return Law(self.controller, World(self.controller.graph, dict(do or {})), {})

    def draw(self, name: str, values: Mapping[str, Tensor], generator: Generator) -> Tensor:
        """Return pictures of an image node, shape (n, channels, height, width), in [-1, 1].

        Parameters
        ----------
        name : str
            The image node.
        values : mapping of str to Tensor, shape (n,)
            The causes of each picture. A picture that is among them, since something depends on it, is that one.
        generator : Generator
            Of the noise of those that are not.
        """
        model = self.image(name)
        domain = model.shape.domain
        assert isinstance(domain, Image)
        if name in values:
            return values[name].reshape(-1, *domain.shape)
        labels = model.encoded(values)
        return model.drawn(labels, model.noise(len(labels), generator))
