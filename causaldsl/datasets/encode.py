"""From columns as the data give them to the tensors that a graph's domains ask for. Nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from causaldsl.errors import DataError, UsageError, did_you_mean
from causaldsl.graph.domain import Binary, Categorical, Discrete, Domain, Real, quoted
from causaldsl.graph.ir import CausalGraph

Column = np.ndarray[Any, Any]

_ABSENT = ("", "nan", "NaN", "None", "<NA>", "NaT", "NA", "N/A", "null", "NULL")
"""How columns of texts and objects spell a missing value, unless a level is called so."""
_TRUTH = {"true": 1, "false": 0}
_PLAIN = re.compile(r"[+-]?(0|[1-9]\d*)(\.\d*)?([eE][+-]?\d+)?")
"""A text that is a number and is not written as a name might be, as `007` is."""
_MISSING = "fill it in, or leave such rows out: `--drop-missing`"


def encode(labels: Mapping[str, Column], graph: CausalGraph) -> dict[str, Tensor]:
    """Encode the columns of a graph.

    Parameters
    ----------
    labels : mapping of str to ndarray, shape (n,)
        Numbers, texts or booleans; columns that the graph does not name are left out.
    graph : CausalGraph
        Its columns are looked up by name.

    Returns
    -------
    dict of str to Tensor, shape (n,)
        In the order of the graph's columns: int64 level indices for discrete nodes, float for real ones.

    Raises
    ------
    DataError
        If a column is not there or shorter than another, a value is missing or not in its node's domain, or no row has
        a level; names row (from 1), column and value.

    Examples
    --------
    >>> from causaldsl.graph.read import read_text
    >>> encode({"A": np.array(["y", "x"])}, read_text("categorical A {x, y}"))
    {'A': tensor([1, 0])}

    Notes
    -----
    A binary node takes 0 and 1 as numbers, as texts or as booleans. -1 and 1, "yes" and "no" could mean either order,
    and are errors. So is a named level that no row has: nothing could be learned of it; of a range some may lack.
    Whole numbers are the levels that they spell, also as 1.0. Dates and complex numbers are no real numbers.
    """
    found: dict[str, Tensor] = {}
    for name in graph.columns:
        if name not in labels:
            hint = did_you_mean(name, labels) or f"the columns are {', '.join(labels)}"
            raise DataError(f"the data have no column `{name}`", hint)
        domain, column = graph[name].domain, np.asarray(labels[name])
        if column.ndim != 1:
            raise DataError(f"`{name}` is no column: it has the shape {column.shape}")
        if isinstance(domain, Discrete):
            found[name] = _levels(name, column, domain)
        elif isinstance(domain, Real):
            found[name] = _reals(name, column, domain)
        else:
            raise DataError(f"the domain of `{name}` is not stated", f"declare it: `binary {name}`, `real {name}`, ...")
    lengths = {name: len(column) for name, column in found.items()}
    if len(set(lengths.values())) > 1:
        short, long = min(lengths, key=lengths.__getitem__), max(lengths, key=lengths.__getitem__)
        raise DataError(f"`{short}` has {lengths[short]:,} rows, and `{long}` has {lengths[long]:,}")
    return found


def missing(column: Column, domain: Domain | None) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell which values of a column are missing, shape (n,)."""
    if column.dtype.kind == "f":
        return np.isnan(column)
    if column.dtype.kind not in "OUST":
        return np.zeros(len(column), dtype=bool)
    absent = set(_ABSENT) - set(domain.levels if isinstance(domain, Discrete) else ())
    return np.array([str(value) in absent for value in column.tolist()], dtype=bool)


def _levels(name: str, column: Column, domain: Discrete) -> Tensor:
    if column.dtype == object or (column.dtype == bool and not isinstance(domain, Binary)):
        column = column.astype(str)
    kinds, first, where = np.unique(column, return_index=True, return_inverse=True)
    index = np.zeros(len(kinds), np.int64)
    for i in np.argsort(first):
        kind = kinds[i].item()
        try:
            index[i] = _index(kind, domain)
        except UsageError as error:
            row = int(first[i]) + 1
            if kind != kind or kind in _ABSENT:
                raise DataError(f"row {row}: `{name}` is missing", _MISSING) from None
            hint = error.diagnostics[0].hint
            if isinstance(domain, Binary):
                hint = f"a binary column holds 0 and 1; recode it, or declare `categorical {quoted(name)} {{..}}`"
            raise DataError(f"row {row}: `{name}` has no level `{kind}`", hint) from None
    named = not (isinstance(domain, Categorical) and domain.is_range)
    for i in sorted(set(range(len(domain.levels))) - set(index.tolist())) if named else ():
        hint = "take the level out of the domain, or add rows that have it"
        raise DataError(f"no row of `{name}` has the level `{domain.levels[i]}`", hint)
    return torch.from_numpy(index[where.reshape(-1)])


def _index(kind: int | float | str | bool, domain: Discrete) -> int:
    """Return a level's index; a text that is no level may be a number or a truth value that is one."""
    if isinstance(kind, str) and kind not in domain.levels:
        if isinstance(domain, Binary) and kind.lower() in _TRUTH:
            return _TRUTH[kind.lower()]
        if _PLAIN.fullmatch(kind) and float(kind).is_integer():
            return domain.index(float(kind))
    return domain.index(kind)


def _reals(name: str, column: Column, domain: Real) -> Tensor:
    if column.dtype.kind in "mMcV":
        raise DataError(f"row 1: `{name}` is `{column[0]}`, which is not a number", f"the column is {column.dtype}")
    try:
        numbers = column.astype(np.float64)
    except (TypeError, ValueError):
        row, value = next((i, v) for i, v in enumerate(column.tolist(), 1) if not _is_number(v))
        if str(value) in _ABSENT:
            raise DataError(f"row {row}: `{name}` is missing", _MISSING) from None
        raise DataError(f"row {row}: `{name}` is `{value}`, which is not a number") from None
    bad = ~np.isfinite(numbers)
    if bad.any():
        row = int(np.argmax(bad)) + 1
        if np.isinf(numbers[row - 1]):
            raise DataError(f"row {row}: `{name}` is {numbers[row - 1]:g}, and values are finite")
        raise DataError(f"row {row}: `{name}` is missing", _MISSING)
    outside = (numbers < domain.low) | (numbers > domain.high)
    if outside.any():
        row = int(np.argmax(outside)) + 1
        raise DataError(f"row {row}: `{name}` is {numbers[row - 1]:g}, outside its domain `{domain}`")
    return torch.from_numpy(numbers).to(torch.get_default_dtype())


def _is_number(value: object) -> bool:
    try:
        float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return True
