"""Errors to Sentry, where SENTRY_DSN says so: what happened where in the code, and nothing that it happened to.

Read by the settings, so nothing of Django or the apps is imported here. The SDK is an extra, `kalends[sentry]`, and
imported only if it is used.
"""

from __future__ import annotations

from gettext import gettext as _
from importlib import import_module
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from practice.telemetry.log_context import current_request_id

KEPT = ("event_id", "timestamp", "level", "platform", "release", "environment", "sdk", "logger", "type")
FRAME = ("filename", "function", "lineno", "module", "in_app")


def start_sentry(dsn: str, release: str) -> None:
    """Report errors to `dsn`, "" for nowhere. Raises ImproperlyConfigured without the package or for an invalid DSN."""
    if not dsn:
        return
    try:
        sdk = import_module("sentry_sdk")
    except ImportError:
        words = _("SENTRY_DSN is set, but the package for it is missing. Install kalends[sentry], or leave it out.")
        raise ImproperlyConfigured(words) from None
    try:
        sdk.init(dsn=dsn, release=release, before_send=reduced, **_OPTIONS)
    except sdk.utils.BadDsn:
        words = _("SENTRY_DSN is not valid. Copy it from the settings of your Sentry project, or leave it out.")
        raise ImproperlyConfigured(words) from None


_OPTIONS: dict[str, Any] = {
    "send_default_pii": False,
    "include_local_variables": False,
    "include_source_context": False,
    "max_request_body_size": "never",
    "max_breadcrumbs": 0,
    "auto_session_tracking": False,
    "send_client_reports": False,
    "traces_sample_rate": None,
    "server_name": "kalends",
}


def reduced(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """The event with what is listed here and nothing else: messages, requests, users and values of errors go.

    What is left of an error is its class and where it was raised.
    """
    errors = (event.get("exception") or {}).get("values") or []
    kept = {name: event[name] for name in KEPT if name in event}
    kept["exception"] = {"values": [_error(error) for error in errors]}
    if request_id := current_request_id():
        kept["tags"] = {"request": request_id}
    if not errors:
        kept["message"] = f"logged by {event.get('logger') or 'an unnamed logger'}"
    return kept


def _error(error: dict[str, Any]) -> dict[str, Any]:
    frames = (error.get("stacktrace") or {}).get("frames") or []
    reduced_frames = [{name: frame[name] for name in FRAME if name in frame} for frame in frames]
    return {"type": error.get("type"), "module": error.get("module"), "stacktrace": {"frames": reduced_frames}}
