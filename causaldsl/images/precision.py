"""In which number format a network computes."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor

from causaldsl.images.options import Precision


def computes(precision: Precision, device: torch.device) -> AbstractContextManager[object]:
    """Return the context in which convolutions are computed in the precision chosen."""
    half = multiplies_bfloat16(device) if precision == "auto" else precision == "bfloat16"
    return torch.autocast(device.type, torch.bfloat16) if half else nullcontext()


def multiplies_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 faster than float32."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return device.type == "cpu" and bool(torch.cpu._is_avx512_bf16_supported())


def widened(values: Tensor) -> Tensor:
    """Return values in float32 where they were computed in half of it, else as they are."""
    return values.float() if values.dtype in (torch.bfloat16, torch.float16) else values
