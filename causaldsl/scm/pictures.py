"""Pictures for the eye: side by side on a sheet, and as part of a page."""

from __future__ import annotations

import base64
import io
import math

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor


def sheet(pictures: Tensor, columns: int | None = None, scale: int | None = None, gap: int = 2) -> Image.Image:
    """Lay pictures out in rows on white.

    Parameters
    ----------
    pictures : Tensor, shape (n, channels, height, width), in [-1, 1]
        One or three channels.
    columns : int, optional
        Pictures a row; as square as can be by default.
    scale : int, optional
        Each pixel becomes so many on a side; by default so many that a picture is about 96 pixels high.
    gap : int
        Pixels between two pictures.
    """
    n, _, height, width = pictures.shape
    columns = min(n, columns or math.ceil(math.sqrt(n)))
    rows = math.ceil(n / columns)
    scale = scale or max(1, round(96 / height))
    high, wide = height * scale + gap, width * scale + gap
    page = Image.new("RGB", (columns * wide + gap, rows * high + gap), "white")
    for i, tile in enumerate(tiles(pictures)):
        shown = tile.convert("RGB").resize((width * scale, height * scale), Image.Resampling.NEAREST)
        page.paste(shown, (gap + (i % columns) * wide, gap + (i // columns) * high))
    return page


def tiles(pictures: Tensor) -> list[Image.Image]:
    """Return pictures in [-1, 1], shape (n, channels, height, width), one by one, in colour or grey."""
    arrays = to_bytes(pictures).permute(0, 2, 3, 1).numpy()
    return [Image.fromarray(array if array.shape[2] == 3 else array[..., 0]) for array in arrays]


def from_bytes(pixels: Tensor | NDArray[np.uint8]) -> Tensor:
    """Turn uint8 into pictures in [-1, 1], in the default precision."""
    return torch.as_tensor(pixels).to(torch.get_default_dtype()) / 127.5 - 1


def to_bytes(pictures: Tensor) -> Tensor:
    """Turn pictures in [-1, 1] into uint8."""
    return ((pictures.detach().cpu().float() + 1) * 127.5).round().clamp(0, 255).byte()


def png(picture: Image.Image) -> str:
    """Return a picture as a data address."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
