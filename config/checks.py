"""System checks that stop a deployment which would be unsafe or not do what its settings say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

STALE_POLICIES = ("pending", "no_openings", "trust")


@register()
def check_secrets(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A deployment needs secrets of its own."""
    if settings.DEBUG:
        return []
    problems: list[CheckMessage] = []
    if settings.SECRET_KEY in ("", settings.DEVELOPMENT_SECRET):
        problems.append(Error("SECRET_KEY is not set.", hint=_hint("SECRET_KEY"), id="kalends.E001"))
    if not settings.FERNET_KEYS or "" in settings.FERNET_KEYS or settings.DEVELOPMENT_SECRET in settings.FERNET_KEYS:
        problems.append(
            Error("FERNET_KEYS is not set: app-specific passwords could not be encrypted.", hint=_hint("FERNET_KEYS"), id="kalends.E002")
        )
    return problems


def _hint(name: str) -> str:
    return f"Set {name} in the environment to a long random text, for example the output of: openssl rand -base64 48"


@register()
def check_values(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Values outside their range are refused, not guessed."""
    problems: list[CheckMessage] = []
    if settings.STALE_POLICY not in STALE_POLICIES:
        problems.append(
            Error(f"STALE_POLICY is {settings.STALE_POLICY!r}.", hint=f"Set it to one of: {', '.join(STALE_POLICIES)}.", id="kalends.E003")
        )
    for name in ("SYNC_INTERVAL_SECONDS", "BOOKING_HORIZON_DAYS", "FRESHNESS_DEADLINE_SECONDS", "CLIENT_RETENTION_MONTHS"):
        if getattr(settings, name) <= 0:
            problems.append(Error(f"{name} must be more than 0.", hint=f"Set {name} to a positive number or leave it out.", id="kalends.E004"))
    for name in ("SYNC_WINDOW_PAST_DAYS", "TRUST_MINUTES"):
        if getattr(settings, name) < 0:
            problems.append(Error(f"{name} must not be negative.", hint=f"Set {name} to 0 or more.", id="kalends.E004"))
    for name in ("BASE_URL", "ICLOUD_CALDAV_URL"):
        parts = urlsplit(getattr(settings, name))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            problems.append(Error(f"{name} is not an address.", hint=f"Set {name} to something like https://book.example.com.", id="kalends.E005"))
    return problems
