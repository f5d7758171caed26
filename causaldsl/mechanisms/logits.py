"""From logits to levels."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def log_levels(logits: Tensor) -> Tensor:
    """Turn one logit, of a binary node's 1, or one a level into the log probability of each level."""
    if logits.shape[-1] == 1:
        return torch.cat([F.logsigmoid(-logits), F.logsigmoid(logits)], dim=-1)
    return F.log_softmax(logits, dim=-1)
