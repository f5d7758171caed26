"""What the options of all built-in image models have in common; torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Precision = Literal["auto", "float32", "bfloat16"]
Interventions = Literal["single", "uniform"]


@dataclass(frozen=True)
class ImageOptions:
    """Options that every built-in image model has; its own add to them.

    Parameters
    ----------
    latent : int
        Width of the exogenous noise.
    width : int
        Channels of the widest picture's features.
    interventional : float
        Share of the generator's labels drawn under interventions, in [0, 1]; as many real pictures are drawn balanced.
    interventions : {"uniform", "single"}
        What these are: do() of all causes, each at random and by itself; or do() of one, the others as they then come.
    precision : {"auto", "float32", "bfloat16"}
        Number format of convolutions in training; `auto` takes bfloat16 where the processor multiplies in it.
    """

    latent: int = 64
    width: int = 32
    interventional: float = 0.0
    interventions: Interventions = "uniform"
    precision: Precision = "auto"

    def __post_init__(self) -> None:
        if self.latent < 1 or self.width < 1:
            raise ValueError("latent and width are at least 1")
        if not 0 <= self.interventional <= 1:
            raise ValueError("interventional is a share, between 0 and 1")
