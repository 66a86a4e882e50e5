"""Can a colour be read? Contrast as WCAG 2.2 defines it (success criterion 1.4.3). No Django."""

from __future__ import annotations

import re
from typing import Final

MIN_CONTRAST: Final = 4.5
"""Of text to what is behind it, at level AA."""
WHITE: Final = "#ffffff"
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


def is_colour(text: str) -> bool:
    """Is the text a colour such as #27489b?"""
    return _COLOUR.fullmatch(text) is not None


def contrast(one: str, other: str = WHITE) -> float:
    """The contrast of two colours, from 1 (the same) to 21 (black and white)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def readable(colour: str) -> str:
    """The colour, darkened only as far as white text on it can be read."""
    parts = _parts(colour)
    for percent in range(100, 0, -1):
        darker = "#" + "".join(f"{part * percent // 100:02x}" for part in parts)
        if contrast(darker) >= MIN_CONTRAST:
            return darker
    return "#000000"


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
