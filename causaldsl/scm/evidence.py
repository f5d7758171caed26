"""What was seen of units: one, or a table with a row a unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from causaldsl.errors import UsageError
from causaldsl.graph.domain import Value
from causaldsl.graph.ir import CausalGraph
from causaldsl.scm.sampling import assignment

Seen = dict[str, int | float]
"""What was seen of one unit: levels' indices, real numbers."""


def units_of(graph: CausalGraph, evidence: Any) -> list[Seen]:
    """Return what was seen, unit by unit.

    Parameters
    ----------
    graph : CausalGraph
        The graph.
    evidence : mapping of str to value, mapping of str to a sequence of values, or data frame
        One unit, or a row a unit; levels by name or number.

    Raises
    ------
    UsageError
        If a node does not exist or cannot be seen, or a value is outside its domain, with its row where there are
        several; or columns differ in length.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> units_of(read_text("binary A; real X"), {"A": [1, 0], "X": [0.5, 2]})
    [{'A': 1, 'X': 0.5}, {'A': 0, 'X': 2.0}]
    """
    columns = evidence if isinstance(evidence, Mapping) or not hasattr(evidence, "columns") else _columns(evidence)
    listed = {k: _listed(v) for k, v in columns.items() if not isinstance(v, int | float | str)}
    if not listed:
        return [assignment(graph, columns, "evidence")]
    lengths = {name: len(values) for name, values in listed.items()}
    if set(listed) != set(columns) or len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name}: {lengths.get(name, 'one value')}" for name in columns)
        raise UsageError(f"the evidence has columns of different lengths ({shown})", "give a value a unit in each")
    if not min(lengths.values()):
        raise UsageError("the evidence has no row")
    found = []
    for number, row in enumerate(zip(*listed.values(), strict=True), 1):
        values: dict[str, Value] = dict(zip(listed, row, strict=True))
        found.append(assignment(graph, values, f"evidence of row {number}"))
    return found


def _columns(frame: Any) -> dict[str, Any]:
    """Return the columns of a data frame."""
    return {str(name): frame[name] for name in frame.columns}


def _listed(values: Any) -> list[Value]:
    """Return a column as plain values."""
    found = values.tolist() if hasattr(values, "tolist") else list(values)
    return found if isinstance(found, list) else [found]
