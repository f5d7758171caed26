"""A picture that a viewer uploads, decoded as a data set's are."""

from __future__ import annotations

import PIL
from torch import Tensor

from causaldsl.datasets.encoded import MOST_PIXELS, CentreCrop, TooManyPixelsError
from causaldsl.errors import CausalError, DataError
from causaldsl.graph.domain import Image
from causaldsl.scm.pictures import from_bytes

LARGEST = 8 * 2**20
"""Bytes of an upload."""


def picture_of(content: bytes, image: Image) -> Tensor:
    """Return an uploaded picture as an image node has it.

    Parameters
    ----------
    content : bytes
        A file of a format that data sets may have.
    image : Image
        The node's domain.

    Returns
    -------
    Tensor, shape (channels, height, width), in [-1, 1]
        The middle of the picture, upright.

    Raises
    ------
    DataError
        If it is no picture, is damaged, or has too many pixels.
    """
    try:
        return from_bytes(CentreCrop(image)(content, "the upload"))
    except (CausalError, MemoryError):
        raise
    except TooManyPixelsError:
        raise DataError(f"the picture has more than {MOST_PIXELS:,} pixels", "make it smaller") from None
    except PIL.UnidentifiedImageError:
        raise DataError("the file is no picture that can be read", "upload a PNG or a JPEG") from None
    except Exception:  # what decoders raise on damaged files shares no base
        raise DataError("the picture is damaged, or too large to be decoded", "upload a PNG or a JPEG") from None
