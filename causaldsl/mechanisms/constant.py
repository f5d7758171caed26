"""`constant`: a node that is the same whatever its causes, a value or a law; a test double, with nothing to learn."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from causaldsl.errors import UsageError
from causaldsl.graph.domain import Binary, Discrete, Real
from causaldsl.plugins.protocols import NodeShape, Schedule

if TYPE_CHECKING:
    from torch import Tensor

    from causaldsl.scm.controller import Controller
    from causaldsl.scm.mechanism import Mechanism


@dataclass(frozen=True)
class ConstantOptions:
    """Options of `constant`: one of them.

    Parameters
    ----------
    value : int, float or str
        The value, a level by its name or number.
    p : float or tuple of float
        The probability of 1, or a list of each level's.
    """

    value: int | float | str = 0
    p: float | tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.p == ():
            return
        if self.value != 0:
            raise ValueError("a value has no probabilities; give `value` or `p`")
        law = self.p if isinstance(self.p, tuple) else (self.p, 1 - self.p)
        if not all(isinstance(p, int | float) and 0 <= p <= 1 for p in law) or abs(sum(law) - 1) > 1e-6:
            raise ValueError("p is a probability, or a list of probabilities whose sum is 1")

    def law(self, domain: Discrete) -> tuple[float, ...]:
        """Return the probability of each level of a discrete domain.

        Raises
        ------
        UsageError
            If they are not those of this domain.
        """
        if self.p == ():
            level = domain.index(self.value)
            return tuple(float(i == level) for i in range(len(domain.levels)))
        if isinstance(self.p, tuple):
            if len(self.p) != len(domain.levels):
                raise UsageError(f"p has {len(self.p)} probabilities for {len(domain.levels)} levels")
            return self.p
        if not isinstance(domain, Binary):
            raise UsageError("one probability is that of a binary node's 1", "give a list, one a level")
        return 1 - self.p, self.p

    def number(self, domain: Real) -> float:
        """Return the value of a real node.

        Raises
        ------
        UsageError
            If it is no value of the domain.
        """
        if self.p != ():
            raise UsageError("a real node has no probabilities", "`constant(value=..)`")
        number = domain.check(self.value)
        if math.isinf(number):
            raise UsageError("an infinite number is no value of a node's")
        return number


class Constant:
    """The plugin."""

    options: ClassVar[type] = ConstantOptions
    domains: ClassVar[frozenset[str]] = frozenset({"binary", "categorical", "real"})

    def check(self, shape: NodeShape, options: ConstantOptions) -> None:
        """Refuse what is no value of the node's.

        Raises
        ------
        UsageError
            If it is none.
        """
        if isinstance(shape.domain, Real):
            options.number(shape.domain)
        elif isinstance(shape.domain, Discrete):
            options.law(shape.domain)

    def build(self, shape: NodeShape, options: ConstantOptions) -> Mechanism:
        """Build the mechanism of one node."""
        from causaldsl.mechanisms.constant_modules import FixedLaw, FixedNumber

        return FixedNumber(shape, options) if isinstance(shape.domain, Real) else FixedLaw(shape, options)

    def learner(
        self, controller: Controller, nodes: Sequence[str], rows: Mapping[str, Tensor], schedule: Schedule
    ) -> None:
        """Return nothing: there is nothing to learn."""


plugin = Constant()
