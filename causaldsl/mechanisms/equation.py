"""`equation`: what the text knows of a node (`Y := ..`), an expression or a table; there is nothing to learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from causaldsl.graph.expression import Table
from causaldsl.plugins.protocols import NodeShape, Schedule

if TYPE_CHECKING:
    from torch import Tensor

    from causaldsl.scm.controller import Controller
    from causaldsl.scm.mechanism import Mechanism


@dataclass(frozen=True)
class NoOptions:
    """An equation says everything itself."""


class Equation:
    """The plugin."""

    options: ClassVar[type] = NoOptions
    domains: ClassVar[frozenset[str]] = frozenset({"binary", "categorical", "real"})

    def build(self, shape: NodeShape, options: NoOptions) -> Mechanism:  # noqa: ARG002
        """Compile the equation of one node."""
        from causaldsl.mechanisms.equation_modules import KnownLaw, StructuralEquation

        return KnownLaw(shape) if isinstance(shape.equation, Table) else StructuralEquation(shape)

    def learner(
        self, controller: Controller, nodes: Sequence[str], rows: Mapping[str, Tensor], schedule: Schedule
    ) -> None:
        """Return nothing: there is nothing to learn."""


plugin = Equation()
