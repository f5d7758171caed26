"""Steps of a learner under watch."""

from __future__ import annotations

import math

import torch

from causaldsl.plugins.protocols import Learner


def step(learner: Learner, t: int, seed: int) -> None:
    """Take a step, with the global generator at a seed that must not matter."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        losses = learner.step(t)
    for name, loss in losses.items():
        assert isinstance(loss, float), f"the loss `{name}` is a float"
        assert math.isfinite(loss), f"the loss `{name}` is finite"
