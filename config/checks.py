"""System checks that stop a deployment which would be unsafe or not do what its settings say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import WARNING, CheckMessage, Error, register

STALE_POLICIES = ("pending", "no_openings", "trust")
POSITIVE = ("SYNC_INTERVAL_SECONDS", "BOOKING_HORIZON_DAYS", "FRESHNESS_DEADLINE_SECONDS", "CLIENT_RETENTION_MONTHS")
NOT_NEGATIVE = ("SYNC_WINDOW_PAST_DAYS", "TRUST_MINUTES")
ADDRESSES = ("BASE_URL", "ICLOUD_CALDAV_URL")


@register()
def check_secrets(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A deployment needs secrets of its own."""
    if settings.DEBUG:
        return []
    problems: list[CheckMessage] = []
    if settings.SECRET_KEY in ("", settings.DEVELOPMENT_SECRET):
        problems.append(_error(1, "SECRET_KEY is not set.", _secret("SECRET_KEY")))
    if not settings.FERNET_KEYS or "" in settings.FERNET_KEYS or settings.DEVELOPMENT_SECRET in settings.FERNET_KEYS:
        words = "FERNET_KEYS is not set: app-specific passwords could not be encrypted."
        problems.append(_error(2, words, _secret("FERNET_KEYS")))
    return problems


def _error(number: int, words: str, hint: str) -> Error:
    return Error(words, hint=hint, id=f"kalends.E{number:03}")


def _secret(name: str) -> str:
    return f"Set {name} in the environment to a long random text, for example the output of: openssl rand -base64 48."


@register()
def check_values(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Values outside their range are refused, not guessed."""
    problems: list[CheckMessage] = []
    if settings.STALE_POLICY not in STALE_POLICIES:
        hint = f"Set it to one of: {', '.join(STALE_POLICIES)}."
        problems.append(_error(3, f"STALE_POLICY is {settings.STALE_POLICY!r}.", hint))
    for name in POSITIVE:
        if getattr(settings, name) <= 0:
            problems.append(
                _error(4, f"{name} must be more than 0.", f"Set {name} to a positive number or leave it out.")
            )
    for name in NOT_NEGATIVE:
        if getattr(settings, name) < 0:
            problems.append(_error(4, f"{name} must not be negative.", f"Set {name} to 0 or more."))
    for name in ADDRESSES:
        parts = urlsplit(getattr(settings, name))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            hint = f"Set {name} to something like https://book.example.com."
            problems.append(_error(5, f"{name} is not an address.", hint))
    return problems


@register(deploy=True)
def check_static_files(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Style and script can be cached for good only once they were collected."""
    if settings.DEBUG or (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        return []
    return [
        CheckMessage(
            WARNING,
            "The static files were not collected, so browsers ask for each of them again and again.",
            hint="Run: manage.py collectstatic --noinput",
            id="kalends.W001",
        )
    ]
