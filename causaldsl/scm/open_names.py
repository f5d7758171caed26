"""The names that a question leaves open: the answer has a row for each combination of their levels."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

from causaldsl.errors import UsageError
from causaldsl.graph.domain import Categorical, Discrete, Domain, Value, quoted
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.question import Probability, Quantity
from causaldsl.plugins.defaults import domain_of

ROW_LIMIT = 2**12
"""The most rows of a table that is an answer."""


class OpenNames:
    """The open names of a question, which range over their domains: a row of the answer for each combination.

    Parameters
    ----------
    names : tuple of str
        As they are spelled.
    domains : tuple of Domain
        Theirs.
    """

    def __init__(self, names: tuple[str, ...], domains: tuple[Discrete, ...]) -> None:
        self.names = names
        self.domains = domains

    @classmethod
    def of(cls, graph: CausalGraph, quantities: Sequence[Quantity]) -> OpenNames:
        """Return the open names of the first quantity that has any; all that have some have the same."""
        found: dict[str, Discrete] = {}
        for quantity in quantities:
            done = [(i.name, quoted(i.name)) for i in quantity.do if i.value is None and i.law is None]
            events = [*quantity.given, *(quantity.events if isinstance(quantity, Probability) else ())]
            for name, spelled in [*done, *((e.name, str(e.variable)) for e in events if e.relation is None)]:
                domain = domain_of(graph[name])
                if not isinstance(domain, Discrete):
                    raise UsageError(f"`{spelled}` has no value, and its domain no list of them", f"`{spelled}=..`")
                found.setdefault(spelled, domain)
            if found:
                break
        opened = cls(tuple(found), tuple(found.values()))
        if math.prod(opened.sizes) > ROW_LIMIT:
            raise UsageError(
                f"the answer would have {math.prod(opened.sizes):,} rows; {ROW_LIMIT:,} are the most", "give values"
            )
        return opened

    @property
    def sizes(self) -> list[int]:
        """The numbers of levels."""
        return [len(domain.levels) for domain in self.domains]

    def rows(self) -> Iterator[dict[str, Value]]:
        """Yield each combination, the last name fastest; levels as text, or as numbers where they are numbers."""
        for levels in itertools.product(*(levels_shown(domain) for domain in self.domains)):
            yield dict(zip(self.names, levels, strict=True))


def levels_shown(domain: Domain | None) -> list[Value]:
    """Return the levels of a domain as answers show them."""
    assert isinstance(domain, Discrete)
    if isinstance(domain, Categorical) and not domain.is_range:
        return list(domain.levels)
    return [int(level) for level in domain.levels]
