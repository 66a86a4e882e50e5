"""The HTML of a mail, from its content and from how the practice looks."""

from __future__ import annotations

import re

import css_inline
from django.template.loader import render_to_string

from practice.mails.content import Content

DEFAULT_COLOUR = "#0b57c2"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def html_of(content: Content, *, name: str, logo_url: str, colour: str) -> str:
    """The HTML of the mail, with its styles at each element, which is all that some programs read."""
    colour = colour if _COLOUR.fullmatch(colour) else DEFAULT_COLOUR
    values = {"content": content, "name": name, "logo_url": logo_url, "colour": colour, "ink": ink_on(colour)}
    return _INLINER.inline(render_to_string("mail/base.html", values))


def ink_on(colour: str) -> str:
    """Black or white, whichever can be read better on the colour (WCAG 2.2, relative luminance)."""
    return "#000000" if _luminance(colour) > 0.179 else "#ffffff"


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
