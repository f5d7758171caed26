"""How values enter a network: binary as 0 or 1, levels one-hot, reals standardised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from causaldsl.graph.domain import Categorical, Domain, Real

CONSTANT = 1e-6
"""A column whose standard deviation is no larger a share of its values' size is constant, up to rounding."""


def width(domain: Domain) -> int:
    """Return the number of inputs that a value of the domain takes."""
    return len(domain.levels) if isinstance(domain, Categorical) else 1


def columns(domains: Iterable[Domain]) -> Iterator[tuple[Domain, slice]]:
    """Yield each domain and the columns that its values take, encoded side by side."""
    at = 0
    for domain in domains:
        yield domain, slice(at, at + width(domain))
        at += width(domain)


class Encoder(nn.Module):
    """Encode a row of values for a network.

    Parameters
    ----------
    domains : sequence of Domain
        One a column.
    """

    location: Tensor
    scale: Tensor

    def __init__(self, domains: tuple[Domain, ...]) -> None:
        super().__init__()
        self.domains = domains
        self.width = sum(map(width, domains))
        self.register_buffer("location", torch.zeros(len(domains)))
        self.register_buffer("scale", torch.ones(len(domains)))

    def prepare(self, values: Tensor) -> None:
        """Take each real column's mean and standard deviation from `values`, shape (n, columns); a constant's is 1."""
        for i, domain in enumerate(self.domains):
            if isinstance(domain, Real):
                column = values[:, i].double()
                self.location[i] = column.mean()
                deviation = column.std(correction=0)
                self.scale[i] = deviation if deviation > CONSTANT * column.abs().mean() else 1.0

    def decode(self, encoded: Tensor) -> Tensor:
        """Return the values that are encoded, shape (n, columns): the inverse of `forward`."""
        found = []
        for i, (domain, at) in enumerate(columns(self.domains)):
            part = encoded[..., at]
            if isinstance(domain, Categorical):
                found.append(part.argmax(-1).to(encoded.dtype))
            else:
                found.append(part[..., 0] * self.scale[i] + self.location[i])
        return torch.stack(found, -1) if found else encoded

    def forward(self, values: Tensor) -> Tensor:
        """Encode `values`, shape (n, columns), as shape (n, width)."""
        if not any(isinstance(d, Real | Categorical) for d in self.domains):
            return values
        standard = (values - self.location) / self.scale
        parts = []
        for i, domain in enumerate(self.domains):
            if isinstance(domain, Categorical):
                parts.append(F.one_hot(values[..., i].long(), len(domain.levels)).to(values.dtype))
            else:
                parts.append(standard[..., i : i + 1])
        return torch.cat(parts, dim=-1)
