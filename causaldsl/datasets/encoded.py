"""Pictures that stay in their files until they are asked for."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageOps

from causaldsl.datasets.stores import PictureStore
from causaldsl.errors import CausalError, DataError
from causaldsl.graph.domain import Image

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
Decode = Callable[[bytes, str], Pixels]
"""Makes pixels, shape (channels, height, width), of a file's content; its name is for messages."""

FORMATS = ("JPEG", "PNG", "BMP", "WEBP", "GIF", "TIFF", "PPM")
"""What is read: formats that are pixels, and no programs."""
MOST_PIXELS = 50_000_000
"""More than a picture may claim to have."""


class DamagedError(OSError):
    """A file that cannot be read as a picture; its text says why."""


class TooManyPixelsError(OSError):
    """A picture that claims to be larger than a picture is."""


class Encoded:
    """Pictures in their files, one a row.

    Parameters
    ----------
    store : PictureStore
        Where the files lie.
    files : sequence of str, length n
        The file of each row.
    image : Image
        The size that they come in.
    decode : callable
        `decode(content, file)`; it can be sent to another process.
    most_damaged : float in [0, 1]
        The share of rows up to which damaged ones are left out; above it they are an error.
    """

    def __init__(
        self, store: PictureStore, files: Sequence[str], image: Image, decode: Decode, most_damaged: float = 0.01
    ) -> None:
        self.store, self.files, self.image = store, np.asarray(files, dtype=np.str_), image
        self.decode, self.most_damaged = decode, most_damaged

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, channels, height, width)."""
        return len(self), *self.image.shape

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, rows: Any) -> Pixels:
        chosen = np.arange(len(self))[rows]
        return np.stack([self.read(row) for row in chosen]) if len(chosen) else np.empty((0, *self.image.shape), "u1")

    def rows(self, chosen: Any) -> Encoded:
        """Return some of the rows, still in their files."""
        return Encoded(self.store, self.files[chosen], self.image, self.decode, self.most_damaged)

    def read(self, row: int) -> Pixels:
        """Decode one row, shape (channels, height, width).

        Raises
        ------
        DamagedError
            If the file is no picture, or a damaged one.
        DataError
            If it is a picture of the wrong kind.
        """
        file = str(self.files[row])
        try:
            return self.decode(self.store.read(file), file)
        except (CausalError, MemoryError):
            raise
        except Exception as error:  # what decoders raise on damaged files shares no base
            raise DamagedError(str(error) or type(error).__name__) from error


@contextmanager
def opened(content: bytes) -> Iterator[PIL.Image.Image]:
    """Open the content of a file as a picture, its pixels still undecoded.

    Raises
    ------
    OSError
        If it is of no known format.
    TooManyPixelsError
        If it claims to be larger than a picture is.
    """
    try:
        found = PIL.Image.open(io.BytesIO(content), formats=FORMATS)
    except PIL.UnidentifiedImageError:
        raise PIL.UnidentifiedImageError(f"it is no picture of a known format ({', '.join(FORMATS)})") from None
    with found as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise TooManyPixelsError(f"{picture.width} by {picture.height} pixels are more than a picture has")
        yield picture


def pixels(picture: PIL.Image.Image, image: Image, box: tuple[float, float, float, float] | None = None) -> Pixels:
    """Crop and resize a picture by Pillow's antialiased bilinear filter.

    Parameters
    ----------
    picture : Image
        Of any mode but 32-bit numbers; it becomes grey where one channel is asked for, else red, green and blue. The
        16 bits of a grey one become 8, and transparency is dropped.
    image : Image
        Channels (1 or 3), height and width.
    box : (left, top, right, bottom), optional
        What is cut out first, in pixels of the picture; fractions are allowed.

    Returns
    -------
    ndarray of uint8, shape (channels, height, width)

    Raises
    ------
    OSError
        If its pixels are 32-bit numbers, of which nothing says what is white.
    """
    if picture.mode in ("I", "F"):
        raise OSError("its pixels are 32-bit numbers, and nothing says which is white")
    if picture.mode.startswith("I;16"):  # Pillow's own conversion calls all white that is not almost black
        picture = PIL.Image.fromarray((np.asarray(picture) / 257).round().astype(np.uint8))
    mode = "L" if image.channels == 1 else "RGB"
    size = (image.width, image.height)
    drawn = picture.convert(mode).resize(size, PIL.Image.Resampling.BILINEAR, box)
    values = np.asarray(drawn, np.uint8)
    return values[None] if image.channels == 1 else np.ascontiguousarray(values.transpose(2, 0, 1))


@dataclass(frozen=True)
class CentreCrop:
    """Decodes a picture: turned as its camera says, cut to the largest middle part of the right shape, and resized.

    Parameters
    ----------
    image : Image
        Size to resize to.
    """

    image: Image

    @staticmethod
    def check(image: Image) -> None:
        """Refuse what is neither grey nor of three colours.

        Raises
        ------
        DataError
            If it is so.
        """
        if image.channels not in (1, 3):
            raise DataError(f"pictures have no {image.channels} channels", "ask for 1 (grey) or 3 (red, green, blue)")

    def __call__(self, content: bytes, file: str) -> Pixels:  # noqa: ARG002
        """Decode one file, shape (channels, height, width)."""
        with opened(content) as picture:
            upright = PIL.ImageOps.exif_transpose(picture)
            scale = min(upright.width / self.image.width, upright.height / self.image.height)
            width, height = scale * self.image.width, scale * self.image.height
            left, top = (upright.width - width) / 2, (upright.height - height) / 2
            return pixels(upright, self.image, (left, top, left + width, top + height))
