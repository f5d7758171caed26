"""`table`: the shares of each level in the data, for each combination of the causes' levels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from causaldsl.errors import UsageError
from causaldsl.graph.domain import Discrete
from causaldsl.plugins.protocols import Learner, NodeShape, Schedule

if TYPE_CHECKING:
    from torch import Tensor

    from causaldsl.scm.controller import Controller
    from causaldsl.scm.mechanism import Mechanism

CELL_LIMIT = 2**20
"""The most numbers in one node's table."""


@dataclass(frozen=True)
class TableOptions:
    """Options of `table`.

    Parameters
    ----------
    prior : float
        A pseudo-count that is added to each cell (a Dirichlet prior); 0 gives the shares themselves, and equal
        probabilities where the data hold no row.
    """

    prior: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.prior < math.inf:
            raise ValueError("prior is a number that is at least 0")


class Table:
    """The plugin."""

    options: ClassVar[type] = TableOptions
    domains: ClassVar[frozenset[str]] = frozenset({"binary", "categorical"})
    parent_domains: ClassVar[frozenset[str]] = frozenset({"binary", "categorical"})

    def check(self, shape: NodeShape, options: TableOptions) -> None:  # noqa: ARG002
        """Refuse a table that is too large.

        Raises
        ------
        UsageError
            If it is.
        """
        domains = (shape.domain, *(domain for _, domain in shape.parents))
        cells = math.prod(len(domain.levels) for domain in domains if isinstance(domain, Discrete))
        if cells > CELL_LIMIT:
            raise UsageError(
                f"with {len(shape.parents)} causes its table has {cells:,} cells, and at most {CELL_LIMIT:,} fit",
                f"`{shape.name} ~ neural` needs no table",
            )

    def build(self, shape: NodeShape, options: TableOptions) -> Mechanism:
        """Build the empty table of one node."""
        from causaldsl.mechanisms.table_counts import CountedTable

        return CountedTable(shape, options)

    def learner(
        self,
        controller: Controller,
        nodes: Sequence[str],
        rows: Mapping[str, Tensor],
        schedule: Schedule,  # noqa: ARG002
    ) -> Learner:
        """Count, in one step."""
        from causaldsl.mechanisms.closed_form import ClosedForm

        return ClosedForm("table", controller, nodes, rows)


plugin = Table()
