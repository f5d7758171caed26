"""From the rows of a BIF law, which stand in any order, to a table: every row once, and each a law."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, product
from operator import contains

from causaldsl.errors import Diagnostic, did_you_mean
from causaldsl.formats.bif_tree import Row, split_words
from causaldsl.graph.expression import Table
from causaldsl.graph.tables import MAX_CELLS, TOLERANCE
from causaldsl.source import Source, Span

ROUNDING = 1e-3
"""By how much a row's sum may differ from 1 because its numbers were rounded; it is then divided by its sum."""

_FLAT = "in a `table` the levels of the node change slowest, and those of the last parent fastest"


class LawError(Exception):
    """The rows of a law are no table."""

    def __init__(self, source: Source, message: str, row: Row, hint: str | None = None, code: str = "C131") -> None:
        super().__init__(message)
        self.finding = Diagnostic(code, "error", message, Span(source, row.start, row.end), hint)


class Tables:
    """The tables of a text.

    Parameters
    ----------
    source : Source
        The text.

    Attributes
    ----------
    levels : dict of str to dict of str to int
        For each variable, its levels and their numbers.
    """

    def __init__(self, source: Source) -> None:
        self.levels: dict[str, dict[str, int]] = {}
        self._source = source
        self._cells = 0

    def table(self, written: Sequence[Row], name: str, parents: Sequence[str]) -> tuple[Table, int]:
        """Return the table of a law, and how many of its rows were divided by their sums.

        Parameters
        ----------
        written : sequence of Row
            At least one.
        name : str
            The node.
        parents : sequence of str
            Its parents, in the order written.

        Raises
        ------
        LawError
            If a row is missing, there twice or no law, or the text has more numbers than are read.
        """
        count = math.prod(len(self.levels[parent]) for parent in parents)
        own = len(self.levels[name])
        self._cells += count * own
        if self._cells > MAX_CELLS:
            self._cells -= count * own
            message = f"with the law of `{name}` the text has more than {MAX_CELLS:,} numbers"
            raise LawError(self._source, message, written[0], code="C132")
        kinds = [row.kind for row in written]
        if "table" in kinds:
            rows: Sequence[Sequence[float] | None] = self._flat(written, name, count, own)
            places: Sequence[Row] = [written[0]] * count
        else:
            rows, places = self._placed(written, name, parents, count)
        return self._checked(rows, places, name, parents)

    def _flat(self, written: Sequence[Row], name: str, count: int, own: int) -> list[Sequence[float]]:
        """Return the rows of a `table`."""
        if len(written) > 1:
            raise LawError(self._source, f"the law of `{name}` is a `table` and more", written[1])
        numbers = written[0].numbers
        if len(numbers) != count * own:
            message = f"the table of `{name}` has {_count(numbers, 'number')} and needs {count * own:,}"
            raise LawError(self._source, message, written[0], _FLAT)
        return [numbers[i::count] for i in range(count)]

    def _placed(
        self, written: Sequence[Row], name: str, parents: Sequence[str], count: int
    ) -> tuple[list[Sequence[float] | None], list[Row]]:
        """Put rows at the places of their levels, the last parent fastest."""
        defaults = [row for row in written if row.kind == "default"]
        if len(defaults) > 1:
            raise LawError(self._source, f"a second `default` of `{name}`", defaults[1])
        rows: list[Sequence[float] | None] = [defaults[0].numbers if defaults else None] * count
        places = [defaults[0] if defaults else written[0]] * count
        taken = bytearray(count)
        levels = [self.levels[parent] for parent in parents]
        for row in written:
            if row.kind == "row":
                at = self._place(row, parents, levels)
                if taken[at]:
                    raise LawError(self._source, f"a second row of `{name}` for ({row.levels.strip()})", row)
                taken[at] = 1
                rows[at], places[at] = row.numbers, row
        return rows, places

    def _place(self, row: Row, parents: Sequence[str], known: Sequence[Mapping[str, int]]) -> int:
        """Return the number of the combination of levels that a row is about."""
        levels: Sequence[str] = [level.strip() for level in row.levels.split(",")]
        if len(levels) != len(known) or not all(map(contains, known, levels)):
            pieces = split_words(row.levels)
            levels = [piece.text for piece in pieces]
            if len(levels) != len(known):
                levels = [word for piece in pieces for word in piece.texts]
            if len(levels) != len(known):
                message = f"the row has {_count(levels, 'level')}, and the node {_count(known, 'parent')}"
                raise LawError(self._source, message, row)
        at = 0
        for level, numbers, parent in zip(levels, known, parents, strict=True):
            if level not in numbers:
                message = f"`{level}` is no level of `{parent}`"
                raise LawError(self._source, message, row, did_you_mean(level, numbers) or _listed(numbers))
            at = at * len(numbers) + numbers[level]
        return at

    def _checked(
        self, rows: Sequence[Sequence[float] | None], places: Sequence[Row], name: str, parents: Sequence[str]
    ) -> tuple[Table, int]:
        """Return rows that are laws as a table."""
        own = len(self.levels[name])
        kept: list[tuple[float, ...]] = []
        rounded = 0
        for row, place in zip(rows, places, strict=True):
            if row is None:
                missing = rows.count(None)
                more = f", nor {missing - 1:,} more" if missing > 1 else ""
                message = f"the law of `{name}` has no row for {self._levels(len(kept), parents)}{more}"
                raise LawError(self._source, message, place, "`default ..;` is a row for all that have none")
            if len(row) != own:
                message = f"the row has {_count(row, 'number')}, and `{name}` {own} levels"
                raise LawError(self._source, message, place)
            if not all(0 <= p <= 1 + ROUNDING for p in row):
                strange = next(p for p in row if not 0 <= p <= 1 + ROUNDING)
                raise LawError(self._source, f"{strange:g} is no probability", place)
            total = math.fsum(row)
            if abs(total - 1) <= TOLERANCE:
                kept.append(tuple(row))
            elif round(abs(total - 1), 9) <= ROUNDING:
                kept.append(tuple(p / total for p in row))
                rounded += 1
            else:
                message = f"the row for {self._levels(len(kept), parents)} sums to {total:.9g}, not to 1"
                raise LawError(self._source, message, place, _FLAT if place.kind == "table" and parents else None)
        return Table(tuple(parents), tuple(kept)), rounded

    def _levels(self, at: int, parents: Sequence[str]) -> str:
        """Name a row by its parents' levels."""
        combinations = product(*(self.levels[parent] for parent in parents))
        return f"({', '.join(next(islice(combinations, at, None)))})" if parents else "the node"


def _listed(levels: Iterable[str]) -> str:
    shown = list(islice(levels, 9))
    return f"its levels are {', '.join(shown[:8])}{', ..' if len(shown) > 8 else ''}"


def _count(things: Sequence[object], word: str) -> str:
    return f"{len(things):,} {word}{'s' * (len(things) != 1)}"
