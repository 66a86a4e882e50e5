"""The settings of this deployment, without a secret, a host or an address: an allow-list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings

from config.environment import Environment
from connections.models import CalendarConfiguration

NUMBERS: Final = (
    "SYNC_INTERVAL_SECONDS",
    "SYNC_WINDOW_PAST_DAYS",
    "BOOKING_HORIZON_DAYS",
    "FRESHNESS_DEADLINE_SECONDS",
    "TRUST_MINUTES",
    "HOLD_MINUTES",
    "HOLDS_PER_VISITOR",
    "BOOKING_RATE",
    "CLIENT_RETENTION_MONTHS",
    "WORKERS",
    "TASK_TIMEOUT_SECONDS",
    "LEASE_SECONDS",
)
"""Settings that are numbers; their value is listed."""
SWITCHES: Final = ("DEBUG", "DEMO", "USE_TZ", "SESSION_COOKIE_SECURE")
"""Settings that are yes or no; their value is listed."""
ONLY_WHETHER_SET: Final = (
    "SECRET_KEY",
    "FERNET_KEYS",
    "KALENDS_HOME",
    "DATABASE_URL",
    "REDIS_URL",
    "BASE_URL",
    "ALLOWED_HOSTS",
    "TRUSTED_PROXIES",
    "EMAIL_URL",
    "DEFAULT_FROM_EMAIL",
    "ICLOUD_CALDAV_URL",
    "ALLOWED_PRIVATE_HOSTS",
    "AFTER_SYNC",
    "BACKUP_KEY",
    "METRICS_TOKEN",
    "SENTRY_DSN",
    "LOG_FORMAT",
)
"""Settings that may hold a secret, a host or an address: only whether the environment sets them is listed."""
MAIL_BACKENDS: Final = ("smtp", "console", "filebased", "locmem", "dummy")


def listed_settings() -> dict[str, Any]:
    values = {name: getattr(settings, name) for name in (*NUMBERS, *SWITCHES)}
    policies = CalendarConfiguration.StalePolicy.values
    return {
        **values,
        "STALE_POLICY": settings.STALE_POLICY if settings.STALE_POLICY in policies else "another",
        "https": str(settings.BASE_URL).startswith("https://"),
        "mail": next((name for name in MAIL_BACKENDS if f".{name}." in settings.EMAIL_BACKEND), "another"),
        "broker": "redis" if "redis" in settings.Q_CLUSTER else "database",
        "fernet_keys": len(settings.FERNET_KEYS),
        **set_or_not(Environment.ENVIRON),
    }


def set_or_not(environment: Mapping[str, str]) -> dict[str, str]:
    """ "set" or "not set" for each name that may hold a secret, a host or an address."""
    return {name: "set" if environment.get(name, "").strip() else "not set" for name in ONLY_WHETHER_SET}
