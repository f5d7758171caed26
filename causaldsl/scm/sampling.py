"""Samples: named columns of labels, and pictures beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from causaldsl.errors import UsageError, did_you_mean
from causaldsl.graph.domain import Categorical, Discrete, Image, Real
from causaldsl.graph.ir import CausalGraph

if TYPE_CHECKING:
    import pandas as pd


class Sample(Mapping[str, Tensor]):
    """Units drawn from a model.

    Parameters
    ----------
    graph : CausalGraph
        The graph that the nodes are of.
    columns : mapping of str to Tensor
        Labels: shape (n,), level indices or float; pictures: shape (n, channels, height, width) in [-1, 1]. Level
        indices may be bytes, an eighth of the memory; they are int64 when they are asked for.
    notes : sequence of str
        What is to be known of the draws: what they are worth where they were weighted, what a counterfactual assumes.
    """

    def __init__(self, graph: CausalGraph, columns: Mapping[str, Tensor], notes: Sequence[str] = ()) -> None:
        self.graph = graph
        self.notes = tuple(notes)
        self._columns = dict(columns)

    def __getitem__(self, name: str) -> Tensor:
        try:
            column = self._columns[name]
        except KeyError:
            raise KeyError(f"the sample has no `{name}`; it has {', '.join(self._columns)}") from None
        if column.dtype == torch.uint8:
            column = self._columns[name] = column.long()
        return column

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    @property
    def n(self) -> int:
        """The number of units."""
        return len(next(iter(self._columns.values())))

    def __repr__(self) -> str:
        return f"Sample(n={self.n}, {', '.join(self._columns)})"

    def _repr_html_(self) -> str:
        from causaldsl.scm.sample_html import sample_html

        return sample_html(self)

    def to_pandas(self) -> pd.DataFrame:
        """Return the label columns as a frame: binary and ranges as integers, other levels by name."""
        import pandas as pd

        frame: dict[str, object] = {}
        for name in self._columns:
            domain = self.graph[name].domain
            if isinstance(domain, Image):
                continue
            values = self[name].cpu().numpy()
            if isinstance(domain, Categorical) and domain.is_range:
                frame[name] = values + int(domain.levels[0])
            elif isinstance(domain, Categorical):
                frame[name] = pd.Categorical(np.array(domain.levels)[values], categories=list(domain.levels))
            else:
                frame[name] = values
        return pd.DataFrame(frame)


def assignment(graph: CausalGraph, values: Mapping[str, Any], what: str) -> dict[str, int | float]:
    """Turn a user's `{"Bald": 1}` into level indices and reals.

    Parameters
    ----------
    graph : CausalGraph
        The graph.
    values : mapping of str to int, float or str, or a scalar of numpy or torch
        What the user gave.
    what : str
        `do` or `given`, for messages.

    Raises
    ------
    UsageError
        If a node does not exist, is an image or a latent, or a value is none of its domain.
    """
    found: dict[str, int | float] = {}
    for name, given in values.items():
        value = given.item() if getattr(given, "ndim", None) == 0 else given  # numpy's and torch's scalars
        if name not in graph:
            candidates = [n.name for n in graph.nodes]
            raise UsageError(f"{what}: the graph has no node `{name}`", did_you_mean(name, candidates))
        node = graph[name]
        if node.latent:
            raise UsageError(f"{what}: `{name}` is latent; only observed nodes can be set or seen")
        if not isinstance(value, int | float | str):
            raise UsageError(
                f"{what}: `{name}` is to be one value, not {value!r:.40}",
                "a level by name or number, a number for a real node",
            )
        try:
            if isinstance(node.domain, Discrete):
                found[name] = node.domain.index(value)
            elif isinstance(node.domain, Real):
                found[name] = node.domain.check(value)
            else:
                raise UsageError(f"{what}: `{name}` is not a label ({node.domain or 'its domain is not stated'})")
        except UsageError as error:
            first = error.diagnostics[0]
            if first.message.startswith(what):
                raise
            law = "the text of a new law begins with `:=`" if what == "do" and isinstance(value, str) else None
            raise UsageError(f"{what} {name}={value}: {first.message}", first.hint or law) from None
    return found
