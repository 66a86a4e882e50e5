"""A logo is made of what untrusted files show, and of nothing else in them."""

from __future__ import annotations

import io
import random
import struct
import zlib
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from practice.profile.pictures import MAX_BYTES, NotAPicture, TooLarge, make_logo


def file_of(image: Image.Image, kind: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def noise(mode: str, size: tuple[int, int]) -> Image.Image:
    """A picture that cannot be compressed."""
    return Image.frombytes(mode, size, random.Random(1).randbytes(size[0] * size[1] * len(mode)))


@pytest.mark.parametrize(
    ("kind", "mode", "content_type"),
    [
        ("PNG", "RGB", "image/png"),
        ("JPEG", "CMYK", "image/png"),
        ("WEBP", "RGBA", "image/png"),
        ("PNG", "P", "image/png"),
    ],
)
def test_each_format_becomes_a_picture_of_the_same_size(kind: str, mode: str, content_type: str) -> None:
    logo = make_logo(file_of(Image.new(mode, (300, 100)), kind))
    assert (logo.content_type, logo.width, logo.height) == (content_type, 300, 100)
    with Image.open(io.BytesIO(logo.content)) as image:
        assert image.size == (300, 100)


@pytest.mark.parametrize(("mode", "content_type"), [("RGB", "image/jpeg"), ("RGBA", "image/png")])
def test_whatever_it_shows_it_has_at_most_200_kb(mode: str, content_type: str) -> None:
    logo = make_logo(file_of(noise(mode, (1000, 700)), "PNG"))
    assert (logo.content_type, len(logo.content) <= MAX_BYTES) == (content_type, True)


def test_metadata_is_dropped_and_a_photo_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "taken in the bathroom"
    photo = file_of(noise("RGB", (700, 350)), "JPEG", exif=exif, comment=b"a comment", icc_profile=b"a profile")
    text = PngInfo()
    text.add_text("Author", "Anna Winter")
    drawing = file_of(Image.new("RGB", (40, 20)), "PNG", pnginfo=text)
    for file, size in ((photo, (200, 400)), (drawing, (40, 20))):
        logo = make_logo(file)
        with Image.open(io.BytesIO(logo.content)) as image:
            assert image.size == size
            assert sorted(set(image.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}) == []
            assert dict(image.getexif()) == {}


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        file_of(Image.new("RGB", (9, 9)), "GIF"),
        file_of(noise("RGB", (99, 99)), "PNG")[:500],
        file_of(noise("RGB", (99, 99)), "JPEG")[:300],
    ],
    ids=["nothing", "svg", "gif", "half a png", "half a jpeg"],
)
def test_what_is_no_picture_is_refused(file: bytes) -> None:
    with pytest.raises(NotAPicture):
        make_logo(file)


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0))
    for size in (head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b""), bytes(5_000_001)):
        with pytest.raises(TooLarge):
            make_logo(size)
