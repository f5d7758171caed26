r"""Are two columns independent given real ones? Told from pairs of units that have nearly the same of these.

First a smooth regression takes out of a and b what the given columns c explain: least squares on quadratic terms and
random waves [2]_, within each combination of the discrete columns. Were it perfect, the mean product of what it leaves
would be normal about 0 (the generalised covariance measure) [1]_. It is not perfect at jumps and kinks, so what it
leaves is compared within pairs of units with neighbouring c: with the differences :math:`\Delta a, \Delta b` of a pair,

.. math:: z = \sqrt{n} \, \overline{\Delta a \, \Delta b} / \mathrm{sd}(\Delta a \, \Delta b)

is standard normal if a and b are independent given c, as far as both units of a pair have the same c. Pairs are never
that near, so a correlation below `FLOOR` is let pass. A real column is looked at by its value and its square, a
discrete one level by level.

References
----------
.. [1] Shah and Peters, "The hardness of conditional independence testing and the generalised covariance measure",
   Annals of Statistics 48, 2020 (shah2020).
.. [2] Rahimi and Recht, "Random features for large-scale kernel machines", NeurIPS 2007 (rahimi2007).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from causaldsl.graph.domain import Discrete, Domain

FLOOR = 0.04
"""A correlation that unequal neighbours may leave."""
WAVES = 120
ENOUGH = 1000
"""Units of a combination of discrete columns, below which nothing is regressed."""
NEAREST = 0.75
"""The share of the pairs that is kept: those whose units are nearest to each other."""
_FAR = 4.0


def association(a: Tensor, b: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
    """Correlate what a regression leaves of some columns.

    Parameters
    ----------
    a, b : Tensor, shape (n, p) and (n, q)
        As `features` gives them.
    given : Tensor, shape (n, d)
        Real columns.

    Returns
    -------
    z, correlation : Tensor of float64, shape (p, q)
        The correlations in standard errors, and themselves; NaN where a column is constant.
    """
    basis = _basis(_standard(given))
    both = torch.cat([a, b], 1)
    gram = basis.T @ basis + 1e-6 * len(basis) * torch.eye(basis.shape[1], dtype=basis.dtype, device=basis.device)
    left = both - basis @ torch.linalg.solve(gram, basis.T @ both)
    apart = left[_pairs(given)].diff(dim=1).squeeze(1)
    r, s = apart[:, : a.shape[1], None], apart[:, None, a.shape[1] :]
    product = r * s
    z = product.mean(0) / (product.std(0) / math.sqrt(len(product)))
    correlation = product.mean(0) / ((r**2).mean(0) * (s**2).mean(0)).sqrt()
    varied = (both.std(0) > 1e-6)[: a.shape[1], None] & (both.std(0) > 1e-6)[None, a.shape[1] :]
    return torch.where(varied, z, math.nan), torch.where(varied, correlation, math.nan)


def features(domain: Domain | None, column: Tensor) -> Tensor:
    """Return by what a column is looked at, shape (n, p): its levels, or its value and its square."""
    if isinstance(domain, Discrete):
        levels = torch.nn.functional.one_hot(column, len(domain.levels)).double()
        return levels[:, 1:] if len(domain.levels) == 2 else levels
    value = _standard(column.double()[:, None])
    return torch.cat([value, value**2], 1)


def _standard(columns: Tensor) -> Tensor:
    """Return columns with mean 0 and deviation 1, nothing farther off than `_FAR`."""
    centred = columns.double() - columns.double().mean(0)
    return (centred / centred.std(0).clamp_min(1e-12)).clamp(-_FAR, _FAR)


def _basis(given: Tensor) -> Tensor:
    n, d = given.shape
    generator = torch.Generator().manual_seed(0)
    frequency = (torch.randn(d, WAVES, generator=generator, dtype=torch.float64) / math.sqrt(d)).to(given.device)
    shift = (2 * math.pi * torch.rand(WAVES, generator=generator, dtype=torch.float64)).to(given.device)
    pairs = torch.stack([given[:, i] * given[:, j] for i in range(d) for j in range(i, d)], 1)
    ones = torch.ones(n, 1, dtype=given.dtype, device=given.device)
    return torch.cat([ones, given, pairs, (given @ frequency + shift).cos()], 1)


def _pairs(points: Tensor) -> Tensor:
    """Pair points with near ones, shape (pairs, 2): halve them along one direction after the other down to two."""
    points = points.double() / points.double().std(0).clamp_min(1e-12)
    depth = int(math.log2(len(points))) - 1
    blocks = torch.arange(2 ** (depth + 1), device=points.device)[None]
    for level in range(depth):
        along = points[blocks, level % points.shape[1]]
        blocks = blocks.gather(1, along.argsort(1)).reshape(2 * len(blocks), -1)
    apart = points[blocks].diff(dim=1).norm(dim=(1, 2))
    return blocks[apart.argsort()[: int(NEAREST * len(blocks))]]
