"""A picture that a viewer uploads: decoded, cut to a square, brought to the size of the image node."""

from __future__ import annotations

import io
import warnings

import numpy as np
import torch
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError
from torch import Tensor

from causaldsl.errors import DataError
from causaldsl.graph.domain import Image

LARGEST = 8 * 2**20
"""Bytes of an upload."""
MOST_PIXELS = 50_000_000
"""Pixels of the picture in it."""


def picture_of(content: bytes, image: Image) -> Tensor:
    """Return an uploaded picture as an image node has it.

    Parameters
    ----------
    content : bytes
        A file of a format that Pillow reads.
    image : Image
        The node's domain.

    Returns
    -------
    Tensor, shape (channels, height, width), in [-1, 1]
        The centre square of the picture, upright.

    Raises
    ------
    DataError
        If it is no picture, is damaged, or has too many pixels.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Pillow.DecompressionBombWarning)
            with Pillow.open(io.BytesIO(content)) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise DataError(f"the picture has more than {MOST_PIXELS:,} pixels", "make it smaller")
                upright = ImageOps.exif_transpose(opened).convert("L" if image.channels == 1 else "RGB")
    except UnidentifiedImageError:
        raise DataError("the file is no picture that can be read", "upload a PNG or a JPEG") from None
    except (OSError, SyntaxError, ValueError, Pillow.DecompressionBombError, Pillow.DecompressionBombWarning):
        raise DataError("the picture is damaged, or too large to be decoded", "upload a PNG or a JPEG") from None
    fitted = ImageOps.fit(upright, (image.width, image.height), Pillow.Resampling.BOX)
    pixels = np.atleast_3d(np.asarray(fitted, np.float32)).transpose(2, 0, 1)
    return torch.from_numpy(pixels / 127.5 - 1)
