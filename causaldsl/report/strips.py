"""Strips of pictures in a page: in a row, no larger than they are, in few bytes."""

from __future__ import annotations

import base64
import io

from PIL import Image
from torch import Tensor

from causaldsl.scm.pictures import png, sheet

HIGH = 96
"""Pixels that a strip is high at most; a page shows it larger, or smaller, as it is wide."""
LOSSLESS = 32_000
"""Characters up to which a strip loses nothing."""


def strip(pictures: Tensor) -> Image.Image:
    """Lay pictures in [-1, 1], shape (n, channels, height, width), side by side."""
    laid = sheet(pictures, columns=len(pictures), scale=1)
    if laid.height <= HIGH:
        return laid
    return laid.resize((round(laid.width * HIGH / laid.height), HIGH), Image.Resampling.LANCZOS)


def address(picture: Image.Image) -> str:
    """Return a picture as a data address: PNG, or where that is long JPEG with its colours at full resolution."""
    whole = png(picture)
    if len(whole) <= LOSSLESS:
        return whole
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=90, subsampling=0)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
