"""The languages that people may choose."""

from __future__ import annotations

from typing import Any

from django.conf import settings


def languages() -> list[tuple[str, Any]]:
    """The languages of the pages for staff, as choices."""
    return [(code, name) for code, name in settings.LANGUAGES if code == settings.LANGUAGE_CODE]


def client_languages() -> list[tuple[str, Any]]:
    """The languages in which clients are addressed, as choices."""
    return list(settings.LANGUAGES)
