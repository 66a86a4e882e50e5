"""What gunicorn logs: its own lines as those of Kalends are written, and requests without what is personal."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from gunicorn.config import Config
from gunicorn.glogging import Logger

from config.logs.formatters import JsonFormatter
from config.redaction import HideSecretPaths


class AccessFields(logging.Filter):
    """Makes fields of what gunicorn knows of a request. Its own message has the address, so that is replaced."""

    def filter(self, record: logging.LogRecord) -> bool:
        atoms: dict[str, Any] = record.args if isinstance(record.args, dict) else {}
        record.name, record.msg, record.args = "kalends.access", "access", ()
        record.method, record.status = _text(atoms.get("m")), _number(atoms.get("s"))
        record.bytes, microseconds = _number(atoms.get("B")), _number(atoms.get("D"))
        record.duration = None if microseconds is None else microseconds / 1_000_000
        record.request_id = _text(atoms.get("{x-request-id}o"))
        return True


class GunicornLogger(Logger):  # type: ignore[misc] # the library has no types
    """gunicorn's logger (its setting `logger_class`), in the format of LOG_FORMAT.

    It is set up here and not in a hook, because gunicorn sets it up again when it reloads.
    """

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        as_json = settings.LOG_FORMAT == "json"
        self.access_log.filters = [AccessFields() if as_json else HideSecretPaths()]
        if as_json:
            for handler in (*self.error_log.handlers, *self.access_log.handlers):
                handler.setFormatter(JsonFormatter())


def _text(value: Any) -> str | None:
    return str(value) if value not in (None, "-") else None


def _number(value: Any) -> int | None:
    text = str(value)
    return int(text) if text.isdecimal() else None
