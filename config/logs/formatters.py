"""How a log line is written: as text for people, or as one JSON object for programs.

A library such as python-json-logger writes every attribute of a record, and among those that Django adds is the request
with its path. Here the fields are listed instead, and what is not listed is never written.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from config.logs.wording import ExcInfo, safe_message, traceback_without_values
from practice.telemetry.log_context import current_connection, current_request_id

REQUEST_FIELDS = ("view", "method", "status", "duration", "bytes")
"""What lines about a request add as `extra`. `duration` is in seconds."""


class JsonFormatter(logging.Formatter):
    """One object a line: `time` (UTC, ISO 8601), `level`, `logger`, `message`, and what it is about if that is known.

    `request_id` is that of the answer's `X-Request-ID`, `connection` the key of the connection that is being synced.
    """

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": safe_message(record),
            "request_id": _request_id(record) or None,
            "connection": current_connection(),
            **{name: getattr(record, name, None) for name in REQUEST_FIELDS},
        }
        if record.exc_info and record.exc_info[1]:
            fields["traceback"] = traceback_without_values(record.exc_info[1])
        return json.dumps({name: value for name, value in fields.items() if value is not None}, ensure_ascii=False)


class TextFormatter(logging.Formatter):
    """A line for people, with what it is about in brackets. While DEBUG is on, tracebacks have their values."""

    def __init__(self, *, debug: bool = False) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")
        self.debug = debug

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name in logging
        request, connection = _request_id(record), current_connection()
        about = [f"request {request}"] if request else []
        about += [f"connection {connection}"] if connection is not None else []
        line = super().formatMessage(record)
        return f"{line} [{', '.join(about)}]" if about else line

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - the name in logging
        return super().formatException(ei) if self.debug or ei[1] is None else traceback_without_values(ei[1])


def _request_id(record: logging.LogRecord) -> str:
    """The id of the request that a line is about. Django logs most errors when the middleware has ended."""
    of_request = getattr(getattr(record, "request", None), "request_id", "")
    return str(getattr(record, "request_id", "") or of_request or current_request_id())
