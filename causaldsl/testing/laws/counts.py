r"""Do two columns have to do with each other? Told from draws, by counts, with the error that the draws leave.

In a two-by-two table of n units, r of them in a row, c in a column and k in both, the expected k under independence is
rc/n. The signed root of the deviance,

.. math:: z = \pm \sqrt{2 \sum O \log (O/E)}

over the four cells, is standard normal under independence, far out in its tails too, where Pearson's statistic is not
(McCullagh and Nelder 1989, section 4.4.5) [1]_. A larger table is looked at cell by cell, against all others.

References
----------
.. [1] McCullagh and Nelder, "Generalized linear models", second edition, 1989 (mccullagh1989).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist

import torch
from torch import Tensor

from causaldsl.graph.domain import Discrete, Domain, quoted
from causaldsl.testing.laws.subject import spelled, value_of

BINS = 4
"""Into how many parts of equal size a real column is cut."""
EXPECTED = 5.0
"""Cells of which fewer units are expected tell nothing."""


@dataclass(frozen=True)
class Coded:
    """A column as small whole numbers.

    Parameters
    ----------
    codes : Tensor of int64, shape (n,)
        Level indices, or the number of the bin.
    events : tuple of str
        What each code says, such as `Y=1` or `0.3 < Y <= 1.2`.
    """

    codes: Tensor
    events: tuple[str, ...]


def coded(name: str, domain: Domain | None, column: Tensor, like: Tensor | None = None) -> Coded:
    """Code a column: by its levels, or by bins of equal size (those of the column `like`, if one is given)."""
    if isinstance(domain, Discrete):
        return Coded(column, tuple(spelled(name, value_of(domain, i)) for i in range(len(domain.levels))))
    source = (column if like is None else like).double()
    cuts = source.quantile(torch.linspace(0, 1, BINS + 1, dtype=torch.float64, device=source.device)[1:-1]).unique()
    ends = [f"{cut:.3g}" for cut in cuts.tolist()]
    middle = [f"{low} < {quoted(name)} <= {high}" for low, high in pairwise(ends)]
    events = (f"{quoted(name)} <= {ends[0]}", *middle, f"{quoted(name)} > {ends[-1]}")
    return Coded(torch.bucketize(column.double(), cuts), events)


def tabulate(strata: Tensor, n_strata: int, a: Coded, b: Coded) -> Tensor:
    """Count units, shape (strata, codes of a, codes of b), float64."""
    sizes = (n_strata, len(a.events), len(b.events))
    cell = (strata * sizes[1] + a.codes) * sizes[2] + b.codes
    return torch.bincount(cell, minlength=math.prod(sizes)).reshape(sizes).double()


def surprise(counts: Tensor) -> Tensor:
    """Return the signed root of the deviance of each cell against the others of its stratum; NaN if it tells nothing.

    Parameters
    ----------
    counts : Tensor of float64, shape (strata, I, J)
        Units.
    """
    n = counts.sum((1, 2), keepdim=True)
    r, c = counts.sum(2, keepdim=True), counts.sum(1, keepdim=True)
    observed = torch.stack([counts, r - counts, c - counts, n - r - c + counts])
    expected = torch.stack([r * c / n, r * (n - c) / n, (n - r) * c / n, (n - r) * (n - c) / n])
    deviance = 2 * (torch.xlogy(observed, observed) - torch.xlogy(observed, expected)).sum(0)
    z = deviance.clamp_min(0).sqrt() * (observed[0] - expected[0]).sign()
    return torch.where((expected >= EXPECTED).all(0), z, math.nan)


def threshold(tests: int, alpha: float) -> float:
    """Return what a standard normal variable exceeds, up or down, in none of many tests, but with probability alpha."""
    return NormalDist().inv_cdf(1 - alpha / (2 * max(tests, 1)))


@dataclass(frozen=True)
class Contrast:
    """How two samples of a column differ most.

    Parameters
    ----------
    z : float
        In standard errors; 0 where they are too few to tell.
    tests : int
        How many ways were tried.
    event : str
        Of which event the probabilities differ.
    first, second : str
        The probabilities, with their errors.
    """

    z: float
    tests: int
    event: str = ""
    first: str = ""
    second: str = ""


def contrast(name: str, domain: Domain | None, first: Tensor, second: Tensor) -> Contrast:
    """Compare two samples of a column."""
    both = torch.cat([first, second])
    column = coded(name, domain, both)
    sample = torch.cat([torch.zeros(len(first)), torch.ones(len(second))]).long().to(both.device)
    counts = tabulate(torch.zeros_like(sample), 1, Coded(sample, ("first", "second")), column)
    z = surprise(counts)[0, 0]
    told = ~z.isnan()
    if not bool(told.any()):
        return Contrast(0.0, 0)
    at = int(z.abs().nan_to_num().argmax())
    p, q = (share(counts[0, i, at].item(), len(s)) for i, s in enumerate((first, second)))
    return Contrast(abs(float(z[at])), int(told.sum()), column.events[at], p, q)


def share(k: float, n: int) -> str:
    """Spell a share with its standard error."""
    p = k / n
    return f"{p:.4f} ± {math.sqrt(max(p * (1 - p), 1 / n) / n):.1g}"
