"""An address as a QR code, in pictures that can be printed. No Django."""

from __future__ import annotations

import io
from typing import Final

import segno

CONTENT_TYPES: Final = {"svg": "image/svg+xml", "png": "image/png"}
BORDER = 4
"""Light modules around the code: as many as ISO/IEC 18004 demands."""
PNG_SCALE = 16


def qr_code(address: str, kind: str) -> bytes:
    """The address as a picture of this kind (a key of CONTENT_TYPES), dark on white."""
    stream = io.BytesIO()
    scale = PNG_SCALE if kind == "png" else 8
    segno.make_qr(address, error="m").save(stream, kind=kind, scale=scale, border=BORDER, light="white")
    return stream.getvalue()
