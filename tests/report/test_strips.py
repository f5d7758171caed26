"""Strips: small, and what they show."""

import base64
import io

import torch
from PIL import Image

from causaldsl.report.strips import HIGH, LOSSLESS, address, strip
from causaldsl.scm.pictures import png


def test_a_small_strip_loses_nothing():
    laid = strip(torch.rand(4, 1, 28, 28) * 2 - 1)
    assert laid.size == (4 * 30 + 2, 28 + 4)
    assert address(laid) == png(laid)


def test_a_large_one_is_smaller_and_looks_alike():
    smooth = (
        torch.linspace(-1, 1, 256)[None, None, :, None].expand(6, 3, 256, 256)
        * torch.tensor([1, 0.5, -1])[:, None, None]
    )
    noisy = (smooth + 0.1 * torch.randn(6, 3, 256, 256, generator=torch.Generator().manual_seed(0))).clamp(-1, 1)
    laid = strip(noisy)
    assert laid.height == HIGH
    text = address(laid)
    assert len(png(laid)) > LOSSLESS
    assert len(text) < len(png(laid))
    shown = Image.open(io.BytesIO(base64.b64decode(text.split(",")[1])))
    assert shown.size == laid.size
    off = torch.tensor(list(laid.convert("RGB").tobytes())) - torch.tensor(list(shown.tobytes()))
    assert off.abs().double().mean() < 4, "of 255 levels"
