"""What was seen of units: one, or a table with a row a unit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, cast

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
    evidence : mapping of str to value, mapping of str to a sequence of values, data frame, or a row of one
        One unit, or a row a unit; levels by name or number.

    Raises
    ------
    UsageError
        If a node does not exist or cannot be seen, or a value is missing or outside its domain, with its row where
        there are several; or columns differ in length; or it is nothing of the kind.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> units_of(read_text("binary A; real X"), {"A": [1, 0], "X": [0.5, 2]})
    [{'A': 1, 'X': 0.5}, {'A': 0, 'X': 2.0}]
    """
    columns = {name: _plain(values) for name, values in _columns(evidence).items()}
    listed = {name: values for name, values in columns.items() if isinstance(values, list)}
    if not listed:
        return [_seen(graph, cast(dict[str, Value], columns), "evidence")]
    lengths = {name: len(values) for name, values in listed.items()}
    if set(listed) != set(columns) or len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name}: {lengths.get(name, 'one value')}" for name in columns)
        raise UsageError(f"the evidence has columns of different lengths ({shown})", "give a value a unit in each")
    if not min(lengths.values()):
        raise UsageError("the evidence has no row")
    found = []
    for number, row in enumerate(zip(*listed.values(), strict=True), 1):
        values = dict(zip(listed, row, strict=True))
        where = "evidence" if min(lengths.values()) == 1 else f"evidence of row {number}"
        found.append(_seen(graph, values, where))
    return found


def _seen(graph: CausalGraph, values: Mapping[str, Value], where: str) -> Seen:
    for name, value in values.items():
        if value is None or type(value).__name__ == "NAType" or (isinstance(value, float) and math.isnan(value)):
            raise UsageError(f"{where}: `{name}` is missing", "name what was seen alone, unit by unit if that differs")
    return assignment(graph, values, where)


def _columns(evidence: Any) -> Mapping[str, Any]:
    """Return a value or a column a node, whatever holds them."""
    if isinstance(evidence, Mapping):
        return evidence
    if hasattr(evidence, "columns"):
        return {str(name): evidence[name] for name in evidence.columns}
    if hasattr(evidence, "to_dict"):  # a row of a frame
        return {str(name): value for name, value in evidence.to_dict().items()}
    raise UsageError(
        f"evidence is a mapping of nodes to what was seen, or a data frame, not {type(evidence).__name__}",
        '`{"X": 1}`, or for several units `{"X": [1, 0]}`',
    )


def _plain(values: Any) -> Value | list[Value]:
    """Return a value as a plain one, a column as a list of such."""
    found = values.tolist() if hasattr(values, "tolist") else values
    return list(found) if isinstance(found, Iterable) and not isinstance(found, str) else found
