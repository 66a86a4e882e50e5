"""The languages that people may choose."""

from __future__ import annotations

from typing import Any

from django.conf import settings


def languages() -> list[tuple[str, Any]]:
    """The languages that Kalends speaks, with staff and clients, as choices."""
    return list(settings.LANGUAGES)


def client_languages() -> list[tuple[str, Any]]:
    """The languages in which clients are addressed, as choices: all of them."""
    return languages()
