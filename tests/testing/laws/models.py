"""Models that break the laws, each in one way."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from torch import Generator, Tensor

from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.read import read_text
from causaldsl.scm.build import compile_graph
from causaldsl.scm.controller import Controller, Values
from causaldsl.scm.model import CausalModel

CHAIN = """binary A, B, D
categorical C {low, middle, high}
A := bernoulli(0.4)
B | A := [[0.8, 0.2], [0.3, 0.7]]
C | B := [[0.6, 0.3, 0.1], [0.1, 0.3, 0.6]]
D := bernoulli(sigmoid(A - 0.5))
"""
"""C <- B <- A -> D."""

REAL = """real A, B, C
A := normal(0, 1)
B := 0.8*A + normal(0, 1)
C := 2*B - 1 + normal(0, 0.5)
"""


def simulator(text: str) -> CausalModel:
    """The model of a text."""
    return compile_graph(read_text(text))


class SharedNoise(Controller):
    """Two nodes have one noise, of which the graph knows nothing."""

    shared: tuple[str, str] = ("A", "B")

    def noise(self, n: int, generator: Generator) -> Values:
        found = super().noise(n, generator)
        found[self.shared[1]] = found[self.shared[0]]
        return found

    def stream(self, n: int, generator: Generator, unread: Collection[str]) -> Values:
        return self.noise(n, generator)


class SpareNoise(Controller):
    """No noise is drawn for what is set, so that all that is drawn after it is another."""

    def sample(self, n: int, generator: Generator, do: Any = None, world: Any = None, **options: Any) -> Values:
        if world is not None and not world.values:
            self.noise(1, generator)
        return super().sample(n, generator, do, world, **options)


def with_controller(model: CausalModel, kind: type[Controller], **attributes: Any) -> CausalModel:
    """The same model with another controller."""
    controller = kind(model.controller.graph, {name: model.controller[name] for name in model.controller.nodes})
    for name, value in attributes.items():
        setattr(controller, name, value)
    return CausalModel(model.graph, controller, {name: model.image(name) for name in model.graph.images})


class Changed(CausalModel):
    """A model that is the same as another but for what a subclass changes."""

    def __init__(self, model: CausalModel) -> None:
        super().__init__(model.graph, model.controller, {name: model.image(name) for name in model.graph.images})


def labels(graph: CausalGraph, columns: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Columns that may be written into."""
    return {name: column.clone() for name, column in columns.items()}
