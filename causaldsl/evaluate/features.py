"""Features of pictures: what a judge sees before it decides, or a network of fixed random weights.

`plain` and `robust` are the run's own judges: they see what the labels are about, the same in a run's evaluation as in
its training. `random` has learned nothing and is the same network for everyone: it sees colours, edges and textures,
also those that no judge looks at, and its figures can be compared between runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from causaldsl.errors import UsageError
from causaldsl.graph.domain import Image

if TYPE_CHECKING:
    from torch import Tensor

    from causaldsl.evaluate.judge import Judge


@dataclass(frozen=True)
class JudgeFeatures:
    """The features of one of the run's judges.

    Parameters
    ----------
    kind : str
        Which.
    """

    kind: str

    def build(self, image: Image, judges: Mapping[str, Judge]) -> Callable[[Tensor], Tensor]:  # noqa: ARG002
        """Return the judge's features.

        Raises
        ------
        UsageError
            If the run has no such judge.
        """
        if self.kind not in judges:
            raise UsageError(f"there is no {self.kind} judge whose features `{self.kind}` would be")
        return judges[self.kind].features


class RandomFeatures:
    """The features of a convolution network with random weights of a fixed seed."""

    def build(self, image: Image, judges: Mapping[str, Judge]) -> Callable[[Tensor], Tensor]:  # noqa: ARG002
        """Return the network's features."""
        from causaldsl.evaluate.random_network import random_network

        return random_network(image.channels, image.height, image.width)


plain = JudgeFeatures("plain")
robust = JudgeFeatures("robust")
random = RandomFeatures()
