"""The distinct rows of some columns, and how often the data have each.

A likelihood of levels takes few values: a node with four binary causes has 32 distinct rows, whatever the data's
number. Weighted by their shares they give the loss and the gradient that all rows give.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

LARGEST_CODE = 2**62
"""Codes of rows stay below it."""
COUNTED = 2**16
"""At most so many codes are counted, occurring or not; more are sorted."""


@dataclass(frozen=True)
class Distinct:
    """The distinct rows of a data set of `n` rows.

    Parameters
    ----------
    first : Tensor of int64, shape (m,)
        A row of the data that has each.
    shares : Tensor of float, shape (m,)
        The share of the data that has each; they sum to 1.
    number : Tensor of int64, shape (n,)
        Which of the distinct rows each row of the data is.
    """

    first: Tensor
    shares: Tensor
    number: Tensor


def distinct(columns: Iterable[Tensor]) -> Distinct:
    """Return the distinct rows of columns, in the order of their values, the first column's first.

    Parameters
    ----------
    columns : iterable of Tensor, shape (n,)
        At least one; whole numbers that are not negative (levels), or reals.

    Examples
    --------
    >>> rows = distinct([torch.tensor([0, 1, 0, 0]), torch.tensor([1, 0, 1, 0])])
    >>> rows.first.tolist(), rows.shares.tolist(), rows.number.tolist()
    ([3, 0, 1], [0.25, 0.5, 0.25], [1, 2, 1, 0])
    """
    code, span = torch.zeros(0), 1
    for i, column in enumerate(columns):
        levels, size = _levels(column)
        if span * size > LARGEST_CODE:
            known, code = torch.unique(code, return_inverse=True)
            span = len(known)
        code = levels if i == 0 else torch.add(levels, code, alpha=size)
        span *= size
    if span <= COUNTED:
        counts = torch.bincount(code, minlength=span)
        occurring = counts.nonzero().squeeze(-1)
        rank = torch.zeros_like(counts)
        rank[occurring] = torch.arange(len(occurring), device=code.device)
        number, counts = rank[code], counts[occurring]
    else:
        _, number, counts = torch.unique(code, return_inverse=True, return_counts=True)
    first = torch.full_like(counts, len(number)).scatter_reduce_(
        0, number, torch.arange(len(number), device=number.device), "amin"
    )
    return Distinct(first, counts.to(torch.get_default_dtype()) / len(number), number)


def _levels(column: Tensor) -> tuple[Tensor, int]:
    """Return a column as whole numbers from 0, and how many there are."""
    if column.is_floating_point():
        known, column = torch.unique(column, return_inverse=True)
        return column, len(known)
    return column.long(), int(column.max()) + 1
