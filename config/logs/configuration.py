"""The settings of Python's logging. Read by the settings, so nothing of Django or the apps is imported here."""

from __future__ import annotations

from typing import Any

FORMATS = ("text", "json")


def logging_settings(log_format: str, *, debug: bool) -> dict[str, Any]:
    """LOGGING for one of FORMATS. Requests are logged as JSON only: as text, the web server does it."""
    as_json = log_format == "json"
    text = {"()": "config.logs.formatters.TextFormatter", "debug": debug}
    access = {"level": "INFO", "handlers": ["console"], "filters": ["access_fields"], "propagate": False}
    server = {"level": "WARNING" if as_json else "INFO", "handlers": ["console"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"()": "config.logs.formatters.JsonFormatter"} if as_json else text},
        "filters": {
            "hide_secret_paths": {"()": "config.redaction.HideSecretPaths"},
            "access_fields": {"()": "config.logs.access.AccessFields"},
        },
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["hide_secret_paths"]}
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            # Their debug output prints bodies with personal data, and credentials.
            "caldav": {"level": "WARNING"},
            "niquests": {"level": "WARNING"},
            "urllib3": {"level": "WARNING"},
            "django": {"level": "INFO", "handlers": []},  # Django’s own handler would print the secret address
            "django.server": server,
            "kalends.request": {"level": "INFO" if as_json else "WARNING"},
            **({"gunicorn.access": access} if as_json else {}),
        },
    }
