"""Making a logo out of an untrusted file: small, without metadata, and in a format that every mail program shows.

No Django. The file is decoded once and written anew, so nothing of it but its pixels is kept. SVG is refused, because
it may contain scripts.
"""

from __future__ import annotations

import hashlib
import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps

MAX_UPLOAD_BYTES: Final = 5_000_000
MAX_BYTES: Final = 200_000
MAX_PIXELS: Final = 25_000_000
MAX_SIZE: Final = (800, 400)
FORMATS: Final = ("PNG", "JPEG", "WEBP")
UNREADABLE = (OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, struct.error, zlib.error, MemoryError)
"""What Pillow raises for files that it cannot decode."""


class TooLarge(ValueError):
    """The file has too many bytes or the picture too many pixels."""


class NotAPicture(ValueError):
    """The file is no PNG, JPEG or WebP, or is damaged."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture of at most MAX_BYTES."""

    content: bytes
    content_type: str
    width: int
    height: int

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def make_logo(file: bytes) -> Picture:
    """The picture in the file, scaled down to fit MAX_SIZE and MAX_BYTES; never scaled up.

    Raises TooLarge or NotAPicture.
    """
    if len(file) > MAX_UPLOAD_BYTES:
        raise TooLarge
    image = _decode(file)
    image.thumbnail(MAX_SIZE)
    return next(_encodings(image))


def _decode(file: bytes) -> Image.Image:
    """The pixels of the first frame, upright, as RGB or RGBA."""
    with warnings.catch_warnings(action="ignore"):  # the limit of pixels is checked here, before anything is decoded
        try:
            with Image.open(io.BytesIO(file), formats=FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise TooLarge
                upright = ImageOps.exif_transpose(image)
                return _only_pixels(upright.convert("RGBA" if upright.has_transparency_data else "RGB"))
        except (TooLarge, Image.DecompressionBombError):
            raise TooLarge from None
        except UNREADABLE:
            raise NotAPicture from None


def _only_pixels(image: Image.Image) -> Image.Image:
    """A copy without metadata such as comments, the place of a photo, or a colour profile."""
    copy = Image.new(image.mode, image.size)
    copy.paste(image)
    return copy


def _encodings(image: Image.Image) -> Iterator[Picture]:
    """Encodings of the picture that are small enough, the best first; the last ones are scaled down."""
    while True:
        for picture in _in_full_size(image):
            if len(picture.content) <= MAX_BYTES:
                yield picture
        image = image.resize((max(1, image.width * 3 // 4), max(1, image.height * 3 // 4)))


def _in_full_size(image: Image.Image) -> Iterator[Picture]:
    yield _encode(image, "PNG", optimize=True)
    if image.mode == "RGB":
        yield _encode(image, "JPEG", quality=90, optimize=True)
        yield _encode(image, "JPEG", quality=75, optimize=True)


def _encode(image: Image.Image, kind: str, **options: int | bool) -> Picture:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return Picture(stream.getvalue(), f"image/{kind.lower()}", *image.size)
